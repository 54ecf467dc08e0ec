/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is (design 7). */
#include "sync/turn.h"

size_t turn_next(const int64_t *user_ids, size_t count, int64_t last_user_id)
{
	for (size_t i = 0; i < count; i++) {
		if (user_ids[i] > last_user_id)
			return i;
	}
	return 0;
}

/* When all of a calendar was last told; 0: never. */
static int64_t listed_utc(const ConnectionState *state, const char *calendar_id)
{
	const CalendarCursor *cursor = connection_state_cursor(state, calendar_id);

	return cursor != NULL ? cursor->listed_utc : 0;
}

static gint compare_calendars(gconstpointer left, gconstpointer right, gpointer data)
{
	const ConnectionState *state = data;
	int64_t a = listed_utc(state, *(const char *const *)left);
	int64_t b = listed_utc(state, *(const char *const *)right);

	return a < b ? -1 : a > b;
}

GPtrArray *turn_calendars(const ConnectionState *state, char *const *ids)
{
	GPtrArray *calendars;

	if (state->failures == 0 || ids[0] == NULL || ids[1] == NULL)
		return NULL;
	calendars = g_ptr_array_new();
	for (; *ids != NULL; ids++)
		g_ptr_array_add(calendars, *ids);
	g_ptr_array_sort_with_data(calendars, compare_calendars, (void *)state);
	g_ptr_array_add(calendars, NULL);
	return calendars;
}

static gint compare_connections(gconstpointer left, gconstpointer right, gpointer data)
{
	UserState *state = data;
	const Connection *a = *(const Connection *const *)left;
	const Connection *b = *(const Connection *const *)right;
	unsigned a_failures = user_state_find(state, a->id)->failures;
	unsigned b_failures = user_state_find(state, b->id)->failures;

	return a_failures < b_failures ? -1 : a_failures > b_failures;
}

void turn_sort_connections(GPtrArray *connections, UserState *state)
{
	g_ptr_array_sort_with_data(connections, compare_connections, state);
}
