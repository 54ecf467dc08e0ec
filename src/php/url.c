/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front of a URL, found as php_url_parse_ex2() of PHP 8.2 finds it. */
#include "php/url.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535
#define PORT_MAX_DIGITS 5

typedef struct {
	const char *bytes; /* NULL: the URL has no such part */
	size_t length;
} Part;

typedef struct {
	Part scheme;
	Part user;
	Part pass;
	Part host;
	bool has_port;
	long port;
	const char *at; /* where the host begins */
} Front;

typedef enum { NEXT_HOST, NEXT_PATH, NEXT_INVALID } Next;

static Part part_between(const char *begin, const char *end)
{
	return (Part){begin, (size_t)(end - begin)};
}

/* Digits only at first sight: strtol() also takes signs, and stops at letters. */
static bool read_port(const char *begin, const char *end, Front *front)
{
	g_autofree char *digits = g_strndup(begin, (size_t)(end - begin));
	char *stopped = NULL;
	long port = strtol(digits, &stopped, 10);

	if (port < 0 || port > PORT_MAX || stopped == digits)
		return false;
	front->has_port = true;
	front->port = port;
	return true;
}

static bool skip_slashes(Front *front)
{
	if (!g_str_has_prefix(front->at, "//"))
		return false;
	front->at += 2;
	return true;
}

/* What follows the first colon may be a port: "example.org:80/". */
static Next scan_port(const char *colon, Front *front)
{
	const char *begin = colon + 1;
	size_t digits = strspn(begin, "0123456789");

	if (digits > 0 && digits <= PORT_MAX_DIGITS &&
		(begin[digits] == '\0' || begin[digits] == '/')) {
		if (!read_port(begin, begin + digits, front))
			return NEXT_INVALID;
		skip_slashes(front);
		return NEXT_HOST;
	}
	if (*begin == '\0')
		return NEXT_INVALID;
	return skip_slashes(front) ? NEXT_HOST : NEXT_PATH;
}

static bool is_scheme(Part part)
{
	for (size_t i = 0; i < part.length; i++) {
		if (!g_ascii_isalnum(part.bytes[i]) && strchr("+.-", part.bytes[i]) == NULL)
			return false;
	}
	return true;
}

static bool is_port_before_path(const char *colon)
{
	size_t digits = strspn(colon + 1, "0123456789");

	return digits <= PORT_MAX_DIGITS && (colon[1 + digits] == '\0' || colon[1 + digits] == '/');
}

static Next scan_scheme(Front *front)
{
	const char *colon = strchr(front->at, ':');
	Part scheme;

	if (colon == NULL)
		return skip_slashes(front) ? NEXT_HOST : NEXT_PATH;
	if (colon == front->at)
		return scan_port(colon, front);
	scheme = part_between(front->at, colon);
	if (!is_scheme(scheme)) {
		if (colon[1] != '\0' && colon < front->at + strcspn(front->at, "?#"))
			return scan_port(colon, front);
		return skip_slashes(front) ? NEXT_HOST : NEXT_PATH;
	}
	if (colon[1] != '\0' && colon[1] != '/' && is_port_before_path(colon))
		return scan_port(colon, front);
	front->scheme = scheme;
	if (!g_str_has_prefix(colon + 1, "//"))
		return NEXT_PATH;
	front->at = colon + 3;
	/* "file:///etc" has no host. */
	if (scheme.length == 4 && g_ascii_strncasecmp(scheme.bytes, "file", 4) == 0 &&
		colon[3] == '/')
		return NEXT_PATH;
	return NEXT_HOST;
}

static void scan_user(Front *front, const char *end)
{
	const char *at_sign = memrchr(front->at, '@', (size_t)(end - front->at));
	const char *colon;

	if (at_sign == NULL)
		return;
	colon = memchr(front->at, ':', (size_t)(at_sign - front->at));
	front->user = part_between(front->at, colon != NULL ? colon : at_sign);
	if (colon != NULL)
		front->pass = part_between(colon + 1, at_sign);
	front->at = at_sign + 1;
}

static bool scan_host(Front *front)
{
	const char *end = front->at + strcspn(front->at, "/?#");
	const char *colon = NULL;

	scan_user(front, end);
	/* The colons of an IPv6 address are no port's, unless something follows the brackets. */
	if (*front->at != '[' || end[-1] != ']')
		colon = memrchr(front->at, ':', (size_t)(end - front->at));
	if (colon != NULL && front->port == 0) {
		if (end - colon - 1 > PORT_MAX_DIGITS)
			return false;
		if (end - colon > 1 && !read_port(colon + 1, end, front))
			return false;
	}
	front->host = part_between(front->at, colon != NULL ? colon : end);
	return front->host.length > 0;
}

static void append_part(GString *text, const char *before, Part part, const char *behind)
{
	if (part.bytes == NULL)
		return;
	g_string_append(text, before);
	g_string_append_len(text, part.bytes, (gssize)part.length);
	g_string_append(text, behind);
}

static Front parse(const char *url)
{
	Front front = {.at = url};
	Next next = scan_scheme(&front);

	if (next == NEXT_INVALID || (next == NEXT_HOST && !scan_host(&front)))
		return (Front){0};
	return front;
}

GString *php_url_front(const char *url)
{
	GString *text = g_string_new(NULL);
	/* wp_parse_url() gives a path a host and a scheme for the parser's sake, and a URL that
	 * begins with two slashes a scheme. */
	bool is_path = url[0] == '/' && url[1] != '/';
	g_autofree char *whole = url[0] != '/' ? g_strdup(url)
				 : is_path     ? g_strconcat("placeholder://placeholder", url, NULL)
					       : g_strconcat("placeholder:", url, NULL);
	Front front = parse(whole);

	if (url[0] == '/')
		g_string_append(text, "//");
	else
		append_part(text, "", front.scheme, "://");
	append_part(text, "", front.user, "");
	append_part(text, ":", front.pass, "");
	if (front.user.bytes != NULL || front.pass.bytes != NULL)
		g_string_append_c(text, '@');
	if (!is_path)
		append_part(text, "", front.host, "");
	if (front.has_port)
		g_string_append_printf(text, ":%ld", front.port);
	return text;
}
