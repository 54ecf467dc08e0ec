/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows the statements of wp-config.php: which constant is set where, and whether that is sure.
 */
#include "site/wp_config.h"

#include <stdlib.h>
#include <string.h>

#include "php/lexer.h"
#include "site/wp_config_expression.h"
#include "site/wp_config_file.h"
#include "site/wp_config_scope.h"
#include "site/wp_config_taint.h"
#include "util/secret.h"

enum { DEPTH_MAX = 64, INCLUDES_MAX = 8 };

#define INCLUDES "includes another file"
#define EVALUATES "evaluates code"
#define DEFINES "defines names that are computed"
#define JUMPS "jumps"

/* Whether a statement runs; `guard` is a name that it asks for first: if that was not set before,
 * it runs. */
typedef struct {
	Truth runs;
	const char *guard; /* borrowed; NULL */
} Condition;

typedef struct {
	WpConfigReader base;
	unsigned open_colons; /* `if (…): … endif;`: all in it may run or not */
	bool may_have_ended;  /* as may all that is behind a `return` under a condition */
} Reader;

G_DEFINE_QUARK(prm_calendar_wp_config_error, wp_config_error)

static const PhpToken *peek(const Reader *reader, guint ahead)
{
	return wp_config_peek(&reader->base, ahead);
}

static void advance(Reader *reader, guint tokens)
{
	wp_config_advance(&reader->base, tokens);
}

static bool is_sign(const PhpToken *token, char sign)
{
	return wp_config_is_sign(token, sign);
}

static bool is_word(const PhpToken *token, const char *word)
{
	return wp_config_is_word(token, word);
}

static bool at_end(const Reader *reader)
{
	return peek(reader, 0)->type == PHP_TOKEN_END;
}

static bool is_one_of(const PhpToken *token, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (is_word(token, *words))
			return true;
	}
	return false;
}

static bool is_include(const PhpToken *token)
{
	static const char *const words[] = {
		"require", "require_once", "include", "include_once", NULL};

	return is_one_of(token, words);
}

static bool is_call(const Reader *reader, guint ahead, const char *word)
{
	return is_word(peek(reader, ahead), word) && is_sign(peek(reader, ahead + 1), '(');
}

/* The name in WORD ( 'NAME' …, from that many tokens ahead; NULL where something else stands. */
static const char *name_in_call(const Reader *reader, guint ahead, const char *word)
{
	const PhpToken *name = peek(reader, ahead + 2);

	if (!is_call(reader, ahead, word) || name->type != PHP_TOKEN_STRING ||
		strlen(name->text) != name->length)
		return NULL;
	return name->text;
}

static bool read_source(
	const Reader *parent, Condition condition, WpConfigReader *base, GError **error);

/* --- what is set */

/* The value that a statement gives: as far as it is sure. */
static WpConfigValue *value_of(const Reader *reader, Condition condition, const char *name,
	const Operand *operand, unsigned line)
{
	bool is_guarded = condition.guard != NULL && strcmp(condition.guard, name) == 0;
	bool is_constant = name[0] != '$';
	const char *why = NULL;
	WpConfigValue *value;

	if (reader->base.config->doubt != NULL && (is_constant || is_guarded))
		why = "may be set before by a file that is included";
	else if (condition.runs != TRUTH_YES && !is_guarded)
		why = "is set under a condition";
	value = wp_config_value_new(why == NULL ? operand->text : NULL,
		why != NULL ? why : operand->why, reader->base.file, line);
	value->is_string = operand->type == OPERAND_STRING;
	value->is_beside = operand->is_beside;
	if (why == NULL)
		value->otherwise = g_strdup(operand->otherwise);
	return value;
}

static void record_constant(Reader *reader, Condition condition, const char *name,
	const Operand *operand, unsigned line)
{
	if (condition.runs != TRUTH_NO)
		wp_config_set_constant(reader->base.config, name,
			value_of(reader, condition, name, operand, line));
}

static void record_unknown(Reader *reader, Condition condition, const char *name, unsigned line)
{
	g_auto(Operand) unknown = {0};

	operand_set_unknown(&unknown, "is computed");
	record_constant(reader, condition, name, &unknown, line);
}

/* Debian's wp-config.php names its host files '/etc/wordpress/config-'.$host.'.php'. */
static void note_host_file_prefix(Reader *reader, const PhpToken *token)
{
	WpConfig *config = reader->base.config;

	if (token->type == PHP_TOKEN_STRING && config->host_file_prefix == NULL &&
		token->text[0] == '/' && strlen(token->text) > strlen("/config-") &&
		g_str_has_suffix(token->text, "/config-"))
		config->host_file_prefix = g_strdup(token->text);
}

static void doubt(Reader *reader, Condition condition, const char *what)
{
	if (condition.runs != TRUTH_NO && !reader->base.includes_are_known)
		wp_config_doubt(reader->base.config, what, peek(reader, 0)->line);
}

/* --- files that are included */

/* Composer's loader declares classes; WordPress itself comes when all is set. */
static bool sets_nothing(const char *path)
{
	return g_str_has_suffix(path, "wp-settings.php") ||
	       g_str_has_suffix(path, "vendor/autoload.php");
}

/* Of a path that is computed its last text tells. */
static bool include_sets_nothing(const Reader *reader)
{
	const char *last = "";

	for (guint i = 1; !is_sign(peek(reader, i), ';') && peek(reader, i)->type != PHP_TOKEN_END;
		i++) {
		if (peek(reader, i)->type == PHP_TOKEN_STRING)
			last = peek(reader, i)->text;
	}
	return sets_nothing(last);
}

/* A bare name is looked for beside the file; "./x.php" is not, but where PHP was started. */
static char *include_path(const Reader *reader, const Operand *operand)
{
	if (operand->text == NULL || reader->base.folder == NULL || operand->text[0] == '\0' ||
		operand->text[0] == '.')
		return NULL;
	return operand->text[0] == '/' ? g_strdup(operand->text)
				       : g_build_filename(reader->base.folder, operand->text, NULL);
}

static bool follow(Reader *reader, Condition condition, const char *path, bool once)
{
	g_autoptr(WpConfigText) text = NULL;
	g_autoptr(GArray) tokens = NULL;
	char *real = path != NULL ? realpath(path, NULL) : NULL;
	bool ok = false;

	if (real != NULL && once && g_hash_table_contains(reader->base.config->included, real)) {
		free(real);
		return true;
	}
	if (real != NULL && g_file_test(real, G_FILE_TEST_IS_REGULAR) &&
		reader->base.depth < INCLUDES_MAX)
		text = wp_config_file_read(real, NULL);
	if (text != NULL && text->len <= WP_CONFIG_BYTES_MAX)
		tokens = php_lexer_read(text->str, text->len, NULL);
	if (tokens != NULL) {
		WpConfigReader base = {.config = reader->base.config,
			.file = real,
			.tokens = tokens,
			.depth = reader->base.depth + 1};

		g_hash_table_add(reader->base.config->included, g_strdup(real));
		ok = read_source(reader, condition, &base, NULL);
	}
	free(real);
	return ok;
}

/* The reader is at `require`. Goes behind the path where that can be read. */
static void read_include(Reader *reader, Condition condition)
{
	bool once = g_str_has_suffix(peek(reader, 0)->text, "_once") ||
		    g_str_has_suffix(peek(reader, 0)->text, "_ONCE");
	bool is_harmless = include_sets_nothing(reader);
	g_auto(Operand) operand = {0};
	g_autofree char *path = NULL;
	guint start = reader->base.position;

	advance(reader, 1);
	wp_config_evaluate(&reader->base, &operand);
	path = include_path(reader, &operand);
	if (condition.runs == TRUTH_NO || is_harmless || reader->base.includes_are_known ||
		(path != NULL && sets_nothing(path)) || follow(reader, condition, path, once))
		return;
	reader->base.position = start;
	doubt(reader, condition, INCLUDES);
	advance(reader, 1);
}

/* eval( … ) of a text that is known is read as the file would be. */
static void read_eval(Reader *reader, Condition condition)
{
	g_auto(Operand) operand = {0};
	g_autoptr(GArray) tokens = NULL;
	g_auto(Secret) source = NULL;

	advance(reader, 2);
	wp_config_evaluate(&reader->base, &operand);
	if (operand.text != NULL && reader->base.depth < INCLUDES_MAX) {
		source = g_strconcat("<?php ", operand.text, NULL);
		tokens = php_lexer_read(source, strlen(source), NULL);
	}
	if (tokens != NULL) {
		WpConfigReader base = {.config = reader->base.config,
			.file = reader->base.file,
			.tokens = tokens,
			.depth = reader->base.depth + 1};

		if (read_source(reader, condition, &base, NULL))
			return;
	}
	doubt(reader, condition, EVALUATES);
}

/* --- what is passed over */

/* define( 'NAME', … ) somewhere inside; of a name that is computed, any constant. */
static void note_define(Reader *reader, Condition condition)
{
	const char *name = name_in_call(reader, 0, "define");

	if (name != NULL && is_sign(peek(reader, 3), ','))
		record_unknown(reader, condition, name, peek(reader, 0)->line);
	else
		doubt(reader, condition, DEFINES);
}

/* What stands somewhere inside of a statement: none of it is sure, but all of it may happen. Goes
 * behind it. */
static void note_token(Reader *reader, Condition condition)
{
	Condition unsure = {condition.runs == TRUTH_NO ? TRUTH_NO : TRUTH_MAYBE, NULL};
	const PhpToken *token = peek(reader, 0);

	if (unsure.runs == TRUTH_NO) {
		advance(reader, 1);
	} else if (is_include(token)) {
		read_include(reader, unsure);
	} else if (is_call(reader, 0, "eval")) {
		read_eval(reader, unsure);
	} else {
		if (is_call(reader, 0, "define"))
			note_define(reader, unsure);
		else if (is_word(token, "goto"))
			doubt(reader, unsure, JUMPS);
		else
			wp_config_note_variable(&reader->base);
		advance(reader, 1);
	}
}

/* Over the rest of a statement, to behind its ';' or its block. */
static void skip_statement(Reader *reader, Condition condition, bool ends_with_block)
{
	unsigned opened = 0;

	while (!at_end(reader)) {
		const PhpToken *token = peek(reader, 0);
		bool is_opening = is_sign(token, '(') || is_sign(token, '[') || is_sign(token, '{');
		bool is_closing = is_sign(token, ')') || is_sign(token, ']') || is_sign(token, '}');
		bool is_brace = is_sign(token, '}');
		bool is_end = is_sign(token, ';');

		if (opened == 0 && is_brace)
			return;
		note_token(reader, condition);
		if (is_opening)
			opened++;
		else if (is_closing && opened > 0)
			opened--;
		if (opened > 0)
			continue;
		if (is_end || (ends_with_block && is_brace))
			return;
	}
}

/* Over the ( … ) behind a keyword. */
static void skip_head(Reader *reader, Condition condition)
{
	unsigned opened = 0;

	while (!at_end(reader) && (opened > 0 || is_sign(peek(reader, 0), '('))) {
		bool is_opening = is_sign(peek(reader, 0), '(');
		bool is_closing = is_sign(peek(reader, 0), ')');

		note_token(reader, condition);
		opened += is_opening ? 1 : 0;
		opened -= is_closing ? 1 : 0;
		if (opened == 0)
			return;
	}
}

/* --- statements */

static bool read_statement(Reader *reader, Condition condition, unsigned depth, GError **error);

static bool fail_depth(const Reader *reader, GError **error)
{
	g_set_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX,
		"blocks are nested more than %d deep on line %u", DEPTH_MAX, peek(reader, 0)->line);
	return false;
}

/* Statements up to the '}' or the end. */
static bool read_statements(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	if (depth > DEPTH_MAX)
		return fail_depth(reader, error);
	while (!at_end(reader) && !reader->base.has_ended && !is_sign(peek(reader, 0), '}')) {
		if (!read_statement(reader, condition, depth, error))
			return false;
	}
	return true;
}

/* $x = EXPRESSION where one ends at `end`; the reader is behind it, or where it was. */
static bool read_assignment(Reader *reader, Condition condition, char end, Operand *operand)
{
	const PhpToken *variable = peek(reader, 0);
	guint start = reader->base.position;

	if (variable->type != PHP_TOKEN_VARIABLE || !is_sign(peek(reader, 1), '=') ||
		!wp_config_is_assignment(&reader->base, 1) || variable->text[1] == '_')
		return false;
	advance(reader, 2);
	if (!wp_config_evaluate(&reader->base, operand) || !is_sign(peek(reader, 0), end)) {
		reader->base.position = start;
		return false;
	}
	if (condition.runs != TRUTH_NO)
		wp_config_set_variable(reader->base.config, variable->text,
			value_of(reader, condition, variable->text, operand, variable->line));
	return true;
}

/* The ( … ) of an if: whether it is true, and what it asks for. */
static Truth read_head(Reader *reader, Condition condition, char **ret_guard)
{
	g_auto(Operand) operand = {0};
	guint start = reader->base.position;
	bool ok;

	*ret_guard = NULL;
	if (!is_sign(peek(reader, 0), '('))
		return TRUTH_MAYBE;
	advance(reader, 1);
	ok = read_assignment(reader, condition, ')', &operand) ||
	     wp_config_evaluate(&reader->base, &operand);
	if (ok && is_sign(peek(reader, 0), ')')) {
		advance(reader, 1);
		*ret_guard = g_steal_pointer(&operand.guard);
		return operand_truth(&operand);
	}
	reader->base.position = start;
	skip_head(reader, condition);
	return TRUTH_MAYBE;
}

/* Whether a branch runs, where those before it were `taken`. */
static Truth branch_runs(Condition condition, Truth taken, Truth is_true)
{
	if (condition.runs == TRUTH_NO || taken == TRUTH_YES || is_true == TRUTH_NO)
		return TRUTH_NO;
	return condition.runs == TRUTH_YES && taken == TRUTH_NO && is_true == TRUTH_YES
		       ? TRUTH_YES
		       : TRUTH_MAYBE;
}

/* if, elseif, else: of several branches at most one runs. */
static bool read_if(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	Truth taken = TRUTH_NO;
	bool is_last = false;

	if (depth >= DEPTH_MAX)
		return fail_depth(reader, error);
	while (!is_last) {
		g_autofree char *guard = NULL;
		Truth is_true = TRUTH_YES;
		Condition inner;

		if (is_word(peek(reader, 0), "else") && is_word(peek(reader, 1), "if"))
			advance(reader, 1);
		is_last = is_word(peek(reader, 0), "else");
		advance(reader, 1);
		if (!is_last)
			is_true = read_head(reader, condition, &guard);
		if (is_sign(peek(reader, 0), ':')) {
			reader->open_colons += 1;
			advance(reader, 1);
			return true;
		}
		inner.runs = branch_runs(condition, taken, is_true);
		inner.guard = condition.runs == TRUTH_YES && taken == TRUTH_NO ? guard : NULL;
		if (!read_statement(reader, inner, depth + 1, error))
			return false;
		if (is_true != TRUTH_NO && taken != TRUTH_YES)
			taken = is_true == TRUTH_YES && taken == TRUTH_NO ? TRUTH_YES : TRUTH_MAYBE;
		is_last = is_last ||
			  !(is_word(peek(reader, 0), "else") || is_word(peek(reader, 0), "elseif"));
	}
	return true;
}

/* while, for, foreach, switch …: what follows may run or not. */
static bool read_conditional(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	const Condition inner = {condition.runs == TRUTH_NO ? TRUTH_NO : TRUTH_MAYBE, NULL};
	bool continues = is_word(peek(reader, 0), "else") || is_word(peek(reader, 0), "elseif");

	advance(reader, 1);
	skip_head(reader, condition);
	if (is_sign(peek(reader, 0), ':')) {
		reader->open_colons += continues ? 0 : 1;
		advance(reader, 1);
		return true;
	}
	if (depth >= DEPTH_MAX)
		return fail_depth(reader, error);
	return read_statement(reader, inner, depth + 1, error);
}

/* const W = …, X = …; of a namespace these are other constants. */
static void read_const(Reader *reader, Condition condition)
{
	advance(reader, 1);
	while (peek(reader, 0)->type == PHP_TOKEN_WORD && is_sign(peek(reader, 1), '=')) {
		const PhpToken *name = peek(reader, 0);
		g_auto(Operand) operand = {0};

		advance(reader, 2);
		if (!wp_config_evaluate(&reader->base, &operand) ||
			!(is_sign(peek(reader, 0), ',') || is_sign(peek(reader, 0), ';')))
			operand_set_unknown(&operand, "is computed");
		if (!reader->base.has_namespace)
			record_constant(reader, condition, name->text, &operand, name->line);
		while (!at_end(reader) && !is_sign(peek(reader, 0), ',') &&
			!is_sign(peek(reader, 0), ';'))
			advance(reader, 1);
		if (!is_sign(peek(reader, 0), ','))
			return;
		advance(reader, 1);
	}
}

/* define( NAME, VALUE …; the reader is at `define`, and behind the value then, or the name. */
static void read_define(Reader *reader, Condition condition)
{
	unsigned line = peek(reader, 0)->line;
	g_auto(Operand) name = {0};
	g_auto(Operand) value = {0};

	advance(reader, 2);
	if (!wp_config_evaluate(&reader->base, &name) || name.type != OPERAND_STRING ||
		!is_sign(peek(reader, 0), ',')) {
		doubt(reader, condition, DEFINES);
		return;
	}
	advance(reader, 1);
	if (wp_config_evaluate(&reader->base, &value) &&
		(is_sign(peek(reader, 0), ')') || is_sign(peek(reader, 0), ',')))
		record_constant(reader, condition, name.text, &value, line);
	else
		record_unknown(reader, condition, name.text, line);
}

/* Bedrock's Config::define( 'X', … ), of which the last one wins, and Config::apply(). */
static bool read_bedrock(Reader *reader, Condition condition)
{
	unsigned line = peek(reader, 0)->line;
	g_auto(Operand) value = {0};
	const PhpToken *name = peek(reader, 5);

	if (!reader->base.has_bedrock || !is_word(peek(reader, 0), "Config") ||
		!is_sign(peek(reader, 1), ':') || !is_sign(peek(reader, 2), ':'))
		return false;
	if (is_call(reader, 3, "apply")) {
		if (condition.runs != TRUTH_NO)
			wp_config_apply_bedrock(reader->base.config);
		return false;
	}
	if (!is_call(reader, 3, "define") || name->type != PHP_TOKEN_STRING)
		return false;
	advance(reader, 7);
	if (!wp_config_evaluate(&reader->base, &value) || !is_sign(peek(reader, 0), ')'))
		operand_set_unknown(&value, "is computed");
	if (condition.runs != TRUTH_NO)
		g_hash_table_insert(reader->base.config->bedrock, g_strdup(name->text),
			value_of(reader, condition, name->text, &value, line));
	return true;
}

/* defined('X') || define('X', …); and !defined('X') && define('X', …); as a condition for X alone.
 * True when it was that. */
static bool read_guarded_define(Reader *reader, Condition condition)
{
	bool is_negated = is_sign(peek(reader, 0), '!');
	guint start = is_negated ? 1 : 0;
	const char *name = name_in_call(reader, start, "defined");
	char sign = is_negated ? '&' : '|';
	guint define;
	Condition inner = {condition.runs == TRUTH_NO ? TRUTH_NO : TRUTH_MAYBE, NULL};

	if (name == NULL || !is_sign(peek(reader, start + 3), ')'))
		return false;
	if (is_word(peek(reader, start + 4), is_negated ? "and" : "or"))
		define = start + 5;
	else if (is_sign(peek(reader, start + 4), sign) && is_sign(peek(reader, start + 5), sign))
		define = start + 6;
	else
		return false;
	if (!is_call(reader, define, "define"))
		return false;
	if (condition.runs == TRUTH_YES && wp_config_find(reader->base.config, name) == NULL)
		inner.guard = name;
	advance(reader, define);
	read_define(reader, inner);
	return true;
}

static bool is_conditional_word(const PhpToken *token)
{
	static const char *const words[] = {"else", "elseif", "while", "for", "foreach", "switch",
		"do", "try", "catch", "finally", NULL};

	return is_one_of(token, words);
}

static bool is_declaration_word(const PhpToken *token)
{
	static const char *const words[] = {"function", "class", "abstract", "final", "readonly",
		"interface", "trait", "enum", NULL};

	/* Attributes, #[…], stand before declarations. */
	return is_sign(token, '#') || is_one_of(token, words);
}

static bool is_closing_word(const PhpToken *token)
{
	static const char *const words[] = {
		"endif", "endwhile", "endfor", "endforeach", "endswitch", NULL};

	return is_one_of(token, words);
}

static bool is_ending_word(const PhpToken *token)
{
	static const char *const words[] = {"return", "exit", "die", "__halt_compiler", NULL};

	return is_one_of(token, words);
}

/* A statement that is no block and has none. */
static void read_simple(Reader *reader, Condition condition)
{
	const PhpToken *token = peek(reader, 0);
	g_auto(Operand) operand = {0};

	if (is_call(reader, 0, "define"))
		read_define(reader, condition);
	else if (is_word(token, "const") && condition.runs == TRUTH_YES)
		read_const(reader, condition);
	else if (is_include(token))
		read_include(reader, condition);
	else if (is_call(reader, 0, "eval"))
		read_eval(reader, condition);
	else if (!read_bedrock(reader, condition) && !read_guarded_define(reader, condition))
		read_assignment(reader, condition, ';', &operand);
	skip_statement(reader, condition, false);
}

/* return, exit: true where nothing behind it runs. */
static bool read_end(Reader *reader, Condition condition)
{
	bool is_return = is_word(peek(reader, 0), "return");

	if (condition.runs == TRUTH_YES)
		reader->base.has_ended = true;
	else if (is_return && condition.runs != TRUTH_NO)
		reader->may_have_ended = true;
	skip_statement(reader, condition, false);
	return reader->base.has_ended;
}

static bool read_statement(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	const PhpToken *token = peek(reader, 0);

	while (is_sign(token, '@') || is_sign(token, '\\')) {
		advance(reader, 1);
		token = peek(reader, 0);
	}
	if ((reader->open_colons > 0 || reader->may_have_ended) && condition.runs == TRUTH_YES)
		condition = (Condition){TRUTH_MAYBE, NULL};
	if (is_sign(token, '{')) {
		advance(reader, 1);
		if (!read_statements(reader, condition, depth + 1, error))
			return false;
		if (!reader->base.has_ended)
			advance(reader, 1);
		return true;
	}
	if (is_word(token, "if"))
		return read_if(reader, condition, depth, error);
	if (is_conditional_word(token))
		return read_conditional(reader, condition, depth, error);
	if (is_declaration_word(token)) {
		skip_statement(reader, condition, true);
		return true;
	}
	if (is_closing_word(token) && reader->open_colons > 0)
		reader->open_colons--;
	if (is_ending_word(token)) {
		read_end(reader, condition);
		return true;
	}
	if (is_sign(token, '}')) /* of an outer block, or too many */
		return true;
	read_simple(reader, condition);
	return true;
}

/* --- files */

/* What a file declares holds for all of it, and a function may be called by its name in a text. */
static void look_ahead(Reader *reader)
{
	guint last = reader->base.tokens->len - 1;

	for (guint i = 0; i < last; i++) {
		reader->base.position = i;
		note_host_file_prefix(reader, peek(reader, 0));
		if (is_word(peek(reader, 0), "function") &&
			is_word(peek(reader, 1), "getenv_docker"))
			reader->base.has_docker = true;
		if (is_word(peek(reader, 0), "function") && is_word(peek(reader, 1), "Env") &&
			is_sign(peek(reader, 2), '\\') && is_word(peek(reader, 3), "env"))
			reader->base.has_env = true;
		if (is_word(peek(reader, 0), "WPConfig") && is_sign(peek(reader, 1), '\\') &&
			is_word(peek(reader, 2), "Config"))
			reader->base.has_bedrock = true;
		if (is_word(peek(reader, 0), "namespace") &&
			peek(reader, 1)->type == PHP_TOKEN_WORD)
			reader->base.has_namespace = true;
		if (peek(reader, 0)->type == PHP_TOKEN_STRING &&
			g_ascii_strcasecmp(peek(reader, 0)->text, "define") == 0)
			doubt(reader, (Condition){TRUTH_YES, NULL}, DEFINES);
	}
	reader->base.position = 0;
}

/* WordPress is in the same folder, or in one of its folders. */
static bool is_beside_wordpress(const char *folder)
{
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	g_autofree char *here = g_build_filename(folder, "wp-settings.php", NULL);
	const char *name;

	if (g_file_test(here, G_FILE_TEST_EXISTS))
		return true;
	while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *below = g_build_filename(folder, name, "wp-settings.php", NULL);

		if (g_file_test(below, G_FILE_TEST_EXISTS))
			return true;
	}
	return false;
}

/* Reads all of `base`, of which config, file, tokens and depth are set. */
static bool read_source(
	const Reader *parent, Condition condition, WpConfigReader *base, GError **error)
{
	Reader reader = {.base = *base};
	char *real = base->file[0] == '/' ? realpath(base->file, NULL) : NULL;
	bool ok;

	if (parent != NULL) { /* what was declared stays */
		reader.base.has_docker = parent->base.has_docker;
		reader.base.has_env = parent->base.has_env;
		reader.base.has_bedrock = parent->base.has_bedrock;
		reader.base.is_in_place = parent->base.is_in_place;
	}
	reader.base.real_path = real;
	reader.base.folder = real != NULL ? g_path_get_dirname(real) : NULL;
	if (parent == NULL && real != NULL)
		reader.base.is_in_place = is_beside_wordpress(reader.base.folder);
	look_ahead(&reader);
	do {
		ok = read_statements(&reader, condition, 0, error);
		if (ok && !at_end(&reader) && !reader.base.has_ended)
			advance(&reader, 1); /* a '}' that nothing opened */
	} while (ok && !at_end(&reader) && !reader.base.has_ended);
	g_free(reader.base.folder);
	free(real);
	return ok;
}

/* The tokens, or NULL with the lexer's error as one of ours. */
static GArray *read_tokens(const char *source, size_t length, GError **error)
{
	g_autoptr(GError) refused = NULL;
	GArray *tokens = php_lexer_read(source, length, &refused);

	if (tokens == NULL)
		g_set_error_literal(
			error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX, refused->message);
	return tokens;
}

bool wp_config_add(WpConfig *config, const char *file, const char *source, size_t length,
	bool includes_are_known, GError **error)
{
	const Condition sure = {TRUTH_YES, NULL};
	g_autoptr(GArray) tokens = NULL;
	WpConfigReader base = {
		.config = config, .file = file, .includes_are_known = includes_are_known};

	if (length > WP_CONFIG_BYTES_MAX) {
		g_set_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX,
			"cannot read %s: it is larger than %d KiB, as no wp-config.php is", file,
			WP_CONFIG_BYTES_MAX / 1024);
		return false;
	}
	tokens = read_tokens(source, length, error);
	base.tokens = tokens;
	if (tokens != NULL && read_source(NULL, sure, &base, error))
		return true;
	g_prefix_error(error, "cannot read %s: ", file);
	return false;
}
