/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cutting slugs without breaking percent-encoded characters. */
#include "text/post_slug.h"

#include <stdbool.h>
#include <string.h>

/* `post_name` is varchar(200). */
enum { SLUG_BYTES_MAX = 200 };

/* PHP's urldecode(). */
static char *url_decode(const char *text)
{
	GString *decoded = g_string_new(NULL);

	for (const char *c = text; *c != '\0'; c++) {
		int high = *c == '%' ? g_ascii_xdigit_value(c[1]) : -1;
		int low = high >= 0 ? g_ascii_xdigit_value(c[2]) : -1;

		if (low >= 0 && high * 16 + low != 0) {
			g_string_append_c(decoded, (char)(high * 16 + low));
			c += 2;
		} else {
			g_string_append_c(decoded, *c == '+' ? ' ' : *c);
		}
	}
	return g_string_free(decoded, FALSE);
}

static bool is_unreserved(char c)
{
	return g_ascii_isalnum(c) || strchr("-_.~", c) != NULL;
}

static size_t character_bytes(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

/* utf8_uri_encode() with a length: whole characters only. */
static char *url_encode(const char *text, size_t length)
{
	GString *encoded = g_string_new(NULL);

	while (*text != '\0') {
		size_t bytes = character_bytes((unsigned char)*text);
		size_t encoded_bytes = bytes == 1 && is_unreserved(*text) ? 1 : 3 * bytes;

		if (strnlen(text, bytes) < bytes || encoded->len + encoded_bytes > length)
			break;
		if (encoded_bytes == 1)
			g_string_append_c(encoded, *text);
		else
			for (size_t i = 0; i < bytes; i++)
				g_string_append_printf(encoded, bytes == 1 ? "%%%02X" : "%%%02x",
					(unsigned char)text[i]);
		text += bytes;
	}
	return g_string_free(encoded, FALSE);
}

char *post_slug_truncate(const char *slug, size_t length)
{
	char *cut;
	size_t end;

	if (strlen(slug) <= length) {
		cut = g_strdup(slug);
	} else {
		g_autofree char *decoded = url_decode(slug);

		cut = g_str_equal(decoded, slug) ? g_strndup(slug, length)
						 : url_encode(decoded, length);
	}
	end = strlen(cut);
	while (end > 0 && cut[end - 1] == '-')
		cut[--end] = '\0';
	return cut;
}

char *post_slug_trashed(const char *slug)
{
	g_autofree char *cut = NULL;

	if (g_str_has_suffix(slug, "__trashed"))
		return g_strdup(slug);
	cut = post_slug_truncate(slug, SLUG_BYTES_MAX - strlen("__trashed"));
	return g_strconcat(cut, "__trashed", NULL);
}

char *post_slug_numbered(const char *slug, unsigned n)
{
	g_autofree char *suffix = g_strdup_printf("-%u", n);
	g_autofree char *cut = post_slug_truncate(slug, SLUG_BYTES_MAX - strlen(suffix));

	return g_strconcat(cut, suffix, NULL);
}
