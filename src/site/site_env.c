/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and values, and whether they are all that there are. */
#include "site/site_env.h"

#include <string.h>

#include "util/config.h"
#include "util/secret.h"

#define DOCKER_PREFIX "WORDPRESS_DB_" /* of the names that WordPress's official image knows */

struct SiteEnv {
	GHashTable *values; /* by name; NULL: set to what nobody here knows */
	bool is_whole;      /* what is not among them is not set */
};

static void value_free(void *value)
{
	secret_free(value);
}

SiteEnv *site_env_new(void)
{
	SiteEnv *env = g_new0(SiteEnv, 1);

	env->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	return env;
}

void site_env_free(SiteEnv *env)
{
	if (env == NULL)
		return;
	g_hash_table_destroy(env->values);
	g_free(env);
}

void site_env_set(SiteEnv *env, const char *name, const char *value)
{
	g_hash_table_insert(env->values, g_strdup(name), g_strdup(value));
}

void site_env_add_process(SiteEnv *env)
{
	g_auto(GStrv) names = g_listenv();

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (g_str_has_prefix(names[i], DOCKER_PREFIX))
			env->is_whole = true;
		if (g_hash_table_lookup(env->values, names[i]) == NULL)
			site_env_set(env, names[i], g_getenv(names[i]));
	}
}

void site_env_set_whole(SiteEnv *env)
{
	env->is_whole = true;
}

const char *site_env_get(const SiteEnv *env, const char *name, bool *ret_is_unset)
{
	void *value = NULL;
	bool is_known =
		env != NULL && g_hash_table_lookup_extended(env->values, name, NULL, &value);

	*ret_is_unset = !is_known && env != NULL && env->is_whole;
	return value;
}

/* One `.env` while it is read. */
typedef struct {
	SiteEnv *env;
	const char *at;
	unsigned line;
	bool overrides;
	bool is_unknown; /* the value that is read names a variable that is not known */
} EnvReader;

static void skip_blanks(EnvReader *reader)
{
	reader->at += strspn(reader->at, " \t");
}

static void skip_line(EnvReader *reader)
{
	reader->at += strcspn(reader->at, "\n");
}

/* "${NAME}"; anything else that begins with a $ is itself. */
static void read_reference(EnvReader *reader, GString *value)
{
	const char *end = reader->at[1] == '{' ? strchr(reader->at, '}') : NULL;
	g_autofree char *name = NULL;
	const char *known;
	bool is_unset;

	if (end == NULL) {
		g_string_append_c(value, *reader->at++);
		return;
	}
	name = g_strndup(reader->at + 2, (size_t)(end - reader->at - 2));
	known = site_env_get(reader->env, name, &is_unset);
	if (known != NULL)
		g_string_append(value, known);
	else
		reader->is_unknown = true;
	reader->at = end + 1;
}

static void read_escape(EnvReader *reader, GString *value)
{
	static const char letters[] = "nrtvf\"\\$'";
	static const char values[] = "\n\r\t\v\f\"\\$'";
	const char *letter = reader->at[1] == '\0' ? NULL : strchr(letters, reader->at[1]);

	if (letter == NULL) {
		g_string_append_c(value, *reader->at++);
		return;
	}
	g_string_append_c(value, values[letter - letters]);
	reader->at += 2;
}

/* Over lines, too; false where the quote is never closed. */
static bool read_quoted(EnvReader *reader, GString *value)
{
	char quote = *reader->at++;

	while (*reader->at != '\0' && *reader->at != quote) {
		reader->line += *reader->at == '\n';
		if (quote == '"' && *reader->at == '\\')
			read_escape(reader, value);
		else if (quote == '"' && *reader->at == '$')
			read_reference(reader, value);
		else
			g_string_append_c(value, *reader->at++);
	}
	if (*reader->at == '\0')
		return false;
	reader->at++;
	return true;
}

/* To the end of the line, or to a comment, which a blank comes before. */
static void read_bare(EnvReader *reader, GString *value)
{
	while (*reader->at != '\0' && strchr("\r\n", *reader->at) == NULL) {
		if (*reader->at == '#' && (value->len == 0 || g_ascii_isspace(reader->at[-1])))
			break;
		if (*reader->at == '$')
			read_reference(reader, value);
		else
			g_string_append_c(value, *reader->at++);
	}
	while (value->len > 0 && g_ascii_isspace(value->str[value->len - 1]))
		g_string_truncate(value, value->len - 1);
}

/* NULL: a value that is not known, in place of any that is. */
static void take_value(const EnvReader *reader, const char *name, const char *value)
{
	bool is_known = g_hash_table_contains(reader->env->values, name);

	if (!is_known || reader->overrides)
		site_env_set(reader->env, name, value);
}

static bool read_assignment(EnvReader *reader)
{
	static const char characters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.";
	g_autofree char *name = NULL;
	GString *value;
	bool ok = true;

	if (g_str_has_prefix(reader->at, "export ")) {
		reader->at += strlen("export ");
		skip_blanks(reader);
	}
	name = g_strndup(reader->at, strspn(reader->at, characters));
	reader->at += strlen(name);
	skip_blanks(reader);
	if (name[0] == '\0')
		return false;
	if (*reader->at != '=') { /* docker takes a bare name from the environment around it */
		take_value(reader, name, NULL);
		skip_line(reader);
		return true;
	}
	reader->at++;
	skip_blanks(reader);
	reader->is_unknown = false;
	value = g_string_new(NULL);
	if (*reader->at == '\'' || *reader->at == '"')
		ok = read_quoted(reader, value);
	else
		read_bare(reader, value);
	if (ok)
		take_value(reader, name, reader->is_unknown ? NULL : value->str);
	explicit_bzero(value->str, value->len);
	g_string_free(value, TRUE);
	skip_line(reader);
	return ok;
}

bool site_env_add_text(
	SiteEnv *env, const char *file, const char *text, bool overrides, GError **error)
{
	EnvReader reader = {.env = env, .at = text, .line = 1, .overrides = overrides};

	if (g_str_has_prefix(text, "\xEF\xBB\xBF"))
		reader.at += strlen("\xEF\xBB\xBF");
	while (*reader.at != '\0') {
		unsigned line = reader.line;

		reader.at += strspn(reader.at, " \t\r");
		if (*reader.at == '#')
			skip_line(&reader);
		else if (*reader.at != '\n' && *reader.at != '\0' && !read_assignment(&reader)) {
			g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
				"%s:%u: this is no NAME=value, or its quote is never closed; write "
				"one variable a line",
				file, line);
			return false;
		}
		if (*reader.at == '\n') {
			reader.at++;
			reader.line++;
		}
	}
	return true;
}
