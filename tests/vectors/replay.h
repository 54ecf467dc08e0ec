/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the check of db_writes.json: a database in which a case is set up, and compared with
 * afterwards. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "db/db.h"
#include "site/site.h"

typedef struct Replay {
	Check *check;
	Db *db;
	char *database;
	WpSite *site;
	const cJSON *one; /* the case; set by the check */
	int64_t now_utc;
	GHashTable *checksums; /* table -> text, before our write */
	const cJSON
		*cache_ops;  /* what WordPress did to its object cache; NULL: rows are compared */
	GHashTable *dropped; /* set of "group:key": what we dropped from there */
} Replay;

/* Makes a database. NULL, with the reason printed as a failed case, when that does not work. */
Replay *replay_open(Check *check, const char *socket);
/* Drops it. */
void replay_free(Replay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)

/* Empties the tables, writes the rows of the case's set-up, and sets clock, site and next ids. */
void replay_begin(Replay *replay);

/* To be called before our write, after whatever the check adds to the set-up. */
void replay_remember(Replay *replay);

/* A difference that we make on purpose. */
typedef struct ReplayException {
	const char *table;
	const char *column; /* or meta key; NULL: the whole table */
	const char *reason;
} ReplayException;

/* Compares the tables, or where `cache_ops` is set what was dropped from the object cache, with the
 * diff that the case expects, but for the exceptions; tables that the diff does not name must be as
 * they were. The list ends with a row without a table. */
void replay_compare(Replay *replay, const ReplayException *exceptions);

/* First column of the first row as text, or NULL. The parameter stands for the only "?" and may be
 * NULL. */
char *replay_text(Replay *replay, const char *sql, const char *parameter);
void replay_run(Replay *replay, const char *sql);
