/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `prm-calendar init` share. */
#pragma once

#include <stdbool.h>

#include "cli/app.h"
#include "cli/credential_check.h"
#include "cli/init_theme.h"
#include "cli/options.h"
#include "cli/site_place.h"
#include "schema/new_user.h"
#include "site/theme_detect.h"

/* What was found, and what is made of it. */
typedef struct Init {
	App app;
	const CliOptions *options;
	char *ini_path;
	char *password_path; /* of the files that hold the secrets */
	char *auth_key_path;
	char *google_path;
	char *cache_path;
	char *wp_config_path;
	ThemeTraces traces;
	CredentialCounts credentials;
	SitePlace place;
	CommentType comment_type;
	bool is_network;
	bool is_draft;        /* an ini with some values was there, and is completed */
	bool has_open_prefix; /* the tables' prefix was found in the database */
	SiteFile has_drop_in; /* the site has an object cache */
	const char *drop_in;  /* whose it is; NULL: not known; static */
	char *cache_doubts;   /* what has to be looked at, or NULL */
	GStrv missing;        /* files of sql/ that were yet to be run */
	char *db_drop_in;     /* path, or NULL */
	char *ini;
	char *grants;

	/* With --create-user: who made it, and what was made; a name that is NULL: nothing. */
	DbOptions admin; /* borrows */
	char *admin_prefix;
	char *admin_name;
	char *admin_password;
	NewUser user;
} Init;

/* Access to Google calendars is renewed as the client that was given it: the theme's. */
bool init_has_google(const Init *init);
bool init_has_cache_password(const Init *init);

/* Tells on the standard output what was found and what is, or would be, written; the latter as one
 * JSON object. */
void init_print(const Init *init);
void init_print_json(const Init *init);
