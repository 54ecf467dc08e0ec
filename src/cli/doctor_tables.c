/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: WordPress's tables. */
#include <string.h>

#include "cli/doctor.h"
#include "schema/indexes.h"
#include "schema/schema.h"
#include "state/schema.h"
#include "wp/write_trial.h"

static bool examine(Doctor *doctor, SchemaState *state)
{
	g_autoptr(GError) error = NULL;

	if (schema_examine(doctor->app.db, state, &error))
		return true;
	doctor_add_gap(doctor, error);
	return false;
}

/* Adds all problems of one kind; returns how many there are. */
static size_t add_problems(Doctor *doctor, const SchemaState *state, SchemaAspect aspect)
{
	size_t count = 0;

	for (guint i = 0; i < state->problems->len; i++) {
		const SchemaProblem *problem = g_ptr_array_index(state->problems, i);

		if (problem->aspect != aspect)
			continue;
		doctor_add_message(doctor, DOCTOR_FAIL, problem->message, NULL);
		count++;
	}
	return count;
}

void doctor_check_tables(Doctor *doctor)
{
	g_auto(SchemaState) state = {0};

	if (!examine(doctor, &state) || add_problems(doctor, &state, SCHEMA_TABLES) > 0)
		return;
	doctor->reached = DOCTOR_NEEDS_TABLES;
	doctor_ok(doctor, "WordPress's tables %s… are there, with every column that is used",
		doctor->app.blog_prefix);
}

void doctor_check_engines(Doctor *doctor)
{
	g_auto(SchemaState) state = {0};

	if (examine(doctor, &state) && add_problems(doctor, &state, SCHEMA_ENGINE) == 0)
		doctor_ok(doctor, "all tables that are written are InnoDB");
}

void doctor_check_character_sets(Doctor *doctor)
{
	g_auto(SchemaState) state = {0};
	g_autofree char *names = NULL;

	if (!examine(doctor, &state) || add_problems(doctor, &state, SCHEMA_CHARSET) > 0)
		return;
	if (state.utf8mb3_tables->len == 0) {
		doctor_ok(doctor, "utf8mb4: every character can be stored");
		return;
	}
	g_ptr_array_add(state.utf8mb3_tables, NULL);
	names = g_strjoinv(", ", (char **)state.utf8mb3_tables->pdata);
	doctor_add(doctor, DOCTOR_WARN,
		"nothing has to be done; for all of Unicode make a backup, then run ALTER TABLE … "
		"CONVERT TO CHARACTER SET utf8mb4 for each",
		"%s: utf8mb3, in which emoji and rare characters are stored as HTML entities, as "
		"WordPress does it",
		names);
}

void doctor_check_indexes(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) missing = indexes_missing(doctor->app.db, &error);

	if (missing == NULL) {
		doctor_add_gap(doctor, error);
		return;
	}
	for (guint i = 0; i < missing->len; i++) {
		const MissingIndex *index = g_ptr_array_index(missing, i);
		g_autofree char *remedy = g_strconcat("run: ", index->remedy, NULL);
		g_autofree char *cost = g_strdup_printf(
			"each lookup reads the whole table, about %" G_GINT64_FORMAT " rows",
			index->rows);

		doctor_add(doctor, index->is_vital ? DOCTOR_FAIL : DOCTOR_WARN, remedy,
			"WordPress's index %s is missing: %s", index->what,
			index->is_vital ? "rows may be doubled" : cost);
	}
	if (missing->len == 0)
		doctor_ok(doctor, "WordPress's own are there");
}

/* Of what an earlier check has found, the trial would only say it again, or could not take back
 * what it wrote. */
static bool may_write(Doctor *doctor)
{
	static const char *const conditions[] = {"privileges", "own tables", "engines", NULL};

	for (guint i = 0; i < doctor->findings->len; i++) {
		const DoctorFinding *finding = g_ptr_array_index(doctor->findings, i);
		g_autoptr(GError) failure = NULL;

		if (finding->status != DOCTOR_FAIL || !g_strv_contains(conditions, finding->check))
			continue;
		g_set_error(&failure, DB_ERROR, DB_ERROR_SCHEMA, "'%s' has to be put right first",
			finding->check);
		doctor_add_gap(doctor, failure);
		return false;
	}
	return true;
}

void doctor_check_writes(Doctor *doctor)
{
	bool keeps_posts = doctor->app.config->sync_gone == CONFIG_GONE_TRASH;
	g_autoptr(GError) said_before = NULL;
	g_autoptr(GPtrArray) refusals = NULL;
	bool has_tables = false;

	if (!may_write(doctor))
		return;
	/* That they cannot be read is what the check of them says. */
	if (!state_schema_is_current(doctor->app.db, &has_tables, &said_before))
		has_tables = false;
	refusals = write_trial(
		doctor->app.db, doctor->app.site, has_tables, keeps_posts, doctor->now_utc);
	for (guint i = 0; i < refusals->len; i++) {
		const WriteRefusal *refusal = g_ptr_array_index(refusals, i);
		g_autofree char *message = g_strdup_printf(
			"a sync cannot write %s: %s", refusal->what, refusal->why->message);

		doctor_add_message(doctor, DOCTOR_FAIL, message,
			"put right what the message names: nothing is synced before");
	}
	if (refusals->len == 0)
		doctor_ok(doctor, "a row of each kind was taken, and rolled back");
}
