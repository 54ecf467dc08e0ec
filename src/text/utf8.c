/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Validity and length of texts. */
#include "text/utf8.h"

#include <string.h>

/* The length of what is valid from the beginning. */
static size_t valid_length(const char *bytes, size_t length)
{
	size_t valid = 0;

	while (valid < length) {
		const char *stopped;

		if (g_utf8_validate_len(bytes + valid, length - valid, &stopped))
			return length;
		valid = (size_t)(stopped - bytes);
		/* GLib takes no NUL where it is told a length. */
		if (*stopped != '\0')
			break;
		valid++;
	}
	return valid;
}

bool text_is_utf8(const char *bytes, size_t length)
{
	return valid_length(bytes, length) == length;
}

void text_repair(GString *text)
{
	g_autoptr(GString) repaired = NULL;
	size_t done = 0;

	if (text_is_utf8(text->str, text->len))
		return;
	repaired = g_string_sized_new(text->len);
	while (done < text->len) {
		size_t valid = valid_length(text->str + done, text->len - done);

		g_string_append_len(repaired, text->str + done, (gssize)valid);
		done += valid;
		if (done < text->len) {
			g_string_append(repaired, "\357\277\275");
			done++;
		}
	}
	g_string_truncate(text, 0);
	g_string_append_len(text, repaired->str, (gssize)repaired->len);
}

void text_cut_bytes(GString *text, size_t max_bytes)
{
	if (text->len <= max_bytes)
		return;
	while (max_bytes > 0 && ((unsigned char)text->str[max_bytes] & 0xc0) == 0x80)
		max_bytes--;
	g_string_truncate(text, max_bytes);
}

void text_cut_characters(GString *text, size_t max_characters)
{
	size_t characters = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (((unsigned char)text->str[i] & 0xc0) != 0x80 &&
			characters++ == max_characters) {
			g_string_truncate(text, i);
			return;
		}
	}
}
