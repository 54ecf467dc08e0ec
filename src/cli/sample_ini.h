/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a configuration in which nothing was filled in yet. */
#pragma once

#include <stdbool.h>

/* Whether the file is an ini in which no key has a value, as the sample that early packages
 * installed. That of another version is one, too. False for files that cannot be read. */
bool sample_ini_is_untouched(const char *path);
