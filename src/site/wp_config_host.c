/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DB_HOST, as wpdb::parse_db_host() takes it apart: host, port, socket. */
#include "site/wp_config.h"

#include <string.h>

/* The digits behind the colon at `at`, if these stand there; PHP takes as many as there are. */
static bool parse_port(const char *at, unsigned *ret_port)
{
	g_autofree char *digits = NULL;
	guint64 port = 0;

	if (*at != ':')
		return true;
	digits = g_strndup(at + 1, strspn(at + 1, "0123456789"));
	if (digits[0] != '\0' && !g_ascii_string_to_unsigned(digits, 10, 0, 65535, &port, NULL))
		return false;
	*ret_port = (unsigned)port;
	return true;
}

bool wp_config_parse_host(
	const char *db_host, char **ret_host, unsigned *ret_port, char **ret_socket, GError **error)
{
	const char *socket = strstr(db_host, ":/");
	g_autofree char *address =
		socket == NULL ? g_strdup(db_host) : g_strndup(db_host, (size_t)(socket - db_host));
	const char *colon = strchr(address, ':');
	bool is_ipv6 = colon != NULL && strchr(colon + 1, ':') != NULL;
	const char *start = address + (is_ipv6 && address[0] == '[' ? 1 : 0);
	size_t length = is_ipv6 ? strspn(start, "0123456789abcdefABCDEF:") : strcspn(start, ":/");
	const char *rest = start + length;
	unsigned port = 0;

	if (is_ipv6 && rest[0] == ']')
		rest++;
	else if (is_ipv6)
		rest = "";
	if ((is_ipv6 && length == 0) || !parse_port(rest, &port)) {
		g_set_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_HOST,
			"DB_HOST '%s' is no host, host:port, host:/socket or [IPv6]:port", db_host);
		return false;
	}
	*ret_host = length == 0 ? g_strdup("localhost") : g_strndup(start, length);
	*ret_port = port;
	*ret_socket = socket == NULL ? NULL : g_strdup(socket + 1);
	return true;
}
