/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we must know of the WordPress site before reading or writing its rows; read once per run. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/dialect.h"
#include "site/time.h"

/* From the ini; all borrowed, needed only during wp_site_new_unread(). */
typedef struct WpSiteOptions {
	const char *theme_prefix;          /* "prm", "stadion", "rondo": selects data-model 1 */
	const char *activity_comment_type; /* NULL: the dialect's own */
	const char *auth_key;              /* AUTH_KEY of wp-config.php */
	const char *former_auth_key;       /* of before it was changed; or NULL */
	const char *home_url;              /* WP_HOME, which wins over the option; or NULL */
	bool is_network;                   /* the site is one of a multisite network */
} WpSiteOptions;

/* Immutable once loaded: threads share it. Strings are owned by the site. */
typedef struct WpSite {
	char *home_url;   /* WP_HOME or the option `home`, no trailing slash */
	SiteZone *zone;   /* option timezone_string, else gmt_offset */
	char *stylesheet; /* options of these names: the active theme */
	char *template_name;
	bool is_network;         /* users are shared with other sites */
	bool is_utf8mb3;         /* tables cannot hold 4-byte characters: wp_encode_emoji() first */
	bool new_autoload_words; /* "on"/"off" (WordPress 6.6+) instead of "yes"/"no" */
	char *connections_key;   /* usermeta key: `_prm_calendar_connections` */
	char *turn_transient;    /* `prm_calendar_sync_last_user_index` */
	char *cron_hook;         /* `prm_calendar_sync` */
	char *takeover_option;   /* ours, there from takeover to handback (cron_memory.h) */
	bool is_taken_over;      /* it was there when the site was read */
	char *linked_person_key; /* usermeta key: `prm_linked_person_id` */
	const Dialect *dialect;  /* static */
	char *theme_prefix;
	char *activity_comment_type;
	uint8_t credential_key[32]; /* SHA-256(AUTH_KEY . salt); wiped by wp_site_free() */
	uint8_t former_key[32];     /* the same of the AUTH_KEY of before; else as the other */
} WpSite;

/* A site in two steps, with the look at its tables (schema_check(), which also tells `is_utf8mb3`)
 * between them. First what follows from the ini alone: NULL with DB_ERROR_SCHEMA. */
WpSite *wp_site_new_unread(const WpSiteOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Then the options: DB_ERROR; a time zone that cannot be read comes last (SITE_TIME_ERROR), when
 * all else is known. */
bool wp_site_read(WpSite *site, Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void wp_site_free(WpSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WpSite, wp_site_free)

/* Opens the credentials of a connection, also those that were saved before AUTH_KEY was changed: as
 * credentials_open(). */
char *wp_site_open_credentials(
	const WpSite *site, const char *box, GError **error) G_GNUC_WARN_UNUSED_RESULT;
