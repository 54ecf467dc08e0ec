/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "sync/turn.h"

static const struct {
	const char *name;
	int64_t user_ids[4];
	size_t count;
	int64_t last;
	size_t expected;
} cases[] = {
	{"first-pass", {3, 5, 9}, 3, 0, 0},
	{"next", {3, 5, 9}, 3, 3, 1},
	{"round", {3, 5, 9}, 3, 9, 0},
	{"last-user-left", {3, 9}, 2, 5, 1},
	{"last-of-all-left", {3, 5}, 2, 9, 0},
	{"newcomer-before-is-not-repeated", {2, 3, 5, 9}, 4, 5, 3},
	{"alone", {7}, 1, 7, 0},
};

static void test_turn(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);

	g_assert_cmpuint(
		turn_next(cases[i].user_ids, cases[i].count, cases[i].last), ==, cases[i].expected);
}

static const uint8_t no_hash[STATE_HASH_BYTES];

static ConnectionState *new_state(const char *id, unsigned failures)
{
	ConnectionState *state = connection_state_new(1, id);

	state->failures = failures;
	return state;
}

static void add_cursor(ConnectionState *state, const char *calendar_id, int64_t listed_utc)
{
	g_ptr_array_add(
		state->cursors, calendar_cursor_new(calendar_id, no_hash, "x", listed_utc, 0));
}

static void test_calendars(void)
{
	char *ids[] = {(char *)"new", (char *)"late", (char *)"early", (char *)"never", NULL};
	char *one[] = {(char *)"late", NULL};
	g_autoptr(ConnectionState) state = new_state("c", 1);
	g_autoptr(GPtrArray) calendars = NULL;
	g_autofree char *order = NULL;

	add_cursor(state, "late", 2000);
	add_cursor(state, "early", 1000);
	add_cursor(state, "never", 0);
	calendars = turn_calendars(state, ids);
	order = g_strjoinv(" ", (char **)calendars->pdata);
	g_assert_cmpstr(order, ==, "new never early late");
	g_assert_null(turn_calendars(state, one));
	state->failures = 0;
	g_assert_null(turn_calendars(state, ids));
}

static void test_connections(void)
{
	static const char *const ids[] = {"twice", "never", "once", "unknown"};
	UserState *state = g_new0(UserState, 1);
	g_autoptr(GPtrArray) connections =
		g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
	g_autoptr(GString) order = g_string_new(NULL);

	state->states = g_ptr_array_new_with_free_func((GDestroyNotify)connection_state_free);
	g_ptr_array_add(state->states, new_state("once", 1));
	g_ptr_array_add(state->states, new_state("twice", 2));
	g_ptr_array_add(state->states, new_state("never", 0));
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		Connection *connection = g_new0(Connection, 1);

		connection->id = g_strdup(ids[i]);
		g_ptr_array_add(connections, connection);
	}
	turn_sort_connections(connections, state);
	for (guint i = 0; i < connections->len; i++)
		g_string_append_printf(
			order, "%s ", ((Connection *)g_ptr_array_index(connections, i))->id);
	g_assert_cmpstr(order->str, ==, "never unknown once twice ");
	user_state_free(state);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sync/turn/calendars", test_calendars);
	g_test_add_func("/sync/turn/connections", test_connections);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/sync/turn/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_turn);
	}
	return g_test_run();
}
