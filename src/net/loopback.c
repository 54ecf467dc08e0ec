/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request after the other: a browser sends one or two. */
#include "net/loopback.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	REQUEST_BYTES_MAX = 16 * 1024,
	CLIENT_SECS = 3, /* browsers open connections that they do not use */
};

struct Loopback {
	GSocket *socket;
	char *url;
};

static bool listen_on(GSocket *socket, unsigned port, GError **error)
{
	g_autoptr(GInetAddress) here = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(here, (guint16)port);

	return g_socket_bind(socket, address, TRUE, error) && g_socket_listen(socket, error);
}

static char *url_of(GSocket *socket, GError **error)
{
	g_autoptr(GSocketAddress) address = g_socket_get_local_address(socket, error);

	return address == NULL ? NULL
			       : g_strdup_printf("http://127.0.0.1:%u/",
					 (unsigned)g_inet_socket_address_get_port(
						 G_INET_SOCKET_ADDRESS(address)));
}

Loopback *loopback_open(unsigned port, GError **error)
{
	g_autoptr(Loopback) loopback = g_new0(Loopback, 1);

	loopback->socket = g_socket_new(
		G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
	if (loopback->socket == NULL || !listen_on(loopback->socket, port, error)) {
		g_prefix_error(error, "cannot listen on port %u of 127.0.0.1: ", port);
		return NULL;
	}
	loopback->url = url_of(loopback->socket, error);
	return loopback->url == NULL ? NULL : g_steal_pointer(&loopback);
}

void loopback_free(Loopback *loopback)
{
	if (loopback == NULL)
		return;
	g_clear_object(&loopback->socket);
	g_free(loopback->url);
	g_free(loopback);
}

const char *loopback_url(const Loopback *loopback)
{
	return loopback->url;
}

/* The head of a request; what it has beyond that is of no use. NULL when none comes. It may hold a
 * code: caller wipes. */
static GString *read_head(GSocket *client)
{
	GString *head = g_string_sized_new(REQUEST_BYTES_MAX + 1);

	while (strstr(head->str, "\r\n\r\n") == NULL && head->len < REQUEST_BYTES_MAX) {
		gssize got = g_socket_receive(
			client, head->str + head->len, REQUEST_BYTES_MAX - head->len, NULL, NULL);

		if (got <= 0)
			break;
		g_string_set_size(head, head->len + (gsize)got);
	}
	return head;
}

static void wipe(GString *text)
{
	sodium_memzero(text->str, text->allocated_len);
	g_string_free(text, TRUE);
}

/* The parameters of "GET /?NAME=VALUE&… HTTP/1.1"; NULL for another request. */
static GHashTable *parameters_of(const char *head)
{
	const char *query = head + strlen("GET /?");
	const char *end;

	if (!g_str_has_prefix(head, "GET /?"))
		return NULL;
	end = strchr(query, ' ');
	return end == NULL ? NULL
			   : g_uri_parse_params(query, end - query, "&",
				     G_URI_PARAMS_WWW_FORM | G_URI_PARAMS_PARSE_RELAXED, NULL);
}

static void answer(GSocket *client, const char *status, const char *text)
{
	g_autofree char *page = g_strdup_printf("<!DOCTYPE html><html lang=\"en\"><meta "
						"charset=\"utf-8\"><title>prm-calendar</title>"
						"<p>%s</p></html>\n",
		text);
	g_autofree char *whole = g_strdup_printf(
		"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
		"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
		"Connection: close\r\n\r\n%s",
		status, strlen(page), page);

	/* A browser that went away misses a page, nothing more. */
	g_socket_send(client, whole, strlen(whole), NULL, NULL);
	g_socket_shutdown(client, FALSE, TRUE, NULL);
}

static bool is_ours(GHashTable *parameters, const char *state)
{
	const char *given = parameters != NULL ? g_hash_table_lookup(parameters, "state") : NULL;

	return given != NULL && strlen(given) == strlen(state) &&
	       sodium_memcmp(given, state, strlen(state)) == 0;
}

/* NULL when this was not the request that is waited for. */
static GHashTable *serve(GSocket *client, const char *state)
{
	GString *head;
	g_autoptr(GHashTable) parameters = NULL;

	g_socket_set_timeout(client, CLIENT_SECS);
	head = read_head(client);
	parameters = parameters_of(head->str);
	wipe(head);
	if (is_ours(parameters, state)) {
		answer(client, "200 OK",
			g_hash_table_contains(parameters, "code")
				? "Thank you. You can close this window and go back to the "
				  "terminal."
				: "Access was not given. The terminal says more.");
		return g_steal_pointer(&parameters);
	}
	answer(client, "404 Not Found", "There is nothing here.");
	return NULL;
}

GHashTable *loopback_wait(Loopback *loopback, const char *state, unsigned secs, GError **error)
{
	int64_t until_usecs = g_get_monotonic_time() + (int64_t)secs * G_USEC_PER_SEC;

	for (;;) {
		int64_t left_usecs = until_usecs - g_get_monotonic_time();
		g_autoptr(GSocket) client = NULL;
		GHashTable *parameters;

		if (left_usecs <= 0) {
			g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
				"nobody came back in time");
			return NULL;
		}
		if (!g_socket_condition_timed_wait(
			    loopback->socket, G_IO_IN, left_usecs, NULL, error))
			return NULL;
		client = g_socket_accept(loopback->socket, NULL, error);
		if (client == NULL)
			return NULL;
		parameters = serve(client, state);
		if (parameters != NULL)
			return parameters;
	}
}
