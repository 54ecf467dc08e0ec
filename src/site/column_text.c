/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repairing, cutting and encoding of text before it is stored. */
#include "site/column_text.h"

#include <string.h>

#include "text/emoji.h"
#include "text/utf8.h"

/* The longest entity that we make: "&#x10ffff;". */
enum { ENTITY_BYTES_MAX = 10 };

/* Takes off an entity that a cut has left without its end. */
static void drop_half_entity(char *text)
{
	char *ampersand = strrchr(text, '&');

	if (ampersand != NULL && strlen(ampersand) < ENTITY_BYTES_MAX &&
		g_str_has_prefix(ampersand, "&#x") && strchr(ampersand, ';') == NULL)
		*ampersand = '\0';
}

char *column_text_apply(TextFunction function, const char *text)
{
	return g_string_free(function(text, strlen(text)), FALSE);
}

char *column_text_repair(const char *text, size_t bytes_max)
{
	GString *repaired = g_string_new(NULL);

	/* No need to repair what is going to be cut off. */
	if (text != NULL)
		g_string_append_len(repaired, text, (gssize)strnlen(text, bytes_max + 4));
	text_repair(repaired);
	text_cut_bytes(repaired, bytes_max);
	return g_string_free(repaired, FALSE);
}

/* wp_encode_emoji() knows emoji only; other four-byte characters would still be refused. */
static char *encode_four_bytes(const char *text)
{
	GString *encoded = g_string_new(NULL);

	for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
		if ((unsigned char)*c >= 0xf0)
			g_string_append_printf(encoded, "&#x%x;", g_utf8_get_char(c));
		else
			g_string_append_len(encoded, c, g_utf8_next_char(c) - c);
	}
	return g_string_free(encoded, FALSE);
}

char *column_text_encode(char *take_text, const WpSite *site)
{
	g_autofree char *text = take_text;
	g_autofree char *emoji = NULL;

	if (!site->is_utf8mb3)
		return g_steal_pointer(&text);
	emoji = column_text_apply(emoji_encode, text);
	return encode_four_bytes(emoji);
}

char *column_text(const char *text, size_t bytes_max, const WpSite *site)
{
	g_autofree char *encoded = column_text_encode(column_text_repair(text, bytes_max), site);
	char *fitting;

	if (strlen(encoded) <= bytes_max)
		return g_steal_pointer(&encoded);
	fitting = column_text_repair(encoded, bytes_max);
	drop_half_entity(fitting);
	return fitting;
}
