/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escaping, step by step as WordPress does it. */
#include "text/esc.h"

#include <stdbool.h>
#include <string.h>

#include "php/text.h"
#include "php/url.h"
#include "text/kses.h"
#include "text/utf8.h"

/* htmlspecialchars() without double encoding, on text whose references are all in order: of those
 * that WordPress knows HTML 4.01 lacks only &apos;. */
static GString *escape_special(const GString *text)
{
	GString *escaped = g_string_sized_new(text->len);

	for (size_t i = 0; i < text->len; i++) {
		char byte = text->str[i];

		if (byte == '<')
			g_string_append(escaped, "&lt;");
		else if (byte == '>')
			g_string_append(escaped, "&gt;");
		else if (byte == '"')
			g_string_append(escaped, "&quot;");
		else if (byte == '\'')
			g_string_append(escaped, "&#039;");
		else if (strncmp(text->str + i, "&apos;", 6) == 0)
			g_string_append(escaped, "&amp;");
		else
			g_string_append_c(escaped, byte);
	}
	return escaped;
}

GString *esc_html(const char *bytes, size_t length)
{
	g_autoptr(GString) normal = NULL;

	if (!text_is_utf8(bytes, length))
		return g_string_new(NULL);
	normal = kses_normalize_entities(bytes, length);
	return escape_special(normal);
}

static bool is_url_byte(char byte)
{
	return g_ascii_isalnum(byte) || (unsigned char)byte >= 0x80 ||
	       (byte != '\0' && strchr("-~+_.?#=!&;,/:%@$|*'()[]", byte) != NULL);
}

/* The bytes that a URL may have; leading white space goes, a space within becomes %20. */
static GString *filter_bytes(const char *bytes, size_t length)
{
	GString *url = g_string_sized_new(length);
	size_t begin = 0;

	while (begin < length && php_is_trimmed(bytes[begin]))
		begin++;
	for (size_t i = begin; i < length; i++) {
		if (bytes[i] == ' ')
			g_string_append(url, "%20");
		else if (is_url_byte(bytes[i]))
			g_string_append_c(url, bytes[i]);
	}
	return url;
}

/* _deep_replace() of escaped line ends: also those that come together when others go. */
static void drop_line_ends(GString *url)
{
	size_t kept = 0;

	for (size_t i = 0; i < url->len; i++) {
		url->str[kept++] = url->str[i];
		if (kept >= 3 && url->str[kept - 3] == '%' && url->str[kept - 2] == '0' &&
			strchr("dDaA", url->str[kept - 1]) != NULL)
			kept -= 3;
	}
	g_string_truncate(url, kept);
}

/* /^[a-z0-9-]+?\.php/i */
static bool is_php_file(const char *url)
{
	size_t name = 0;

	while (g_ascii_isalnum(url[name]) || url[name] == '-')
		name++;
	return name > 0 && g_ascii_strncasecmp(url + name, ".php", 4) == 0;
}

/* Brackets are left to the host alone. */
static void escape_brackets(GString *url)
{
	g_autoptr(GString) front = php_url_front(url->str);
	g_autoptr(GString) dirty = g_string_new(url->str);
	g_autoptr(GString) clean = NULL;

	/* As str_replace() does, which finds nothing to replace in an empty text. */
	if (front->len > 0)
		g_string_replace(dirty, front->str, "", 0);
	clean = g_string_new(dirty->str);
	g_string_replace(clean, "[", "%5B", 0);
	g_string_replace(clean, "]", "%5D", 0);
	if (dirty->len > 0)
		g_string_replace(url, dirty->str, clean->str, 0);
}

static GString *escape_url(const char *bytes, size_t length, bool for_display)
{
	g_autoptr(GString) url = filter_bytes(bytes, length);
	g_autoptr(GString) good = NULL;

	if (url->len == 0)
		return g_steal_pointer(&url);
	if (g_ascii_strncasecmp(url->str, "mailto:", 7) != 0)
		drop_line_ends(url);
	g_string_replace(url, ";//", "://", 0);
	if (strchr(url->str, ':') == NULL &&
		(url->len == 0 || strchr("/#?", url->str[0]) == NULL) && !is_php_file(url->str))
		g_string_prepend(url, "http://");
	if (for_display) {
		GString *normal = kses_normalize_entities(url->str, url->len);

		g_string_free(url, TRUE);
		url = normal;
		g_string_replace(url, "&amp;", "&#038;", 0);
		g_string_replace(url, "'", "&#039;", 0);
	}
	if (strpbrk(url->str, "[]") != NULL)
		escape_brackets(url);
	if (url->str[0] == '/')
		return g_steal_pointer(&url);
	good = kses_bad_protocol(url->str, url->len);
	return g_ascii_strcasecmp(good->str, url->str) == 0 ? g_steal_pointer(&good)
							    : g_string_new(NULL);
}

GString *esc_url_raw(const char *bytes, size_t length)
{
	return escape_url(bytes, length, false);
}

GString *esc_url(const char *bytes, size_t length)
{
	return escape_url(bytes, length, true);
}
