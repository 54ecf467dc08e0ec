/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "cli/commands.h"

static const Command *command_named(const char *name)
{
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
	}
	g_assert_not_reached();
}

static bool parse(CliOptions *ret_options, const char *command, const char *line, GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	int count = line[0] == '\0' ? 0 : (int)g_strv_length(words);

	return cli_options_parse(ret_options, command_named(command), count, words, error);
}

static void test_values_arrive(void)
{
	g_auto(CliOptions) options = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(
		parse(&options, "sync", "--user=anna --dry-run -c /tmp/x.ini --json", &error));
	g_assert_cmpstr(options.user, ==, "anna");
	g_assert_cmpstr(options.config_path, ==, "/tmp/x.ini");
	g_assert_true(options.dry_run);
	g_assert_true(options.json);
	g_assert_false(options.all);
	g_assert_cmpint(options.limit, ==, -1);
	g_assert_null(options.arguments[0]);
}

static const struct {
	const char *name;
	const char *command;
	const char *line;
	const char *word; /* that the message must hold */
} refusals[] = {
	{"unknown-option", "sync", "--everyone", "--everyone"},
	{"option-of-another-command", "rematch", "--limit=3", "--limit"},
	{"not-a-number", "log", "--limit=many", "many"},
	{"surplus-argument", "status", "now", "'now'"},
	{"init-without-path", "init", "--wp-config", "--wp-config"},
	{"second-argument", "log", "12 13", "'13'"},
};

static void test_refused(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_auto(CliOptions) options = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(parse(&options, refusals[i].command, refusals[i].line, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, refusals[i].word));
}

static void test_help_shows_every_option_and_an_example(void)
{
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		g_autofree char *help = cli_command_help(*command);
		g_autofree char *example =
			g_strdup_printf("Example: prm-calendar %s", (*command)->name);

		g_assert_nonnull(strstr(help, example));
		for (const CliOption *option = (*command)->options; option->name != NULL;
			option++) {
			g_autofree char *name = g_strdup_printf("--%s", option->name);

			g_assert_nonnull(strstr(help, name));
		}
		g_assert_nonnull(strstr(help, "--json"));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/options/values-arrive", test_values_arrive);
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree char *path =
			g_strconcat("/cli/options/refused/", refusals[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
	}
	g_test_add_func("/cli/options/help", test_help_shows_every_option_and_an_example);
	return g_test_run();
}
