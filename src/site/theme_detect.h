/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the theme's dialects a site has data of (data-model 1). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

typedef struct ThemeTraces {
	const char *prefix;      /* whose connections most users have; "prm" without any. Static */
	int64_t users;           /* who have those */
	int64_t prm_activities;  /* comments of type prm_activity */
	bool has_other_prefixes; /* some users have connections of another dialect, too */
} ThemeTraces;

/* What people's connections say against this prefix, in a sentence: more of them have connections
 * under another one. NULL where nothing does; caller frees. */
char *theme_traces_objection(const ThemeTraces *traces, const char *prefix);

/* Counts rows; writes nothing. Errors: DB_ERROR. */
bool theme_detect(Db *db, ThemeTraces *ret_traces, GError **error) G_GNUC_WARN_UNUSED_RESULT;
