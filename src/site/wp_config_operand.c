/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What PHP's operators do with values that are known, and what is left unknown. */
#include "site/wp_config_operand.h"

#include <string.h>

#include "util/secret.h"

#define IS_COMPUTED "is computed"

void operand_clear(Operand *operand)
{
	secret_free(operand->text);
	secret_free(operand->otherwise);
	g_free(operand->why);
	g_free(operand->asked_for);
	g_free(operand->guard);
	*operand = (Operand){0};
}

void operand_set(Operand *operand, OperandType type, const char *text)
{
	operand_clear(operand);
	operand->type = type;
	operand->text = g_strdup(text);
}

void operand_set_unknown(Operand *operand, const char *why)
{
	operand_clear(operand);
	operand->why = g_strdup(why);
}

void operand_set_truth(Operand *operand, Truth truth)
{
	if (truth == TRUTH_MAYBE)
		operand_set_unknown(operand, IS_COMPUTED);
	else
		operand_set(operand, OPERAND_BOOL, truth == TRUTH_YES ? "1" : "");
}

void operand_set_env(Operand *operand, const SiteEnv *env, const char *name, OperandType unset_type)
{
	bool is_unset = false;
	const char *value = site_env_get(env, name, &is_unset);
	g_autofree char *why = NULL;

	if (value != NULL) {
		operand_set(operand, OPERAND_STRING, value);
		return;
	}
	if (is_unset) {
		operand_set(operand, unset_type, "");
		return;
	}
	why = g_strdup_printf(
		"comes from the environment variable %s, which is not known here", name);
	operand_set_unknown(operand, why);
}

void operand_set_server(Operand *operand, const SiteEnv *env, const char *name)
{
	static const char *const request[] = {"HTTP", "SERVER_", "REQUEST_", "SCRIPT_", "REMOTE_",
		"DOCUMENT_", "PHP_", "PATH", "QUERY_", "CONTENT_", "GATEWAY_", "ORIG_", "AUTH_TYPE",
		"AUTH_USER", "AUTH_PASSWORD"};

	for (size_t i = 0; i < G_N_ELEMENTS(request); i++) {
		if (g_str_has_prefix(name, request[i])) {
			operand_set_unknown(operand, IS_COMPUTED);
			return;
		}
	}
	operand_set_env(operand, env, name, OPERAND_UNKNOWN);
	if (operand->type == OPERAND_UNKNOWN && operand->why == NULL)
		operand_set_unknown(operand, IS_COMPUTED);
}

Truth operand_truth(const Operand *operand)
{
	if (operand->text == NULL)
		return TRUTH_MAYBE;
	return operand->text[0] == '\0' || strcmp(operand->text, "0") == 0 ? TRUTH_NO : TRUTH_YES;
}

void operand_join(Operand *left, Operand *right)
{
	bool is_beside = left->is_beside;
	g_auto(Secret) joined = NULL;

	if (left->text == NULL || right->text == NULL) {
		g_autofree char *why = g_strdup(left->text == NULL ? left->why : right->why);

		operand_set_unknown(left, why != NULL ? why : IS_COMPUTED);
		return;
	}
	joined = g_strconcat(left->text, right->text, NULL);
	operand_set(left, OPERAND_STRING, joined);
	left->is_beside = is_beside;
}

/* Where == compares bytes: of two texts that are both numbers it compares these. */
static bool compares_bytes(const Operand *left, const Operand *right)
{
	return left->type == OPERAND_STRING && right->type == OPERAND_STRING &&
	       !(g_ascii_isdigit(left->text[0]) && g_ascii_isdigit(right->text[0])) &&
	       strpbrk(left->text, " \t\n+-.") == NULL && strpbrk(right->text, " \t\n+-.") == NULL;
}

void operand_compare(Operand *left, const Operand *right, const char *signs)
{
	bool is_strict = strlen(signs) == 3;
	bool has_types = left->type != OPERAND_UNKNOWN && right->type != OPERAND_UNKNOWN &&
			 left->type != OPERAND_INT && right->type != OPERAND_INT;
	bool is_equal;

	if (!has_types || (!is_strict && !compares_bytes(left, right))) {
		operand_set_unknown(left, IS_COMPUTED);
		return;
	}
	is_equal = left->type == right->type && strcmp(left->text, right->text) == 0;
	operand_set_truth(left, is_equal == (signs[0] == '=') ? TRUTH_YES : TRUTH_NO);
}

void operand_move(Operand *to, Operand *from)
{
	operand_clear(to);
	*to = *from;
	*from = (Operand){0};
}

void operand_default(Operand *left, Operand *right, Truth is_kept)
{
	if (is_kept == TRUTH_NO) {
		operand_move(left, right);
	} else if (is_kept == TRUTH_MAYBE) {
		g_autofree char *why = g_strdup(left->why != NULL ? left->why : IS_COMPUTED);
		g_auto(Secret) otherwise = g_strdup(right->text);

		operand_set_unknown(left, why);
		left->otherwise = g_steal_pointer(&otherwise);
	}
}
