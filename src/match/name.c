/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing and folding of names. */
#include "match/name.h"

#include <stdbool.h>
#include <string.h>

/* What PHP's trim() takes off. */
static bool is_trimmed(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\0' ||
	       byte == '\v';
}

static NamePart trim(NamePart part)
{
	while (part.length > 0 && is_trimmed(part.bytes[0])) {
		part.bytes++;
		part.length--;
	}
	while (part.length > 0 && is_trimmed(part.bytes[part.length - 1]))
		part.length--;
	return part;
}

/* PCRE's \s on bytes. */
static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static ParsedName split_at_space(NamePart name)
{
	size_t end = 0;
	size_t next;

	while (end < name.length && !is_space(name.bytes[end]))
		end++;
	for (next = end; next < name.length && is_space(name.bytes[next]);)
		next++;
	return (ParsedName){
		.first = {name.bytes, end},
		.last = {name.bytes + next, name.length - next},
	};
}

ParsedName name_parse(const char *bytes, size_t length)
{
	NamePart name = trim((NamePart){bytes, length});
	const char *comma;
	size_t before;

	if (name.length == 0 || (name.length == 1 && name.bytes[0] == '0'))
		return (ParsedName){{bytes, 0}, {bytes, 0}};
	comma = memchr(name.bytes, ',', name.length);
	if (comma == NULL)
		return split_at_space(name);
	before = (size_t)(comma - name.bytes);
	return (ParsedName){
		.first = trim((NamePart){comma + 1, name.length - before - 1}),
		.last = trim((NamePart){name.bytes, before}),
	};
}

static NamePart without_quotes(NamePart name)
{
	if (name.length >= 2 && name.bytes[0] == name.bytes[name.length - 1] &&
		(name.bytes[0] == '"' || name.bytes[0] == '\''))
		return trim((NamePart){name.bytes + 1, name.length - 2});
	return name;
}

static NamePart without_address(NamePart name)
{
	const char *open;

	if (name.length == 0 || name.bytes[name.length - 1] != '>')
		return name;
	open = memrchr(name.bytes, '<', name.length);
	if (open == NULL || memchr(open, '@', name.length - (size_t)(open - name.bytes)) == NULL)
		return name;
	return trim((NamePart){name.bytes, (size_t)(open - name.bytes)});
}

static bool is_address(NamePart name)
{
	if (memchr(name.bytes, '@', name.length) == NULL)
		return false;
	for (size_t i = 0; i < name.length; i++) {
		if (is_space(name.bytes[i]))
			return false;
	}
	return true;
}

ParsedName name_parse_attendee(const char *display_name)
{
	NamePart name = trim((NamePart){display_name, strlen(display_name)});

	name = without_quotes(without_address(without_quotes(name)));
	if (is_address(name))
		name.length = 0;
	return name_parse(name.bytes, name.length);
}

/* Appends with each run of white space as one blank, and none at the beginning. */
static void append_words(GString *words, const char *text)
{
	bool is_pending = words->len > 0;

	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		if (g_unichar_isspace(character)) {
			is_pending = words->len > 0;
			continue;
		}
		if (is_pending)
			g_string_append_c(words, ' ');
		is_pending = false;
		g_string_append_unichar(words, character);
	}
}

static bool is_ascii(NamePart part)
{
	for (size_t i = 0; i < part.length; i++) {
		if ((unsigned char)part.bytes[i] >= 0x80)
			return false;
	}
	return true;
}

/* What name_fold() does, for the many names that need no Unicode tables. */
static char *fold_ascii(NamePart first, NamePart last)
{
	g_autofree char *first_copy = g_strndup(first.bytes, first.length);
	g_autofree char *last_copy = g_strndup(last.bytes, last.length);
	GString *words = g_string_sized_new(first.length + last.length + 2);

	append_words(words, first_copy);
	append_words(words, last_copy);
	g_string_ascii_down(words);
	return g_string_free(words, FALSE);
}

char *name_fold(NamePart first, NamePart last)
{
	g_autofree char *first_valid = NULL;
	g_autofree char *last_valid = NULL;
	g_autofree char *folded = NULL;
	g_autoptr(GString) words = NULL;

	if (is_ascii(first) && is_ascii(last))
		return fold_ascii(first, last);
	first_valid = g_utf8_make_valid(first.bytes, (gssize)first.length);
	last_valid = g_utf8_make_valid(last.bytes, (gssize)last.length);
	words = g_string_new(NULL);
	append_words(words, first_valid);
	append_words(words, last_valid);
	folded = g_utf8_casefold(words->str, (gssize)words->len);
	return g_utf8_normalize(folded, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}
