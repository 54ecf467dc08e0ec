/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "schema/grant_line.h"
#include "schema/grants.h"
#include "schema/grants_held.h"
#include "state/schema.h"

/* What init offers, as MariaDB shows it; without the users and usermeta, and without the posts. */
#define PASSWORD "IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'"
#define USAGE "GRANT USAGE ON *.* TO `crm`@`localhost` " PASSWORD "\n"
#define USERS                                                                                      \
	"GRANT SELECT (`user_email`, `display_name`, `ID`, `user_login`) ON `my_wp`.`wp_users` "   \
	"TO "                                                                                      \
	"`crm`@`localhost`\n"
#define OTHERS                                                                                     \
	"GRANT SELECT, UPDATE ON `my_wp`.`wp_usermeta` TO `crm`@`localhost`\n"                     \
	"GRANT SELECT, INSERT, UPDATE, DELETE ON `my_wp`.`wp_postmeta` TO `crm`@`localhost`\n"     \
	"GRANT SELECT, INSERT, UPDATE (`comment_approved`, `comment_post_ID`) "                    \
	"ON `my_wp`.`wp_comments` TO `crm`@`localhost`\n"                                          \
	"GRANT SELECT, INSERT ON `my_wp`.`wp_commentmeta` TO `crm`@`localhost`\n"                  \
	"GRANT SELECT, INSERT, UPDATE, DELETE ON `my_wp`.`wp_options` TO `crm`@`localhost`\n"
#define POSTS "GRANT SELECT, INSERT, UPDATE, DELETE ON `my_wp`.`wp_posts` TO `crm`@`localhost`\n"
#define ALL_BUT_POSTS USAGE USERS OTHERS

typedef struct {
	const char *name;
	const char *lines;
	bool deletes_posts;
	const char *missing;
	const char *excess;
	const char *roles;
} Case;

static const Case cases[] = {
	{"what-init-offers", ALL_BUT_POSTS POSTS, true, NULL, NULL, NULL},
	{"a-table-without-privileges", ALL_BUT_POSTS, false, "SELECT, INSERT, UPDATE on wp_posts",
		NULL, NULL},
	{"trash-needs-no-delete",
		ALL_BUT_POSTS "GRANT SELECT, INSERT, UPDATE ON `my_wp`.`wp_posts` TO `crm`@`%`",
		false, NULL, NULL, NULL},
	{"delete-needs-it",
		ALL_BUT_POSTS "GRANT SELECT, INSERT, UPDATE ON `my_wp`.`wp_posts` TO `crm`@`%`",
		true, "DELETE on wp_posts", NULL, NULL},
	{"a-column-is-missing",
		USAGE OTHERS POSTS
		"GRANT SELECT (ID, user_login) ON `my_wp`.`wp_users` TO 'crm'@'%'",
		true, "SELECT (user_email, display_name) on wp_users", NULL, NULL},
	{"a-column-too-many",
		ALL_BUT_POSTS POSTS
		"GRANT SELECT (`ID`, `user_pass`) ON `my_wp`.`wp_users` TO `crm`@`%`",
		true, NULL, "SELECT on my_wp.wp_users", NULL},
	{"passwords-of-users",
		USAGE OTHERS POSTS "GRANT SELECT ON `my_wp`.`wp_users` TO `crm`@`localhost`", true,
		NULL, "SELECT on my_wp.wp_users", NULL},
	{"wordpress-own-user", USAGE "GRANT ALL PRIVILEGES ON `my\\_wp`.* TO `crm`@`localhost`",
		true, NULL, "ALL PRIVILEGES on my\\_wp.*", NULL},
	{"wildcards", USAGE "GRANT SELECT, INSERT, UPDATE, DELETE ON `my%`.* TO `crm`@`%`", true,
		NULL, "SELECT, INSERT, UPDATE, DELETE on my%.*", NULL},
	{"wildcard-of-other-databases", ALL_BUT_POSTS "GRANT ALL PRIVILEGES ON `my\\_w`.* TO `crm`",
		false, "SELECT, INSERT, UPDATE on wp_posts", "ALL PRIVILEGES on my\\_w.*", NULL},
	{"root",
		"GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` " PASSWORD
		" WITH GRANT OPTION\nGRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
		true, NULL,
		"ALL PRIVILEGES, GRANT OPTION on *.*; PROXY, GRANT OPTION on other users", NULL},
	{"mysql-root",
		"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, CREATE TEMPORARY "
		"TABLES "
		"ON *.* TO `root`@`localhost` WITH GRANT OPTION\n"
		"GRANT BACKUP_ADMIN,XA_RECOVER_ADMIN ON *.* TO `root`@`localhost` WITH GRANT "
		"OPTION",
		true, NULL,
		"SELECT, INSERT, UPDATE, DELETE and 5 more on *.*; BACKUP_ADMIN, XA_RECOVER_ADMIN, "
		"GRANT OPTION on *.*",
		NULL},
	{"active-role",
		ALL_BUT_POSTS
		"GRANT `crm_role` TO `crm`@`localhost`\nGRANT USAGE ON *.* TO `crm_role`\n"
		"GRANT SELECT, INSERT, UPDATE, DELETE ON `my_wp`.`wp_posts` TO `crm_role`\n"
		"SET DEFAULT ROLE `crm_role` FOR `crm`@`localhost`",
		true, NULL, NULL, "`crm_role`"},
	{"idle-mysql-role", ALL_BUT_POSTS "GRANT `a`@`%`,`b`@`%` TO `crm`@`localhost`", false,
		"SELECT, INSERT, UPDATE on wp_posts", NULL, "`a`@`%`,`b`@`%`"},
	{"partial-revoke",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO `crm`@`%`\n"
		"REVOKE DELETE ON `my_wp`.* FROM `crm`@`%`",
		false, "DELETE on wp_postmeta; DELETE on wp_options",
		"SELECT, INSERT, UPDATE, DELETE on *.*", NULL},
	{"routines", ALL_BUT_POSTS POSTS "GRANT EXECUTE ON PROCEDURE `my_wp`.`wp_posts` TO `crm`",
		true, NULL, "EXECUTE on my_wp.wp_posts", NULL},
	{"other-tables", ALL_BUT_POSTS POSTS "GRANT SELECT ON `my_wp`.`wp_links` TO `crm`@`%`",
		true, NULL, "SELECT on my_wp.wp_links", NULL},
	{"odd-names", ALL_BUT_POSTS POSTS "GRANT SELECT ON `a``b ON c`.`d,(e` TO `crm`@`%`", true,
		NULL, "SELECT on a`b ON c.d,(e", NULL},
};

/* Lines that no server writes are passed over. */
static const char *const strange[] = {"", "GRANT", "GRANT ", "GRANT ON x", "GRANT SELECT",
	"REVOKE ", "GRANT SELECT (", "GRANT SELECT (`a", "GRANT SELECT (a,) ON x.y TO z",
	"GRANT SELECT ON", "GRANT SELECT ON `a", "GRANT SELECT ON a", "GRANT SELECT ON a.",
	"GRANT , ON a.b TO c", "GRANT `a`", "SELECT 1"};

/* Without CREATE and ALTER, which may be left to root. */
static void add_own_tables(GPtrArray *lines, GPtrArray *texts)
{
	for (const char *const *table = state_schema_tables; *table != NULL; table++) {
		char *text = g_strdup_printf("GRANT SELECT, INSERT, UPDATE, DELETE ON "
					     "`my_wp`.`wp_%s` TO `crm`@`localhost`",
			*table);

		g_ptr_array_add(texts, text);
		g_ptr_array_add(lines, text);
	}
}

static void test_nothing_granted(void)
{
	const DbOptions options = {.name = "my_wp", .table_prefix = "wp_", .base_prefix = "wp_"};
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	g_auto(GrantsVerdict) verdict = {0};

	g_ptr_array_add(lines, (char *)USAGE);
	grants_held_judge(lines, &options, true, &verdict);
	g_assert_true(g_str_has_prefix(verdict.missing,
		"SELECT (ID, user_login, user_email, display_name) on wp_users; "));
	g_assert_true(g_str_has_suffix(verdict.missing, " on wp_comments; and on 11 more"));
	g_assert_cmpstr(verdict.excess, ==, NULL);
}

static void test_judged(gconstpointer data)
{
	const Case *one = data;
	const DbOptions options = {.name = "my_wp", .table_prefix = "wp_", .base_prefix = "wp_"};
	g_auto(GStrv) texts = g_strsplit(one->lines, "\n", -1);
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
	g_auto(GrantsVerdict) verdict = {0};

	for (char **text = texts; *text != NULL; text++)
		g_ptr_array_add(lines, *text);
	add_own_tables(lines, own);
	grants_held_judge(lines, &options, !one->deletes_posts, &verdict);
	g_assert_cmpstr(verdict.missing, ==, one->missing);
	g_assert_cmpstr(verdict.excess, ==, one->excess);
	g_assert_cmpstr(verdict.roles, ==, one->roles);
}

static void test_strange_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(strange); i++) {
		g_autoptr(GrantLine) line = grant_line_parse(strange[i]);

		g_test_message("%s", strange[i]);
		g_assert_cmpint(line->kind, ==, GRANT_LINE_OTHER);
	}
}

static void test_patterns(void)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool matches;
	} patterns[] = {
		{"wp", "wp", true},
		{"wp", "wp2", false},
		{"WP", "wp", true},
		{"w_", "wp", true},
		{"w\\_", "wp", false},
		{"w\\_", "w_", true},
		{"%", "", true},
		{"%p", "wpxp", true},
		{"%p", "wpx", false},
		{"w%_x%", "w1x2", true},
		{"w\\%", "w%", true},
		{"w%%%", "w", true},
		{"", "w", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
		g_test_message("%s %s", patterns[i].pattern, patterns[i].name);
		g_assert_cmpint(grant_pattern_matches(patterns[i].pattern, patterns[i].name), ==,
			patterns[i].matches);
	}
}

/* The statements that init offers are neither too few nor too many, as the server shows them. */
static void test_server_shows_what_was_granted(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) lines = NULL;
	g_autofree char *user = NULL;
	g_autofree char *sql = NULL;
	g_autofree char *drop = NULL;
	g_auto(GrantsVerdict) verdict = {0};
	g_autoptr(Db) db = NULL;
	DbOptions options;

	if (test == NULL)
		return;
	user = g_strconcat("u_", test->name + strlen(test->name) - 8, NULL);
	sql = grants_sql(&test->options, user, "localhost");
	drop = g_strdup_printf("DROP USER '%s'@'localhost'", user);
	test_db_exec(test, sql);
	options = test->options;
	options.user = user;
	options.password = "change me";
	db = db_open(&options, &error);
	g_assert_no_error(error);
	lines = grants_held_load(db, &error);
	g_assert_no_error(error);
	grants_held_judge(lines, &options, false, &verdict);
	test_db_exec(test, drop);
	g_assert_cmpstr(verdict.missing, ==, NULL);
	g_assert_cmpstr(verdict.excess, ==, NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/schema/grants_held/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_judged);
	}
	g_test_add_func("/schema/grants_held/nothing-granted", test_nothing_granted);
	g_test_add_func("/schema/grants_held/strange-lines", test_strange_lines);
	g_test_add_func("/schema/grants_held/patterns-of-databases", test_patterns);
	g_test_add_func("/schema/grants_held/server", test_server_shows_what_was_granted);
	return g_test_run();
}
