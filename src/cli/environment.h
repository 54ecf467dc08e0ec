/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the environment may say to the libraries that we use. */
#pragma once

#include <stdbool.h>

/* Takes from the environment what would make a library write secrets to a file, load code, trust
 * others or read files of its own. To be called first, before any library and thread begins. What
 * the site's wp-config.php may ask for by getenv() stays. */
void environment_clean(void);

/* Whether environment_clean() takes a variable of this name away. */
bool environment_is_unwelcome(const char *name);
