/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the bytes of an XML document such as strict parsers accept. */
#include "net/xml_bytes.h"

#include <string.h>

/* The longest charset name that IANA has is 45 bytes. */
#define CHARSET_MAX_BYTES 64
/* An XML declaration with its three attributes is far shorter. */
#define DECLARATION_MAX_BYTES 512
/* Ten decimal digits hold every code point; longer references are no honest ones. */
#define REFERENCE_MAX_BYTES 16
#define REPLACEMENT_CHARACTER 0xFFFD

struct XmlBytes {
	char *converted; /* owned; NULL when the body is read as it is */
	const char *next;
	const char *end;
};

static bool is_xml_char(gunichar character)
{
	return character == '\t' || character == '\n' || character == '\r' ||
	       (character >= 0x20 && character < 0xD800) ||
	       (character >= 0xE000 && character < 0xFFFE) ||
	       (character >= 0x10000 && character < 0x110000);
}

/* UTF-8 but for NUL bytes, which g_utf8_validate() takes for invalid. */
static bool is_utf8(const char *text, size_t bytes)
{
	const char *end = text + bytes;

	while (text < end) {
		if (!g_utf8_validate(text, end - text, &text) && *text != '\0')
			return false;
		text += text < end ? 1 : 0;
	}
	return true;
}

/* Of iconv's hundreds of converters a server has no need for more than these. */
static bool is_plain_charset(const char *name)
{
	static const char *const prefixes[] = {
		"iso-8859-", "iso8859-", "windows-125", "cp125", "latin"};
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(lower, prefixes[i]))
			return true;
	}
	return false;
}

/* The single-byte charset that the XML declaration names, or NULL. */
static char *declared_charset(const char *text, size_t bytes)
{
	g_autofree char *declaration = NULL;
	g_autofree char *charset = NULL;
	const char *name;
	const char *end;

	if (bytes < 5 || memcmp(text, "<?xml", 5) != 0)
		return NULL;
	declaration = g_strndup(text, MIN(bytes, DECLARATION_MAX_BYTES));
	end = strstr(declaration, "?>");
	name = strstr(declaration, "encoding");
	if (end == NULL || name == NULL || name > end)
		return NULL;
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=\"'");
	charset = g_strndup(name, MIN(strcspn(name, "\"' ?"), CHARSET_MAX_BYTES));
	return is_plain_charset(charset) ? g_steal_pointer(&charset) : NULL;
}

/* The document as UTF-8; NULL when it is, or is best taken for, UTF-8 already. */
static char *convert_to_utf8(const char *text, size_t bytes, size_t *ret_bytes)
{
	g_autofree char *charset = NULL;

	if (bytes >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
		charset = g_strdup("UTF-16");
	else if (!is_utf8(text, bytes))
		charset = declared_charset(text, bytes);
	if (charset == NULL)
		return NULL;
	return g_convert(text, (gssize)bytes, "UTF-8", charset, NULL, ret_bytes, NULL);
}

static void skip_beginning(XmlBytes *bytes)
{
	while (bytes->next < bytes->end) {
		if (g_ascii_isspace(*bytes->next))
			bytes->next++;
		else if (bytes->end - bytes->next >= 3 &&
			 memcmp(bytes->next, "\xEF\xBB\xBF", 3) == 0)
			bytes->next += 3;
		else
			return;
	}
}

XmlBytes *xml_bytes_new(const char *body, size_t body_bytes)
{
	XmlBytes *bytes = g_new0(XmlBytes, 1);
	size_t converted_bytes = 0;

	bytes->next = body;
	bytes->end = body + body_bytes;
	skip_beginning(bytes);
	bytes->converted =
		convert_to_utf8(bytes->next, (size_t)(bytes->end - bytes->next), &converted_bytes);
	if (bytes->converted != NULL) {
		bytes->next = bytes->converted;
		bytes->end = bytes->converted + converted_bytes;
		skip_beginning(bytes);
	}
	return bytes;
}

void xml_bytes_free(XmlBytes *bytes)
{
	if (bytes == NULL)
		return;
	g_free(bytes->converted);
	g_free(bytes);
}

bool xml_bytes_are_blank(const XmlBytes *bytes)
{
	return bytes->next == bytes->end;
}

bool xml_bytes_look_like_xml(const XmlBytes *bytes)
{
	/* "<?xml" or "<D:multistatus", but no "<!doctype html>". */
	return bytes->end - bytes->next >= 2 && bytes->next[0] == '<' && bytes->next[1] != '!';
}

/* The length of a reference like "&#11;" to a character that XML forbids; 0 for anything else. */
static size_t forbidden_reference_bytes(const char *text, size_t bytes)
{
	char digits[REFERENCE_MAX_BYTES + 1] = "";
	size_t length = 0;
	bool hexadecimal;
	guint64 character;

	if (bytes < 4 || text[0] != '&' || text[1] != '#')
		return 0;
	hexadecimal = text[2] == 'x';
	text += hexadecimal ? 3 : 2;
	bytes -= hexadecimal ? 3 : 2;
	while (length < bytes && length < REFERENCE_MAX_BYTES && g_ascii_isxdigit(text[length])) {
		digits[length] = text[length];
		length++;
	}
	if (length == 0 || length >= bytes || text[length] != ';' ||
		!g_ascii_string_to_unsigned(
			digits, hexadecimal ? 16 : 10, 0, G_MAXUINT64, &character, NULL) ||
		(character <= G_MAXUINT32 && is_xml_char((gunichar)character)))
		return 0;
	return length + (hexadecimal ? 4 : 3);
}

/* Takes one character from the input and writes what becomes of it: at most four bytes. */
static size_t scrub_one(XmlBytes *bytes, char *out)
{
	size_t left = (size_t)(bytes->end - bytes->next);
	size_t length = forbidden_reference_bytes(bytes->next, left);
	gunichar character;

	if (length > 0) {
		bytes->next += length;
		return 0;
	}
	character = g_utf8_get_char_validated(bytes->next, (gssize)left);
	if (*bytes->next == '\0')
		character = 0;
	if (character == (gunichar)-1 || character == (gunichar)-2) {
		bytes->next++;
		return (size_t)g_unichar_to_utf8(REPLACEMENT_CHARACTER, out);
	}
	length = character == 0 ? 1 : (size_t)g_utf8_skip[(guchar)*bytes->next];
	if (is_xml_char(character)) {
		memcpy(out, bytes->next, length);
		bytes->next += length;
		return length;
	}
	bytes->next += length;
	return 0;
}

size_t xml_bytes_read(XmlBytes *bytes, char *buffer, size_t buffer_bytes)
{
	size_t filled = 0;

	while (filled + 4 <= buffer_bytes && bytes->next < bytes->end) {
		guchar byte = (guchar)*bytes->next;

		if (byte >= 0x20 && byte < 0x80 && byte != '&') {
			buffer[filled++] = (char)byte;
			bytes->next++;
		} else {
			filled += scrub_one(bytes, buffer + filled);
		}
	}
	return filled;
}
