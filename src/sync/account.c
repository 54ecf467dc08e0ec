/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account behind a connection: credentials opened, and stored again when they were renewed. */
#include "sync/account.h"

#include <string.h>

#include "provider/providers.h"
#include "site/credentials.h"
#include "user/connections_row.h"
#include "util/secret.h"

/* The owner gave it access in Google's window, not a password. */
static bool is_google(const Connection *connection)
{
	return strcmp(connection->provider, "google") == 0;
}

static void set_box_error(const Account *account, GError **error)
{
	bool is_google_account = is_google(account->connection);

	if (account->box[0] == '\0')
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION,
			"No %s stored. Please connect the calendar again.",
			is_google_account ? "access to Google is" : "username and password are");
	else
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION,
			"The stored %s cannot be opened: damaged, or sealed with another AUTH_KEY "
			"than the site has now. Please connect the calendar again.",
			is_google_account ? "access to Google" : "username and password");
}

ProviderService account_google(const Config *config)
{
	return (ProviderService){
		.api_base = config->google_api_base,
		.token_url = config->google_token_url,
		.client_id = config->google_client_id,
		.client_secret = config->google_client_secret,
		.auth_url = config->google_auth_url,
	};
}

bool account_open(Account *account, const SyncContext *context, Db *db, HttpClient *http,
	int64_t user_id, const Connection *connection, GError **error)
{
	*account = (Account){
		.context = context,
		.db = db,
		.http = http,
		.user_id = user_id,
		.connection = connection,
		.google = account_google(context->config),
		.box = g_strdup(connection->credentials),
	};
	if (account->box[0] != '\0')
		account->credentials = wp_site_open_credentials(context->site, account->box, NULL);
	if (account->credentials != NULL)
		return true;
	set_box_error(account, error);
	return false;
}

void account_clear(Account *account)
{
	secret_free(g_steal_pointer(&account->box));
	secret_free(g_steal_pointer(&account->credentials));
}

/* What the table holds for this connection now; NULL when it is gone or cannot be read. Caller
 * frees. */
static char *read_box(const Account *account, GError **error)
{
	g_autoptr(ConnectionList) list =
		connections_row_read(account->db, account->context->site, account->user_id, error);

	for (guint i = 0; list != NULL && i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);

		if (strcmp(connection->id, account->connection->id) == 0)
			return g_strdup(connection->credentials);
	}
	if (list != NULL)
		g_set_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND,
			"connection %s was removed meanwhile", account->connection->id);
	return NULL;
}

/* Somebody else was faster: the theme renewed the tokens too, or the owner connected again. */
static bool adopt(Account *account, char **ret_newer, GError **error)
{
	g_autofree char *box = read_box(account, error);
	char *newer;

	if (box == NULL)
		return false;
	newer = wp_site_open_credentials(account->context->site, box, error);
	if (newer == NULL)
		return false;
	g_free(account->box);
	account->box = g_steal_pointer(&box);
	*ret_newer = newer;
	return true;
}

static bool store(void *data, const char *credentials_json, char **ret_newer, GError **error)
{
	Account *account = data;
	const WpSite *site = account->context->site;
	g_autofree char *box = credentials_seal(credentials_json, site->credential_key, NULL);
	const ConnectionChange change = {.credentials = box, .expected_credentials = account->box};
	g_autoptr(GError) failure = NULL;

	if (connections_row_update(account->db, site, account->user_id, account->connection->id,
		    &change, NULL, &failure)) {
		g_free(account->box);
		account->box = g_steal_pointer(&box);
		*ret_newer = NULL;
		return true;
	}
	if (g_error_matches(failure, CONNECTION_ERROR, CONNECTION_ERROR_CHANGED))
		return adopt(account, ret_newer, error);
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

ProviderRequest account_request(Account *account, TimeWindow window)
{
	const SyncContext *context = account->context;

	return (ProviderRequest){
		.http = account->http,
		.credentials_json = account->credentials,
		.calendar_ids = (const char *const *)account->connection->calendar_ids,
		.window = window,
		.site_zone = site_zone_glib(context->site->zone),
		.cancellable = context->cancellable,
		.now_utc = context->now_utc,
		.google = &account->google,
		.store_credentials = context->dry_run ? NULL : store,
		.store_data = account,
	};
}

static bool holds_events(const GPtrArray *calendars)
{
	for (guint i = 0; i < calendars->len; i++) {
		if (((const ProviderCalendar *)g_ptr_array_index(calendars, i))->holds_events)
			return true;
	}
	return false;
}

GPtrArray *account_calendars(const SyncContext *context, Db *db, HttpClient *http, int64_t user_id,
	const Connection *connection, GError **error)
{
	const Provider *provider = provider_find(connection->provider);
	const TimeWindow none = {0, 0};
	g_auto(Account) account = {0};
	ProviderRequest request;
	g_autoptr(GPtrArray) calendars = NULL;

	if (provider == NULL) {
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The provider '%s' is not supported by this version.",
			connection->provider);
		return NULL;
	}
	if (!account_open(&account, context, db, http, user_id, connection, error))
		return NULL;
	request = account_request(&account, none);
	calendars = provider->list_calendars(&request, error);
	if (calendars == NULL || connection->calendar_ids[0] != NULL || holds_events(calendars))
		return g_steal_pointer(&calendars);
	g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
		"This account has no calendar that holds events. Check the address and connect the "
		"calendar again.");
	return NULL;
}
