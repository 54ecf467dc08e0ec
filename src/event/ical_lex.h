/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts the bytes of a calendar object into content lines, whatever damage they took on their way
 * (RFC 5545, 3.1). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A line longer than this is cut; nothing that we read is that long. */
#define ICAL_LINE_MAX_BYTES ((size_t)1024 * 1024)

typedef struct IcalLexer {
	const char *next; /* borrowed, as is `end`, unless `decoded` holds them */
	const char *end;
	GString *decoded;     /* bytes that were in UTF-16; or NULL */
	bool is_windows_1252; /* the last line was */
} IcalLexer;

/* The bytes are borrowed for the life of the lexer. A byte order mark is passed over. Ends with
 * ical_lexer_clear(). */
void ical_lexer_init(IcalLexer *lexer, const char *bytes, size_t length);
void ical_lexer_clear(IcalLexer *lexer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcalLexer, ical_lexer_clear)

/* The next line into `line`: unfolded, then without control characters, in valid UTF-8 (what is
 * not, and does not read as Windows-1252, becomes U+FFFD). Line ends are CRLF, LF or CR; blank
 * lines do not count. A line without the form NAME: or NAME; that stands under a text is taken as a
 * fold that lost its indentation, unless the folds after it give it that form. Only the first
 * ICAL_LINE_MAX_BYTES are kept; then `ret_cut` is true. False at the end. */
bool ical_lexer_next(IcalLexer *lexer, GString *line, bool *ret_cut);

/* The length of the property name at the beginning of the line when `:` or `;` follows it, else
 * 0. */
size_t ical_line_name_length(const char *line, size_t length);
