/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows the statements of wp-config.php: which constant is set where, and whether that is sure.
 */
#include "site/wp_config.h"

#include <string.h>

#include "php/lexer.h"
#include "util/secret.h"

enum { DEPTH_MAX = 64 };

#define TABLE_PREFIX "$table_prefix"

struct WpConfig {
	GHashTable *values; /* name -> WpConfigValue */
	unsigned unknown_include_line;
	char *host_file_prefix;
};

/* Whether a statement surely runs; if not, `guard` is the only thing that decides: it runs unless
 * that name is set already. */
typedef struct {
	bool is_sure;
	const char *guard; /* borrowed from a token, or NULL */
} Condition;

typedef struct {
	WpConfig *config;
	const char *file;
	const GArray *tokens;
	guint position;
	unsigned open_colons; /* if (…): … endif; */
	bool includes_are_known;
	bool has_ended; /* return or exit */
} Reader;

G_DEFINE_QUARK(prm_calendar_wp_config_error, wp_config_error)

static void value_free(void *data)
{
	WpConfigValue *value = data;

	secret_free(value->text);
	g_free(value->file);
	g_free(value);
}

WpConfig *wp_config_new(void)
{
	WpConfig *config = g_new0(WpConfig, 1);

	config->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	return config;
}

void wp_config_free(WpConfig *config)
{
	if (config == NULL)
		return;
	g_hash_table_destroy(config->values);
	g_free(config->host_file_prefix);
	g_free(config);
}

static const PhpToken *peek(const Reader *reader, guint ahead)
{
	guint last = reader->tokens->len - 1;

	return &g_array_index(reader->tokens, PhpToken, MIN(reader->position + ahead, last));
}

static void advance(Reader *reader, guint tokens)
{
	reader->position = MIN(reader->position + tokens, reader->tokens->len - 1);
}

static bool at_end(const Reader *reader)
{
	return peek(reader, 0)->type == PHP_TOKEN_END;
}

static bool is_sign(const PhpToken *token, char sign)
{
	return token->type == PHP_TOKEN_SIGN && token->text[0] == sign;
}

/* Keywords and function names know no case. */
static bool is_word(const PhpToken *token, const char *word)
{
	return token->type == PHP_TOKEN_WORD && g_ascii_strcasecmp(token->text, word) == 0;
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

static bool is_table_prefix(const PhpToken *token)
{
	return token->type == PHP_TOKEN_VARIABLE && strcmp(token->text, TABLE_PREFIX) == 0;
}

/* The name in WORD ( 'NAME' …, from that many tokens ahead; NULL where something else stands. */
static const char *name_in_call(const Reader *reader, guint ahead, const char *word)
{
	const PhpToken *name = peek(reader, ahead + 2);

	if (!is_word(peek(reader, ahead), word) || !is_sign(peek(reader, ahead + 1), '(') ||
		name->type != PHP_TOKEN_STRING || strlen(name->text) != name->length)
		return NULL;
	return name->text;
}

static void set_value(Reader *reader, const char *name, char *take_text, const char *why)
{
	WpConfigValue *value = g_new0(WpConfigValue, 1);

	value->text = take_text;
	value->why = why;
	value->file = g_strdup(reader->file);
	value->line = peek(reader, 0)->line;
	g_hash_table_insert(reader->config->values, g_strdup(name), value);
}

static char *number_text(const char *digits, bool is_negative)
{
	guint64 number;

	/* A leading zero is octal; 0x1F, 1_000, 1.5 are left to PHP. */
	if ((digits[0] == '0' && digits[1] != '\0') ||
		!g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT64, &number, NULL))
		return NULL;
	return g_strdup_printf(
		"%s%" G_GUINT64_FORMAT, is_negative && number != 0 ? "-" : "", number);
}

/* The text of a value that is one literal with one of `ends` behind it; NULL where it is not. */
static char *literal_text(const Reader *reader, guint ahead, const char *ends)
{
	bool is_negative = is_sign(peek(reader, ahead), '-');
	const PhpToken *token = peek(reader, ahead + (is_negative ? 1 : 0));
	const PhpToken *end = peek(reader, ahead + (is_negative ? 2 : 1));

	if (end->type != PHP_TOKEN_SIGN || memchr(ends, end->text[0], strlen(ends)) == NULL)
		return NULL;
	if (token->type == PHP_TOKEN_NUMBER)
		return number_text(token->text, is_negative);
	if (is_negative)
		return NULL;
	/* No C string holds a NUL byte, and no setting needs one. */
	if (token->type == PHP_TOKEN_STRING)
		return strlen(token->text) == token->length ? g_strdup(token->text) : NULL;
	if (is_word(token, "true"))
		return g_strdup("1");
	if (is_word(token, "false") || is_word(token, "null"))
		return g_strdup("");
	return NULL;
}

/* Keeps what a statement sets; `ahead` is where its value stands. */
static void record(
	Reader *reader, Condition condition, const char *name, guint ahead, const char *ends)
{
	bool is_guarded = condition.guard != NULL && strcmp(condition.guard, name) == 0;
	char *text;

	if (is_guarded && g_hash_table_contains(reader->config->values, name))
		return;
	if (!condition.is_sure && !is_guarded) {
		set_value(reader, name, NULL, "is set under a condition");
		return;
	}
	if (is_guarded && reader->config->unknown_include_line > 0) {
		set_value(reader, name, NULL, "may be set before by a file that is included");
		return;
	}
	text = literal_text(reader, ahead, ends);
	set_value(reader, name, text, text != NULL ? NULL : "is computed");
}

/* define() and const: the first one wins. */
static void record_constant(
	Reader *reader, Condition condition, const char *name, guint ahead, const char *ends)
{
	if (!g_hash_table_contains(reader->config->values, name))
		record(reader, condition, name, ahead, ends);
}

/* Debian's wp-config.php names its host files '/etc/wordpress/config-'.$host.'.php'. */
static void note_host_file_prefix(Reader *reader, const PhpToken *token)
{
	if (token->type == PHP_TOKEN_STRING && reader->config->host_file_prefix == NULL &&
		token->text[0] == '/' && g_str_has_suffix(token->text, "/config-"))
		reader->config->host_file_prefix = g_strdup(token->text);
}

static void note_include(Reader *reader)
{
	unsigned line = peek(reader, 0)->line;

	if (reader->includes_are_known || reader->config->unknown_include_line > 0)
		return;
	for (guint i = 1; !is_sign(peek(reader, i), ';') && peek(reader, i)->type != PHP_TOKEN_END;
		i++) {
		const PhpToken *token = peek(reader, i);

		if (token->type == PHP_TOKEN_STRING &&
			g_str_has_suffix(token->text, "wp-settings.php"))
			return;
	}
	reader->config->unknown_include_line = line;
}

/* =, .= or ??=, but neither == nor =>. */
static bool is_assignment(const Reader *reader, guint ahead)
{
	if (is_sign(peek(reader, ahead), '.'))
		return is_sign(peek(reader, ahead + 1), '=');
	if (is_sign(peek(reader, ahead), '?'))
		return is_sign(peek(reader, ahead + 1), '?') &&
		       is_sign(peek(reader, ahead + 2), '=');
	return is_sign(peek(reader, ahead), '=') && !is_sign(peek(reader, ahead + 1), '=') &&
	       !is_sign(peek(reader, ahead + 1), '>');
}

/* What stands somewhere inside of a statement: none of it is sure, but all of it may happen. */
static void note_token(Reader *reader)
{
	const Condition unsure = {0};
	const PhpToken *token = peek(reader, 0);
	const char *name = name_in_call(reader, 0, "define");

	note_host_file_prefix(reader, token);
	if (name != NULL)
		record_constant(reader, unsure, name, 4, "");
	else if (is_include(token))
		note_include(reader);
	else if (is_table_prefix(token) && is_assignment(reader, 1))
		set_value(reader, TABLE_PREFIX, NULL, "is computed");
}

/* Over the rest of a statement, to behind its ';' or its block. */
static void skip_statement(Reader *reader, bool ends_with_block)
{
	unsigned opened = 0;

	while (!at_end(reader)) {
		const PhpToken *token = peek(reader, 0);
		bool is_closing = is_sign(token, ')') || is_sign(token, ']') || is_sign(token, '}');

		if (opened == 0 && is_sign(token, '}'))
			return;
		note_token(reader);
		advance(reader, 1);
		if (is_sign(token, '(') || is_sign(token, '[') || is_sign(token, '{'))
			opened++;
		else if (is_closing && opened > 0)
			opened--;
		if (opened > 0)
			continue;
		if (is_sign(token, ';') || (ends_with_block && is_sign(token, '}')))
			return;
	}
}

/* Over the ( … ) behind a keyword. */
static void skip_head(Reader *reader)
{
	unsigned opened = 0;

	while (!at_end(reader) && (opened > 0 || is_sign(peek(reader, 0), '('))) {
		if (is_sign(peek(reader, 0), '('))
			opened++;
		else if (is_sign(peek(reader, 0), ')'))
			opened--;
		note_token(reader);
		advance(reader, 1);
		if (opened == 0)
			return;
	}
}

/* The X of if (!defined('X')) and if (!isset($table_prefix)); NULL for every other condition. */
static const char *guard_of(const Reader *reader)
{
	const char *name = NULL;

	if (!is_word(peek(reader, 0), "if") || !is_sign(peek(reader, 1), '(') ||
		!is_sign(peek(reader, 2), '!') || !is_sign(peek(reader, 4), '(') ||
		!is_sign(peek(reader, 6), ')') || !is_sign(peek(reader, 7), ')'))
		return NULL;
	name = name_in_call(reader, 3, "defined");
	if (name == NULL && is_word(peek(reader, 3), "isset") && is_table_prefix(peek(reader, 5)))
		name = TABLE_PREFIX;
	return name;
}

static bool read_statement(Reader *reader, Condition condition, unsigned depth, GError **error);

/* Statements up to the '}' or the end. */
static bool read_statements(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	if (depth > DEPTH_MAX) {
		g_set_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX,
			"blocks are nested more than %d deep on line %u", DEPTH_MAX,
			peek(reader, 0)->line);
		return false;
	}
	while (!at_end(reader) && !reader->has_ended && !is_sign(peek(reader, 0), '}')) {
		if (!read_statement(reader, condition, depth, error))
			return false;
	}
	return true;
}

/* if, else, while …: what follows may run or not. */
static bool read_conditional(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	const char *guard = condition.is_sure ? guard_of(reader) : NULL;
	const Condition inner = {.guard = guard};
	bool continues = is_word(peek(reader, 0), "else") || is_word(peek(reader, 0), "elseif");

	advance(reader, 1);
	skip_head(reader);
	if (is_sign(peek(reader, 0), ':')) {
		reader->open_colons += continues ? 0 : 1;
		advance(reader, 1);
		return true;
	}
	if (depth >= DEPTH_MAX)
		return read_statements(reader, inner, depth + 1, error);
	return read_statement(reader, inner, depth + 1, error);
}

static void read_const(Reader *reader, Condition condition)
{
	advance(reader, 1);
	while (peek(reader, 0)->type == PHP_TOKEN_WORD && is_sign(peek(reader, 1), '=')) {
		record_constant(reader, condition, peek(reader, 0)->text, 2, ",;");
		advance(reader, 2);
		while (!at_end(reader) && !is_sign(peek(reader, 0), ',') &&
			!is_sign(peek(reader, 0), ';'))
			advance(reader, 1);
		if (is_sign(peek(reader, 0), ';'))
			return;
		advance(reader, 1);
	}
}

/* defined('X') || define('X', …); as a condition for X alone. True when it was that. */
static bool read_or_define(Reader *reader, Condition condition)
{
	const char *name = name_in_call(reader, 0, "defined");
	Condition inner = {.guard = condition.is_sure ? name : NULL};
	guint define = is_word(peek(reader, 4), "or") ? 5 : 6;
	const char *defined_name = name_in_call(reader, define, "define");

	if (name == NULL || defined_name == NULL || !is_sign(peek(reader, 3), ')'))
		return false;
	if (define == 6 && !(is_sign(peek(reader, 4), '|') && is_sign(peek(reader, 5), '|')))
		return false;
	record_constant(reader, inner, defined_name, define + 4, "),");
	advance(reader, define + 1);
	skip_statement(reader, false);
	return true;
}

static bool is_conditional_word(const PhpToken *token)
{
	static const char *const words[] = {"if", "else", "elseif", "while", "for", "foreach",
		"switch", "do", "try", "catch", "finally", NULL};

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
	const char *name = name_in_call(reader, 0, "define");

	if (name != NULL) {
		if (is_sign(peek(reader, 3), ','))
			record_constant(reader, condition, name, 4, "),");
		advance(reader, 1);
	} else if (is_word(token, "const") && condition.is_sure) {
		read_const(reader, condition);
	} else if (is_table_prefix(token) && is_sign(peek(reader, 1), '=') &&
		   is_assignment(reader, 1)) {
		record(reader, condition, TABLE_PREFIX, 2, ";");
		advance(reader, 1);
	} else if (read_or_define(reader, condition)) {
		return;
	}
	skip_statement(reader, false);
}

static bool read_statement(Reader *reader, Condition condition, unsigned depth, GError **error)
{
	const PhpToken *token = peek(reader, 0);

	while (is_sign(token, '@') || is_sign(token, '\\')) {
		advance(reader, 1);
		token = peek(reader, 0);
	}
	if (reader->open_colons > 0)
		condition = (Condition){0};
	if (is_sign(token, '{')) {
		advance(reader, 1);
		if (!read_statements(reader, condition, depth + 1, error))
			return false;
		advance(reader, 1);
		return true;
	}
	if (is_conditional_word(token))
		return read_conditional(reader, condition, depth, error);
	if (is_declaration_word(token)) {
		skip_statement(reader, true);
		return true;
	}
	if (is_closing_word(token) && reader->open_colons > 0)
		reader->open_colons--;
	if (is_ending_word(token) && condition.is_sure) {
		reader->has_ended = true;
		return true;
	}
	if (is_sign(token, '}')) /* of an outer block, or too many */
		return true;
	read_simple(reader, condition);
	return true;
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
	const Condition sure = {.is_sure = true};
	g_autoptr(GArray) tokens = NULL;
	Reader reader = {.config = config, .file = file, .includes_are_known = includes_are_known};

	if (length > WP_CONFIG_BYTES_MAX) {
		g_set_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX,
			"cannot read %s: it is larger than %d KiB, as no wp-config.php is", file,
			WP_CONFIG_BYTES_MAX / 1024);
		return false;
	}
	tokens = read_tokens(source, length, error);
	reader.tokens = tokens;
	while (tokens != NULL && read_statements(&reader, sure, 0, error)) {
		if (at_end(&reader) || reader.has_ended)
			return true;
		advance(&reader, 1); /* a '}' that nothing opened */
	}
	g_prefix_error(error, "cannot read %s: ", file);
	return false;
}

const WpConfigValue *wp_config_find(const WpConfig *config, const char *name)
{
	return g_hash_table_lookup(config->values, name);
}

unsigned wp_config_unknown_include_line(const WpConfig *config)
{
	return config->unknown_include_line;
}

const char *wp_config_host_file_prefix(const WpConfig *config)
{
	return config->host_file_prefix;
}
