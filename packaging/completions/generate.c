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
		printf(")%s return ;;\n",
			is_file(table->argument)
				? " mapfile -t COMPREPLY < <(compgen -f -- \"$word\");"
				: "");
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

static void print_bash(void)
{
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
			printf(":%s:%s", table->argument, is_file(table->argument) ? "_files" : "");
		putchar('\'');
	}
}

static void print_zsh(void)
{
	puts("#compdef prm-calendar\n"
	     "# zsh completion for prm-calendar, made from its tables of commands and options.\n"
	     "_prm_calendar() {\n"
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
