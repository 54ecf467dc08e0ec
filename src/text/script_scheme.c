/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what a browser would read of the beginning. */
#include "text/script_scheme.h"

#include <stdbool.h>
#include <string.h>

#include "text/html_entities.h"
#include "text/kses.h"

/* One behind the other: "javascript:javascript:…". WordPress gives up after as many. */
#define ROUNDS_MAX 6

/* "data:" and a media type; not "data: see below". */
static bool is_data(const char *dense)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
	const char *type = dense + strlen("data:");

	return g_str_has_prefix(dense, "data:") && type[strspn(type, letters)] == '/';
}

static bool runs_script(const GString *text)
{
	g_autoptr(GString) decoded = html_entity_decode(text->str, text->len);
	g_autoptr(GString) dense = g_string_new(NULL);

	for (size_t i = 0; i < decoded->len; i++) {
		unsigned char byte = (unsigned char)decoded->str[i];

		if (byte > ' ' && byte != 0x7f)
			g_string_append_c(dense, g_ascii_tolower((char)byte));
	}
	return g_str_has_prefix(dense->str, "javascript:") ||
	       g_str_has_prefix(dense->str, "vbscript:") || is_data(dense->str);
}

GString *script_scheme_strip(const char *bytes, size_t length)
{
	GString *text = g_string_new_len(bytes, (gssize)length);

	for (int round = 0; runs_script(text); round++) {
		GString *rest = round < ROUNDS_MAX ? kses_bad_protocol(text->str, text->len)
						   : g_string_new(NULL);
		bool is_shorter = rest->len < text->len;

		g_string_free(text, TRUE);
		text = rest;
		if (!is_shorter)
			g_string_truncate(text, 0);
	}
	return text;
}
