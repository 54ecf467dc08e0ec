/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking Google's Calendar API as the owner of a connection. */
#pragma once

#include <glib.h>

#include "provider/json_list.h"
#include "provider/provider.h"

/* One run's access. */
typedef struct GoogleSession GoogleSession;

/* Reads the credentials; no request yet. The request must outlive the session. NULL with
 * PROVIDER_ERROR_AUTHENTICATION when they are unusable. Caller frees. */
GoogleSession *google_session_new(const ProviderRequest *request, GError **error);
void google_session_free(GoogleSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoogleSession, google_session_free)

/* GETs `path_and_query` below the API's base, and returns the list that it answers: a JSON object
 * whose "items" are an array, empty or not; anything else is no answer.
 * Refreshes the access token five minutes early, and once after a 401; waits and tries again, a few
 * times, at a rate limit. `kind` is what the object's "kind" must be ("calendar#events"); `what`
 * names the thing in messages. NULL with PROVIDER_ERROR, or with the error of store_credentials().
 * Caller frees. */
JsonList *google_session_get(GoogleSession *session, const char *path_and_query, const char *kind,
	const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The status of the last answer; 0 when there was none. */
int google_session_last_status(const GoogleSession *session);

/* A hash that tells one consent of an account from another. Caller frees. */
char *google_session_consent(const GoogleSession *session);
