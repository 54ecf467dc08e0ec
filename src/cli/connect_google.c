/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A browser asks the calendar's owner, wherever it runs, and comes back to this machine. */
#include <stdio.h>

#include "cli/account_trial.h"
#include "cli/calendar_choice.h"
#include "cli/connect.h"
#include "net/loopback.h"
#include "provider/google_consent.h"
#include "site/credentials.h"
#include "sync/account.h"
#include "sync/connection_sync.h"
#include "util/config.h"
#include "util/secret.h"

/* Written down for `ssh -L` and in Google's console, so it does not change from time to time. */
enum { PORT = 8765, WAIT_SECS = 10 * 60 };

static Loopback *open_loopback(const Chosen *chosen, GError **error)
{
	int port = chosen->options->port >= 0 ? chosen->options->port : PORT;
	g_autoptr(GError) why = NULL;
	Loopback *loopback = loopback_open((unsigned)port, &why);

	if (loopback == NULL)
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "%s; try another --port",
			why->message);
	return loopback;
}

static void invite(const GoogleConsent *consent, const Loopback *loopback)
{
	g_autoptr(GUri) back = g_uri_parse(loopback_url(loopback), G_URI_FLAGS_NONE, NULL);
	int port = g_uri_get_port(back);

	fprintf(stderr,
		"Open this address in a browser, as the owner of the Google calendar:\n\n%s\n\n"
		"Google then sends the browser back to %s, which has to be among the\n"
		"redirect addresses of the site's client where that is a web client. Where the\n"
		"browser runs on another machine, lead it here:\n"
		"  ssh -L %d:127.0.0.1:%d THIS-MACHINE\n"
		"Waiting for up to %d minutes; Ctrl-C gives up.\n",
		google_consent_url(consent), loopback_url(loopback), port, port, WAIT_SECS / 60);
}

/* The code that Google's answer brings. Caller frees with secret_free(). */
static char *wait_for_code(const GoogleConsent *consent, Loopback *loopback, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GHashTable) answer =
		loopback_wait(loopback, google_consent_state(consent), WAIT_SECS, &why);
	const char *code = answer != NULL ? g_hash_table_lookup(answer, "code") : NULL;
	const char *refusal = answer != NULL ? g_hash_table_lookup(answer, "error") : NULL;

	if (code != NULL)
		return g_strdup(code);
	if (answer == NULL)
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_REFUSED, "no answer of Google's: %s",
			why->message);
	else
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_REFUSED,
			"Google says that access was not given (%s)",
			refusal != NULL ? refusal : "without a reason");
	return NULL;
}

char *connect_google_box(const Chosen *chosen, GError **error)
{
	const ProviderService google = account_google(chosen->app.config);
	const ProviderRequest request = {
		.http = chosen->http,
		.now_utc = chosen->context.now_utc,
		.google = &google,
	};
	g_autoptr(Loopback) loopback = open_loopback(chosen, error);
	g_autoptr(GoogleConsent) consent = NULL;
	g_auto(Secret) code = NULL;
	g_auto(Secret) json = NULL;

	if (loopback == NULL)
		return NULL;
	consent = google_consent_new(&google, loopback_url(loopback), error);
	if (consent == NULL)
		return NULL;
	invite(consent, loopback);
	code = wait_for_code(consent, loopback, error);
	if (code == NULL)
		return NULL;
	json = google_consent_redeem(consent, &request, code, error);
	return json == NULL ? NULL : credentials_seal(json, chosen->app.site->credential_key, NULL);
}

/* Without --calendar the account's own, as in the theme. NULL-terminated; caller frees. */
static char **calendar_ids(const Chosen *chosen, const char *box, GError **error)
{
	g_autoptr(GPtrArray) calendars = account_trial_calendars(chosen, "google", box, error);
	g_autoptr(GPtrArray) picked = NULL;
	g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

	if (calendars == NULL)
		return NULL;
	if (chosen->options->calendars == NULL) {
		g_strv_builder_add(ids, "primary");
		return g_strv_builder_end(ids);
	}
	picked = calendar_choice_make(chosen->options, calendars, error);
	if (picked == NULL)
		return NULL;
	for (guint i = 0; i < picked->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(picked, i);

		g_strv_builder_add(ids, calendar->id);
	}
	return g_strv_builder_end(ids);
}

GPtrArray *connect_google(const Chosen *chosen, GError **error)
{
	g_autofree char *box = connect_google_box(chosen, error);
	g_autofree char *name = account_trial_label(chosen, "Google Calendar");
	g_auto(GStrv) ids = box != NULL ? calendar_ids(chosen, box, error) : NULL;
	g_autoptr(Connection) connection = NULL;
	GPtrArray *made;

	if (ids == NULL)
		return NULL;
	connection =
		connection_new("google", name, box, (const char *const *)ids, g_get_real_time());
	if (!account_trial_read(chosen, connection, error))
		return NULL;
	made = g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
	g_ptr_array_add(made, g_steal_pointer(&connection));
	return made;
}
