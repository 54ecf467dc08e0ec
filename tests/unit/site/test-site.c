/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of a site, and which sites are refused. */
#include <glib.h>
#include <string.h>

#include "../support/test_db.h"
#include "../support/test_site.h"
#include "site/site.h"
#include "user/user.h"

static const WpSiteOptions usual = {
	.theme_prefix = "prm", .auth_key = "put your unique phrase here"};

static WpSite *load(const TestDb *test, const WpSiteOptions *options)
{
	g_autoptr(GError) error = NULL;
	WpSite *site = test_site_load(test->db, options, &error);

	g_assert_no_error(error);
	return site;
}

static void test_a_fresh_site_is_read(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(WpSite) site = NULL;
	uint64_t before;

	if (test == NULL)
		return;
	test_db_exec(test, "UPDATE wp_options SET option_value = 'https://crm.example.org/sub//' "
			   "WHERE option_name = 'home'");
	before = db_statement_count(test->db);
	site = load(test, &usual);
	g_assert_cmpuint(db_statement_count(test->db), ==, before + 2);
	g_assert_cmpstr(site->home_url, ==, "https://crm.example.org/sub");
	g_assert_cmpstr(site_zone_name(site->zone), ==, "Europe/Amsterdam");
	g_assert_cmpstr(site->stylesheet, ==, "prm");
	g_assert_cmpstr(site->template_name, ==, "prm");
	g_assert_false(site->is_utf8mb3);
	g_assert_false(site->new_autoload_words);
	g_assert_cmpstr(site->connections_key, ==, "_prm_calendar_connections");
	g_assert_cmpstr(site->turn_transient, ==, "prm_calendar_sync_last_user_index");
	g_assert_cmpstr(site->cron_hook, ==, "prm_calendar_sync");
	g_assert_cmpstr(site->linked_person_key, ==, "prm_linked_person_id");
	g_assert_cmpstr(site->activity_comment_type, ==, "activity");
}

static void test_a_takeover_is_known(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(WpSite) before = NULL;
	g_autoptr(WpSite) after = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "INSERT INTO wp_options (option_name, option_value) VALUES "
			   "('rondo_calendar_sync_former_schedule', 'unknown')");
	before = load(test, &usual);
	g_assert_false(before->is_taken_over);
	test_db_exec(test, "INSERT INTO wp_options (option_name, option_value) VALUES "
			   "('prm_calendar_sync_former_schedule', '400 3600 hourly')");
	after = load(test, &usual);
	g_assert_true(after->is_taken_over);
}

static void test_names_count_where_the_theme_goes_by_them(void)
{
	static const struct {
		const char *prefix;
		bool by_itself;
	} cases[] = {{"prm", true}, {"stadion", false}, {"rondo", false}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Dialect *dialect = dialect_find(cases[i].prefix);

		g_assert_true(
			dialect_matches_names(dialect, CONFIG_SWITCH_AUTO) == cases[i].by_itself);
		g_assert_true(dialect_matches_names(dialect, CONFIG_SWITCH_YES));
		g_assert_false(dialect_matches_names(dialect, CONFIG_SWITCH_NO));
	}
	g_assert_null(dialect_find("prm_"));
}

static void test_the_dialects_have_their_names(void)
{
	g_autoptr(TestDb) test = test_db_new();
	WpSiteOptions options = usual;
	g_autoptr(WpSite) rondo = NULL;
	g_autoptr(WpSite) stadion = NULL;

	if (test == NULL)
		return;
	options.theme_prefix = "rondo";
	rondo = load(test, &options);
	g_assert_cmpstr(rondo->connections_key, ==, "_rondo_calendar_connections");
	g_assert_cmpstr(rondo->activity_comment_type, ==, "rondo_activity");
	options.theme_prefix = "stadion";
	options.activity_comment_type = "prm_activity";
	stadion = load(test, &options);
	g_assert_cmpstr(stadion->cron_hook, ==, "stadion_calendar_sync");
	g_assert_cmpstr(stadion->activity_comment_type, ==, "prm_activity");
	g_assert_true(memcmp(stadion->credential_key, rondo->credential_key, 32) != 0);
}

static void test_the_key_is_that_of_the_theme(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(WpSite) site = NULL;
	g_autofree char *expected = NULL;
	GString *hex = g_string_new(NULL);
	g_autofree char *actual = NULL;

	if (test == NULL) {
		g_string_free(hex, TRUE);
		return;
	}
	site = load(test, &usual);
	expected = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, "put your unique phrase hereprm_calendar", -1);
	for (size_t i = 0; i < sizeof(site->credential_key); i++)
		g_string_append_printf(hex, "%02x", site->credential_key[i]);
	actual = g_string_free(hex, FALSE);
	g_assert_cmpstr(actual, ==, expected);
}

typedef struct {
	const char *name;
	const char *sql;
	bool is_utf8mb3;
	bool new_autoload_words;
} VariantCase;

static const VariantCase variants[] = {
	{"words of WordPress 6.6",
		"UPDATE wp_options SET autoload = 'on' WHERE option_name = 'home'", false, true},
	{"old tables",
		"ALTER TABLE wp_postmeta CONVERT TO CHARACTER SET utf8mb3 COLLATE "
		"utf8mb3_general_ci",
		true, false},
	{"other character set where only words are",
		"ALTER TABLE wp_posts MODIFY post_status varchar(20) CHARACTER SET ascii NOT NULL",
		false, false},
	{"users in MyISAM", "ALTER TABLE wp_users ENGINE=MyISAM", false, false},
};

static void test_variants_are_noticed(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(WpSite) site = NULL;

		if (test == NULL)
			return;
		g_test_message("%s", variants[i].name);
		test_db_exec(test, variants[i].sql);
		site = load(test, &usual);
		g_assert_true(site->is_utf8mb3 == variants[i].is_utf8mb3);
		g_assert_true(site->new_autoload_words == variants[i].new_autoload_words);
	}
}

typedef struct {
	const char *name;
	const char *sql;
	const char *theme_prefix;
	const char *auth_key;
	const char *says;
} RefusalCase;

static const RefusalCase refusals[] = {
	{"MyISAM", "ALTER TABLE wp_usermeta ENGINE=MyISAM", "prm", "key",
		"ALTER TABLE `wp_usermeta` ENGINE=InnoDB;"},
	{"missing table", "DROP TABLE wp_commentmeta", "prm", "key", "wp_commentmeta"},
	{"missing column", "ALTER TABLE wp_comments DROP COLUMN comment_type", "prm", "key",
		"'wp_comments' has no column 'comment_type'"},
	{"latin1", "ALTER TABLE wp_posts CONVERT TO CHARACTER SET latin1", "prm", "key", "latin1"},
	{"view", "RENAME TABLE wp_options TO o; CREATE VIEW wp_options AS SELECT * FROM o", "prm",
		"key", "'wp_options' is a view"},
	{"no home", "DELETE FROM wp_options WHERE option_name = 'home'", "prm", "key", "'home'"},
	{"blog charset",
		"UPDATE wp_options SET option_value = 'ISO-8859-1' WHERE option_name = "
		"'blog_charset'",
		"prm", "key", "blog_charset"},
	{"unknown prefix", "SELECT 1", "acme", "key", "acme"},
	{"no AUTH_KEY", "SELECT 1", "prm", NULL, "AUTH_KEY"},
	{"empty AUTH_KEY", "SELECT 1", "prm", "", "AUTH_KEY"},
};

static void test_refusals_say_what_to_do(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(TestDb) test = test_db_new();
		g_autoptr(GError) error = NULL;
		WpSiteOptions options = {
			.theme_prefix = refusals[i].theme_prefix, .auth_key = refusals[i].auth_key};

		if (test == NULL)
			return;
		test_db_exec(test, refusals[i].sql);
		g_assert_null(test_site_load(test->db, &options, &error));
		g_test_message("%s: %s", refusals[i].name, error->message);
		g_assert_error(error, DB_ERROR, DB_ERROR_SCHEMA);
		g_assert_nonnull(strstr(error->message, refusals[i].says));
	}
}

/* As in sql/grants.sql: of the users, only what we need, and no password hash. */
static void test_few_privileges_suffice(void)
{
	static const char *const grants[] = {
		"SELECT (ID, user_login, user_email, display_name) ON `%s`.wp_users",
		"SELECT, UPDATE ON `%s`.wp_usermeta", "SELECT, INSERT, UPDATE ON `%s`.wp_posts",
		"SELECT, INSERT, UPDATE, DELETE ON `%s`.wp_postmeta",

		"SELECT, INSERT, UPDATE (comment_post_ID, comment_approved) ON `%s`.wp_comments",
		"SELECT, INSERT ON `%s`.wp_commentmeta",
		"SELECT, INSERT, UPDATE, DELETE ON `%s`.wp_options"};
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(WpSite) site = NULL;
	g_autoptr(WpUser) user = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "DROP USER IF EXISTS prm_few@localhost; "
			   "CREATE USER prm_few@localhost IDENTIFIED BY 'pw'");
	for (size_t i = 0; i < G_N_ELEMENTS(grants); i++) {
		g_auto(GStrv) parts = g_strsplit(grants[i], "%s", 2);
		g_autofree char *sql = g_strconcat(
			"GRANT ", parts[0], test->name, parts[1], " TO prm_few@localhost", NULL);

		test_db_exec(test, sql);
	}
	test->options.user = "prm_few";
	test->options.password = "pw";
	db = test_db_connect(test);
	site = test_site_load(db, &usual, &error);
	g_assert_no_error(error);
	g_assert_true(wp_user_find(db, "anna", &user, &error));
	g_assert_no_error(error);
}

static void test_a_bad_time_zone_is_refused(void)
{
	g_autoptr(TestDb) test = test_db_new();
	g_autoptr(GError) error = NULL;

	if (test == NULL)
		return;
	test_db_exec(test, "UPDATE wp_options SET option_value = 'Mars/Phobos' WHERE option_name = "
			   "'timezone_string'");
	g_assert_null(test_site_load(test->db, &usual, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "Mars/Phobos"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/site/site/fresh-site-is-read", test_a_fresh_site_is_read);
	g_test_add_func("/site/site/dialects-have-their-names", test_the_dialects_have_their_names);
	g_test_add_func("/site/site/names-count-where-the-theme-goes-by-them",
		test_names_count_where_the_theme_goes_by_them);
	g_test_add_func("/site/site/key-is-that-of-the-theme", test_the_key_is_that_of_the_theme);
	g_test_add_func("/site/site/variants-are-noticed", test_variants_are_noticed);
	g_test_add_func("/site/site/refusals-say-what-to-do", test_refusals_say_what_to_do);
	g_test_add_func("/site/site/few-privileges-suffice", test_few_privileges_suffice);
	g_test_add_func("/site/site/bad-time-zone-is-refused", test_a_bad_time_zone_is_refused);
	g_test_add_func("/site/site/a-takeover-is-known", test_a_takeover_is_known);
	return g_test_run();
}
