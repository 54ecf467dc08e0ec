/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The theme's own PHP files, looked into for a word. */
#pragma once

#include <stdbool.h>

/* True when a PHP file in or below the folder holds the word; false also when the folder cannot be
 * read. Looks into a bounded number of files. */
bool theme_files_hold(const char *folder, const char *word);
