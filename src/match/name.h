/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First and last names out of display names, and the form in which names are compared. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* A piece of the text that was parsed; not terminated. */
typedef struct {
	const char *bytes;
	size_t length;
} NamePart;

typedef struct {
	NamePart first;
	NamePart last;
} ParsedName;

/* Splits a display name as the theme does (vectors name_parse): "Last, First" at the first comma,
 * else "First Last" at the first white space of ASCII; both parts trimmed. Empty or "0": both parts
 * empty. The parts point into `bytes`, which may hold anything. */
ParsedName name_parse(const char *bytes, size_t length);

/* Like name_parse(), after what calendar programs add is taken off: quotes around the whole and an
 * address in angle brackets behind it. A name that is an address is none: both parts empty. */
ParsedName name_parse_attendee(const char *display_name);

/* A name as it is compared: both parts in that order, valid UTF-8, case folded, composed (NFC),
 * each run of white space one blank. "" when nothing is left. Caller frees. */
char *name_fold(NamePart first, NamePart last);
