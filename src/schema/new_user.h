/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the database user of least privilege, as an administrator of the database. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

/* A user that was made; all owned. */
typedef struct NewUser {
	char *name;
	char *host;     /* from which it may come: as the server sees this machine */
	char *password; /* random; wiped by new_user_clear() */
} NewUser;

void new_user_clear(NewUser *user);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NewUser, new_user_clear)

/* Connects as `admin` says, makes a user of that name ([a-z0-9_]+, at most 32 characters) with a
 * password of its own, and grants it what grants_needs() lists in the database of `admin`. Where
 * anything fails, no user is left behind. One that is there already stays as it is:
 * CONFIG_ERROR. Errors: DB_ERROR. */
bool new_user_make(const DbOptions *admin, const char *name, NewUser *ret_user,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes it back. */
void new_user_drop(const DbOptions *admin, const NewUser *user);
