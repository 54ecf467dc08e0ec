/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp/activities.c: what the writing of activities finds out, and the rows that it makes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"
#include "wp/activities.h"
#include "wp/activity_claims.h"

/* One event of a batch. What the transaction finds out is made anew in each try. */
typedef struct ActivityMeeting {
	ActivityRequest *request;
	char *content;
	ActivityKeys keys;
	guint place;         /* in the batch */
	bool is_logged;      /* meanwhile, by someone else */
	bool has_flag;       /* some row of the flag's key is there */
	GArray *people;      /* of int64_t: contacts of the user, in the order asked for */
	GHashTable *had;     /* set of int64_t: those who have an activity of this meeting */
	GArray *to_log;      /* of int64_t: the others */
	GArray *comment_ids; /* of int64_t: their activities, once written */
} ActivityMeeting;

/* Writes the comments and their metas for everyone in `to_log`; fills `comment_ids`. To be called
 * in a transaction. */
bool activity_rows_insert(Db *db, const WpSite *site,
	const GPtrArray *meetings /* of ActivityMeeting */,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
