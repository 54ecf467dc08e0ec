/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `status` shows, before it is printed: the site's connections, judged, chosen and counted. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/app.h"
#include "sync/health.h"
#include "sync/pass.h"
#include "user/connection.h"

/* Of one connection. All borrowed from the view but `due`. */
typedef struct StatusEntry {
	const WpUser *user;
	size_t user_index; /* in the view's users */
	const Connection *connection;
	const ConnectionState *state; /* or NULL */
	Health health;
	int64_t due_utc; /* the pass that will sync it, as things are; 0: none */
	int64_t events;  /* only of those that are shown */
} StatusEntry;

typedef struct StatusView {
	const App *app;
	char *pause;         /* why nothing is synced, or NULL */
	GPtrArray *users;    /* of PassUser: those who take turns */
	GPtrArray *runs;     /* of RunRecord: the last ones */
	GHashTable *states;  /* of ConnectionState */
	GPtrArray *problems; /* of ConnectionProblem */
	HealthSummary summary;
	GArray *entries; /* of StatusEntry: those that were asked for, of the page that was */
	size_t chosen;   /* how many were asked for, on all pages */
	size_t pages;
	PassTurn turn;
	int64_t now_utc;
	int64_t next_pass_utc; /* 0 when no pass has begun within the last day */
	size_t next_index;     /* in users: whose turn it will be */
} StatusView;

/* Reads it all. `page_length` 0: everything on one page. SYNC_ERROR_NOT_FOUND where the user whom
 * the options name is nobody. */
bool status_view_load(StatusView *view, const App *app, const CliOptions *options,
	size_t page_length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void status_view_clear(StatusView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StatusView, status_view_clear)

/* Minutes until everyone had a turn. */
int64_t status_view_cycle_minutes(const StatusView *view);
