/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking whoever runs a command: for secrets, for a choice, for consent. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A password: from a file (or NULL), closed to others and belonging to root or us; else the first
 * line of standard input, for which a terminal is asked, unseen, by `prompt`. Never empty. Caller
 * frees with secret_free(). NULL with a CONFIG_ERROR. */
char *ask_secret(const char *file, const char *prompt, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The login of `whom` ("administrator of …"): a name, or `usual` where none is typed, and a
 * password, which may be empty; from a terminal, or the first two lines of standard input. The
 * password is freed with secret_free(). False with a CONFIG_ERROR. */
bool ask_login(const char *whom, const char *usual, char **ret_name, char **ret_password,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody can be asked: standard input is a terminal. */
bool ask_can(void);

/* What is typed after `prompt`, without blanks around; NULL at the end of input. Caller frees. */
char *ask_line(const char *prompt);

/* True for "y" and "yes". */
bool ask_yes(const char *prompt);
