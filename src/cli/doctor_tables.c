/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: WordPress's tables. */
#include <string.h>

#include "cli/doctor.h"
#include "schema/indexes.h"
#include "schema/schema.h"

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

		doctor_add(doctor, index->is_vital ? DOCTOR_FAIL : DOCTOR_WARN, remedy,
			"WordPress's index %s is missing: %s", index->what,
			index->is_vital ? "rows may be doubled" : "reading is slow");
	}
	if (missing->len == 0)
		doctor_ok(doctor, "WordPress's own are there");
}
