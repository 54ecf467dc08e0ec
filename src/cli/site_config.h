/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site's wp-config.php on disk, and what it adds to our ini. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/wp_config.h"
#include "util/config.h"

/* Reads wp-config.php, and for Debian's the one /etc/wordpress/config-HOST.php that goes with it.
 * What it takes from the environment is looked for in `env_file`; where that is NULL, in our own
 * environment and in a `.env` beside it or above. NULL with CONFIG_ERROR or WP_CONFIG_ERROR, also
 * where there are several files of hosts: then they are named. Caller frees. */
WpConfig *site_config_read(
	const char *path, const char *env_file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The text of a constant, which is no secret to be printed; NULL where it is not set. An error
 * (CONFIG_ERROR) that says why and names `remedy` where it is set, but cannot be read. */
bool site_config_text(const WpConfig *wp_config, const char *name, const char *remedy,
	const char **ret_text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A ConfigCompleter: where wp_config is set, the values of [database] and [wordpress] that the ini
 * left out come from there. DB_HOST counts only where the ini has neither host, port nor socket. */
bool site_config_complete(Config *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same from a wp-config.php that was read already. The error names every value that is missing
 * or cannot be read, a line each, with its remedy. */
bool site_config_fill(
	Config *config, const WpConfig *wp_config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
