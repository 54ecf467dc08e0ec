/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `init` takes from elsewhere where wp-config.php does not tell: from an ini that somebody
 * began, and from the database. */
#pragma once

#include <stdbool.h>

#include "cli/app.h"
#include "site/wp_config.h"
#include "util/config.h"

/* What stands in the ini already. `*ret_is_draft`: nothing but values of [database] and
 * [wordpress], for init to complete; in any other case, as that there is none, the configuration
 * holds defaults. NULL with CONFIG_ERROR where a line of it cannot be understood. Caller frees. */
Config *init_draft_load(
	const char *ini_path, bool *ret_is_draft, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps the draft under a name of its own, INIT_DRAFT_SUFFIX behind it, before it is replaced. */
#define INIT_DRAFT_SUFFIX ".draft"
bool init_draft_keep(const char *ini_path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether neither the ini nor wp-config.php tells the tables' prefix; then it is set for the time
 * being, so that one can connect and look. */
bool init_prefix_is_open(Config *config, const WpConfig *wp_config, bool *ret_is_open,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the prefix of the one WordPress that the connected database holds, and connects again with
 * it. False with an error, also where it holds none, or several, which are named. */
bool init_prefix_find(App *app, GError **error) G_GNUC_WARN_UNUSED_RESULT;
