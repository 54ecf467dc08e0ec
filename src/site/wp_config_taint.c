/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rather too many than one too few: a variable that may be changed is one that is not known. */
#include "site/wp_config_taint.h"

#include <string.h>

bool wp_config_is_assignment(const WpConfigReader *reader, guint ahead)
{
	const PhpToken *token = wp_config_peek(reader, ahead);

	if (token->type != PHP_TOKEN_SIGN)
		return false;
	if (strchr(".+-*/%|&^", token->text[0]) != NULL)
		return wp_config_is_sign(wp_config_peek(reader, ahead + 1), '=');
	if (token->text[0] == '?')
		return wp_config_is_sign(wp_config_peek(reader, ahead + 1), '?') &&
		       wp_config_is_sign(wp_config_peek(reader, ahead + 2), '=');
	return token->text[0] == '=' &&
	       !wp_config_is_sign(wp_config_peek(reader, ahead + 1), '=') &&
	       !wp_config_is_sign(wp_config_peek(reader, ahead + 1), '>');
}

static const PhpToken *token_before(const WpConfigReader *reader, guint back)
{
	static const PhpToken none = {.type = PHP_TOKEN_END, .text = (char *)""};

	return reader->position < back
		       ? &none
		       : &g_array_index(reader->tokens, PhpToken, reader->position - back);
}

static bool is_one_of(const PhpToken *token, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (wp_config_is_word(token, *words))
			return true;
	}
	return false;
}

static bool is_sign_of(const PhpToken *token, const char *signs)
{
	return token->type == PHP_TOKEN_SIGN && strchr(signs, token->text[0]) != NULL;
}

/* An argument by itself, which a function may take by reference, or a place of a list. */
static bool may_be_taken(const WpConfigReader *reader)
{
	static const char *const harmless[] = {"if", "elseif", "while", "switch", "isset", "empty",
		"echo", "print", "exit", "die", "define", "dirname", "file_exists", "is_file",
		"is_readable", NULL};
	const PhpToken *before = token_before(reader, 1);

	if (!is_sign_of(before, "(,[>") || !is_sign_of(wp_config_peek(reader, 1), "),]"))
		return false;
	return !(wp_config_is_sign(before, '(') && is_one_of(token_before(reader, 2), harmless));
}

static bool may_change(const WpConfigReader *reader)
{
	static const char *const words[] = {"as", "global", "static", NULL};
	const PhpToken *before = token_before(reader, 1);
	const PhpToken *next = wp_config_peek(reader, 1);

	return wp_config_is_assignment(reader, 1) || is_one_of(before, words) ||
	       wp_config_is_sign(before, '&') || wp_config_is_sign(next, '[') ||
	       (is_sign_of(next, "+-") && wp_config_peek(reader, 2)->type == PHP_TOKEN_SIGN) ||
	       (is_sign_of(before, "+-") && is_sign_of(token_before(reader, 2), "+-")) ||
	       may_be_taken(reader);
}

void wp_config_note_variable(WpConfigReader *reader)
{
	static const char *const all[] = {"extract", "parse_str", "mb_parse_str", NULL};
	const PhpToken *token = wp_config_peek(reader, 0);

	/* $$name, ${…}, extract( … ), $GLOBALS */
	if (wp_config_is_sign(token, '$') || is_one_of(token, all) ||
		(token->type == PHP_TOKEN_VARIABLE && strcmp(token->text, "$GLOBALS") == 0)) {
		wp_config_taint_all(reader->config);
		return;
	}
	if (token->type != PHP_TOKEN_VARIABLE)
		return;
	if (wp_config_is_sign(token_before(reader, 1), '&') &&
		wp_config_is_sign(token_before(reader, 2), '='))
		reader->config->has_references = true;
	if (may_change(reader))
		wp_config_taint(reader->config, token->text);
}
