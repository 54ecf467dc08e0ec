/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site's wp-config.php and wp-content/object-cache.php say about its object cache. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/wp_config.h"
#include "util/config.h"

/* Which one it is, as the key `drop_in` of [cache] calls it; NULL for one that we do not know.
 * Static. */
const char *cache_drop_in_name(const char *path);

/* Sets [cache] of the configuration as the drop-in `name` reads it from wp-config.php. `ret_doubts`
 * (NULL for none; caller frees) says what only PHP can tell and a person has to look at. False with
 * CONFIG_ERROR. */
bool cache_detect(Config *config, const WpConfig *wp_config, const char *name, char **ret_doubts,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
