/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of what was set, and the doubts about what may have been. */
#include "site/wp_config_scope.h"

#include <string.h>

#include "util/secret.h"

static void value_free(void *data)
{
	WpConfigValue *value = data;

	secret_free(value->text);
	g_free(value->why);
	secret_free(value->otherwise);
	g_free(value->file);
	g_free(value);
}

WpConfig *wp_config_new(SiteEnv *take_env)
{
	WpConfig *config = g_new0(WpConfig, 1);

	config->constants = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	config->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	config->bedrock = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	config->included = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	config->env = take_env;
	return config;
}

void wp_config_free(WpConfig *config)
{
	if (config == NULL)
		return;
	g_hash_table_destroy(config->constants);
	g_hash_table_destroy(config->variables);
	g_hash_table_destroy(config->bedrock);
	g_hash_table_destroy(config->included);
	site_env_free(config->env);
	g_free(config->host_file_prefix);
	g_free(config);
}

WpConfigValue *wp_config_value_new(
	const char *text, const char *why, const char *file, unsigned line)
{
	WpConfigValue *value = g_new0(WpConfigValue, 1);

	value->text = g_strdup(text);
	value->why = text == NULL ? g_strdup(why) : NULL;
	value->file = g_strdup(file);
	value->line = line;
	return value;
}

static void make_unsure(WpConfigValue *value, const char *why)
{
	secret_free(value->text);
	value->text = NULL;
	g_free(value->why);
	secret_free(value->otherwise);
	value->otherwise = NULL;
	value->why = g_strdup(why);
}

void wp_config_set_constant(WpConfig *config, const char *name, WpConfigValue *take_value)
{
	if (g_hash_table_contains(config->constants, name))
		value_free(take_value);
	else
		g_hash_table_insert(config->constants, g_strdup(name), take_value);
}

void wp_config_set_variable(WpConfig *config, const char *name, WpConfigValue *take_value)
{
	if (config->has_references)
		make_unsure(take_value, "is computed");
	g_hash_table_insert(config->variables, g_strdup(name), take_value);
}

static void make_all_unsure(GHashTable *values, const char *why)
{
	GHashTableIter iterator;
	gpointer value;

	g_hash_table_iter_init(&iterator, values);
	while (g_hash_table_iter_next(&iterator, NULL, &value))
		make_unsure(value, why);
}

void wp_config_doubt(WpConfig *config, const char *what, unsigned line)
{
	if (config->doubt == NULL) {
		config->doubt = what;
		config->doubt_line = line;
	}
	make_all_unsure(config->variables, "may be changed by a file that is included");
	make_all_unsure(config->bedrock, "may be changed by a file that is included");
}

void wp_config_taint(WpConfig *config, const char *name)
{
	WpConfigValue *value = g_hash_table_lookup(config->variables, name);

	if (value != NULL)
		make_unsure(value, "is computed");
	else
		wp_config_set_variable(
			config, name, wp_config_value_new(NULL, "is computed", "", 0));
}

void wp_config_taint_all(WpConfig *config)
{
	make_all_unsure(config->variables, "is computed");
	wp_config_taint(config, "$table_prefix");
}

void wp_config_apply_bedrock(WpConfig *config)
{
	GHashTableIter iterator;
	gpointer name;
	gpointer value;

	g_hash_table_iter_init(&iterator, config->bedrock);
	while (g_hash_table_iter_next(&iterator, &name, &value)) {
		WpConfigValue *taken = value;

		g_hash_table_iter_steal(&iterator);
		wp_config_set_constant(config, name, taken);
		g_free(name);
	}
}

const WpConfigValue *wp_config_find(const WpConfig *config, const char *name)
{
	return g_hash_table_lookup(name[0] == '$' ? config->variables : config->constants, name);
}

const char *wp_config_doubts(const WpConfig *config, unsigned *ret_line)
{
	*ret_line = config->doubt_line;
	return config->doubt;
}

const char *wp_config_host_file_prefix(const WpConfig *config)
{
	return config->host_file_prefix;
}

const PhpToken *wp_config_peek(const WpConfigReader *reader, guint ahead)
{
	guint last = reader->tokens->len - 1;

	return &g_array_index(reader->tokens, PhpToken, MIN(reader->position + ahead, last));
}

void wp_config_advance(WpConfigReader *reader, guint tokens)
{
	reader->position = MIN(reader->position + tokens, reader->tokens->len - 1);
}

bool wp_config_is_sign(const PhpToken *token, char sign)
{
	return token->type == PHP_TOKEN_SIGN && token->text[0] == sign;
}

bool wp_config_is_word(const PhpToken *token, const char *word)
{
	return token->type == PHP_TOKEN_WORD && g_ascii_strcasecmp(token->text, word) == 0;
}
