/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's notions of white space. */
#include "php/text.h"

bool php_is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool php_is_trimmed(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\v' ||
	       byte == '\0';
}

void php_trim(GString *text)
{
	size_t begin = 0;

	while (text->len > 0 && php_is_trimmed(text->str[text->len - 1]))
		g_string_truncate(text, text->len - 1);
	while (begin < text->len && php_is_trimmed(text->str[begin]))
		begin++;
	g_string_erase(text, 0, (gssize)begin);
}

char *php_trim_new(const char *text)
{
	GString *trimmed = g_string_new(text);

	php_trim(trimmed);
	return g_string_free(trimmed, FALSE);
}
