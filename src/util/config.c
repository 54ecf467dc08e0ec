/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the ini file through inih, whose silent cuts are refused before they happen. */
#include "util/config.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "util/secret.h"
#include "util/secret_file.h"

enum {
	/* Debian builds inih with lines of 200 bytes, the line feed and the NUL among them. */
	INIH_LINE_BYTES_MAX = 198,
	INIH_SECTION_BYTES_MAX = 49,
};

#define UTF8_BOM "\xEF\xBB\xBF"

typedef struct {
	Config *config;
	const char *path;
	FILE *file;
	char *line; /* of getline() */
	size_t line_capacity;
	unsigned line_number;
	bool holds_secrets;
	bool is_draft;            /* nothing has to be there */
	ConfigProblems *problems; /* NULL: reading stops at the first one, which becomes `error` */
	GError *error;
} ConfigReader;

static void config_reader_clear(ConfigReader *reader)
{
	if (reader->line != NULL)
		explicit_bzero(reader->line, reader->line_capacity);
	free(reader->line);
	if (reader->file != NULL)
		fclose(reader->file);
	g_clear_error(&reader->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConfigReader, config_reader_clear)

static void config_fail(ConfigReader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void config_fail(ConfigReader *reader, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	if (reader->error != NULL)
		return;
	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (reader->problems != NULL) {
		g_ptr_array_add(reader->problems->invalid,
			g_strdup_printf("%s:%u: %s", reader->path, reader->line_number, message));
		return;
	}
	g_set_error(&reader->error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "%s:%u: %s", reader->path,
		reader->line_number, message);
}

/* What inih would change without a word: it cuts long lines and section names, takes " ;" for a
 * comment, and joins an indented line to the value before it. */
static const char *line_objection(const char *line, size_t length)
{
	const char *text = line + strspn(line, " \t");

	if (strlen(line) != length)
		return "the line holds a NUL byte";
	if (length > INIH_LINE_BYTES_MAX)
		return "the line is longer than 198 bytes; put a long secret into a file of its "
		       "own and name it with KEY_file";
	if (*text == '\0' || *text == ';' || *text == '#')
		return NULL;
	if (text != line)
		return "the line begins with a blank; begin each key at the start of its line";
	if (*text == '[') {
		const char *end = strchr(text, ']');

		if (end == NULL)
			return "the section has no closing ]";
		if (end - text - 1 > INIH_SECTION_BYTES_MAX)
			return "the section's name is too long";
		if (end[1 + strspn(end + 1, " \t")] != '\0')
			return "something stands behind the closing ]; put comments on lines of "
			       "their own";
		return NULL;
	}
	if (strpbrk(text, "=:") == NULL)
		return "this is no 'key = value'";
	if (strstr(text, " ;") != NULL || strstr(text, "\t;") != NULL)
		return "the value would be cut at the blank before ';'; put comments on lines of "
		       "their own, and such a secret into a file named with KEY_file";
	return NULL;
}

/* The reader that inih calls (as fgets): hands out one line, or NULL at the end or after an error.
 */
static char *config_read_line(char *buffer, int size, void *data)
{
	ConfigReader *reader = data;
	const char *objection;
	ssize_t length;

	if (reader->error != NULL)
		return NULL;
	length = getline(&reader->line, &reader->line_capacity, reader->file);
	if (length < 0) {
		if (ferror(reader->file))
			config_fail(reader, "cannot read on: %s; name a file with -c FILE",
				g_strerror(errno));
		return NULL;
	}
	reader->line_number++;
	if (reader->line_number == 1 && g_str_has_prefix(reader->line, UTF8_BOM)) {
		length -= (ssize_t)strlen(UTF8_BOM);
		memmove(reader->line, reader->line + strlen(UTF8_BOM), (size_t)length + 1);
	}
	while (length > 0 && strchr("\r\n", reader->line[length - 1]) != NULL)
		reader->line[--length] = '\0';
	objection = line_objection(reader->line, (size_t)length);
	if (objection != NULL) {
		config_fail(reader, "%s", objection);
		reader->line[0] = '\0';
	}
	if (reader->error != NULL)
		return NULL;
	g_strlcpy(buffer, reader->line, (size_t)size);
	return buffer;
}

static void *config_field(Config *config, const ConfigKey *key)
{
	return (char *)config + key->offset;
}

static char *join_words(const char *const *words)
{
	g_autofree char *list = g_strjoinv(", ", (char **)words);

	return g_strdup_printf("one of %s", list);
}

static bool index_of_word(const char *const *words, const char *text, int *ret_index)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

static bool parse_bool(const char *text, bool *ret_value)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1", NULL};
	int index;

	if (!index_of_word(words, text, &index))
		return false;
	*ret_value = index % 2 == 1;
	return true;
}

static bool parse_switch(const char *text, int *ret_switch)
{
	bool value;

	if (g_str_equal(text, "auto")) {
		*ret_switch = CONFIG_SWITCH_AUTO;
		return true;
	}
	if (!parse_bool(text, &value))
		return false;
	*ret_switch = value ? CONFIG_SWITCH_YES : CONFIG_SWITCH_NO;
	return true;
}

static char **parse_list(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, ", \t", -1);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (size_t i = 0; words[i] != NULL; i++) {
		if (words[i][0] != '\0')
			g_strv_builder_add(list, words[i]);
	}
	return g_strv_builder_end(list);
}

static void replace_string(char **field, const char *text)
{
	secret_free(*field);
	*field = g_strdup(text);
}

/* Puts a value into its field. Returns NULL, or what the value should have been; caller frees. */
static char *config_assign(Config *config, const ConfigKey *key, const char *text)
{
	void *field = config_field(config, key);
	gint64 number;
	int index;

	switch (key->type) {
	case CONFIG_STRING:
		if (key->choices != NULL && !index_of_word(key->choices, text, &index))
			return join_words(key->choices);
		replace_string(field, text);
		return NULL;
	case CONFIG_INT_OR_ALL:
		if (strcmp(text, "all") == 0) {
			*(int *)field = 0;
			return NULL;
		}
		if (g_ascii_string_to_signed(text, 10, key->minimum, key->maximum, &number, NULL)) {
			*(int *)field = (int)number;
			return NULL;
		}
		return g_strdup_printf(
			"a number from %d to %d, or all", key->minimum, key->maximum);
	case CONFIG_INT:
		if (!g_ascii_string_to_signed(text, 10, key->minimum, key->maximum, &number, NULL))
			return g_strdup_printf(
				"a number from %d to %d", key->minimum, key->maximum);
		*(int *)field = (int)number;
		return NULL;
	case CONFIG_BOOL:
		return parse_bool(text, field) ? NULL : g_strdup("yes or no");
	case CONFIG_BOOL_OR_AUTO:
		return parse_switch(text, field) ? NULL : g_strdup("auto, yes or no");
	case CONFIG_CHOICE:
		if (!index_of_word(key->choices, text, &index))
			return join_words(key->choices);
		*(int *)field = index;
		return NULL;
	case CONFIG_LIST:
		g_strfreev(*(char ***)field);
		*(char ***)field = parse_list(text);
		return NULL;
	}
	g_assert_not_reached();
}

static void report_unknown(ConfigReader *reader, const char *section, const char *name)
{
	g_autofree char *names = config_key_names(section);
	g_autofree char *sections = config_section_names();

	if (section[0] == '\0')
		config_fail(reader,
			"%s stands before the first section; put it below [database] or "
			"another one",
			name);
	else if (names[0] == '\0')
		config_fail(reader, "unknown section [%s]; there are %s", section, sections);
	else
		config_fail(reader, "unknown key %s in [%s]; it knows %s", name, section, names);
}

/* A secret from a file of its own; caller frees. */
static char *read_secret(ConfigReader *reader, const char *name, const char *value)
{
	g_autofree char *path = secret_path(value);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) exposed = NULL;
	char *secret = secret_file_read(path, reader->problems != NULL ? &exposed : NULL, &error);

	if (reader->problems != NULL)
		g_ptr_array_add(reader->problems->files, g_strdup(path));
	if (exposed != NULL)
		g_ptr_array_add(reader->problems->exposed, g_strdup(exposed->message));
	if (secret == NULL)
		config_fail(reader, "%s: %s", name, error->message);
	return secret;
}

/* Called by inih for each key. Returning 1 goes on; the first error stops the reader. */
static int config_handle(void *data, const char *section, const char *name, const char *value)
{
	ConfigReader *reader = data;
	g_auto(Secret) secret = NULL;
	g_autofree char *wanted = NULL;
	bool is_file = false;
	const ConfigKey *key = config_key_find(section, name, &is_file);

	if (reader->error != NULL)
		return 1;
	if (key == NULL) {
		report_unknown(reader, section, name);
		return 1;
	}
	if (!g_hash_table_add(
		    reader->config->given, g_strdup_printf("%s.%s", key->section, key->name))) {
		config_fail(reader, "%s is given twice in [%s]; keep one", key->name, section);
		return 1;
	}
	if (is_file) {
		secret = read_secret(reader, name, value);
		if (secret == NULL)
			return 1;
	} else if ((key->flags & CONFIG_SECRET) != 0 && value[0] != '\0') {
		reader->holds_secrets = true;
	}
	wanted = config_assign(reader->config, key, is_file ? secret : value);
	if (wanted != NULL)
		config_fail(reader, "%s in [%s] is '%s', which is not %s", name, section, value,
			wanted);
	return 1;
}

Config *config_new_default(void)
{
	Config *config = g_new0(Config, 1);

	config->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		g_autofree char *wanted = config_assign(config, key, key->default_text);

		g_assert(wanted == NULL);
	}
	return config;
}

bool config_check(Config *config, const char *path, GError **error)
{
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		if ((key->flags & CONFIG_REQUIRED) == 0)
			continue;
		if (**(char **)config_field(config, key) != '\0' ||
			(config->has_no_auth_key && strcmp(key->name, "auth_key") == 0))
			continue;
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s: %s is missing in [%s] (%s)", path, key->name, key->section, key->help);
		return false;
	}
	if (strspn(config->wordpress_table_prefix, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") !=
		strlen(config->wordpress_table_prefix)) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s: table_prefix in [wordpress] may hold letters, digits and _ only",
			path);
		return false;
	}
	return true;
}

bool config_is_given(const Config *config, const char *section, const char *name)
{
	g_autofree char *full_name = g_strdup_printf("%s.%s", section, name);
	bool is_file = false;
	const ConfigKey *key = config_key_find(section, name, &is_file);

	g_assert(key != NULL && !is_file);
	if (!g_hash_table_contains(config->given, full_name))
		return false;
	return (key->flags & CONFIG_REQUIRED) == 0 ||
	       (*(char *const *)(const void *)((const char *)config + key->offset))[0] != '\0';
}

bool config_set(
	Config *config, const char *section, const char *name, const char *text, GError **error)
{
	bool is_file = false;
	const ConfigKey *key = config_key_find(section, name, &is_file);
	g_autofree char *wanted = NULL;

	g_assert(key != NULL && !is_file);
	wanted = config_assign(config, key, text);
	if (wanted == NULL) {
		g_hash_table_add(config->given, g_strdup_printf("%s.%s", section, name));
		return true;
	}
	/* No secret is ever refused: these are plain strings. */
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"%s in [%s] would be '%s', which is not %s", name, section, text, wanted);
	return false;
}

/* An error of the whole file: the caller's, or one more problem. */
static bool note_problem(
	GPtrArray *problems, const char *prefix, GError *take_problem, GError **error)
{
	if (problems == NULL) {
		g_propagate_prefixed_error(error, take_problem, "%s", prefix);
		return false;
	}
	g_ptr_array_add(problems, g_strconcat(prefix, take_problem->message, NULL));
	g_error_free(take_problem);
	return true;
}

/* What can only be told once all lines were read. */
static bool check_whole(ConfigReader *reader, ConfigCompleter complete, GError **error)
{
	const ConfigProblems *problems = reader->problems;
	GPtrArray *invalid = problems != NULL ? problems->invalid : NULL;
	g_autofree char *prefix = g_strconcat(reader->path, ": ", NULL);
	GError *problem = NULL;

	if (!secret_file_check_writers(fileno(reader->file), reader->path, &problem) &&
		!note_problem(problems != NULL ? problems->exposed : NULL, "", problem, error))
		return false;
	problem = NULL;
	if (reader->holds_secrets &&
		!secret_file_check(fileno(reader->file), reader->path, "holds secrets", &problem) &&
		!note_problem(problems != NULL ? problems->exposed : NULL, "", problem, error))
		return false;
	problem = NULL;
	if (complete != NULL && !complete(reader->config, &problem) &&
		!note_problem(invalid, prefix, problem, error))
		return false;
	/* What is missing is most often what could not be read. */
	if (reader->is_draft || (invalid != NULL && invalid->len > 0))
		return true;
	problem = NULL;
	return config_check(reader->config, reader->path, &problem) ||
	       note_problem(invalid, "", problem, error);
}

static void set_open_error(const char *path, int code, GError **error)
{
	const char *remedy = "name another with -c FILE";

	if (code == ENOENT)
		remedy = "make it with prm-calendar init --wp-config=PATH, or name another with -c "
			 "FILE";
	else if (code == EACCES)
		remedy = "run this as root or as the user prm-calendar, or name another with -c "
			 "FILE";
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		"cannot read the configuration %s: %s; %s", path, g_strerror(code), remedy);
}

static Config *read_file(const char *path, ConfigCompleter complete, ConfigProblems *problems,
	bool is_draft, GError **error)
{
	g_autoptr(Config) config = config_new_default();
	g_auto(ConfigReader) reader = {
		.config = config,
		.path = path,
		.file = fopen(path, "re"),
		.problems = problems,
		.is_draft = is_draft,
	};

	if (reader.file == NULL) {
		set_open_error(path, errno, error);
		return NULL;
	}
	if (problems != NULL)
		g_ptr_array_add(problems->files, g_strdup(path));
	ini_parse_stream(config_read_line, &reader, config_handle, &reader);
	if (reader.error != NULL) {
		g_propagate_error(error, g_steal_pointer(&reader.error));
		return NULL;
	}
	if (!check_whole(&reader, complete, error))
		return NULL;
	return g_steal_pointer(&config);
}

static Config *load(
	const char *path, ConfigCompleter complete, ConfigProblems *problems, GError **error)
{
	return read_file(path, complete, problems, false, error);
}

/* A required key that is there without a value, as in the sample, is one to be filled in. */
static void forget_empty_keys(Config *config)
{
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		g_autofree char *name = g_strdup_printf("%s.%s", key->section, key->name);

		if ((key->flags & CONFIG_REQUIRED) != 0 &&
			**(char **)config_field(config, key) == '\0')
			g_hash_table_remove(config->given, name);
	}
}

Config *config_load_draft(const char *path, GError **error)
{
	Config *config = read_file(path, NULL, NULL, true, error);

	if (config != NULL)
		forget_empty_keys(config);
	return config;
}

Config *config_load(const char *path, GError **error)
{
	return load(path, NULL, NULL, error);
}

Config *config_load_completed(const char *path, ConfigCompleter complete, GError **error)
{
	return load(path, complete, NULL, error);
}

void config_problems_init(ConfigProblems *problems)
{
	problems->invalid = g_ptr_array_new_with_free_func(g_free);
	problems->exposed = g_ptr_array_new_with_free_func(g_free);
	problems->files = g_ptr_array_new_with_free_func(g_free);
}

void config_problems_clear(ConfigProblems *problems)
{
	g_clear_pointer(&problems->invalid, g_ptr_array_unref);
	g_clear_pointer(&problems->exposed, g_ptr_array_unref);
	g_clear_pointer(&problems->files, g_ptr_array_unref);
}

Config *config_examine(
	const char *path, ConfigCompleter complete, ConfigProblems *problems, GError **error)
{
	return load(path, complete, problems, error);
}

void config_free(Config *config)
{
	if (config == NULL)
		return;
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		void *field = config_field(config, key);

		if (key->type == CONFIG_STRING)
			secret_free(*(char **)field);
		else if (key->type == CONFIG_LIST)
			g_strfreev(*(char ***)field);
	}
	secret_free(config->changed_auth_key);
	g_hash_table_unref(config->given);
	g_free(config);
}
