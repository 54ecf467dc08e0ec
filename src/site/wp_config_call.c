/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions by their name; each takes arguments that were evaluated already. */
#include "site/wp_config_call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "site/wp_config_file.h"
#include "util/secret.h"

#define IS_COMPUTED "is computed"
#define TRIMMED " \n\r\t\v" /* by PHP's trim(), beside NUL */

typedef struct {
	const WpConfigReader *reader;
	Operand *arguments;
	size_t count;
	Operand *out;
} Call;

/* PHP's dirname() of a path that begins with a slash. Caller frees. */
static char *folder_of(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	return length == 0 ? g_strdup(".") : g_strndup(path, length);
}

static bool call_dirname(Call *call)
{
	const Operand *path = &call->arguments[0];
	g_autofree char *folder = g_strdup(path->text);
	guint64 levels = 1;

	if (call->count == 2 && (call->arguments[1].type != OPERAND_INT ||
					!g_ascii_string_to_unsigned(call->arguments[1].text, 10, 1,
						100, &levels, NULL)))
		return false;
	if (call->count > 2 || folder == NULL || folder[0] != '/') {
		operand_set_unknown(call->out, path->why != NULL ? path->why : IS_COMPUTED);
		return true;
	}
	for (guint64 i = 0; i < levels; i++) {
		char *parent = folder_of(folder);

		g_free(folder);
		folder = parent;
	}
	operand_set(call->out, OPERAND_STRING, folder);
	call->out->is_beside = path->is_beside;
	return true;
}

static bool call_realpath(Call *call)
{
	const char *path = call->arguments[0].text;
	char *real =
		call->count == 1 && path != NULL && path[0] == '/' ? realpath(path, NULL) : NULL;

	if (real == NULL) {
		operand_set_unknown(call->out, IS_COMPUTED);
		return true;
	}
	operand_set(call->out, OPERAND_STRING, real);
	call->out->is_beside = call->arguments[0].is_beside;
	free(real);
	return true;
}

/* That a file is not there is only known beside a wp-config.php that is in its place: elsewhere the
 * site's PHP may have other files than this host. */
static bool call_file_exists(Call *call)
{
	const Operand *path = &call->arguments[0];
	struct stat status;

	if (call->count != 1 || path->text == NULL || path->text[0] != '/')
		operand_set_truth(call->out, TRUTH_MAYBE);
	else if (stat(path->text, &status) == 0)
		operand_set_truth(call->out, TRUTH_YES);
	else
		operand_set_truth(
			call->out, errno == ENOENT && path->is_beside && call->reader->is_in_place
					   ? TRUTH_NO
					   : TRUTH_MAYBE);
	return true;
}

/* A secret of Docker's, or the like. */
static void set_contents(Operand *out, const char *path)
{
	g_autoptr(WpConfigText) text =
		path != NULL && path[0] == '/' && g_file_test(path, G_FILE_TEST_IS_REGULAR)
			? wp_config_file_read(path, NULL)
			: NULL;

	if (text == NULL || strlen(text->str) != text->len)
		operand_set_unknown(out, "is in a file that cannot be read here");
	else
		operand_set(out, OPERAND_STRING, text->str);
}

static bool call_file_get_contents(Call *call)
{
	if (call->count != 1)
		return false;
	set_contents(call->out, call->arguments[0].text);
	return true;
}

/* trim(), rtrim(), ltrim(); ".." is a range. */
static bool trim_sides(Call *call, bool left, bool right)
{
	const char *characters = call->count == 2 ? call->arguments[1].text : TRIMMED;
	const char *text = call->arguments[0].text;
	g_auto(Secret) trimmed = NULL;
	size_t length;

	if (call->count > 2 || text == NULL || characters == NULL ||
		strstr(characters, "..") != NULL) {
		operand_set_unknown(call->out,
			call->arguments[0].why != NULL ? call->arguments[0].why : IS_COMPUTED);
		return true;
	}
	if (left)
		text += strspn(text, characters);
	length = strlen(text);
	while (right && length > 0 && strchr(characters, text[length - 1]) != NULL)
		length--;
	trimmed = g_strndup(text, length);
	operand_set(call->out, OPERAND_STRING, trimmed);
	return true;
}

static bool call_trim(Call *call)
{
	return trim_sides(call, true, true);
}

static bool call_rtrim(Call *call)
{
	return trim_sides(call, false, true);
}

static bool call_ltrim(Call *call)
{
	return trim_sides(call, true, false);
}

/* getenv( 'X' ), and getenv( 'X', true ). */
static bool call_getenv(Call *call)
{
	if (call->arguments[0].type != OPERAND_STRING || call->count > 2)
		return false;
	operand_set_env(
		call->out, call->reader->config->env, call->arguments[0].text, OPERAND_BOOL);
	return true;
}

static void cut_line_ends(char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	while (length > 0 && strchr("\r\n", text[length - 1]) != NULL)
		text[--length] = '\0';
}

/* As WordPress's official image has it: the file that X_FILE names, without its last line ends,
 * else X, else the default. */
static bool call_getenv_docker(Call *call)
{
	const SiteEnv *env = call->reader->config->env;
	const char *name = call->arguments[0].text;
	bool has_no_file = false;
	bool is_unset = false;
	const char *path;
	g_autofree char *file_name = NULL;

	if (call->count != 2 || call->arguments[0].type != OPERAND_STRING)
		return false;
	file_name = g_strconcat(name, "_FILE", NULL);
	path = site_env_get(env, file_name, &has_no_file);
	if (path != NULL && path[0] != '\0' && strcmp(path, "0") != 0) {
		set_contents(call->out, path);
		cut_line_ends(call->out->text);
		return true;
	}
	operand_set_env(call->out, env, name, OPERAND_BOOL);
	site_env_get(env, name, &is_unset);
	if (is_unset)
		operand_move(call->out, &call->arguments[1]);
	else if (call->out->text == NULL)
		call->out->otherwise = g_strdup(call->arguments[1].text);
	return true;
}

static bool is_all_digits(const char *text)
{
	return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* Env\Env::convert() of oscarotero/env, with the options that are usual. */
static void convert_env(Operand *out)
{
	size_t length = strlen(out->text);
	bool is_quoted = length >= 2 && (out->text[0] == '"' || out->text[0] == '\'') &&
			 out->text[length - 1] == out->text[0];
	g_auto(Secret) inner = NULL;

	if (g_ascii_strcasecmp(out->text, "true") == 0) {
		operand_set(out, OPERAND_BOOL, "1");
	} else if (g_ascii_strcasecmp(out->text, "false") == 0) {
		operand_set(out, OPERAND_BOOL, "");
	} else if (g_ascii_strcasecmp(out->text, "null") == 0) {
		operand_set(out, OPERAND_NULL, "");
	} else if (is_all_digits(out->text)) {
		guint64 number;

		if (!g_ascii_string_to_unsigned(out->text, 10, 0, G_MAXINT64, &number, NULL)) {
			operand_set_unknown(out, IS_COMPUTED);
			return;
		}
		inner = g_strdup_printf("%" G_GUINT64_FORMAT, number);
		operand_set(out, OPERAND_INT, inner);
	} else if (is_quoted) {
		inner = g_strndup(out->text + 1, length - 2);
		operand_set(out, OPERAND_STRING, inner);
	}
}

static bool call_env(Call *call)
{
	if (call->arguments[0].type != OPERAND_STRING || call->count != 1)
		return false;
	operand_set_env(
		call->out, call->reader->config->env, call->arguments[0].text, OPERAND_NULL);
	if (call->out->type == OPERAND_STRING)
		convert_env(call->out);
	return true;
}

static const struct {
	const char *name;
	bool (*run)(Call *call);
} functions[] = {
	{"dirname", call_dirname},
	{"realpath", call_realpath},
	{"file_exists", call_file_exists},
	{"is_file", call_file_exists},
	{"is_readable", call_file_exists},
	{"file_get_contents", call_file_get_contents},
	{"trim", call_trim},
	{"rtrim", call_rtrim},
	{"ltrim", call_ltrim},
	{"getenv", call_getenv},
	{"getenv_docker", call_getenv_docker},
	{"env", call_env},
};

static bool (*find_function(const char *name))(Call *call)
{
	for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
		if (g_ascii_strcasecmp(functions[i].name, name) == 0)
			return functions[i].run;
	}
	return NULL;
}

bool wp_config_call_is_known(const WpConfigReader *reader, const char *name)
{
	bool (*run)(Call *) = find_function(name);

	if (run == call_env)
		return reader->has_env;
	if (run == call_getenv_docker)
		return reader->has_docker;
	return run != NULL;
}

bool wp_config_call(WpConfigReader *reader, const char *name, Operand *arguments, size_t count,
	Operand *ret_operand)
{
	Call call = {reader, arguments, count, ret_operand};

	return count > 0 && find_function(name)(&call);
}
