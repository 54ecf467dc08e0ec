/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The credentials of a CalDAV connection, read from their JSON. */
#include "provider/caldav_account.h"

#include <string.h>

#include "provider/json.h"
#include "provider/provider.h"
#include "util/secret.h"

/* Far above any real credentials. */
#define CREDENTIALS_MAX_BYTES 16384
#define URL_MAX_BYTES 2048

/* Line breaks and other controls in a URL or a user name could add header lines of their own. */
static bool has_control_characters(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (g_ascii_iscntrl(*p))
			return true;
	}
	return false;
}

/* Brings what a person typed into the form "https://host[:port]/path". NULL with error set. */
static char *account_url(const char *typed, GError **error)
{
	g_autofree char *text = g_strstrip(g_strdup(typed));
	const char *scheme = "https";
	const char *rest = text;
	const char *mark = strstr(text, "://");
	const char *user;
	size_t authority_bytes;

	if (mark != NULL && g_ascii_strncasecmp(text, "https://", 8) != 0) {
		if (g_ascii_strncasecmp(text, "http://", 7) != 0) {
			g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
				"The calendar's address must begin with https://. Please reconnect "
				"this calendar with its CalDAV address.");
			return NULL;
		}
		scheme = "http";
	}
	if (mark != NULL)
		rest = mark + 3;
	authority_bytes = strcspn(rest, "/?#");
	user = g_strrstr_len(rest, (gssize)authority_bytes, "@");
	if (user != NULL) {
		authority_bytes -= (size_t)(user + 1 - rest);
		rest = user + 1;
	}
	if (authority_bytes == 0 || strlen(text) > URL_MAX_BYTES || has_control_characters(text)) {
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The calendar's address is not a web address. Please reconnect this "
			"calendar with its CalDAV address.");
		return NULL;
	}
	return g_strdup_printf("%s://%.*s%s", scheme, (int)strcspn(rest, "?#"), rest,
		rest[authority_bytes] == '/' ? "" : "/");
}

static bool account_fill(CalDavAccount *account, const cJSON *json, GError **error)
{
	const char *url = json_string(json, "url");
	const char *username = json_string(json, "username");
	const cJSON *password = json_member(json, "password");

	if (url == NULL || username == NULL || !cJSON_IsString(password) ||
		has_control_characters(username)) {
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The stored credentials have no usable address, user name or password. "
			"Please reconnect this calendar.");
		return false;
	}
	account->url = account_url(url, error);
	if (account->url == NULL)
		return false;
	account->username = g_strdup(username);
	account->password = g_strdup(password->valuestring);
	account->auth = (HttpAuth){
		.origin_url = account->url,
		.user = account->username,
		.password = account->password,
	};
	return true;
}

CalDavAccount *caldav_account_new(const char *credentials_json, GError **error)
{
	g_autoptr(CalDavAccount) account = g_new0(CalDavAccount, 1);
	g_autoptr(JsonSecret) json = NULL;

	if (credentials_json != NULL && strlen(credentials_json) <= CREDENTIALS_MAX_BYTES)
		json = json_parse_object(credentials_json, strlen(credentials_json));
	if (json == NULL) {
		g_set_error(error, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The stored credentials cannot be read. Please reconnect this calendar.");
		return NULL;
	}
	if (!account_fill(account, json, error))
		return NULL;
	return g_steal_pointer(&account);
}

void caldav_account_free(CalDavAccount *account)
{
	if (account == NULL)
		return;
	g_free(account->url);
	g_free(account->username);
	secret_free(account->password);
	g_free(account);
}
