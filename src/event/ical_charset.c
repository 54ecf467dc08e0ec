/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-16, Windows-1252 and QUOTED-PRINTABLE to UTF-8. Converters of the C library are files that
 * may not be installed. */
#include "event/ical_charset.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xfffd

/* 0x80 to 0x9f; below and above, Windows-1252 is Latin-1. 0: not assigned. */
static const uint16_t windows_1252[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d,
	0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

static unsigned unit_at(const char *bytes, bool big_endian)
{
	unsigned first = (unsigned char)bytes[0];
	unsigned second = (unsigned char)bytes[1];

	return big_endian ? first << 8 | second : second << 8 | first;
}

GString *ical_charset_from_utf16(const char *bytes, size_t length)
{
	bool big_endian;
	GString *text;

	if (length < 2)
		return NULL;
	if (memcmp(bytes, "\xfe\xff", 2) == 0 || memcmp(bytes, "\0B", 2) == 0)
		big_endian = true;
	else if (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "B\0", 2) == 0)
		big_endian = false;
	else
		return NULL;
	text = g_string_sized_new(length);
	for (size_t i = 0; i + 1 < length; i += 2) {
		unsigned unit = unit_at(bytes + i, big_endian);
		unsigned next = i + 3 < length ? unit_at(bytes + i + 2, big_endian) : 0;

		if (i == 0 && unit == 0xfeff)
			continue;
		if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
			i += 2;
		} else if (unit >= 0xd800 && unit < 0xe000) {
			unit = REPLACEMENT;
		}
		g_string_append_unichar(text, unit);
	}
	return text;
}

/* A character beyond ASCII in UTF-8 tells that the rest is damage: letters of other encodings that
 * stand side by side just so are rare. */
static bool is_windows_1252(const GString *text)
{
	for (size_t i = 0; i < text->len; i++) {
		unsigned char byte = (unsigned char)text->str[i];
		gunichar character;

		if (byte < 0x80)
			continue;
		character = g_utf8_get_char_validated(text->str + i, (gssize)(text->len - i));
		if (character != (gunichar)-1 && character != (gunichar)-2)
			return false;
		if (byte < 0xa0 && windows_1252[byte - 0x80] == 0)
			return false;
	}
	return true;
}

bool ical_charset_mend(GString *text)
{
	g_autoptr(GString) mended = NULL;

	if (g_utf8_validate(text->str, (gssize)text->len, NULL))
		return false;
	if (!is_windows_1252(text)) {
		g_autofree char *valid = g_utf8_make_valid(text->str, (gssize)text->len);

		g_string_assign(text, valid);
		return false;
	}
	mended = g_string_sized_new(text->len * 2);
	for (size_t i = 0; i < text->len; i++) {
		unsigned char byte = (unsigned char)text->str[i];
		bool high = byte >= 0x80 && byte < 0xa0;

		g_string_append_unichar(mended, high ? windows_1252[byte - 0x80] : byte);
	}
	g_string_truncate(text, 0);
	g_string_append_len(text, mended->str, (gssize)mended->len);
	return true;
}

char *ical_charset_quoted_printable(const char *value)
{
	g_autoptr(GString) text = g_string_sized_new(strlen(value));

	for (; *value != '\0'; value++) {
		bool coded =
			*value == '=' && g_ascii_isxdigit(value[1]) && g_ascii_isxdigit(value[2]);
		char byte = *value;

		if (coded) {
			byte = (char)(g_ascii_xdigit_value(value[1]) * 16 +
				      g_ascii_xdigit_value(value[2]));
			value += 2;
		}
		if ((unsigned char)byte >= 0x20 || byte == '\n' || byte == '\t')
			g_string_append_c(text, byte);
	}
	(void)ical_charset_mend(text);
	return g_string_free(g_steal_pointer(&text), FALSE);
}
