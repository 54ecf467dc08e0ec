/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts PHP source into tokens; the rules are those of PHP 8's language scanner. */
#include "php/lexer.h"

#include <string.h>

#include "util/secret.h"

typedef struct {
	const char *at;
	const char *end;
	unsigned line;
	GArray *tokens;
} Lexer;

G_DEFINE_QUARK(prm_calendar_php_lexer_error, php_lexer_error)

static void token_clear(void *data)
{
	PhpToken *token = data;

	if (token->text != NULL)
		explicit_bzero(token->text, token->length);
	g_free(token->text);
}

static size_t left(const Lexer *lexer)
{
	return (size_t)(lexer->end - lexer->at);
}

static bool starts_with(const Lexer *lexer, const char *text)
{
	return left(lexer) >= strlen(text) && memcmp(lexer->at, text, strlen(text)) == 0;
}

static void skip(Lexer *lexer, size_t bytes)
{
	for (const char *stop = lexer->at + MIN(bytes, left(lexer)); lexer->at < stop; lexer->at++)
		lexer->line += *lexer->at == '\n';
}

static bool is_name_start(char character)
{
	return g_ascii_isalpha(character) || character == '_' || (unsigned char)character >= 0x80;
}

static bool is_name_part(char character)
{
	return is_name_start(character) || g_ascii_isdigit(character);
}

static size_t name_length(const char *at, const char *end)
{
	const char *stop = at;

	while (stop < end && is_name_part(*stop))
		stop++;
	return (size_t)(stop - at);
}

static void add_token(
	Lexer *lexer, PhpTokenType type, unsigned line, const char *text, size_t length)
{
	char *copy = g_malloc(length + 1);
	const PhpToken token = {.type = type, .line = line, .text = copy, .length = length};

	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	g_array_append_vals(lexer->tokens, &token, 1);
	/* cppcheck-suppress memleak ; the array owns the copy */
}

/* Adds the next bytes as one token and goes behind them. */
static void take(Lexer *lexer, PhpTokenType type, size_t length)
{
	add_token(lexer, type, lexer->line, lexer->at, length);
	skip(lexer, length);
}

/* To the first "<?php" or "<?=", whatever stands before. */
static void skip_to_code(Lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (starts_with(lexer, "<?=")) {
			skip(lexer, strlen("<?="));
			return;
		}
		if (left(lexer) >= 5 && g_ascii_strncasecmp(lexer->at, "<?php", 5) == 0 &&
			(left(lexer) == 5 || g_ascii_isspace(lexer->at[5]))) {
			skip(lexer, strlen("<?php"));
			return;
		}
		skip(lexer, 1);
	}
}

/* "#[" begins an attribute, not a comment. */
static bool skip_comment(Lexer *lexer)
{
	if (starts_with(lexer, "/*")) {
		skip(lexer, 2);
		while (lexer->at < lexer->end && !starts_with(lexer, "*/"))
			skip(lexer, 1);
		skip(lexer, 2);
		return true;
	}
	if (!starts_with(lexer, "//") && (!starts_with(lexer, "#") || starts_with(lexer, "#[")))
		return false;
	/* "?>" ends such a comment, too. */
	while (lexer->at < lexer->end && strchr("\r\n", *lexer->at) == NULL &&
		!starts_with(lexer, "?>"))
		skip(lexer, 1);
	return true;
}

/* The length of a quoted text with its quotes; 0 where it never ends. */
static size_t quoted_length(const Lexer *lexer)
{
	char quote = *lexer->at;

	for (const char *at = lexer->at + 1; at < lexer->end; at++) {
		if (*at == quote)
			return (size_t)(at + 1 - lexer->at);
		if (*at == '\\')
			at++;
	}
	return 0;
}

static GString *unescape_single(const char *at, const char *end)
{
	GString *text = g_string_sized_new((size_t)(end - at));

	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end && (at[1] == '\\' || at[1] == '\''))
			at++;
		g_string_append_c(text, *at);
	}
	return text;
}

/* Up to `digits_max` digits of a base; returns where they end. */
static const char *read_digits(
	const char *at, const char *end, unsigned base, size_t digits_max, unsigned *ret_number)
{
	unsigned number = 0;

	for (size_t i = 0; i < digits_max && at < end; i++, at++) {
		int digit = g_ascii_xdigit_value(*at);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		number = number * base + (unsigned)digit;
	}
	*ret_number = number;
	return at;
}

/* One escape of a double-quoted text; `at` is behind the backslash. Returns where it ends. */
static const char *unescape_one(GString *text, const char *at, const char *end)
{
	static const char letters[] = "ntrvef\\$\"";
	static const char values[] = "\n\t\r\v\x1b\f\\$\"";
	const char *letter = memchr(letters, *at, strlen(letters));
	const char *stop;
	unsigned number;

	if (letter != NULL) {
		g_string_append_c(text, values[letter - letters]);
		return at + 1;
	}
	stop = read_digits(at, end, 8, 3, &number);
	if (stop == at && *at == 'x') {
		stop = read_digits(at + 1, end, 16, 2, &number);
		if (stop == at + 1)
			stop = at;
	}
	if (stop > at) {
		g_string_append_c(text, (char)(number & 0xff));
		return stop;
	}
	if (end - at > 2 && at[0] == 'u' && at[1] == '{') {
		stop = read_digits(at + 2, end, 16, 6, &number);
		if (stop > at + 2 && stop < end && *stop == '}' && number <= 0x10ffff) {
			g_string_append_unichar(text, number);
			return stop + 1;
		}
	}
	g_string_append_c(text, '\\');
	return at;
}

/* NULL where variables are filled in. */
static GString *unescape_double(const char *at, const char *end)
{
	g_autoptr(GString) text = g_string_sized_new((size_t)(end - at));

	while (at < end) {
		bool is_last = at + 1 == end;

		if (*at == '\\' && !is_last) {
			at = unescape_one(text, at + 1, end);
			continue;
		}
		if (*at == '$' && !is_last && (is_name_start(at[1]) || at[1] == '{')) {
			explicit_bzero(text->str, text->len);
			return NULL;
		}
		if (*at == '{' && !is_last && at[1] == '$') {
			explicit_bzero(text->str, text->len);
			return NULL;
		}
		g_string_append_c(text, *at++);
	}
	return g_steal_pointer(&text);
}

static bool take_quoted(Lexer *lexer, GError **error)
{
	g_autoptr(GString) text = NULL;
	size_t length = quoted_length(lexer);
	const char *inner = lexer->at + 1;

	if (length == 0) {
		g_set_error(error, PHP_LEXER_ERROR, PHP_LEXER_ERROR_SYNTAX,
			"the text that begins on line %u never ends", lexer->line);
		return false;
	}
	if (*lexer->at == '\'')
		text = unescape_single(inner, inner + length - 2);
	else if (*lexer->at == '"')
		text = unescape_double(inner, inner + length - 2);
	if (text == NULL) {
		add_token(lexer, PHP_TOKEN_TEMPLATE, lexer->line, "", 0);
	} else {
		add_token(lexer, PHP_TOKEN_STRING, lexer->line, text->str, text->len);
		explicit_bzero(text->str, text->len);
	}
	skip(lexer, length);
	return true;
}

/* At the start of a line of a heredoc: the length of the line's blanks and the closing name, or 0.
 */
static size_t heredoc_end(const char *at, const char *end, const char *name, size_t length)
{
	const char *start = at;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if ((size_t)(end - at) < length || memcmp(at, name, length) != 0 ||
		name_length(at, end) != length)
		return 0;
	return (size_t)(at - start) + length;
}

/* <<<NAME, <<<"NAME" or <<<'NAME'; false where this is none. */
static bool take_heredoc(Lexer *lexer)
{
	const char *at = lexer->at + 3;
	const char *name;
	size_t length;
	unsigned line = lexer->line;

	if (!starts_with(lexer, "<<<"))
		return false;
	while (at < lexer->end && (*at == ' ' || *at == '\t'))
		at++;
	if (at < lexer->end && (*at == '\'' || *at == '"'))
		at++;
	name = at;
	length = name_length(at, lexer->end);
	if (length == 0 || !is_name_start(*at))
		return false;
	skip(lexer, (size_t)(at - lexer->at) + length);
	while (lexer->at < lexer->end) {
		const char *feed = memchr(lexer->at, '\n', left(lexer));
		size_t closing;

		skip(lexer, feed == NULL ? left(lexer) : (size_t)(feed + 1 - lexer->at));
		closing = heredoc_end(lexer->at, lexer->end, name, length);
		skip(lexer, closing);
		if (closing > 0)
			break;
	}
	add_token(lexer, PHP_TOKEN_TEMPLATE, line, "", 0);
	return true;
}

static void take_number(Lexer *lexer)
{
	size_t length = 1;

	while (length < left(lexer) &&
		(is_name_part(lexer->at[length]) || lexer->at[length] == '.'))
		length++;
	take(lexer, PHP_TOKEN_NUMBER, length);
}

static bool is_quote(char character)
{
	return character == '\'' || character == '"' || character == '`';
}

static bool take_token(Lexer *lexer, GError **error)
{
	char first = *lexer->at;

	/* b'…' is an old way to write '…'. */
	if ((first == 'b' || first == 'B') && left(lexer) > 1 && lexer->at[1] != '`' &&
		is_quote(lexer->at[1])) {
		skip(lexer, 1);
		return take_quoted(lexer, error);
	}
	if (is_quote(first))
		return take_quoted(lexer, error);
	if (take_heredoc(lexer))
		return true;
	if (is_name_start(first))
		take(lexer, PHP_TOKEN_WORD, name_length(lexer->at, lexer->end));
	else if (first == '$' && left(lexer) > 1 && is_name_start(lexer->at[1]))
		take(lexer, PHP_TOKEN_VARIABLE, 1 + name_length(lexer->at + 1, lexer->end));
	else if (g_ascii_isdigit(first))
		take_number(lexer);
	else
		take(lexer, PHP_TOKEN_SIGN, 1);
	return true;
}

GArray *php_lexer_read(const char *source, size_t length, GError **error)
{
	g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(PhpToken));
	Lexer lexer = {.at = source, .end = source + length, .line = 1, .tokens = tokens};

	g_array_set_clear_func(tokens, token_clear);
	skip_to_code(&lexer);
	while (lexer.at < lexer.end) {
		if (g_ascii_isspace(*lexer.at) || *lexer.at == '\v') {
			skip(&lexer, 1);
		} else if (starts_with(&lexer, "?>")) {
			add_token(&lexer, PHP_TOKEN_SIGN, lexer.line, ";", 1);
			skip_to_code(&lexer);
		} else if (!skip_comment(&lexer) && !take_token(&lexer, error)) {
			return NULL;
		}
	}
	add_token(&lexer, PHP_TOKEN_END, lexer.line, "", 0);
	return g_steal_pointer(&tokens);
}
