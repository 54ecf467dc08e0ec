/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we must know of the WordPress site before reading or writing its rows; read once per run. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "wp/site_time.h"

/* From the ini; all borrowed, needed only during site_load(). */
typedef struct WpSiteOptions {
	const char *theme_prefix;          /* "prm", "stadion", "rondo": selects data-model 1 */
	const char *activity_comment_type; /* NULL: the dialect's own */
	const char *auth_key;              /* AUTH_KEY of wp-config.php */
	bool is_network;                   /* the site is one of a multisite network */
} WpSiteOptions;

/* Immutable once loaded: threads share it. Strings are owned by the site. */
typedef struct WpSite {
	char *home_url;   /* option `home`, no trailing slash */
	SiteZone *zone;   /* option timezone_string, else gmt_offset */
	char *stylesheet; /* options of these names: the active theme */
	char *template_name;
	bool is_network;         /* users are shared with other sites */
	bool is_utf8mb3;         /* tables cannot hold 4-byte characters: wp_encode_emoji() first */
	bool new_autoload_words; /* "on"/"off" (WordPress 6.6+) instead of "yes"/"no" */
	char *connections_key;   /* usermeta key: `_prm_calendar_connections` */
	char *turn_transient;    /* `prm_calendar_sync_last_user_index` */
	char *cron_hook;         /* `prm_calendar_sync` */
	char *theme_prefix;
	char *activity_comment_type;
	uint8_t credential_key[32]; /* SHA-256(AUTH_KEY . salt); wiped by wp_site_free() */
} WpSite;

/* Reads the options and checks that the tables that we write exist, are InnoDB and have the columns
 * that we use. NULL with DB_ERROR_SCHEMA, which names table and remedy, or another DB_ERROR. */
WpSite *wp_site_load(
	Db *db, const WpSiteOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The steps of wp_site_load(), for looking at a site that is not in order: what follows from the
 * ini alone; then the options, where a time zone that cannot be read comes last (SITE_TIME_ERROR).
 */
WpSite *wp_site_new_unread(const WpSiteOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool wp_site_read(WpSite *site, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void wp_site_free(WpSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WpSite, wp_site_free)
