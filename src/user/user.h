/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WordPress users: found by what a person types. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

typedef struct WpUser {
	int64_t id;
	char *login;
	char *display_name;
	char *email;
} WpUser;

void wp_user_free(WpUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WpUser, wp_user_free)

/* The users of this site of a network, as a set of int64_t keys: those who have capabilities here
 * (is_user_member_of_blog()). NULL with a DB_ERROR. Caller unrefs. */
GHashTable *wp_user_members(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Which contact each of these users said to be themselves (`prm_linked_person_id` of newer themes):
 * user id -> person id, as int64_t; who never said is left out or has 0. One statement, for at most
 * 10,000 users. NULL with a DB_ERROR. Caller unrefs. */
GHashTable *wp_users_own_people(Db *db, const WpSite *site, const int64_t *user_ids, size_t users,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds the user whose id, else login, else e-mail address `who` is. `*ret_user` is NULL when there
 * is none. Errors: DB_ERROR. */
bool wp_user_find(
	Db *db, const char *who, WpUser **ret_user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
