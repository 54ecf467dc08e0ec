/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are made once, closed to others, and not overwritten by accident. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define NEW_FILE_GROUP "prm-calendar"

/* Makes a file of mode 0640 and, where there is a group of that name and we are root, of the group
 * prm-calendar. False with CONFIG_ERROR where it exists already or cannot be made; then there is
 * nothing left behind. */
bool new_file_write(const char *path, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, taking the place of a file that exists: whoever reads sees the one or the other. */
bool new_file_replace(const char *path, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
