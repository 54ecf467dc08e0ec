/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known while wp-config.php is followed: constants and variables, and from where on nothing
 * is sure any more. Only for the files of the reader. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "php/lexer.h"
#include "site/wp_config.h"

struct WpConfig {
	GHashTable *constants; /* name -> WpConfigValue; the first one stays, as in PHP */
	GHashTable *variables; /* "$name" -> WpConfigValue */
	GHashTable *bedrock;   /* name -> WpConfigValue: of Config::define(), before Config::apply()
				*/
	GHashTable *included;  /* paths of the files that were followed */
	SiteEnv *env;          /* NULL: nothing is known */
	const char *doubt;     /* what may have set more: "includes another file"; NULL; static */
	unsigned doubt_line;
	bool has_references; /* $a = &$b: what is assigned to one changes the other */
	char *host_file_prefix;
};

/* `text` is NULL where the value is not known, for which `why` then stands. */
WpConfigValue *wp_config_value_new(
	const char *text, const char *why, const char *file, unsigned line);

/* A constant that is not there yet. */
void wp_config_set_constant(WpConfig *config, const char *name, WpConfigValue *take_value);
void wp_config_set_variable(WpConfig *config, const char *name, WpConfigValue *take_value);

/* From here on something that cannot be read may have set any constant that is not there, and any
 * variable. */
void wp_config_doubt(WpConfig *config, const char *what, unsigned line);

/* A variable may have been changed; all of them may. */
void wp_config_taint(WpConfig *config, const char *name);
void wp_config_taint_all(WpConfig *config);

/* Config::apply(): what Config::define() collected becomes constants. */
void wp_config_apply_bedrock(WpConfig *config);

/* The tokens of one file, and where in them we are. */
typedef struct {
	WpConfig *config;
	const char *file; /* for messages */
	char *folder;     /* __DIR__; NULL where it is not known */
	char *real_path;  /* __FILE__; NULL likewise */
	const GArray *tokens;
	guint position;
	bool has_env;       /* `use function Env\env` */
	bool has_docker;    /* function getenv_docker() */
	bool has_bedrock;   /* `use Roots\WPConfig\Config` */
	bool has_namespace; /* so that `const` makes other names */
	bool includes_are_known;
	bool is_in_place; /* in the site's own tree, WordPress beside it, and no copy elsewhere */
	bool has_ended;   /* return or exit */
	unsigned depth;   /* of includes */
} WpConfigReader;

const PhpToken *wp_config_peek(const WpConfigReader *reader, guint ahead);
void wp_config_advance(WpConfigReader *reader, guint tokens);
bool wp_config_is_sign(const PhpToken *token, char sign);
/* Keywords and function names know no case. */
bool wp_config_is_word(const PhpToken *token, const char *word);
