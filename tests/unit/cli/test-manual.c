/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manual and --help say what the tables of commands, options and keys say, no more and no less.
 */
#include <glib.h>
#include <string.h>

#include "cli/commands.h"
#include "util/config.h"

#define COMMANDS_PAGE "packaging/man/prm-calendar.1"
#define KEYS_PAGE "packaging/man/prm-calendar.ini.5"

/* The lines of one page; make check runs the tests in the top folder. */
static char **page_lines(const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return g_strsplit(text, "\n", -1);
}

/* The lines from `heading` to the next heading that begin with `macro`; NULL when the page has no
 * such heading. */
static GPtrArray *section_lines(char **lines, const char *heading, const char *macro)
{
	GPtrArray *found = NULL;

	for (; *lines != NULL; lines++) {
		if (g_str_has_prefix(*lines, ".Sh ") || g_str_has_prefix(*lines, ".Ss ")) {
			if (found != NULL)
				break;
			if (g_str_equal(*lines, heading))
				found = g_ptr_array_new();
		} else if (found != NULL && g_str_has_prefix(*lines, macro)) {
			g_ptr_array_add(found, *lines);
		}
	}
	return found;
}

static bool lines_hold(const GPtrArray *lines, const char *line)
{
	for (guint i = 0; i < lines->len; i++) {
		if (g_str_equal(lines->pdata[i], line))
			return true;
	}
	return false;
}

/* Both ways, and every difference is shown before the test fails. */
static void compare_items(
	const char *path, const char *heading, const GPtrArray *expected, const GPtrArray *found)
{
	for (guint i = 0; i < expected->len; i++) {
		if (found == NULL || !lines_hold(found, expected->pdata[i])) {
			g_test_message("%s lacks, below '%s', the line '%s' and what it means",
				path, heading, (const char *)expected->pdata[i]);
			g_test_fail();
		}
	}
	for (guint i = 0; found != NULL && i < found->len; i++) {
		if (!lines_hold(expected, found->pdata[i])) {
			g_test_message("%s has, below '%s', the line '%s', which no table knows",
				path, heading, (const char *)found->pdata[i]);
			g_test_fail();
		}
	}
}

/* `.It Fl c , Fl -config Ns = Ns Ar FILE` */
static char *option_item(const CliOption *option)
{
	g_autofree char *letter = option->short_name != 0
					  ? g_strdup_printf("Fl %c , ", option->short_name)
					  : g_strdup("");

	return g_strdup_printf(".It %sFl -%s%s%s", letter, option->name,
		option->argument != NULL ? " Ns = Ns Ar " : "",
		option->argument != NULL ? option->argument : "");
}

static void compare_options(char **lines, const char *heading, const CliOption *table)
{
	g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) found = section_lines(lines, heading, ".It Fl ");

	for (; table->name != NULL; table++)
		g_ptr_array_add(expected, option_item(table));
	compare_items(COMMANDS_PAGE, heading, expected, found);
}

/* `.D1 Nm Cm log Oo Ar option ... Oc Op Ar EVENT_ID` */
static char *command_usage(const Command *command)
{
	GString *usage = g_string_new(NULL);
	g_auto(GStrv) arguments = g_strsplit(command->arguments, " ", -1);

	g_string_append_printf(usage, ".D1 Nm Cm %s Oo Ar option ... Oc", command->name);
	for (char **argument = arguments; *argument != NULL; argument++) {
		bool optional = (*argument)[0] == '[';

		g_string_append_printf(
			usage, optional ? " Op Ar %s" : " Ar %s", *argument + (optional ? 1 : 0));
	}
	g_string_replace(usage, "]", "", 0);
	g_string_replace(usage, "…", " ...", 0);
	return g_string_free(usage, FALSE);
}

static void test_options(void)
{
	g_auto(GStrv) lines = page_lines(COMMANDS_PAGE);

	compare_options(lines, ".Sh OPTIONS", cli_global_options());
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		g_autofree char *heading = g_strconcat(".Ss ", (*command)->name, NULL);

		compare_options(lines, heading, (*command)->options);
	}
}

static void test_commands(void)
{
	g_auto(GStrv) lines = page_lines(COMMANDS_PAGE);
	g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		g_ptr_array_add(expected, g_strconcat(".Ss ", (*command)->name, NULL));
		g_ptr_array_add(expected, command_usage(*command));
	}
	for (char **line = lines; *line != NULL; line++) {
		if (g_str_has_prefix(*line, ".Ss ") || g_str_has_prefix(*line, ".D1 Nm Cm "))
			g_ptr_array_add(found, *line);
	}
	compare_items(COMMANDS_PAGE, ".Sh COMMANDS", expected, found);
}

static void expect_in_help(const char *help, const char *command, const CliOption *table)
{
	for (; table->name != NULL; table++) {
		g_autofree char *spelled = g_strconcat("--", table->name, NULL);

		if (strstr(help, spelled) == NULL || strstr(help, table->help) == NULL) {
			g_test_message("prm-calendar %s --help lacks %s", command, spelled);
			g_test_fail();
		}
	}
}

static void test_help(void)
{
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		g_autofree char *help = cli_command_help(*command);

		expect_in_help(help, (*command)->name, (*command)->options);
		expect_in_help(help, (*command)->name, cli_global_options());
		if (strstr((*command)->details, "Example") == NULL) {
			g_test_message("prm-calendar %s --help shows no example", (*command)->name);
			g_test_fail();
		}
	}
}

/* `.It Cm password , password_file No =`, `.It Cm port No = Ar 3306` */
static char *key_item(const ConfigKey *key)
{
	GString *item = g_string_new(".It Cm ");

	g_string_append(item, key->name);
	if ((key->flags & CONFIG_SECRET) != 0)
		g_string_append_printf(item, " , %s_file", key->name);
	g_string_append(item, " No =");
	if (key->default_text[0] != '\0')
		g_string_append_printf(item, " Ar %s", key->default_text);
	return g_string_free(item, FALSE);
}

static void test_keys(void)
{
	g_auto(GStrv) lines = page_lines(KEYS_PAGE);
	const ConfigKey *key = config_keys();

	while (key->section != NULL) {
		const char *section = key->section;
		g_autofree char *heading = g_strdup_printf(".Ss Section %s", section);
		g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
		g_autoptr(GPtrArray) found = section_lines(lines, heading, ".It Cm ");

		while (key->section != NULL && strcmp(key->section, section) == 0) {
			g_ptr_array_add(expected, key_item(key));
			key++;
		}
		compare_items(KEYS_PAGE, heading, expected, found);
	}
}

static void test_sections(void)
{
	g_auto(GStrv) lines = page_lines(KEYS_PAGE);
	g_autoptr(GPtrArray) expected = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	for (const ConfigKey *key = config_keys(); key->section != NULL; key++)
		g_ptr_array_add(expected, g_strdup_printf(".Ss Section %s", key->section));
	for (char **line = lines; *line != NULL; line++) {
		if (g_str_has_prefix(*line, ".Ss Section "))
			g_ptr_array_add(found, *line);
	}
	compare_items(KEYS_PAGE, ".Sh DESCRIPTION", expected, found);
}

/* The words that a key may have stand in the manual as `.Ql word`, below the key. */
static void test_choices(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_file_get_contents(KEYS_PAGE, &text, NULL, &error);
	g_assert_no_error(error);
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		g_autofree char *item = key_item(key);
		const char *start = strstr(text, item);
		const char *end = start != NULL ? strstr(start + 1, "\n.It ") : NULL;
		g_autofree char *body = NULL;

		if (key->choices == NULL || start == NULL)
			continue;
		body = end != NULL ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
		for (const char *const *word = key->choices; *word != NULL; word++) {
			g_autofree char *quoted = g_strdup_printf(".Ql %s", *word);

			if (strstr(body, quoted) == NULL) {
				g_test_message("%s lacks, below '%s', the word '%s'", KEYS_PAGE,
					item, quoted);
				g_test_fail();
			}
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/manual/has-every-command", test_commands);
	g_test_add_func("/cli/manual/has-every-option", test_options);
	g_test_add_func("/cli/manual/has-every-section-of-the-ini", test_sections);
	g_test_add_func("/cli/manual/has-every-key-and-default", test_keys);
	g_test_add_func("/cli/manual/has-every-word-of-a-choice", test_choices);
	g_test_add_func("/cli/manual/help-has-every-option-and-an-example", test_help);
	return g_test_run();
}
