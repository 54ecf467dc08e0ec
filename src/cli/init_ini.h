/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the configuration that `prm-calendar init` makes. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "util/config.h"

/* What goes into it; all borrowed. Secrets stay in files of their own. */
typedef struct InitIni {
	const Config *config; /* what wp-config.php said */
	const char *theme_prefix;
	const char *activity_comment_type;
	const char *stylesheet;
	const char *drop_in; /* whose object cache it is, where [cache] is set */
	const char *password_path;
	const char *auth_key_path;
	const char *google_path; /* NULL: no [google] */
	const char *cache_path;  /* NULL: the cache has no password */
} InitIni;

/* NULL with CONFIG_ERROR where a value cannot stand in an ini. Caller frees. */
char *init_ini_text(const InitIni *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
