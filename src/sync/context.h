/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all of a run's workers share; nothing in it changes while they work. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/object_cache.h"
#include "db/db.h"
#include "net/http.h"
#include "site/site.h"
#include "sync/notices.h"
#include "util/config.h"

/* All borrowed, and the same for the whole run: threads share it. Only `cache`, `http` and
 * `notices` change, and those guard themselves; what belongs to one thread (its Db, its HttpClient)
 * is in SyncWorker. `now_utc` is the only clock. */
typedef struct SyncContext {
	const Config *config;
	const DbOptions *db_options; /* each worker opens a connection of its own */
	ObjectCacheServer *cache;    /* NULL: the site has none */
	const WpSite *site;
	HttpShared *http;
	Notices *notices;
	GCancellable *cancellable;
	int64_t (*now_utc)(void); /* unix seconds */
	bool dry_run;             /* say what would change and write nothing */
	bool forgets;             /* list all, as if nothing were remembered of earlier runs */
	bool has_tables; /* the sidecar's own are there; else nothing is remembered (dry run) */
} SyncContext;
