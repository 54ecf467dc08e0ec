/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "../support/test_db.h"
#include "schema/server.h"

static void test_versions(void)
{
	static const struct {
		const char *version;
		bool is_older;
	} versions[] = {
		{"10.11.14-MariaDB-0+deb12u2", false},
		{"10.5.0-MariaDB", false},
		{"10.4.34-MariaDB-log", true},
		{"11.4.2-MariaDB", false},
		{"5.5.68-MariaDB", true},
		{"8.0.36", false},
		{"8.0.35-27", false},
		{"9.1.0", false},
		{"5.7.44-log", true},
		{"8.0.mysql_aurora.3.05.2", false},
		{"unknown", false},
		{"", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		g_test_message("%s", versions[i].version);
		g_assert_cmpint(server_is_older(versions[i].version), ==, versions[i].is_older);
	}
}

static void test_facts_of_a_running_server(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_auto(ServerFacts) facts = {0};
	g_autofree char *version = NULL;

	if (test == NULL)
		return;
	version = test_db_text(test, "SELECT VERSION()");
	g_assert_true(server_facts_load(test->db, &facts, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(facts.version, ==, version);
	g_assert_cmpint(facts.is_mariadb, ==, strstr(version, "MariaDB") != NULL);
	g_assert_false(facts.is_older);
	g_assert_cmpint(ABS(facts.clock_utc - g_get_real_time() / G_USEC_PER_SEC), <, 60);
	g_assert_null(facts.tls_cipher);
	g_assert_false(facts.is_read_only);
	g_assert_false(facts.is_galera);
	g_assert_null(facts.galera_status);
	g_assert_null(facts.replica_group);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schema/server/older-versions", test_versions);
	g_test_add_func("/schema/server/facts", test_facts_of_a_running_server);
	return g_test_run();
}
