/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "user/connection_account.h"

#include <string.h>

#include "php/json.h"
#include "site/column_text.h"
#include "text/sanitize.h"

/* Far more than a list needs to tell connections apart. */
#define LABEL_BYTES_MAX 200

/* Of each octet of a text, at most so many in JSON: \u00XX. */
enum { JSON_OCTETS = 6, JSON_FRAME_OCTETS = 64 };

char *connection_account_caldav(const char *url, const char *username, const char *password)
{
	/* Never moved while it grows: nothing is left behind. */
	GString *json = g_string_sized_new(
		JSON_FRAME_OCTETS +
		JSON_OCTETS * (strlen(url) + strlen(username) + strlen(password)));

	g_string_append(json, "{\"url\":");
	php_json_append_text(json, url);
	g_string_append(json, ",\"username\":");
	php_json_append_text(json, username);
	g_string_append(json, ",\"password\":");
	php_json_append_text(json, password);
	g_string_append_c(json, '}');
	return g_string_free(json, FALSE);
}

bool connection_account_read(const char *json, char **ret_url, char **ret_username)
{
	PhpValue *object = php_json_decode(json, strlen(json), NULL);
	const PhpValue *url = php_array_get(object, "url");
	const PhpValue *username = php_array_get(object, "username");
	bool has_both = php_value_is_string(url) && php_value_is_string(username);

	if (has_both) {
		*ret_url = php_value_to_string(url);
		*ret_username = php_value_to_string(username);
		has_both = *ret_url != NULL && *ret_username != NULL;
	}
	php_value_free_secret(object);
	return has_both;
}

char *connection_account_url(const char *typed)
{
	g_autofree char *text = g_strstrip(g_strdup(typed));
	const char *mark = strstr(text, "://");
	const char *rest = mark != NULL ? mark + strlen("://") : text;
	size_t authority_bytes = strcspn(rest, "/?#");
	const char *at = g_strrstr_len(rest, (gssize)authority_bytes, "@");
	g_autofree char *scheme =
		mark != NULL ? g_strndup(text, (size_t)(mark - text)) : g_strdup("https");

	if (authority_bytes == 0 || (at != NULL && memchr(rest, ':', (size_t)(at - rest)) != NULL))
		return NULL;
	return g_strdup_printf("%s://%s%s", scheme, at != NULL ? at + 1 : rest,
		strpbrk(rest, "/?#") == NULL ? "/" : "");
}

char *connection_account_label(const char *text, const WpSite *site)
{
	g_autofree char *fitting = column_text_repair(text, LABEL_BYTES_MAX);

	return column_text_encode(column_text_apply(sanitize_text_field, fitting), site);
}
