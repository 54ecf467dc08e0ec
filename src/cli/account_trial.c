/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/account_trial.h"

#include "cli/ask.h"
#include "provider/provider.h"
#include "site/credentials.h"
#include "sync/account.h"
#include "sync/inquiry.h"
#include "user/connection_account.h"
#include "util/secret.h"

char *account_trial_caldav(
	const Chosen *chosen, const char *url, const char *username, GError **error)
{
	g_autofree char *prompt = g_strdup_printf("Password of %s: ", username);
	g_auto(Secret) password = ask_secret(chosen->options->password_file, prompt, error);
	g_auto(Secret) json = NULL;

	if (password == NULL)
		return NULL;
	json = connection_account_caldav(url, username, password);
	return credentials_seal(json, chosen->app.site->credential_key, NULL);
}

GPtrArray *account_trial_calendars(
	const Chosen *chosen, const char *provider, const char *box, GError **error)
{
	static const char *const none[] = {NULL};
	g_autoptr(Connection) probe = connection_new(provider, "", box, none, 0);
	/* Not that of the command, which would keep what it was last given. */
	g_autoptr(HttpClient) http = http_client_new(chosen->app.http);

	return account_calendars(
		&chosen->context, chosen->app.db, http, chosen->user->id, probe, error);
}

static void note_failure(void *data, const char *calendar_id, const GError *failure)
{
	GError **first = data;

	(void)calendar_id;
	if (*first == NULL)
		*first = g_error_copy(failure);
}

bool account_trial_read(const Chosen *chosen, const Connection *connection, GError **error)
{
	g_autoptr(HttpClient) http = http_client_new(chosen->app.http);
	GError *first = NULL;

	inquiry_ask(&chosen->context, chosen->app.db, http, chosen->user->id, connection,
		note_failure, &first);
	if (first == NULL)
		return true;
	g_propagate_error(error, first);
	return false;
}

bool account_trial_known(
	const Chosen *chosen, const Connection *connection, char **ret_url, char **ret_username)
{
	g_auto(Secret) json =
		wp_site_open_credentials(chosen->app.site, connection->credentials, NULL);

	return json != NULL && connection_account_read(json, ret_url, ret_username);
}

char *account_trial_label(const Chosen *chosen, const char *otherwise)
{
	const char *name = chosen->options->name != NULL ? chosen->options->name : otherwise;

	return connection_account_label(name, chosen->app.site);
}
