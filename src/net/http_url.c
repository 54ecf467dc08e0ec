/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing of URLs with libcurl's own parser, so that what is checked is what is connected to. */
#include "net/http_url.h"

#include <curl/curl.h>
#include <gio/gio.h>
#include <libpsl.h>
#include <string.h>

#include "net/http_error.h"

enum { MAX_URL_BYTES = 8192 };

typedef char CurlString;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlString, curl_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

void http_url_free(HttpUrl *url)
{
	if (url == NULL)
		return;
	g_free(url->text);
	g_free(url->host);
	g_free(url->site);
	g_free(url);
}

/* Which of them libcurl refuses, and which it encodes, differs from release to release. */
static bool has_control_character(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (g_ascii_iscntrl(*at))
			return true;
	}
	return false;
}

static bool set_url(CURLU *parts, const char *text, GError **error)
{
	CURLUcode code;

	if (strlen(text) > MAX_URL_BYTES) {
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_URL, "the URL is longer than %d bytes",
			MAX_URL_BYTES);
		return false;
	}
	if (has_control_character(text)) {
		g_set_error_literal(error, HTTP_ERROR, HTTP_ERROR_URL,
			"this is not a web address: it holds a control character");
		return false;
	}
	code = curl_url_set(parts, CURLUPART_URL, text,
		CURLU_DISALLOW_USER | CURLU_ALLOW_SPACE | CURLU_URLENCODE);
	if (code == CURLUE_OK)
		return true;
	if (code == CURLUE_USER_NOT_ALLOWED)
		g_set_error_literal(error, HTTP_ERROR, HTTP_ERROR_URL,
			"the URL holds a user name or password; put them in their own fields");
	else if (code == CURLUE_UNSUPPORTED_SCHEME)
		g_set_error_literal(error, HTTP_ERROR, HTTP_ERROR_URL,
			"the URL does not begin with https:// or http://");
	else
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_URL, "this is not a web address: %s",
			curl_url_strerror(code));
	return false;
}

/* Names in the one spelling that comparisons and the public suffix list need. */
static char *normalise_host(const char *host)
{
	g_autofree char *bare = NULL;
	char *ascii;
	size_t bytes;

	if (host[0] == '[')
		bare = g_strndup(host + 1, strcspn(host + 1, "]%"));
	else
		bare = g_ascii_strdown(host, -1);
	bytes = strlen(bare);
	if (bytes > 1 && bare[bytes - 1] == '.')
		bare[bytes - 1] = '\0';
	ascii = g_utf8_validate(bare, -1, NULL) ? g_hostname_to_ascii(bare) : NULL;
	return ascii != NULL ? ascii : g_steal_pointer(&bare);
}

static HttpUrl *read_parts(CURLU *parts, GError **error)
{
	g_autoptr(HttpUrl) url = g_new0(HttpUrl, 1);
	g_autoptr(CurlString) scheme = NULL;
	g_autoptr(CurlString) host = NULL;
	g_autoptr(CurlString) port = NULL;
	g_autoptr(CurlString) text = NULL;
	guint64 number = 0;

	if (curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK || *host == '\0' ||
		curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_URL, &text, 0) != CURLUE_OK ||
		!g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL)) {
		g_set_error_literal(error, HTTP_ERROR, HTTP_ERROR_URL,
			"this is not a web address: it has no host");
		return NULL;
	}
	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) {
		g_set_error_literal(error, HTTP_ERROR, HTTP_ERROR_URL,
			"the URL does not begin with https:// or http://");
		return NULL;
	}
	url->is_https = strcmp(scheme, "https") == 0;
	url->text = g_strdup(text);
	url->host = normalise_host(host);
	url->port = (unsigned)number;
	url->is_address = g_hostname_is_ip_address(url->host);
	url->site = g_strdup_printf(
		strchr(url->host, ':') != NULL ? "[%s]:%u" : "%s:%u", url->host, url->port);
	return g_steal_pointer(&url);
}

/* As GLib: out of memory ends the program. */
static CURLU *new_parts(void)
{
	CURLU *parts = curl_url();

	if (parts == NULL)
		g_error("out of memory");
	return parts;
}

HttpUrl *http_url_parse(const char *text, GError **error)
{
	g_autoptr(CURLU) parts = new_parts();

	if (!set_url(parts, text, error))
		return NULL;
	return read_parts(parts, error);
}

HttpUrl *http_url_resolve(const HttpUrl *base, const char *reference, GError **error)
{
	g_autoptr(CURLU) parts = new_parts();

	if (!set_url(parts, base->text, error) || !set_url(parts, reference, error))
		return NULL;
	return read_parts(parts, error);
}

HttpUrl *http_url_move(const HttpUrl *url, const HttpUrl *origin, GError **error)
{
	g_autoptr(CURLU) parts = new_parts();
	g_autofree char *port = g_strdup_printf("%u", origin->port);

	if (!set_url(parts, url->text, error))
		return NULL;
	if (curl_url_set(parts, CURLUPART_SCHEME, origin->is_https ? "https" : "http", 0) !=
			CURLUE_OK ||
		curl_url_set(parts, CURLUPART_PORT, port, 0) != CURLUE_OK) {
		g_set_error_literal(
			error, HTTP_ERROR, HTTP_ERROR_URL, "the URL cannot be changed to https");
		return NULL;
	}
	return read_parts(parts, error);
}

bool http_url_is_same_site(const HttpUrl *a, const HttpUrl *b)
{
	const char *domain_a;
	const char *domain_b;

	if (strcmp(a->host, b->host) == 0)
		return true;
	if (a->is_address || b->is_address)
		return false;
	domain_a = psl_registrable_domain(psl_builtin(), a->host);
	domain_b = psl_registrable_domain(psl_builtin(), b->host);
	return domain_a != NULL && domain_b != NULL && strcmp(domain_a, domain_b) == 0;
}
