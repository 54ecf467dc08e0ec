/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `init --create-user`: a database user of least privilege, in place of WordPress's own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/init.h"

/* The user's name: of a site among several it names the site. Caller frees. */
char *init_user_name(const Init *init);

/* Asks for an administrator of the database, makes the user, and lets the configuration and the
 * connection be that user's: what follows is done with no more than it may. CONFIG_ERROR, DB_ERROR;
 * then no user is left behind. */
bool init_user_make(Init *init, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes it back, when the configuration could not be written. */
void init_user_drop(Init *init);
