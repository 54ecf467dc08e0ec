/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small part of PHP's expressions, each with PHP's meaning; all others are left to PHP. */
#include "site/wp_config_expression.h"

#include <string.h>

#include "site/wp_config_call.h"
#include "util/secret.h"

enum { DEPTH_MAX = 32 };

#define IS_COMPUTED "is computed"

static bool is_sign_at(const WpConfigReader *reader, guint ahead, char sign)
{
	return wp_config_is_sign(wp_config_peek(reader, ahead), sign);
}

/* Several signs, one after the other. */
static bool are_signs(const WpConfigReader *reader, const char *signs)
{
	for (guint i = 0; signs[i] != '\0'; i++) {
		if (!is_sign_at(reader, i, signs[i]))
			return false;
	}
	return true;
}

static bool take_sign(WpConfigReader *reader, char sign)
{
	if (!is_sign_at(reader, 0, sign))
		return false;
	wp_config_advance(reader, 1);
	return true;
}

static bool evaluate(WpConfigReader *reader, unsigned depth, Operand *out);

/* A leading zero is octal; 0x1F, 1_000, 1.5 are left to PHP. */
static void take_number(WpConfigReader *reader, bool is_negative, Operand *out)
{
	const char *digits = wp_config_peek(reader, 0)->text;
	guint64 number;

	wp_config_advance(reader, 1);
	if ((digits[0] == '0' && digits[1] != '\0') ||
		!g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT64, &number, NULL)) {
		operand_set_unknown(out, IS_COMPUTED);
		return;
	}
	out->type = OPERAND_INT;
	out->text = g_strdup_printf(
		"%s%" G_GUINT64_FORMAT, is_negative && number != 0 ? "-" : "", number);
}

/* No C string holds a NUL byte, and no setting needs one. */
static void take_string(WpConfigReader *reader, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 0);

	wp_config_advance(reader, 1);
	if (strlen(token->text) == token->length)
		operand_set(out, OPERAND_STRING, token->text);
	else
		operand_set_unknown(out, IS_COMPUTED);
}

static void take_value(const WpConfigValue *value, Operand *out)
{
	if (value == NULL || value->text == NULL) {
		operand_set_unknown(out, IS_COMPUTED);
		return;
	}
	operand_set(out, value->is_string ? OPERAND_STRING : OPERAND_INT, value->text);
	out->is_beside = value->is_beside;
}

static void take_path(const char *path, Operand *out)
{
	if (path == NULL) {
		operand_set_unknown(out, IS_COMPUTED);
		return;
	}
	operand_set(out, OPERAND_STRING, path);
	out->is_beside = true;
}

/* A word that calls nothing: a constant, magic or not. */
static bool take_constant(WpConfigReader *reader, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 0);

	if (is_sign_at(reader, 1, '(') || is_sign_at(reader, 1, ':') || is_sign_at(reader, 1, '\\'))
		return false;
	wp_config_advance(reader, 1);
	if (wp_config_is_word(token, "true"))
		operand_set(out, OPERAND_BOOL, "1");
	else if (wp_config_is_word(token, "false"))
		operand_set(out, OPERAND_BOOL, "");
	else if (wp_config_is_word(token, "null"))
		operand_set(out, OPERAND_NULL, "");
	else if (wp_config_is_word(token, "__DIR__"))
		take_path(reader->folder, out);
	else if (wp_config_is_word(token, "__FILE__"))
		take_path(reader->real_path, out);
	else if (strcmp(token->text, "DIRECTORY_SEPARATOR") == 0)
		operand_set(out, OPERAND_STRING, "/");
	else
		take_value(wp_config_find(reader->config, token->text), out);
	return true;
}

/* $_ENV['X'] and $_SERVER['X'], which may also come from the request. */
static bool take_superglobal(WpConfigReader *reader, Operand *out)
{
	const PhpToken *name = wp_config_peek(reader, 2);
	bool is_env = strcmp(wp_config_peek(reader, 0)->text, "$_ENV") == 0;

	if (!is_sign_at(reader, 1, '[') || name->type != PHP_TOKEN_STRING ||
		!is_sign_at(reader, 3, ']'))
		return false;
	if (is_env)
		operand_set_env(out, reader->config->env, name->text, OPERAND_NULL);
	else
		operand_set_server(out, reader->config->env, name->text);
	wp_config_advance(reader, 4);
	return true;
}

static bool take_variable(WpConfigReader *reader, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 0);

	if (strcmp(token->text, "$_ENV") == 0 || strcmp(token->text, "$_SERVER") == 0)
		return take_superglobal(reader, out);
	if (is_sign_at(reader, 1, '[') || is_sign_at(reader, 1, '-') ||
		is_sign_at(reader, 1, '+') || is_sign_at(reader, 1, '(') ||
		is_sign_at(reader, 1, ':'))
		return false;
	take_value(wp_config_find(reader->config, token->text), out);
	wp_config_advance(reader, 1);
	return true;
}

/* isset( $variable ), isset( $_ENV['X'] ). */
static bool take_isset(WpConfigReader *reader, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 2);
	const WpConfigValue *value;
	g_auto(Operand) inner = {0};

	if (token->type != PHP_TOKEN_VARIABLE)
		return false;
	wp_config_advance(reader, 2);
	if (is_sign_at(reader, 1, '[')) {
		if (!take_variable(reader, &inner))
			return false;
		operand_set_truth(out, inner.type == OPERAND_STRING ? TRUTH_YES
				       : inner.type == OPERAND_NULL ? TRUTH_NO
								    : TRUTH_MAYBE);
		return take_sign(reader, ')');
	}
	value = wp_config_find(reader->config, token->text);
	wp_config_advance(reader, 1);
	operand_set_truth(out,
		value != NULL && value->text != NULL && value->is_string ? TRUTH_YES : TRUTH_MAYBE);
	if (value == NULL)
		out->asked_for = g_strdup(token->text);
	return take_sign(reader, ')');
}

/* defined( 'X' ): where it is not, something that ran before may have defined it. */
static bool take_defined(WpConfigReader *reader, Operand *out)
{
	const PhpToken *name = wp_config_peek(reader, 2);
	const WpConfigValue *value;

	if (name->type != PHP_TOKEN_STRING || !is_sign_at(reader, 3, ')'))
		return false;
	value = wp_config_find(reader->config, name->text);
	wp_config_advance(reader, 4);
	operand_set_truth(out, value != NULL && value->text != NULL ? TRUTH_YES : TRUTH_MAYBE);
	if (value == NULL)
		out->asked_for = g_strdup(name->text);
	return true;
}

static bool take_empty(WpConfigReader *reader, unsigned depth, Operand *out)
{
	g_auto(Operand) inner = {0};
	Truth truth;

	wp_config_advance(reader, 2);
	if (!evaluate(reader, depth + 1, &inner) || !take_sign(reader, ')'))
		return false;
	truth = operand_truth(&inner);
	operand_set_truth(out, truth == TRUTH_MAYBE ? TRUTH_MAYBE
			       : truth == TRUTH_YES ? TRUTH_NO
						    : TRUTH_YES);
	return true;
}

/* Config::get( 'X' ) of Bedrock. */
static bool take_bedrock(WpConfigReader *reader, Operand *out)
{
	const PhpToken *name = wp_config_peek(reader, 5);

	if (!reader->has_bedrock || !is_sign_at(reader, 1, ':') || !is_sign_at(reader, 2, ':') ||
		!wp_config_is_word(wp_config_peek(reader, 3), "get") ||
		!is_sign_at(reader, 4, '(') || name->type != PHP_TOKEN_STRING ||
		!is_sign_at(reader, 6, ')'))
		return false;
	take_value(g_hash_table_lookup(reader->config->bedrock, name->text), out);
	wp_config_advance(reader, 7);
	return true;
}

/* NAME( … ) of a function that calls nothing else and changes nothing. */
static bool take_call(WpConfigReader *reader, unsigned depth, Operand *out)
{
	const char *name = wp_config_peek(reader, 0)->text;
	Operand arguments[WP_CONFIG_ARGUMENTS_MAX] = {0};
	size_t count = 0;
	bool ok = true;

	if (!is_sign_at(reader, 1, '(') || !wp_config_call_is_known(reader, name))
		return false;
	wp_config_advance(reader, 2);
	while (ok && !is_sign_at(reader, 0, ')')) {
		ok = count < G_N_ELEMENTS(arguments) &&
		     evaluate(reader, depth + 1, &arguments[count++]) &&
		     (take_sign(reader, ',') || is_sign_at(reader, 0, ')'));
	}
	ok = ok && take_sign(reader, ')') && wp_config_call(reader, name, arguments, count, out);
	for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++)
		operand_clear(&arguments[i]);
	return ok;
}

static bool take_word(WpConfigReader *reader, unsigned depth, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 0);

	if (wp_config_is_word(token, "isset") && is_sign_at(reader, 1, '('))
		return take_isset(reader, out);
	if (wp_config_is_word(token, "defined") && is_sign_at(reader, 1, '('))
		return take_defined(reader, out);
	if (wp_config_is_word(token, "empty") && is_sign_at(reader, 1, '('))
		return take_empty(reader, depth, out);
	if (strcmp(token->text, "Config") == 0 && take_bedrock(reader, out))
		return true;
	return take_constant(reader, out) || take_call(reader, depth, out);
}

/* (string) EXPRESSION */
static bool take_cast(WpConfigReader *reader, unsigned depth, Operand *out);

static bool take_primary(WpConfigReader *reader, unsigned depth, Operand *out)
{
	const PhpToken *token = wp_config_peek(reader, 0);

	if (depth > DEPTH_MAX)
		return false;
	if (token->type == PHP_TOKEN_SIGN && (token->text[0] == '@' || token->text[0] == '\\')) {
		wp_config_advance(reader, 1);
		return take_primary(reader, depth + 1, out);
	}
	if (token->type == PHP_TOKEN_NUMBER || token->type == PHP_TOKEN_STRING) {
		if (token->type == PHP_TOKEN_NUMBER)
			take_number(reader, false, out);
		else
			take_string(reader, out);
		/* 'text'[0] and the like */
		return !is_sign_at(reader, 0, '[');
	}
	if (wp_config_is_sign(token, '-') && wp_config_peek(reader, 1)->type == PHP_TOKEN_NUMBER) {
		wp_config_advance(reader, 1);
		take_number(reader, true, out);
		return true;
	}
	if (token->type == PHP_TOKEN_VARIABLE)
		return take_variable(reader, out);
	if (token->type == PHP_TOKEN_WORD)
		return take_word(reader, depth, out);
	if (!wp_config_is_sign(token, '('))
		return false;
	if (wp_config_is_word(wp_config_peek(reader, 1), "string") && is_sign_at(reader, 2, ')'))
		return take_cast(reader, depth, out);
	wp_config_advance(reader, 1);
	return evaluate(reader, depth + 1, out) && take_sign(reader, ')');
}

static bool take_cast(WpConfigReader *reader, unsigned depth, Operand *out)
{
	wp_config_advance(reader, 3);
	if (!take_primary(reader, depth + 1, out))
		return false;
	if (out->text != NULL)
		out->type = OPERAND_STRING;
	return true;
}

/* '!' binds closer than '.', but nobody joins a truth. */
static bool take_unary(WpConfigReader *reader, unsigned depth, Operand *out)
{
	g_auto(Operand) inner = {0};
	Truth truth;

	if (!is_sign_at(reader, 0, '!') || is_sign_at(reader, 1, '='))
		return take_primary(reader, depth, out);
	wp_config_advance(reader, 1);
	if (depth > DEPTH_MAX || !take_unary(reader, depth + 1, &inner))
		return false;
	truth = operand_truth(&inner);
	operand_set_truth(out, truth == TRUTH_MAYBE ? TRUTH_MAYBE
			       : truth == TRUTH_YES ? TRUTH_NO
						    : TRUTH_YES);
	out->guard = g_steal_pointer(&inner.asked_for);
	return true;
}

static bool take_joined(WpConfigReader *reader, unsigned depth, Operand *out)
{
	if (!take_unary(reader, depth, out))
		return false;
	while (is_sign_at(reader, 0, '.') && !is_sign_at(reader, 1, '=')) {
		g_auto(Operand) right = {0};

		wp_config_advance(reader, 1);
		if (!take_unary(reader, depth, &right))
			return false;
		operand_join(out, &right);
	}
	return true;
}

/* The signs of a comparison that is understood; NULL for none. */
static const char *comparison_at(const WpConfigReader *reader)
{
	static const char *const all[] = {"===", "!==", "==", "!="};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		if (are_signs(reader, all[i]))
			return all[i];
	}
	return NULL;
}

static bool take_compared(WpConfigReader *reader, unsigned depth, Operand *out)
{
	const char *signs;
	g_auto(Operand) right = {0};

	if (!take_joined(reader, depth, out))
		return false;
	signs = comparison_at(reader);
	if (signs == NULL)
		return true;
	wp_config_advance(reader, (guint)strlen(signs));
	if (!take_joined(reader, depth, &right))
		return false;
	operand_compare(out, &right, signs);
	return true;
}

static bool take_and(WpConfigReader *reader, unsigned depth, Operand *out)
{
	if (!take_compared(reader, depth, out))
		return false;
	while (are_signs(reader, "&&")) {
		g_auto(Operand) right = {0};
		Truth left = operand_truth(out);

		wp_config_advance(reader, 2);
		if (!take_compared(reader, depth, &right))
			return false;
		operand_set_truth(out, left == TRUTH_NO || operand_truth(&right) == TRUTH_NO
					       ? TRUTH_NO
					       : MAX(left, operand_truth(&right)));
	}
	return true;
}

static bool take_or(WpConfigReader *reader, unsigned depth, Operand *out)
{
	if (!take_and(reader, depth, out))
		return false;
	while (are_signs(reader, "||")) {
		g_auto(Operand) right = {0};
		Truth left = operand_truth(out);

		wp_config_advance(reader, 2);
		if (!take_and(reader, depth, &right))
			return false;
		operand_set_truth(out,
			left == TRUTH_YES || operand_truth(&right) == TRUTH_YES       ? TRUTH_YES
			: left == TRUTH_MAYBE || operand_truth(&right) == TRUTH_MAYBE ? TRUTH_MAYBE
										      : TRUTH_NO);
	}
	return true;
}

static bool take_coalesced(WpConfigReader *reader, unsigned depth, Operand *out)
{
	g_auto(Operand) right = {0};

	if (!take_or(reader, depth, out))
		return false;
	if (!are_signs(reader, "??") || is_sign_at(reader, 2, '='))
		return true;
	wp_config_advance(reader, 2);
	if (depth > DEPTH_MAX || !take_coalesced(reader, depth + 1, &right))
		return false;
	operand_default(out, &right,
		out->type == OPERAND_NULL                                  ? TRUTH_NO
		: out->type == OPERAND_UNKNOWN || out->type == OPERAND_INT ? TRUTH_MAYBE
									   : TRUTH_YES);
	return true;
}

/* A ?: B and A ? B : C. */
static bool evaluate(WpConfigReader *reader, unsigned depth, Operand *out)
{
	g_auto(Operand) middle = {0};
	g_auto(Operand) right = {0};
	Truth truth;
	bool is_short;

	if (depth > DEPTH_MAX || !take_coalesced(reader, depth, out))
		return false;
	if (!is_sign_at(reader, 0, '?'))
		return true;
	wp_config_advance(reader, 1);
	truth = operand_truth(out);
	is_short = take_sign(reader, ':');
	if (!is_short && (!take_coalesced(reader, depth + 1, &middle) || !take_sign(reader, ':')))
		return false;
	if (!take_coalesced(reader, depth + 1, &right))
		return false;
	if (is_short)
		operand_default(out, &right, truth);
	else if (truth == TRUTH_MAYBE)
		operand_set_unknown(out, IS_COMPUTED);
	else
		operand_move(out, truth == TRUTH_YES ? &middle : &right);
	return true;
}

bool wp_config_evaluate(WpConfigReader *reader, Operand *ret_operand)
{
	guint start = reader->position;

	if (evaluate(reader, 0, ret_operand))
		return true;
	operand_clear(ret_operand);
	operand_set_unknown(ret_operand, IS_COMPUTED);
	reader->position = start;
	return false;
}
