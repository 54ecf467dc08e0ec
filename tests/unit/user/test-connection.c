/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connections array: every tolerance of reading it, and edits that touch our fields alone. */
#include "user/connection.h"

#include <string.h>

#include "php/value.h"
#include "util/limits.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static ConnectionList *parse(const char *stored)
{
	g_autoptr(GError) error = NULL;
	ConnectionList *list = connections_parse(stored, strlen(stored), &error);
	g_assert_no_error(error);
	g_assert_nonnull(list);
	return list;
}

static const Connection *first_of(const ConnectionList *list)
{
	g_assert_cmpuint(list->connections->len, >, 0);
	return g_ptr_array_index(list->connections, 0);
}

static void test_full_entry(void)
{
	g_autoptr(ConnectionList) list =
		parse("a:1:{i:0;a:13:{s:2:\"id\";s:18:\"conn_683f1c2ab4d51\";s:8:\"provider\";s:6:"
		      "\"caldav\";"
		      "s:4:\"name\";s:4:\"Home\";s:11:\"calendar_id\";s:8:\"/dav/"
		      "ana\";s:11:\"credentials\";"
		      "s:3:\"box\";s:12:\"sync_enabled\";b:1;s:8:\"auto_log\";b:0;s:14:\"sync_from_"
		      "days\";i:30;"
		      "s:12:\"sync_to_days\";i:60;s:14:\"sync_frequency\";i:20;s:9:\"last_sync\";"
		      "s:25:\"2026-01-15T11:00:00+01:00\";s:10:\"last_error\";N;s:10:\"created_"
		      "at\";s:1:\"x\";}}");
	const Connection *connection = first_of(list);
	g_assert_cmpuint(list->problems->len, ==, 0);
	g_assert_cmpstr(connection->id, ==, "conn_683f1c2ab4d51");
	g_assert_cmpstr(connection->provider, ==, "caldav");
	g_assert_cmpstr(connection->name, ==, "Home");
	g_assert_cmpstr(connection->calendar_ids[0], ==, "/dav/ana");
	g_assert_null(connection->calendar_ids[1]);
	g_assert_cmpstr(connection->credentials, ==, "box");
	g_assert_true(connection->sync_enabled);
	g_assert_false(connection->auto_log);
	g_assert_cmpint(connection->sync_from_days, ==, 30);
	g_assert_cmpint(connection->sync_to_days, ==, 60);
	g_assert_cmpint(connection->sync_frequency_minutes, ==, 20);
	g_assert_cmpstr(connection->last_sync, ==, "2026-01-15T11:00:00+01:00");
	g_assert_null(connection->last_error);
}

static void test_absent_is_default(void)
{
	g_autoptr(ConnectionList) list =
		parse("a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:6:\"google\";}}");
	const Connection *connection = first_of(list);
	g_assert_cmpstr(connection->name, ==, "");
	g_assert_cmpstr(connection->credentials, ==, "");
	g_assert_null(connection->calendar_ids[0]);
	g_assert_false(connection->sync_enabled);
	g_assert_false(connection->auto_log);
	g_assert_cmpint(connection->sync_from_days, ==, 90);
	g_assert_cmpint(connection->sync_to_days, ==, 30);
	g_assert_cmpint(connection->sync_frequency_minutes, ==, 15);
	g_assert_null(connection->last_sync);
	g_assert_null(connection->last_error);
}

/* One field of an entry that has an id and a provider. */
static ConnectionList *parse_field(const char *key, const char *value)
{
	g_autofree char *stored = g_strdup_printf(
		"a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:\"p\";s:%zu:\"%s\";%s}}",
		strlen(key), key, value);
	return parse(stored);
}

static void test_truthiness(void)
{
	static const struct {
		const char *value;
		bool is_on;
	} cases[] = {{"b:1;", true}, {"i:1;", true}, {"s:1:\"1\";", true}, {"s:3:\"yes\";", true},
		{"s:5:\"false\";", true}, {"b:0;", false}, {"i:0;", false}, {"s:1:\"0\";", false},
		{"s:0:\"\";", false}, {"N;", false}, {"a:0:{}", false}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(ConnectionList) list = parse_field("sync_enabled", cases[i].value);
		g_assert_true(first_of(list)->sync_enabled == cases[i].is_on);
	}
}

static void test_days(void)
{
	static const struct {
		const char *value;
		int days;
	} cases[] = {{"i:7;", 7}, {"s:1:\"7\";", 7}, {"d:7.9;", 7}, {"i:0;", 0}, {"N;", 90},
		{"s:0:\"\";", 90}, {"a:0:{}", 90}, {"i:-5;", 0}, {"i:9223372036854775807;", 3650},
		{"d:1.0E+30;", 3650}, {"s:4:\"many\";", 0}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(ConnectionList) list = parse_field("sync_from_days", cases[i].value);
		g_assert_cmpint(first_of(list)->sync_from_days, ==, cases[i].days);
	}
}

static void test_calendar_ids(void)
{
	static const struct {
		const char *fields; /* with a calendar_id "one" before them */
		const char *calendars;
	} cases[] = {
		{"a:2:{i:0;s:1:\"a\";i:1;s:1:\"b\";}", "a,b"},
		{"a:3:{i:5;s:1:\"a\";s:1:\"k\";s:1:\"a\";i:6;N;}", "a"},
		{"a:1:{i:0;i:12;}", "12"},
		{"a:0:{}", "one"},
		{"a:1:{i:0;s:0:\"\";}", "one"},
		{"s:1:\"a\";", "one"},
		{"N;", "one"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *fields =
			g_strdup_printf("s:3:\"one\";s:12:\"calendar_ids\";%s", cases[i].fields);
		g_autofree char *stored = g_strdup_printf(
			"a:1:{i:0;a:4:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:\"p\";"
			"s:11:\"calendar_id\";%s}}",
			fields);
		g_autoptr(ConnectionList) list = parse(stored);
		g_autofree char *joined = g_strjoinv(",", first_of(list)->calendar_ids);
		g_assert_cmpstr(joined, ==, cases[i].calendars);
	}
}

static void test_odd_lists(void)
{
	/* A map, an int for an id, an unknown provider: all understood. */
	g_autoptr(ConnectionList) list =
		parse("a:2:{s:1:\"k\";a:2:{s:2:\"id\";i:42;s:8:\"provider\";s:7:\"outlook\";}"
		      "i:7;a:2:{s:2:\"id\";s:1:\"y\";s:8:\"provider\";s:6:\"caldav\";}}");
	g_assert_cmpuint(list->connections->len, ==, 2);
	g_assert_cmpuint(list->problems->len, ==, 0);
	g_assert_cmpstr(first_of(list)->id, ==, "42");
	g_assert_cmpstr(first_of(list)->provider, ==, "outlook");
}

static const struct {
	const char *name;
	const char *entry;
	const char *problem;
} problems[] = {
	{"text", "s:1:\"x\";", "entry 3 of the connections is no array"},
	{"object", "O:8:\"stdClass\":1:{s:2:\"id\";s:1:\"q\";}",
		"entry 3 of the connections is no array"},
	{"no-id", "a:1:{s:8:\"provider\";s:1:\"p\";}", "entry 3 of the connections has no id"},
	{"empty-id", "a:2:{s:2:\"id\";s:0:\"\";s:8:\"provider\";s:1:\"p\";}",
		"entry 3 of the connections has no id"},
	{"array-for-an-id", "a:2:{s:2:\"id\";a:0:{}s:8:\"provider\";s:1:\"p\";}",
		"entry 3 of the connections has no id"},
	{"no-provider", "a:1:{s:2:\"id\";s:1:\"q\";}",
		"entry 3 of the connections has no provider"},
	{"same-id", "a:2:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:\"p\";}",
		"entry 3 of the connections has the id of an earlier one"},
};

static void test_problem(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *stored = g_strdup_printf(
		"a:2:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:\"p\";}i:3;%s}",
		problems[i].entry);
	g_autoptr(ConnectionList) list = parse(stored);
	g_assert_cmpuint(list->connections->len, ==, 1);
	g_assert_cmpuint(list->problems->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(list->problems, 0), ==, problems[i].problem);
}

static void test_nothing_stored(void)
{
	static const char *const cases[] = {"", " ", "N;", "b:0;", "s:0:\"\";", "a:0:{}"};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(ConnectionList) list = parse(cases[i]);
		g_assert_cmpuint(list->connections->len, ==, 0);
		g_assert_cmpuint(list->problems->len, ==, 0);
	}
}

static void test_damaged(void)
{
	static const char *const cases[] = {"a:1:{i:0;a:1:{s:2:\"id\";s:9:\"x\";}}", "a:1:{", "[]",
		"i:5;", "s:1:\"x\";", "a:0:{}x", "O:8:\"stdClass\":0:{}"};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(connections_parse(cases[i], strlen(cases[i]), &error));
		g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
		g_clear_error(&error);
		ConnectionChange change = {.last_sync = "now"};
		g_assert_null(connections_update(cases[i], strlen(cases[i]), "x", &change, &error));
		g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
	}
}

static const ConnectionChange success = {
	.last_sync = "2026-02-01T00:00:00+00:00", .set_last_error = true};
static const ConnectionChange failure = {
	.set_last_error = true, .last_error = "caf\xc3\xa9 \"down\""};
static const ConnectionChange refreshed = {.credentials = "new"};

static const struct {
	const char *name;
	const char *stored;
	size_t length;
	const ConnectionChange *change;
	const char *expected; /* NULL: refused */
	size_t expected_length;
} updates[] = {
	{"both-fields-there",
		BYTES("a:2:{i:0;a:1:{s:2:\"id\";s:1:\"y\";}i:1;a:4:{s:9:\"last_sync\";N;s:2:\"id\";"
		      "s:1:\"x\";s:10:\"last_error\";s:3:\"old\";s:1:\"z\";b:1;}}"),
		&success,
		BYTES("a:2:{i:0;a:1:{s:2:\"id\";s:1:\"y\";}i:1;a:4:{s:9:\"last_sync\";"
		      "s:25:\"2026-02-01T00:00:00+00:00\";s:2:\"id\";s:1:\"x\";s:10:\"last_error\";"
		      "N;"
		      "s:1:\"z\";b:1;}}")},
	{"absent-fields-are-added-at-the-end", BYTES("a:1:{i:0;a:1:{s:2:\"id\";s:1:\"x\";}}"),
		&success,
		BYTES("a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:9:\"last_sync\";"
		      "s:25:\"2026-02-01T00:00:00+00:00\";s:10:\"last_error\";N;}}")},
	{"length-is-in-bytes", BYTES("a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";N;}}"),
		&failure,
		BYTES("a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";s:12:\"caf\xc3\xa9 "
		      "\"down\"\";}}")},
	{"credentials-alone",
		BYTES("a:1:{i:0;a:3:{s:11:\"credentials\";s:3:\"old\";s:2:\"id\";s:1:\"x\";"
		      "s:9:\"last_sync\";N;}}"),
		&refreshed,
		BYTES("a:1:{i:0;a:3:{s:11:\"credentials\";s:3:\"new\";s:2:\"id\";s:1:\"x\";"
		      "s:9:\"last_sync\";N;}}")},
	{"int-for-an-id", BYTES("a:1:{i:9;a:2:{s:2:\"id\";i:42;s:10:\"last_error\";N;}}"), &failure,
		BYTES("a:1:{i:9;a:2:{s:2:\"id\";i:42;s:10:\"last_error\";s:12:\"caf\xc3\xa9 "
		      "\"down\"\";}}")},
	{"odd-bytes-stay",
		BYTES(" a:3:{i:+0;O:3:\"Foo\":1:{s:4:\"\0*\0a\";d:1.50;}s:1:\"\xff\";C:1:\"B\":2:{"
		      "\0}}"
		      "i:07;a:03:{S:2:\"\\69d\";s:01:\"x\";s:9:\"last_sync\";i:+5;s:1:\"n\";d:1e3;}"
		      "};\n"),
		&success,
		BYTES(" a:3:{i:+0;O:3:\"Foo\":1:{s:4:\"\0*\0a\";d:1.50;}s:1:\"\xff\";C:1:\"B\":2:{"
		      "\0}}"
		      "i:07;a:4:{S:2:\"\\69d\";s:01:\"x\";s:9:\"last_sync\";"
		      "s:25:\"2026-02-01T00:00:00+00:00\";s:1:\"n\";d:1e3;s:10:\"last_error\";N;}};"
		      "\n")},
	{"array-in-our-field-is-replaced",
		BYTES("a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";a:1:{i:0;s:1:\"}\";}}"
		      "}"),
		&failure,
		BYTES("a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";s:12:\"caf\xc3\xa9 "
		      "\"down\"\";}}")},
	{"of-duplicate-keys-the-last-counts",
		BYTES("a:1:{i:0;a:3:{s:10:\"last_error\";i:1;s:2:\"id\";s:1:\"x\";s:10:\"last_"
		      "error\";"
		      "i:2;}}"),
		&failure,
		BYTES("a:1:{i:0;a:3:{s:10:\"last_error\";i:1;s:2:\"id\";s:1:\"x\";s:10:\"last_"
		      "error\";"
		      "s:12:\"caf\xc3\xa9 \"down\"\";}}")},
	{"references-elsewhere-stay",
		BYTES("a:2:{i:0;a:2:{s:10:\"last_error\";N;s:2:\"id\";s:1:\"x\";}i:1;a:2:{i:0;i:1;"
		      "i:1;"
		      "R:6;}}"),
		&failure,
		BYTES("a:2:{i:0;a:2:{s:10:\"last_error\";s:12:\"caf\xc3\xa9 \"down\"\";s:2:\"id\";"
		      "s:1:\"x\";}i:1;a:2:{i:0;i:1;i:1;R:6;}}")},
	{"refuses-to-add-where-references-count",
		BYTES("a:2:{i:0;a:1:{s:2:\"id\";s:1:\"x\";}i:1;a:2:{i:0;i:1;i:1;R:5;}}"), &failure,
		NULL, 0},
	{"refuses-a-field-that-is-a-reference",
		BYTES("a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:1:\"e\";N;s:10:\"last_error\";R:4;}}"),
		&failure, NULL, 0},
	{"refuses-a-field-that-is-referred-to",
		BYTES("a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";N;s:1:\"e\";R:4;}}"),
		&failure, NULL, 0},
	{"refuses-an-entry-that-is-a-reference",
		BYTES("a:2:{i:0;a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:10:\"last_error\";N;}}i:1;R:3;"
		      "}"),
		&failure, NULL, 0},
};

static void test_update(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	const char *id = strstr(updates[i].name, "int-for") != NULL ? "42" : "x";
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) changed = connections_update(
		updates[i].stored, updates[i].length, id, updates[i].change, &error);
	if (updates[i].expected == NULL) {
		g_assert_null(changed);
		g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
		return;
	}
	g_assert_no_error(error);
	size_t length = 0;
	const void *bytes = g_bytes_get_data(changed, &length);
	g_assert_cmpmem(bytes, length, updates[i].expected, updates[i].expected_length);

	/* It can be read, and changing it once more changes nothing. */
	g_autoptr(GBytes) again = connections_update(bytes, length, id, updates[i].change, &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(changed, again));
}

static void test_credentials_replace_only_those_expected(void)
{
	static const char stored[] = "a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:11:\"credentials\";"
				     "s:3:\"box\";}}";
	static const char renewed[] = "a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:11:\"credentials\";"
				      "s:3:\"new\";}}";
	const ConnectionChange expected = {.credentials = "new", .expected_credentials = "box"};
	const ConnectionChange others = {.credentials = "new", .expected_credentials = "old"};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) changed =
		connections_update(stored, strlen(stored), "x", &expected, &error);
	g_autoptr(GBytes) again = NULL;

	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(changed, NULL), g_bytes_get_size(changed), renewed,
		strlen(renewed));
	/* The answer to the first write was lost, and it is tried once more. */
	again = connections_update(renewed, strlen(renewed), "x", &expected, &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(changed, again));
	g_assert_null(connections_update(stored, strlen(stored), "x", &others, &error));
	g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_CHANGED);
}

static void test_gone(void)
{
	static const char stored[] = "a:1:{i:0;a:1:{s:2:\"id\";s:1:\"y\";}}";
	g_autoptr(GError) error = NULL;
	g_assert_null(connections_update(stored, strlen(stored), "x", &success, &error));
	g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_NOT_FOUND);
}

/* Whatever is damaged: no crash, and what was changed can be read. */
static void test_damage(void)
{
	static const char stored[] = "a:2:{i:0;a:4:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:"
				     "\"p\";s:9:\"last_sync\";N;s:1:\"r\""
				     ";R:1;}i:1;a:3:{s:2:\"id\";s:1:\"y\";s:10:\"last_error\";N;s:"
				     "12:\"calendar_ids\";a:1:{i:0;"
				     "s:1:\"c\";}}}";
	static const char bytes[] = "0129:;\"{}aibdsSORrN\0";
	unsigned changed_count = 0;
	for (size_t at = 0; at < sizeof stored - 1; at++)
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			g_autofree char *copy = g_memdup2(stored, sizeof stored - 1);
			copy[at] = bytes[i];
			g_autoptr(ConnectionList) list =
				connections_parse(copy, sizeof stored - 1, NULL);
			g_autoptr(GBytes) changed =
				connections_update(copy, sizeof stored - 1, "y", &failure, NULL);
			/* Only what can be read can be changed. */
			g_assert_true(list != NULL || changed == NULL);
			if (changed == NULL)
				continue;
			size_t length = 0;
			const char *text = g_bytes_get_data(changed, &length);
			g_autoptr(ConnectionList) again = connections_parse(text, length, NULL);
			g_assert_nonnull(again);
			changed_count++;
		}
	g_assert_cmpuint(changed_count, >, 0);
}

/* Of three, one is changed like alone, one was removed meanwhile, and one lacks its fields. */
static void test_update_all(void)
{
	static const char stored[] =
		"a:3:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:9:\"last_sync\";N;s:10:\"last_error\";s:3:"
		"\"old\";}i:1;a:1:{s:2:\"id\";s:1:\"y\";}i:2;a:1:{s:2:\"id\";s:1:\"z\";}}";
	static const char expected[] =
		"a:3:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:9:\"last_sync\";s:3:\"now\";s:10:"
		"\"last_error\";N;}i:1;a:1:{s:2:\"id\";s:1:\"y\";}i:2;a:2:{s:2:\"id\";s:1:\"z\";s:"
		"10:\"last_error\";s:3:\"bad\";}}";
	static const ConnectionUpdate all[] = {
		{"z", {.set_last_error = true, .last_error = "bad"}},
		{"gone", {.last_sync = "now", .set_last_error = true}},
		{"x", {.last_sync = "now", .set_last_error = true}},
	};
	g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_ptr_array_add(refused, g_strdup("of an earlier try"));
	g_autoptr(GBytes) changed = connections_update_all(
		stored, sizeof stored - 1, all, G_N_ELEMENTS(all), refused, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(changed, NULL), g_bytes_get_size(changed), expected,
		sizeof expected - 1);
	g_assert_cmpuint(refused->len, ==, 1);
	g_assert_nonnull(strstr(g_ptr_array_index(refused, 0), "gone: it was removed meanwhile"));
	g_autoptr(GBytes) again = connections_update_all(g_bytes_get_data(changed, NULL),
		g_bytes_get_size(changed), all, G_N_ELEMENTS(all), refused, &error);
	g_assert_true(g_bytes_equal(changed, again));
	g_assert_cmpuint(refused->len, ==, 1);
}

/* References tie the first to other values: it stays, and the second is changed. */
static void test_update_all_but_what_may_not_be_changed(void)
{
	static const char stored[] = "a:2:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:1:\"r\";R:1;}i:1;a:2:{"
				     "s:2:\"id\";s:1:\"y\";s:10:\"last_error\";N;}}";
	static const ConnectionUpdate all[] = {
		{"x", {.set_last_error = true, .last_error = "bad"}},
		{"y", {.set_last_error = true, .last_error = "bad"}},
	};
	g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GBytes) changed = connections_update_all(
		stored, sizeof stored - 1, all, G_N_ELEMENTS(all), refused, NULL);
	const char *text = g_bytes_get_data(changed, NULL);
	g_assert_cmpuint(refused->len, ==, 1);
	g_assert_nonnull(strstr(g_ptr_array_index(refused, 0), "references"));
	g_assert_nonnull(g_strstr_len(text, (gssize)g_bytes_get_size(changed),
		"s:1:\"y\";s:10:\"last_error\";s:3:\"bad\";"));
	g_assert_nonnull(g_strstr_len(text, (gssize)g_bytes_get_size(changed), "s:1:\"r\";R:1;}"));
}

/* One octet more than there may be. */
static void test_size(void)
{
	g_autofree char *name = g_strnfill(LIMIT_CONNECTIONS_BYTES, 'n');
	g_autofree char *around = g_strdup("a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:"
					   "1:\"p\";s:4:\"name\";s:1000000:\"\";}}");
	size_t most = LIMIT_CONNECTIONS_BYTES - strlen(around);

	for (size_t more = 0; more < 2; more++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *stored = g_strdup_printf(
			"a:1:{i:0;a:3:{s:2:\"id\";s:1:\"x\";s:8:\"provider\";s:1:\"p\";"
			"s:4:\"name\";s:%zu:\"%.*s\";}}",
			most + more, (int)(most + more), name);
		g_autoptr(ConnectionList) list = connections_parse(stored, strlen(stored), &error);

		g_assert_cmpuint(strlen(stored), ==, LIMIT_CONNECTIONS_BYTES + more);
		g_assert_true((list != NULL) == (more == 0));
		if (more > 0)
			g_assert_nonnull(strstr(error->message, "larger than 1024 KB"));
	}
}

static GPtrArray *one_connection(const char *id, const char *calendars)
{
	GPtrArray *added = g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
	g_auto(GStrv) ids = g_strsplit(calendars, ",", -1);
	Connection *connection =
		connection_new("google", "W\303\266rk", "box", (const char *const *)ids, 0);

	g_free(connection->id);
	connection->id = g_strdup(id);
	connection->auto_log = false;
	g_ptr_array_add(added, connection);
	return added;
}

#define ADDED(id, calendars)                                                                       \
	"s:8:\"provider\";s:6:\"google\";s:4:\"name\";s:5:\"W\303\266rk\";" calendars              \
	"s:11:\"credentials\";s:3:\"box\";s:12:\"sync_enabled\";b:1;s:8:\"auto_log\";b:0;"         \
	"s:14:\"sync_from_days\";i:90;s:12:\"sync_to_days\";i:30;s:14:\"sync_frequency\";i:15;"    \
	"s:9:\"last_sync\";N;s:10:\"last_error\";N;s:10:\"created_at\";s:3:\"now\";s:2:\"id\";"    \
	"s:1:\"" id "\";}"
#define NEW_ONE "a:13:{" ADDED("n", "s:11:\"calendar_id\";s:1:\"a\";")

static void assert_added(const char *stored, size_t length, const char *calendars,
	const char *expected, size_t expected_length)
{
	g_autoptr(GPtrArray) added = one_connection("n", calendars);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) changed = connections_add(stored, length, added, "now", &error);
	g_autoptr(GBytes) again = NULL;

	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(changed, NULL), g_bytes_get_size(changed), expected,
		expected_length);
	/* The answer was lost: it is there already. */
	again = connections_add(
		g_bytes_get_data(changed, NULL), g_bytes_get_size(changed), added, "now", &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(changed, again));
}

static void test_add(void)
{
	static const struct {
		const char *stored;
		size_t length;
		const char *expected;
		size_t expected_length;
	} cases[] = {
		{BYTES(""), BYTES("a:1:{i:0;" NEW_ONE "}")},
		{BYTES("N;"), BYTES("a:1:{i:0;" NEW_ONE "}")},
		{BYTES("a:0:{}"), BYTES("a:1:{i:0;" NEW_ONE "}")},
		{BYTES(" a:1:{i:0;i:5;} "), BYTES(" a:2:{i:0;i:5;i:1;" NEW_ONE "} ")},
		/* As PHP does: behind the largest key, and names are none. */
		{BYTES("a:2:{i:7;i:5;s:1:\"k\";d:1.0;}"),
			BYTES("a:3:{i:7;i:5;s:1:\"k\";d:1.0;i:8;" NEW_ONE "}")},
		/* References and objects stay as they are. */
		{BYTES("a:2:{i:0;O:1:\"X\":0:{}i:1;R:2;}"),
			BYTES("a:3:{i:0;O:1:\"X\":0:{}i:1;R:2;i:2;" NEW_ONE "}")},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_added(cases[i].stored, cases[i].length, "a", cases[i].expected,
			cases[i].expected_length);
	assert_added(BYTES(""), "a,b",
		BYTES("a:1:{i:0;a:14:{" ADDED("n",
			"s:11:\"calendar_id\";s:1:\"a\";s:12:\"calendar_ids\";a:2:{i:0;s:1:\"a\";"
			"i:1;s:1:\"b\";}") "}"));
}

static void test_add_to_what_is_damaged(void)
{
	g_autoptr(GPtrArray) added = one_connection("n", "a");
	g_autoptr(GError) error = NULL;

	g_assert_null(connections_add(BYTES("a:1:{"), added, "now", &error));
	g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
	g_clear_error(&error);
	g_assert_null(
		connections_add(BYTES("a:1:{i:9223372036854775807;N;}"), added, "now", &error));
	g_assert_error(error, CONNECTION_ERROR, CONNECTION_ERROR_DAMAGED);
}

static void test_remove(void)
{
	static const struct {
		const char *stored;
		size_t length;
		const char *expected; /* NULL: refused */
		int code;
	} cases[] = {
		{BYTES("a:1:{i:0;a:1:{s:2:\"id\";s:1:\"x\";}}"), "a:0:{}", 0},
		{BYTES(" a:3:{i:4;d:1.50;s:1:\"k\";a:1:{s:2:\"id\";s:1:\"x\";}i:9;"
		       "O:1:\"X\":0:{}} "),
			"a:2:{i:0;d:1.50;i:1;O:1:\"X\":0:{}}", 0},
		{BYTES("a:1:{i:0;a:1:{s:2:\"id\";s:1:\"y\";}}"), NULL, CONNECTION_ERROR_NOT_FOUND},
		{BYTES("a:2:{i:0;a:1:{s:2:\"id\";s:1:\"x\";}i:1;R:2;}"), NULL,
			CONNECTION_ERROR_DAMAGED},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) left =
			connections_remove(cases[i].stored, cases[i].length, "x", &error);

		if (cases[i].expected == NULL) {
			g_assert_error(error, CONNECTION_ERROR, cases[i].code);
			continue;
		}
		g_assert_no_error(error);
		g_assert_cmpmem(g_bytes_get_data(left, NULL), g_bytes_get_size(left),
			cases[i].expected, strlen(cases[i].expected));
	}
}

static void test_switch(void)
{
	static const char stored[] = "a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:12:\"sync_enabled\";"
				     "s:1:\"1\";}}";
	static const char expected[] = "a:1:{i:0;a:2:{s:2:\"id\";s:1:\"x\";s:12:\"sync_enabled\";"
				       "b:0;}}";
	const ConnectionChange off = {.set_sync_enabled = true};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) changed = connections_update(stored, strlen(stored), "x", &off, &error);

	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(changed, NULL), g_bytes_get_size(changed), expected,
		strlen(expected));
}

static void test_new_id(void)
{
	/* What uniqid() said at that time. */
	static const char *const none[] = {NULL};
	g_autoptr(Connection) connection =
		connection_new("caldav", "", "", none, G_GINT64_CONSTANT(1748966442740689));

	g_assert_cmpstr(connection->id, ==, "conn_683f1c2ab4d51");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/connection/update-all/others-go-on", test_update_all);
	g_test_add_func("/wp/connection/update-all/what-may-not-be-changed-stays",
		test_update_all_but_what_may_not_be_changed);
	g_test_add_func("/wp/connection/size-at-its-edge", test_size);
	g_test_add_func("/wp/connection/every-field-is-read", test_full_entry);
	g_test_add_func("/wp/connection/absent-is-default", test_absent_is_default);
	g_test_add_func("/wp/connection/truthiness-is-php-s", test_truthiness);
	g_test_add_func("/wp/connection/days-are-numbers-within-bounds", test_days);
	g_test_add_func("/wp/connection/calendar-ids-win-when-there-are-any", test_calendar_ids);
	g_test_add_func("/wp/connection/odd-lists-are-understood", test_odd_lists);
	g_test_add_func("/wp/connection/nothing-stored-is-no-connections", test_nothing_stored);
	g_test_add_func("/wp/connection/damaged-is-refused", test_damaged);
	g_test_add_func("/wp/connection/credentials-replace-only-those-expected",
		test_credentials_replace_only_those_expected);
	g_test_add_func("/wp/connection/removed-meanwhile-is-said", test_gone);
	g_test_add_func("/wp/connection/damage-never-crashes", test_damage);
	for (size_t i = 0; i < G_N_ELEMENTS(problems); i++) {
		g_autofree char *path =
			g_strconcat("/wp/connection/reports/", problems[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_problem);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(updates); i++) {
		g_autofree char *path =
			g_strconcat("/wp/connection/update/", updates[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_update);
	}
	g_test_add_func("/wp/connection/is-added-as-the-theme-does", test_add);
	g_test_add_func(
		"/wp/connection/none-is-added-to-what-is-damaged", test_add_to_what_is_damaged);
	g_test_add_func("/wp/connection/is-removed-as-the-theme-does", test_remove);
	g_test_add_func("/wp/connection/is-switched-off", test_switch);
	g_test_add_func("/wp/connection/has-a-name-of-its-time", test_new_id);
	return g_test_run();
}
