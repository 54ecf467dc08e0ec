/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsed http(s) URLs: where a request goes, and which hosts belong together. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct HttpUrl {
	char *text; /* normalised, without fragment */
	char *host; /* lower-case ASCII (punycode), without brackets and final dot */
	char *site; /* "host:port", IPv6 in brackets: what limits and marks are kept for */
	unsigned port;
	bool is_https;
	bool is_address; /* the host is a literal IP address */
} HttpUrl;

void http_url_free(HttpUrl *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpUrl, http_url_free)

/* Parses an absolute URL. Spaces and bytes above 127 are percent-encoded, escapes are kept as they
 * are. HTTP_ERROR_URL where it is none, is not http(s), or holds user information; as that may be a
 * password, no message repeats the URL. */
HttpUrl *http_url_parse(const char *text, GError **error);

/* Parses a Location or href relative to `base`; errors as http_url_parse(). */
HttpUrl *http_url_resolve(const HttpUrl *base, const char *reference, GError **error);

/* The same path and query on the scheme and port of `origin`, which has the same host. */
HttpUrl *http_url_move(const HttpUrl *url, const HttpUrl *origin, GError **error);

/* True for equal hosts, and for names under one registrable domain of the public suffix list:
 * p01.icloud.com and caldav.icloud.com, but not a.co.uk and b.co.uk, nor two addresses. */
bool http_url_is_same_site(const HttpUrl *a, const HttpUrl *b);
