/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dry run would log, contact by contact. */
#pragma once

#include <glib.h>

#include "cli/output.h"
#include "sync/auto_log.h"

/* Person id -> what that contact would get. Caller unrefs. */
GHashTable *person_summaries_new(void);
void person_summaries_add(GHashTable *people, const AutoLogNotice *notice);

/* Those of one user together, whom one met most first. */
void person_summaries_print(GHashTable *table);
void person_summaries_add_json(GHashTable *table, Json *list);
