/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical lines in, content lines out. */
#include "event/ical_lex.h"

#include <string.h>

#include "event/ical_charset.h"
#include "event/ical_field.h"

/* No property that we know has a longer name. */
#define FOLDED_NAME_MAX_BYTES 64

typedef struct {
	const char *start;
	size_t length;
} Span;

/* The physical line at `next` without its end; `ret_after` is where the one after it begins. */
static Span physical_line(const char *next, const char *end, const char **ret_after)
{
	size_t left = (size_t)(end - next);
	const char *newline = memchr(next, '\n', left);
	const char *stop = newline != NULL ? newline : end;
	const char *carriage = memchr(next, '\r', (size_t)(stop - next));

	if (carriage != NULL) {
		bool with_newline = carriage + 1 < end && carriage[1] == '\n';

		*ret_after = carriage + (with_newline ? 2 : 1);
		return (Span){next, (size_t)(carriage - next)};
	}
	*ret_after = newline != NULL ? newline + 1 : end;
	return (Span){next, (size_t)(stop - next)};
}

static void append_bounded(GString *line, Span part, bool *cut)
{
	size_t room = ICAL_LINE_MAX_BYTES - line->len;

	if (part.length > room) {
		part.length = room;
		*cut = true;
	}
	g_string_append_len(line, part.start, (gssize)part.length);
}

static bool is_blank(Span part)
{
	for (size_t i = 0; i < part.length; i++) {
		if (part.start[i] != ' ' && part.start[i] != '\t')
			return false;
	}
	return true;
}

/* Programs that wrap lines without indenting them do so in prose. Under a time or an address, a
 * stray line is a stray line. */
static bool takes_unindented(const GString *line)
{
	size_t name = ical_line_name_length(line->str, line->len);

	return ical_field_is_prose(ical_field_find(line->str, name));
}

/* How much of the beginning can belong to a property's name. */
static size_t name_bytes(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && (g_ascii_isalnum(text[i]) || text[i] == '-' || text[i] == '_'))
		i++;
	return i;
}

static bool has_small_letters(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (g_ascii_islower(text[i]))
			return true;
	}
	return false;
}

/* A fold may stand between any two characters, also within a property's name or right after it:
 * Mozilla and KOrganizer write "STATUS" and " :CANCELLED". A word of small letters that lost its
 * indentation stays a word unless the colon begins the next line. `after` is where the line behind
 * `part` begins. */
static bool begins_folded_name(Span part, const char *after, const char *end)
{
	char name[FOLDED_NAME_MAX_BYTES];
	size_t length = 0;

	for (;;) {
		size_t fits = name_bytes(part.start, part.length);

		if (length + fits > sizeof(name))
			return false;
		memcpy(name + length, part.start, fits);
		length += fits;
		if (fits < part.length)
			return length > 0 && (part.start[fits] == ':' || part.start[fits] == ';') &&
			       (fits == 0 || !has_small_letters(name, length));
		do {
			if (after == end)
				return false;
			part = physical_line(after, end, &after);
		} while (part.length == 0);
		if (*part.start != ' ' && *part.start != '\t')
			return false;
		part.start++;
		part.length--;
	}
}

/* Folds may split a character, so that bytes are looked at only now. */
static void clean(GString *line)
{
	size_t kept = 0;

	for (size_t i = 0; i < line->len; i++) {
		unsigned char byte = (unsigned char)line->str[i];

		if ((byte >= 0x20 && byte != 0x7f) || byte == '\t')
			line->str[kept++] = line->str[i];
	}
	g_string_truncate(line, kept);
}

/* "END:", "CLASS:": no prose looks so. */
static bool begins_known_name(Span part)
{
	size_t name = ical_line_name_length(part.start, part.length);

	if (name == 0 || has_small_letters(part.start, name))
		return false;
	return ical_field_find(part.start, name) != ICAL_FIELD_NONE ||
	       (name == 3 && memcmp(part.start, "END", 3) == 0) ||
	       (name == 5 && memcmp(part.start, "BEGIN", 5) == 0);
}

/* vCalendar 1.0 breaks lines of QUOTED-PRINTABLE behind a "=". */
static bool ends_softly(const GString *line)
{
	const char *colon;
	g_autofree char *name = NULL;

	if (line->len == 0 || line->str[line->len - 1] != '=')
		return false;
	colon = memchr(line->str, ':', line->len);
	if (colon == NULL)
		return false;
	name = g_ascii_strup(line->str, colon - line->str);
	return strstr(name, "QUOTED-PRINTABLE") != NULL;
}

void ical_lexer_init(IcalLexer *lexer, const char *bytes, size_t length)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";

	*lexer = (IcalLexer){.decoded = ical_charset_from_utf16(bytes, length)};
	if (lexer->decoded != NULL) {
		bytes = lexer->decoded->str;
		length = lexer->decoded->len;
	}
	if (length >= 3 && memcmp(bytes, byte_order_mark, 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	lexer->next = bytes;
	lexer->end = bytes + length;
}

void ical_lexer_clear(IcalLexer *lexer)
{
	if (lexer->decoded != NULL)
		g_string_free(lexer->decoded, TRUE);
	lexer->decoded = NULL;
}

bool ical_lexer_next(IcalLexer *lexer, GString *line, bool *ret_cut)
{
	bool cut = false;
	bool begun = false;

	g_string_truncate(line, 0);
	while (lexer->next < lexer->end) {
		const char *after;
		Span part = physical_line(lexer->next, lexer->end, &after);
		bool indented = part.length > 0 && (part.start[0] == ' ' || part.start[0] == '\t');

		if (!begun && !is_blank(part)) {
			while (*part.start == ' ' || *part.start == '\t') {
				part.start++;
				part.length--;
			}
			append_bounded(line, part, &cut);
			begun = true;
		} else if (begun && ends_softly(line) && !begins_known_name(part)) {
			g_string_truncate(line, line->len - 1);
			append_bounded(line, part, &cut);
		} else if (begun && indented) {
			append_bounded(line, (Span){part.start + 1, part.length - 1}, &cut);
		} else if (begun && part.length > 0) {
			if (ical_line_name_length(part.start, part.length) > 0 ||
				begins_folded_name(part, after, lexer->end) ||
				!takes_unindented(line))
				break;
			append_bounded(line, part, &cut);
		}
		lexer->next = after;
	}
	if (!begun)
		return false;
	clean(line);
	lexer->is_windows_1252 = ical_charset_mend(line);
	*ret_cut = cut;
	return true;
}

size_t ical_line_name_length(const char *line, size_t length)
{
	size_t name = name_bytes(line, length);

	return name > 0 && name < length && (line[name] == ':' || line[name] == ';') ? name : 0;
}
