/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP source as tokens: as much of the language as it takes to read constants and never to mistake
 * what stands in a string or a comment for code. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define PHP_LEXER_ERROR php_lexer_error_quark()
GQuark php_lexer_error_quark(void);
typedef enum { PHP_LEXER_ERROR_SYNTAX } PhpLexerError; /* PHP would refuse it */

typedef enum {
	PHP_TOKEN_END,      /* of the source; only the last token */
	PHP_TOKEN_WORD,     /* names and keywords */
	PHP_TOKEN_VARIABLE, /* with its $ */
	PHP_TOKEN_NUMBER,
	PHP_TOKEN_STRING,   /* a constant text; escapes are undone */
	PHP_TOKEN_TEMPLATE, /* a text that is computed: "…$x…", a heredoc, `…` */
	PHP_TOKEN_SIGN,     /* one character; "?>" is a ';' */
} PhpTokenType;

typedef struct PhpToken {
	PhpTokenType type;
	unsigned line; /* from 1 */
	char *text;    /* owned, NUL-terminated; a STRING may hold NUL bytes */
	size_t length;
} PhpToken;

/* All tokens of a source, as an array of PhpToken that wipes and frees them; the last one is a
 * PHP_TOKEN_END. Text outside of <?php … ?> and comments are left out. NULL with PHP_LEXER_ERROR
 * where a string never ends, which PHP refuses too. Caller unrefs. */
GArray *php_lexer_read(const char *source, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
