/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose connections a command is about, and which of them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/app.h"
#include "user/connection.h"
#include "user/user.h"

/* What a command works with that is about the connections of one user. */
typedef struct Chosen {
	const CliOptions *options;
	App app;
	SyncContext context;
	HttpClient *http;
	WpUser *user;
	ConnectionList *list; /* all that the user has */
} Chosen;

/* Opens the site and finds `--user` and what that user has. On failure the reason has been reported
 * and the exit status to end with is returned; chosen_clear() is due in every case. */
ExitStatus chosen_open(Chosen *chosen, const CliOptions *options);
void chosen_clear(Chosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chosen, chosen_clear)

/* The user of that id, login or e-mail address; NULL with SYNC_ERROR_NOT_FOUND or a DB_ERROR.
 * Caller frees. */
WpUser *chosen_user(Db *db, const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whose records a command is about: a user, or the number of one who was deleted, who then has no
 * login. NULL as chosen_user(). Caller frees. */
WpUser *chosen_person(Db *db, const char *who, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The connection that `--connection` names, or the only one that the user has. Borrowed; NULL with
 * SYNC_ERROR_NOT_FOUND. */
const Connection *chosen_connection(const Chosen *chosen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As app_fail(); somebody else who is at work is EXIT_BUSY. */
ExitStatus chosen_fail(const CliOptions *options, const GError *error);
