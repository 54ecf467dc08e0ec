/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What most commands need first: configuration, logger, database, site, HTTP. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cache/object_cache.h"
#include "cli/interruption.h"
#include "cli/options.h"
#include "cli/site_place.h"
#include "db/db.h"
#include "net/http.h"
#include "site/site.h"
#include "sync/context.h"
#include "util/config.h"

/* Filled from the top down, each by what stands above it; a command that stops half-way leaves the
 * rest NULL. Everything is owned and freed by app_clear(), in the opposite order. */
typedef struct App {
	const Interruption *interruption; /* borrowed; NULL: signals end the process */
	Config *config;
	DbOptions db_options;     /* borrows from config */
	ObjectCacheServer *cache; /* NULL: the site has none */
	char *blog_prefix;        /* of the site's own tables: "wp_", "wp_2_" */
	char *kept_auth_key;      /* made up by WordPress, where wp-config.php has no good one; or
				     NULL */
	Db *db;
	WpSite *site;
	bool has_tables; /* the sidecar's own tables are there */
	HttpShared *http;
	Notices *notices;
} App;

/* What there is to say of `kept_auth_key`. */
#define APP_KEPT_KEY_TEXT                                                                          \
	"wp-config.php has no AUTH_KEY of its own: the key that WordPress made up and keeps in "   \
	"its option auth_key is tried"

#define APP_CONFIG_PATH "/etc/prm-calendar/prm-calendar.ini"

/* Reads the configuration, sets up the logger, connects and loads the site; `app` is empty but for
 * its interruption. On failure the reason
 * has been reported and the exit status to end with is returned; app_clear() is due in every case.
 */
ExitStatus app_open(App *app, const CliOptions *options);
void app_clear(App *app);

/* The same, where the caller reports the reason. */
bool app_try_open(App *app, const CliOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The exit status that goes with an error. */
ExitStatus app_status_of(const GError *error);

/* The steps of app_open(), for a configuration that is no file yet: connects as `app->config` says;
 * then loads the site. */
bool app_connect(App *app, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool app_load_site(App *app, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In its place, for a site that is not in order: what the configuration says of it, nothing read
 * (see wp_site_new_unread()). */
bool app_name_site(App *app, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void app_open_http(App *app);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(App, app_clear)

/* Level of the logger before the configuration is known, or without one. */
void app_setup_log(const CliOptions *options);

/* Reports an error as one log line, and as {"error": …} where --json asks for it; returns the exit
 * status that goes with it. */
ExitStatus app_fail(const CliOptions *options, const GError *error);

/* Makes the sidecar's own tables where they are missing; in a dry run only looks whether they are
 * there. */
bool app_open_tables(App *app, const CliOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the site's files are, as far as somebody says where its wp-config.php is: the options, or
 * the configuration. Needs nothing but the configuration; the caller clears. */
void app_find_place(const App *app, const CliOptions *options, SitePlace *ret_place);

/* What the sync room works with; borrows from app. */
SyncContext app_sync_context(const App *app, const CliOptions *options);
