/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's traverse_for_entities(), for HTML 5 and both quotes. */
#include "text/html_entities.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	const char *name;
	uint32_t first;
	uint32_t second; /* 0: one code point only */
} Entity;

static const Entity ENTITIES[] = {
#include "text/html_entities.inc"
};

#define NAME_MAX_BYTES 32 /* the longest is CounterClockwiseContourIntegral */

typedef struct {
	const char *bytes;
	size_t length;
} Name;

static int compare_name(const void *wanted, const void *entry)
{
	const Name *name = wanted;
	const Entity *entity = entry;
	int order = strncmp(name->bytes, entity->name, name->length);

	return order != 0 ? order : -(entity->name[name->length] != '\0');
}

/* XML 1.0 and HTML 5 leave out different code points; these are PHP's for HTML 5. A carriage return
 * is one of them only in this written form. */
static bool is_allowed(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\f';
	if (code < 0xa0)
		return code < 0x7f;
	return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) &&
	       (code < 0xfdd0 || code > 0xfdef) && (code & 0xfffe) != 0xfffe;
}

/* Reads digits as strtol() does, which takes "0x" before hexadecimal ones; stops counting out of
 * range. */
static const char *read_number(const char *at, const char *end, unsigned base, uint32_t *ret_code)
{
	uint64_t code = 0;

	if (base == 16 && end - at > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X') &&
		g_ascii_isxdigit(at[2]))
		at += 2;
	for (; at < end && (base == 16 ? g_ascii_isxdigit(*at) : g_ascii_isdigit(*at)); at++) {
		if (code <= 0x10ffff)
			code = code * base + (unsigned)g_ascii_xdigit_value(*at);
	}
	*ret_code = code <= 0x10ffff ? (uint32_t)code : UINT32_MAX;
	return at;
}

/* Each reader moves `*at` from behind the `&` to where it stopped, also when it returns false; the
 * semicolon is not passed. */
static bool decode_number(const char **at, const char *end, GString *decoded)
{
	unsigned base = 10;
	uint32_t code;

	(*at)++;
	if (*at < end && (**at == 'x' || **at == 'X')) {
		base = 16;
		(*at)++;
	}
	if (*at == end || (base == 16 ? !g_ascii_isxdigit(**at) : !g_ascii_isdigit(**at)))
		return false;
	*at = read_number(*at, end, base, &code);
	if (*at == end || **at != ';' || code == UINT32_MAX || !is_allowed(code))
		return false;
	g_string_append_unichar(decoded, code);
	return true;
}

static bool decode_name(const char **at, const char *end, GString *decoded)
{
	Name name = {.bytes = *at};
	const Entity *entity;

	while (*at < end && g_ascii_isalnum(**at))
		(*at)++;
	name.length = (size_t)(*at - name.bytes);
	if (*at == end || **at != ';' || name.length == 0 || name.length > NAME_MAX_BYTES)
		return false;
	entity = bsearch(&name, ENTITIES, G_N_ELEMENTS(ENTITIES), sizeof ENTITIES[0], compare_name);
	if (entity == NULL)
		return false;
	g_string_append_unichar(decoded, entity->first);
	if (entity->second != 0)
		g_string_append_unichar(decoded, entity->second);
	return true;
}

GString *html_entity_decode(const char *bytes, size_t length)
{
	GString *decoded = g_string_sized_new(length);
	const char *end = bytes + length;
	const char *at = bytes;

	while (at < end) {
		const char *begin = at++;

		/* The shortest reference has four bytes. */
		if (*begin == '&' && end - begin > 3 &&
			(*at == '#' ? decode_number(&at, end, decoded)
				    : decode_name(&at, end, decoded)))
			at++;
		else
			g_string_append_len(decoded, begin, at - begin);
	}
	return decoded;
}
