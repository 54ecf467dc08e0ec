/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters that change how others look, and are not seen themselves. */
#include "util/visible.h"

#include <string.h>

enum {
	ZERO_WIDTH_NON_JOINER = 0x200C,
	ZERO_WIDTH_JOINER = 0x200D,
	CONTROLS_END = 0xA0,
	BMP_END = 0x10000,
};

bool visible_is_hidden(gunichar character)
{
	switch (g_unichar_type(character)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return true;
	case G_UNICODE_FORMAT:
		return character != ZERO_WIDTH_JOINER && character != ZERO_WIDTH_NON_JOINER;
	default:
		return false;
	}
}

static void append_visible(GString *out, gunichar character)
{
	g_string_append_printf(out, character < CONTROLS_END ? "\\x%02X" : "\\u%04X", character);
}

static void append_json(GString *out, gunichar character)
{
	if (character < BMP_END) {
		g_string_append_printf(out, "\\u%04x", character);
		return;
	}
	character -= BMP_END;
	g_string_append_printf(
		out, "\\u%04x\\u%04x", 0xD800 + (character >> 10), 0xDC00 + (character & 0x3FF));
}

static char *rewrite(const char *text, void (*append)(GString *out, gunichar character))
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_sized_new(strlen(valid));

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar character = g_utf8_get_char(p);

		if (visible_is_hidden(character))
			append(out, character);
		else
			g_string_append_unichar(out, character);
	}
	return g_string_free(out, FALSE);
}

char *visible_text(const char *text)
{
	return rewrite(text, append_visible);
}

char *visible_json(const char *json)
{
	return rewrite(json, append_json);
}
