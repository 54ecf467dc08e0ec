/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold secrets: closed to others, and read whole or not at all. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether a file is closed to other users of the machine, and belongs to root or to us (design 9).
 * CONFIG_ERROR, "PATH WHAT and …", with the command that mends it. */
bool secret_file_check(int descriptor, const char *path, const char *what,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether nobody but root and us may change a file: what it says is obeyed. CONFIG_ERROR, with the
 * command that mends it. */
bool secret_file_check_writers(
	int descriptor, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The contents of a secret's file without the line feed at its end; caller frees with
 * secret_free(). NULL with CONFIG_ERROR. So is a file that is none, which could
 * keep us waiting for ever. One that is not closed to others is an error, too; with `ret_exposed`
 * it is read nevertheless, and the error is put there. */
char *secret_file_read(
	const char *path, GError **ret_exposed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
