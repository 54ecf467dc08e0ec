/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the completion of one shell, from the tables of commands and options: generate bash|zsh.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

static bool is_file(const char *argument)
{
	return argument != NULL &&
	       (strstr(argument, "FILE") != NULL || strstr(argument, "PATH") != NULL);
}

/* What is offered for an argument; NULL: nothing. */
static const char *kind_of(const CliOption *option)
{
	if (option->argument == NULL)
		return NULL;
	if (is_file(option->argument))
		return "files";
	if (strcmp(option->argument, "USER") == 0)
		return "users";
	if (strcmp(option->argument, "ZONE") == 0)
		return "zones";
	return strcmp(option->name, "connection") == 0 ? "connections" : NULL;
}

/* Lines of `prm-calendar connections` ("anna: Work (caldav, conn_1), switched off") as users, or as
 * ids; what was typed of the configuration and the user goes along. Whoever may not read the
 * configuration is offered nothing. */
#define USERS_SED "s/^\\([^ :]*\\): .*(.*, .*)\\(, switched off\\)\\{0,1\\}$/\\1/p"
#define IDS_SED "s/^[^ :]*: .*(.*, \\(.*\\))\\(, switched off\\)\\{0,1\\}$/\\1/p"
#define ZONES_FILE "/usr/share/zoneinfo/tzdata.zi"
#define ZONES_SED "s/^[LZ] \\(.* \\)\\{0,1\\}\\([A-Za-z]*\\/[^ ]*\\).*/\\2/p"

static void bash_words(const CliOption *table)
{
	for (; table->name != NULL; table++) {
		printf(" --%s%s", table->name, table->argument != NULL ? "=" : "");
		if (table->short_name != 0)
			printf(" -%c", table->short_name);
	}
}

/* One branch of `case $before`: an option that waits for its argument. */
static void bash_arguments(const CliOption *table)
{
	for (; table->name != NULL; table++) {
		if (table->argument == NULL)
			continue;
		printf("\t--%s", table->name);
		if (table->short_name != 0)
			printf(" | -%c", table->short_name);
		if (kind_of(table) == NULL)
			puts(") return ;;");
		else if (is_file(table->argument))
			puts(") mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;");
		else
			printf(") mapfile -t COMPREPLY < <(compgen -W \"$(_prm_calendar_%s)\" -- "
			       "\"$word\"); return ;;\n",
				kind_of(table));
	}
}

static void bash_commands(void)
{
	printf("\t'') words=\"");
	for (const Command *const *command = commands_all(); *command != NULL; command++)
		printf("%s ", (*command)->name);
	bash_words(cli_global_options());
	puts("\" ;;");
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		printf("\t%s) words=\"", (*command)->name);
		bash_words((*command)->options);
		bash_words(cli_global_options());
		printf("\"%s ;;\n", is_file((*command)->arguments) ? " files=yes" : "");
	}
}

/* The functions that the options' arguments are asked of. */
static void print_bash_sources(void)
{
	puts("_prm_calendar_list()\n"
	     "{\n"
	     "\tlocal given=() i\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\tcase ${COMP_WORDS[i]} in\n"
	     "\t\t-c | --config | --user)\n"
	     "\t\t\t[[ ${COMP_WORDS[i + 1]} == '=' ]] && given+=(\"${COMP_WORDS[i]}=${COMP_WORDS[i "
	     "+ 2]}\") || given+=(\"${COMP_WORDS[i]}\" \"${COMP_WORDS[i + 1]}\")\n"
	     "\t\t\t;;\n"
	     "\t\tesac\n"
	     "\tdone\n"
	     "\tprm-calendar connections \"${given[@]}\" 2>/dev/null\n"
	     "}\n"
	     "_prm_calendar_users()\n"
	     "{\n"
	     "\tlocal COMP_CWORD=$((COMP_CWORD - 1))\n"
	     "\t[[ ${COMP_WORDS[COMP_CWORD]} == '=' ]] && ((COMP_CWORD--))\n"
	     "\t_prm_calendar_list | sed -n '" USERS_SED "' | sort -u\n"
	     "}\n"
	     "_prm_calendar_connections()\n"
	     "{\n"
	     "\t_prm_calendar_list | sed -n '" IDS_SED "'\n"
	     "}\n"
	     "_prm_calendar_zones()\n"
	     "{\n"
	     "\tsed -n '" ZONES_SED "' " ZONES_FILE " 2>/dev/null\n"
	     "}");
}

static void print_bash(void)
{
	print_bash_sources();
	puts("# bash completion for prm-calendar, made from its tables of commands and options.\n"
	     "_prm_calendar()\n"
	     "{\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	     "\tlocal command='' words='' files='' i\n"
	     "\tCOMPREPLY=()\n"
	     "\t# bash takes the = of --user=USER for a word of its own.\n"
	     "\t[[ $word == '=' ]] && word=''\n"
	     "\t[[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD - 2]}\n"
	     "\tcase $before in");
	bash_arguments(cli_global_options());
	for (const Command *const *command = commands_all(); *command != NULL; command++)
		bash_arguments((*command)->options);
	fputs("\tesac\n\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} "
	      "in\n\t\t",
		stdout);
	for (const Command *const *command = commands_all(); *command != NULL; command++)
		printf("%s%s", command == commands_all() ? "" : " | ", (*command)->name);
	puts(")\n\t\t\tcommand=${COMP_WORDS[i]}\n\t\t\tbreak\n\t\t\t;;\n\t\tesac\n\tdone\n"
	     "\tcase $command in");
	bash_commands();
	puts("\tesac\n"
	     "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	     "\tif [[ -n $files && $word != -* ]]; then\n"
	     "\t\tcompopt -o filenames 2>/dev/null\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	     "\tfi\n"
	     "\t[[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null\n"
	     "\treturn 0\n"
	     "}\n"
	     "complete -F _prm_calendar prm-calendar");
}

/* Text inside '…[TEXT]…' of an _arguments specification. */
static char *zsh_text(const char *text)
{
	GString *escaped = g_string_new(text);

	g_string_replace(escaped, "\\", "\\\\", 0);
	g_string_replace(escaped, "[", "\\[", 0);
	g_string_replace(escaped, "]", "\\]", 0);
	g_string_replace(escaped, ":", "\\:", 0);
	g_string_replace(escaped, "'", "'\\''", 0);
	return g_string_free(escaped, FALSE);
}

static const char *zsh_action(const CliOption *option)
{
	const char *kind = kind_of(option);

	if (kind == NULL)
		return "";
	if (is_file(option->argument))
		return "_files";
	if (strcmp(kind, "zones") == 0)
		return "_time_zone";
	return strcmp(kind, "users") == 0 ? "_prm_calendar_users" : "_prm_calendar_connections";
}

/* Before them, what was typed of the configuration and, for ids, of the user. */
static void print_zsh_sources(void)
{
	puts("_prm_calendar_list() {\n"
	     "\tlocal config=${opt_args[-c]:-${opt_args[--config]}} user=$1\n"
	     "\tprm-calendar connections ${config:+--config=$config} ${user:+--user=$user} "
	     "2>/dev/null\n"
	     "}\n"
	     "_prm_calendar_users() {\n"
	     "\tlocal -a names\n"
	     "\tnames=(${(f)\"$(_prm_calendar_list | sed -n '" USERS_SED "' | sort -u)\"})\n"
	     "\tcompadd -a names\n"
	     "}\n"
	     "_prm_calendar_connections() {\n"
	     "\tlocal -a ids\n"
	     "\tids=(${(f)\"$(_prm_calendar_list \"${opt_args[--user]}\" | sed -n '" IDS_SED
	     "')\"})\n"
	     "\tcompadd -a ids\n"
	     "}");
}

static void zsh_options(const CliOption *table)
{
	for (; table->name != NULL; table++) {
		g_autofree char *help = zsh_text(table->help);
		const char *suffix = table->argument != NULL ? "=" : "";

		if (table->short_name != 0)
			printf(" \\\n\t\t'(-%c --%s)'{-%c%s,--%s%s}'[%s]", table->short_name,
				table->name, table->short_name, table->argument != NULL ? "+" : "",
				table->name, suffix, help);
		else
			printf(" \\\n\t\t'--%s%s[%s]", table->name, suffix, help);
		if (table->argument != NULL)
			printf(":%s:%s", table->argument, zsh_action(table));
		putchar('\'');
	}
}

static void print_zsh(void)
{
	puts("#compdef prm-calendar\n"
	     "# zsh completion for prm-calendar, made from its tables of commands and options.");
	print_zsh_sources();
	puts("_prm_calendar() {\n"
	     "\tlocal curcontext=\"$curcontext\" state line\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		g_autofree char *summary = zsh_text((*command)->summary);

		printf("\t\t'%s:%s'\n", (*command)->name, summary);
	}
	fputs("\t)\n\t_arguments -C", stdout);
	zsh_options(cli_global_options());
	puts(" \\\n\t\t'1:command:->command' '*::argument:->argument'\n"
	     "\tif [[ $state == command ]]; then\n"
	     "\t\t_describe command commands\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tcase $line[1] in");
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		printf("\t%s)\n\t\t_arguments", (*command)->name);
		zsh_options((*command)->options);
		zsh_options(cli_global_options());
		printf("%s\n\t\t;;\n",
			is_file((*command)->arguments) ? " \\\n\t\t'*:file:_files'" : "");
	}
	puts("\tesac\n}\n_prm_calendar \"$@\"");
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "bash") == 0) {
		print_bash();
	} else if (argc == 2 && strcmp(argv[1], "zsh") == 0) {
		print_zsh();
	} else {
		fputs("usage: generate bash|zsh\n", stderr);
		return EXIT_USAGE;
	}
	return fflush(stdout) == 0 ? EXIT_ALL_WELL : EXIT_SOME_FAILED;
}
