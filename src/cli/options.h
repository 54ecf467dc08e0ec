/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option tables: the source of parsing, --help, the completions and the manual's check. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Every option of every command; those that a command does not know keep their default. */
typedef struct CliOptions {
	const char *command; /* its name; static */
	char *config_path;
	gboolean json;
	gboolean quiet;
	gboolean verbose;
	gboolean help;
	gboolean version;

	char *user;
	gboolean all;
	char *connection;
	gboolean dry_run;
	gboolean full;
	gboolean failing;
	int stale;   /* hours; -1: not given */
	int runs;    /* -1: not given */
	int page;    /* -1: not given */
	int limit;   /* -1: not given */
	int blog_id; /* -1: not given; 0: no network */
	char *date;
	char *from;
	char *to;
	char *timezone;
	char *wp_config;
	char *wordpress; /* folder */
	char *env_file;
	gboolean online;
	char *url;
	char *username;
	char *password_file;
	char *name;
	char **calendars; /* NULL: none was named */
	gboolean yes;
	gboolean create_user;
	int port; /* -1: not given */

	char **arguments; /* what is no option; NULL-terminated, never NULL */
} CliOptions;

typedef enum {
	CLI_OPTION_FLAG,
	CLI_OPTION_TEXT,
	CLI_OPTION_NUMBER,
	CLI_OPTION_TEXTS, /* may be given several times */
} CliOptionType;

typedef struct CliOption {
	const char *name; /* without dashes */
	char short_name;  /* or 0 */
	CliOptionType type;
	size_t offset;        /* of the field in CliOptions */
	const char *argument; /* as --help shows it, or NULL for flags */
	const char *help;
} CliOption;

/* Exit statuses of the command line (design 2). */
typedef enum {
	EXIT_ALL_WELL = 0,
	EXIT_SOME_FAILED = 1,
	EXIT_USAGE = 64,
	EXIT_NO_DATABASE = 69,
	EXIT_BUSY = 75,
	EXIT_CONFIG = 78,
	EXIT_PAUSED = 79,     /* of our own: sysexits.h ends before */
	EXIT_SIGNALLED = 128, /* and the signal's number: 130, 143 */
} ExitStatus;

typedef struct Command {
	const char *name;
	const char *arguments;    /* "[EVENT_ID]", "" when there are none */
	const char *summary;      /* one line */
	const char *details;      /* below the options: what it does, and an example */
	const CliOption *options; /* ends with a NULL name; the global ones are understood too */
	int arguments_max;
	ExitStatus (*run)(const CliOptions *options);
} Command;

/* Options that every command understands; ends with a NULL name. */
const CliOption *cli_global_options(void);

/* Reads the words after the command's name. False with a G_OPTION_ERROR that says what is wrong. */
bool cli_options_parse(CliOptions *ret_options, const Command *command, int argc, char **argv,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cli_options_clear(CliOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliOptions, cli_options_clear)

/* The text of `prm-calendar COMMAND --help`; caller frees. */
char *cli_command_help(const Command *command);
