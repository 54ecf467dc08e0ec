/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns option tables into GLib's and back into one struct. */
#include "cli/options.h"

#include <string.h>

#define FIELD(member) offsetof(CliOptions, member)

static const CliOption global_options[] = {
	{"config", 'c', CLI_OPTION_TEXT, FIELD(config_path), "FILE",
		"configuration (default: /etc/prm-calendar/prm-calendar.ini)"},
	{"json", 0, CLI_OPTION_FLAG, FIELD(json), NULL, "print one JSON object instead of text"},
	{"quiet", 'q', CLI_OPTION_FLAG, FIELD(quiet), NULL, "print errors only"},
	{"verbose", 'v', CLI_OPTION_FLAG, FIELD(verbose), NULL, "say more about what is done"},
	{"help", 'h', CLI_OPTION_FLAG, FIELD(help), NULL, "show this help"},
	{"version", 0, CLI_OPTION_FLAG, FIELD(version), NULL, "show the version"},
	{0},
};

const CliOption *cli_global_options(void)
{
	return global_options;
}

static GOptionEntry entry_of(const CliOption *option, CliOptions *options)
{
	static const GOptionArg types[] = {
		[CLI_OPTION_FLAG] = G_OPTION_ARG_NONE,
		[CLI_OPTION_TEXT] = G_OPTION_ARG_STRING,
		[CLI_OPTION_NUMBER] = G_OPTION_ARG_INT,
		[CLI_OPTION_TEXTS] = G_OPTION_ARG_STRING_ARRAY,
	};

	return (GOptionEntry){
		.long_name = option->name,
		.short_name = option->short_name,
		.arg = types[option->type],
		.arg_data = (char *)options + option->offset,
		.description = option->help,
		.arg_description = option->argument,
	};
}

static void append_entries(GArray *entries, const CliOption *table, CliOptions *options)
{
	for (; table->name != NULL; table++) {
		GOptionEntry entry = entry_of(table, options);

		g_array_append_val(entries, entry);
	}
}

static GOptionContext *context_new(const Command *command, CliOptions *options)
{
	GOptionContext *context = g_option_context_new(NULL);
	g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	GOptionEntry rest = {
		.long_name = G_OPTION_REMAINING,
		.arg = G_OPTION_ARG_STRING_ARRAY,
		.arg_data = &options->arguments,
	};

	append_entries(entries, command->options, options);
	append_entries(entries, global_options, options);
	g_array_append_val(entries, rest);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, (GOptionEntry *)(void *)entries->data, NULL);
	return context;
}

bool cli_options_parse(
	CliOptions *ret_options, const Command *command, int argc, char **argv, GError **error)
{
	g_auto(CliOptions) options = {.command = command->name,
		.limit = -1,
		.blog_id = -1,
		.port = -1,
		.stale = -1,
		.runs = -1,
		.page = -1};
	g_autoptr(GOptionContext) context = context_new(command, &options);
	g_auto(GStrv) words = g_new0(char *, argc + 2);

	/* GOption skips the first word: the program's name. */
	words[0] = g_strdup("prm-calendar");
	for (int i = 0; i < argc; i++)
		words[i + 1] = g_strdup(argv[i]);
	if (!g_option_context_parse_strv(context, &words, error))
		return false;
	if (options.arguments == NULL)
		options.arguments = g_new0(char *, 1);
	if (g_strv_length(options.arguments) > (unsigned)command->arguments_max &&
		command->arguments_max >= 0) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
			"unexpected argument '%s'", options.arguments[command->arguments_max]);
		return false;
	}
	*ret_options = options;
	options = (CliOptions){0};
	return true;
}

void cli_options_clear(CliOptions *options)
{
	g_clear_pointer(&options->config_path, g_free);
	g_clear_pointer(&options->user, g_free);
	g_clear_pointer(&options->connection, g_free);
	g_clear_pointer(&options->date, g_free);
	g_clear_pointer(&options->from, g_free);
	g_clear_pointer(&options->to, g_free);
	g_clear_pointer(&options->timezone, g_free);
	g_clear_pointer(&options->wp_config, g_free);
	g_clear_pointer(&options->wordpress, g_free);
	g_clear_pointer(&options->env_file, g_free);
	g_clear_pointer(&options->url, g_free);
	g_clear_pointer(&options->username, g_free);
	g_clear_pointer(&options->password_file, g_free);
	g_clear_pointer(&options->name, g_free);
	g_clear_pointer(&options->calendars, g_strfreev);
	g_clear_pointer(&options->arguments, g_strfreev);
}

static void append_option_help(GString *text, const CliOption *table)
{
	for (; table->name != NULL; table++) {
		g_autofree char *left =
			g_strdup_printf("%s--%s%s%s", table->short_name != 0 ? "" : "    ",
				table->name, table->argument != NULL ? "=" : "",
				table->argument != NULL ? table->argument : "");

		if (table->short_name != 0)
			g_string_append_printf(
				text, "  -%c, %-20s %s\n", table->short_name, left, table->help);
		else
			g_string_append_printf(text, "  %-24s %s\n", left, table->help);
	}
}

char *cli_command_help(const Command *command)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "Usage: prm-calendar %s [OPTION…]%s%s\n\n%s\n\nOptions:\n",
		command->name, command->arguments[0] == '\0' ? "" : " ", command->arguments,
		command->summary);
	append_option_help(text, command->options);
	append_option_help(text, global_options);
	g_string_append_printf(text, "\n%s\n", command->details);
	return g_string_free(text, FALSE);
}
