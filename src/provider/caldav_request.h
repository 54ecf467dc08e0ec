/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DAV requests: PROPFIND, REPORT and GET, and their answers read. */
#pragma once

#include <gio/gio.h>

#include "net/http.h"
#include "net/multistatus.h"

/* With whom and as whom we talk. All borrowed. */
typedef struct CalDavSession {
	HttpClient *http;
	const HttpAuth *auth;
	GCancellable *cancellable; /* or NULL */
} CalDavSession;

/* What to ask: a PROPFIND or REPORT. All borrowed. */
typedef struct CalDavQuestion {
	const char *method;
	const char *url;
	unsigned depth;   /* 0 or 1 */
	const char *body; /* XML */
} CalDavQuestion;

/* What an answer says beside its responses. */
typedef struct CalDavAnswer {
	char *url;        /* that answered */
	char *sync_token; /* or NULL */
} CalDavAnswer;

void caldav_answer_clear(CalDavAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalDavAnswer, caldav_answer_clear)

/* Asks, and passes the responses to `func`. False with CALDAV_ERROR, or with the error of `func`;
 * then nothing that `func` got may be taken for an answer. */
bool caldav_ask(const CalDavSession *session, const CalDavQuestion *question, MultistatusFunc func,
	void *data, CalDavAnswer *ret_answer, GError **error);

/* A PROPFIND whose responses are collected, as DavResponse. Writes the URL that answered, against
 * which hrefs are resolved, to `ret_url` (caller frees). NULL with CALDAV_ERROR. Caller unrefs. */
GPtrArray *caldav_propfind(const CalDavSession *session, const char *url, unsigned depth,
	const char *body, char **ret_url, GError **error);

/* The bytes of one calendar object; NULL with CALDAV_ERROR (CALDAV_ERROR_GONE when it was deleted).
 * Caller frees. */
GString *caldav_get(const CalDavSession *session, const char *url, GError **error);
