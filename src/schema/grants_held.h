/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The privileges that the database user has, beside those that it needs. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "db/db.h"

/* What SHOW GRANTS says of this user and of the roles that are active: lines (char *), which may
 * hold a password's hash and are not for printing. Caller unrefs. NULL with a DB_ERROR. */
GPtrArray *grants_held_load(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each is NULL where there is none; else for people to read. */
typedef struct GrantsVerdict {
	char *missing; /* "INSERT, UPDATE on wp_posts; SELECT on wp_options" */
	char *excess;  /* the same, of what is not needed */
	char *roles;   /* names of the roles that were granted, active or not */
} GrantsVerdict;

/* Compares such lines, MariaDB's or MySQL's, with what is needed (grants.h) in the database and for
 * the prefixes of `options`. Roles count where their own lines are among them. `keeps_posts`: the
 * program moves events to the trash, so that the privilege to delete posts may be there or not. */
void grants_held_judge(const GPtrArray *lines, const DbOptions *options, bool keeps_posts,
	GrantsVerdict *ret_verdict);
void grants_verdict_clear(GrantsVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GrantsVerdict, grants_verdict_clear)
