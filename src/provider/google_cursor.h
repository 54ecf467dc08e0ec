/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a Google calendar between runs (calendar-protocols C2). */
#pragma once

#include <glib.h>

typedef struct GoogleCursor {
	char *token;   /* nextSyncToken of the last list, opaque */
	char *name;    /* the calendar's, as the owner calls it */
	char *role;    /* accessRole: with another one a calendar shows other things */
	char *account; /* the id of the primary calendar, which is the owner's address; or NULL */
} GoogleCursor;

void google_cursor_free(GoogleCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoogleCursor, google_cursor_free)

/* A token is good for the calendar and the parameters that it was given for. `made_for` is a hash
 * of these. NULL for a text that is of another calendar, other parameters or another version: then
 * all must be listed. Caller frees. */
GoogleCursor *google_cursor_parse(const char *text, const char *made_for);

/* As text; NULL when it would be too long to be stored. Caller frees. */
char *google_cursor_to_text(const GoogleCursor *cursor, const char *made_for);
