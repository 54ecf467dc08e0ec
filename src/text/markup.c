/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two passes: what is taken out may bring a "<" before a letter. */
#include "text/markup.h"

#include <string.h>

static bool begins_markup(const char *at, const char *end)
{
	return *at == '<' && at + 1 < end &&
	       (g_ascii_isalpha(at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?');
}

bool markup_is_in(const char *bytes, size_t length)
{
	const char *end = bytes + length;

	for (const char *at = bytes; at < end; at++) {
		if (begins_markup(at, end))
			return true;
	}
	return false;
}

/* The first > after a <; NULL when another < comes before, as wp_pre_kses_less_than() has it. */
static const char *find_close(const char *at, const char *end)
{
	for (at++; at < end && *at != '<'; at++) {
		if (*at == '>')
			return at;
	}
	return NULL;
}

static GString *without_closed(const char *bytes, size_t length)
{
	GString *text = g_string_sized_new(length);
	const char *end = bytes + length;

	for (const char *at = bytes; at < end; at++) {
		const char *close = begins_markup(at, end) ? find_close(at, end) : NULL;

		if (close != NULL)
			at = close;
		else
			g_string_append_c(text, *at);
	}
	return text;
}

GString *markup_strip(const char *bytes, size_t length)
{
	g_autoptr(GString) open = without_closed(bytes, length);
	GString *text = g_string_sized_new(open->len);
	const char *end = open->str + open->len;

	for (const char *at = open->str; at < end; at++) {
		if (begins_markup(at, end))
			g_string_append(text, "&lt;");
		else
			g_string_append_c(text, *at);
	}
	return text;
}
