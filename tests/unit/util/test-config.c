/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "util/config.h"

#define MINIMUM "[database]\nname = wp\nuser = crm\npassword = pw\n[wordpress]\nauth_key = key\n"

typedef struct {
	char *folder;
	char *path;
} Fixture;

static void fixture_set_up(Fixture *fixture, gconstpointer data)
{
	(void)data;
	fixture->folder = g_dir_make_tmp("prm-config-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "test.ini", NULL);
}

static void fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	(void)data;
	g_unlink(fixture->path);
	g_rmdir(fixture->folder);
	g_free(fixture->path);
	g_free(fixture->folder);
}

static void write_file(const char *path, const char *text, int mode)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void test_defaults(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->path, MINIMUM, 0640);
	config = config_load(fixture->path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_host, ==, "localhost");
	g_assert_cmpint(config->database_port, ==, 3306);
	g_assert_cmpstr(config->wordpress_table_prefix, ==, "wp_");
	g_assert_cmpint(config->sync_users_per_pass, ==, 1);
	g_assert_cmpint(config->match_names, ==, CONFIG_SWITCH_AUTO);
	g_assert_cmpint(config->log_min_confidence, ==, 50);
	g_assert_null(config->network_allow_private[0]);
}

static void test_values_arrive(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->path,
		"\xEF\xBB\xBF; a comment\r\n" MINIMUM
		"[sync]\nusers_per_pass = all\ngone=delete\n[match]\nnames: no\n"
		"[network]\nallow_private = 10.0.0.0/8, dav.example.org\n"
		"[log]\ncontent = Met: {title} # 1\n",
		0600);
	config = config_load(fixture->path, &error);
	g_assert_no_error(error);
	g_assert_cmpint(config->sync_users_per_pass, ==, 0);
	g_assert_cmpint(config->sync_gone, ==, CONFIG_GONE_DELETE);
	g_assert_cmpint(config->match_names, ==, CONFIG_SWITCH_NO);
	g_assert_cmpstr(config->network_allow_private[1], ==, "dav.example.org");
	g_assert_cmpstr(config->log_content, ==, "Met: {title} # 1");
}

static const struct {
	const char *name;
	const char *text;
	int mode;
	const char *words[3]; /* that the message must hold */
} refusals[] = {
	{"unknown-key", MINIMUM "[log]\nlimits = 3\n", 0640, {"test.ini:8:", "limits", "limit"}},
	{"unknown-section", MINIMUM "[logs]\nlimit = 3\n", 0640,
		{"test.ini:8:", "[logs]", "[log], "}},
	{"no-section", "limit = 3\n" MINIMUM, 0640, {"test.ini:1:", "before the first section"}},
	{"out-of-range", MINIMUM "[log]\nlimit = -1\n", 0640, {":8:", "limit", "from 0 to"}},
	{"no-number", MINIMUM "[log]\nlimit = ten\n", 0640, {":8:", "'ten'", "number"}},
	{"no-bool", MINIMUM "[match]\nnames = maybe\n", 0640, {":8:", "names", "auto, yes or no"}},
	{"no-such-word", MINIMUM "[sync]\ngone = burn\n", 0640, {":8:", "gone", "trash, delete"}},
	{"no-such-theme", MINIMUM "[theme]\nprefix = crm\n", 0640, {":8:", "prefix", "stadion"}},
	{"twice", MINIMUM "[log]\nlimit = 1\nlimit = 2\n", 0640, {":9:", "twice"}},
	{"cut-at-semicolon", MINIMUM "[log]\ncontent = a ;b\n", 0640, {":8:", "cut", "_file"}},
	{"indented", MINIMUM " name = x\n", 0640, {":7:", "blank"}},
	{"no-assignment", MINIMUM "[log]\nlimit\n", 0640, {":8:", "key = value"}},
	{"no-such-blog", MINIMUM "blog_id = -1\n", 0640, {":7:", "blog_id", "from 0 to"}},
	{"auth-key-missing", "[database]\nname = wp\nuser = u\n", 0640, {"auth_key", "AUTH_KEY"}},
	{"name-missing", "[database]\nuser = u\n[wordpress]\nauth_key=k\n", 0640,
		{"name is missing", "[database]"}},
	{"open-to-all", MINIMUM, 0644, {"test.ini", "chmod o="}},
	{"changed-by-all", "[wordpress]\nwp_config = /srv/wp-config.php\n", 0642,
		{"test.ini", "may be changed by every user", "chmod o-w"}},
	{"prefix-injection", MINIMUM "table_prefix = wp_;x\n", 0640, {"table_prefix", "letters"}},
};

static void assert_refused(const char *path, const char *const *words, size_t count)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_load(path, &error);

	g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID);
	g_assert_null(config);
	for (size_t i = 0; i < count && words[i] != NULL; i++) {
		if (strstr(error->message, words[i]) == NULL)
			g_error("'%s' is not in: %s", words[i], error->message);
	}
}

static void test_refused(Fixture *fixture, gconstpointer data)
{
	size_t index = GPOINTER_TO_SIZE(data);

	write_file(fixture->path, refusals[index].text, refusals[index].mode);
	assert_refused(fixture->path, refusals[index].words, G_N_ELEMENTS(refusals[index].words));
}

static void write_content_of(const Fixture *fixture, size_t bytes, char **ret_value)
{
	g_autofree char *text = NULL;

	*ret_value = g_strnfill(bytes, 'x');
	text = g_strconcat(MINIMUM "[log]\ncontent = ", *ret_value, "\n", NULL);
	write_file(fixture->path, text, 0640);
}

static void test_long_line_is_refused_not_cut(Fixture *fixture, gconstpointer data)
{
	static const char *const words[] = {":8:", "198 bytes"};
	g_autofree char *value = NULL;

	(void)data;
	write_content_of(fixture, 189, &value);
	assert_refused(fixture->path, words, G_N_ELEMENTS(words));
}

static void test_longest_line_arrives_whole(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autofree char *value = NULL;

	(void)data;
	write_content_of(fixture, 188, &value);
	config = config_load(fixture->path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->log_content, ==, value);
}

static void test_secret_from_file(Fixture *fixture, gconstpointer data)
{
	static const char *const words[] = {"auth_key_file", "chmod o="};
	g_autofree char *secret = g_build_filename(fixture->folder, "key", NULL);
	g_autofree char *text = g_strconcat(
		"[database]\nname = wp\nuser = crm\n[wordpress]\nauth_key_file = ", secret, "\n",
		NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	(void)data;
	write_file(fixture->path, text, 0644); /* no secret in the ini itself */
	write_file(secret, " odd ;# key \\ \"\n", 0640);
	config = config_load(fixture->path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->wordpress_auth_key, ==, " odd ;# key \\ \"");

	write_file(secret, "key\n", 0644);
	assert_refused(fixture->path, words, G_N_ELEMENTS(words));
	g_unlink(secret);
	assert_refused(fixture->path, words, 1);
}

/* As systemd hands them over; the service may not be allowed to open the file that the ini names.
 */
static void test_credential_of_the_service_wins(Fixture *fixture, gconstpointer data)
{
	g_autofree char *word = g_build_filename(fixture->folder, "word", NULL);
	g_autofree char *credentials = g_build_filename(fixture->folder, "credentials", NULL);
	g_autofree char *key = g_build_filename(credentials, "key", NULL);
	g_autofree char *text =
		g_strconcat("[database]\nname = wp\nuser = crm\npassword_file = ", word,
			"\n[wordpress]\nauth_key_file = /nonexistent/key\n", NULL);
	g_autoptr(Config) config = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_cmpint(g_mkdir(credentials, 0700), ==, 0);
	write_file(fixture->path, text, 0640);
	write_file(word, "of the file\n", 0640);
	write_file(key, "of the credential\n", 0400);
	g_assert_null(config_load(fixture->path, NULL));
	g_setenv("CREDENTIALS_DIRECTORY", credentials, TRUE);
	config = config_load(fixture->path, &error);
	g_unsetenv("CREDENTIALS_DIRECTORY");
	g_assert_no_error(error);
	g_assert_cmpstr(config->wordpress_auth_key, ==, "of the credential");
	g_assert_cmpstr(config->database_password, ==, "of the file");
	g_unlink(word);
	g_unlink(key);
	g_rmdir(credentials);
}

static void test_every_key_has_help(void)
{
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++)
		g_assert_cmpint((int)strlen(key->help), >, 10);
}

/* conf/prm-calendar.ini shows each key that works, in its section, with its default and its help.
 */
static void test_sample_agrees_with_the_table(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) expected = g_string_new(NULL);
	g_autofree char *sample = NULL;
	const char *section = "";

	g_file_get_contents("conf/prm-calendar.ini", &sample, NULL, &error);
	g_assert_no_error(error);
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		bool must_be_set =
			(key->flags & CONFIG_REQUIRED) != 0 && key->default_text[0] == '\0';

		if (strcmp(section, key->section) != 0)
			g_string_append_printf(expected, "\n[%s]\n", key->section);
		section = key->section;
		g_string_append_printf(expected, "; %s\n%s%s =%s%s\n", key->help,
			must_be_set ? "" : ";", key->name, key->default_text[0] == '\0' ? "" : " ",
			key->default_text);
	}
	g_assert_cmpstr(strstr(sample, "\n[database]"), ==, expected->str);
}

static const char *at(const GPtrArray *array, guint index)
{
	g_assert_cmpuint(index, <, array->len);
	return g_ptr_array_index(array, index);
}

static void test_examined_in_spite_of_all(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_auto(ConfigProblems) problems;

	(void)data;
	config_problems_init(&problems);
	write_file(fixture->path,
		"[database]\nname = wp\nprot = 1\nuser = crm\n oops = 1\npassword = pw\n"
		"[sync]\nworkers = many\ninterval_minutes = 5\n",
		0644);
	config = config_examine(fixture->path, NULL, &problems, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config->database_user, ==, "crm");
	g_assert_cmpint(config->sync_workers, ==, 4);
	g_assert_cmpint(config->sync_interval_minutes, ==, 5);
	g_assert_cmpuint(problems.invalid->len, ==, 3);
	g_assert_nonnull(strstr(at(problems.invalid, 0), ":3: unknown key prot in [database]"));
	g_assert_nonnull(strstr(at(problems.invalid, 1), ":5: the line begins with a blank"));
	g_assert_nonnull(strstr(at(problems.invalid, 2), ":8: workers in [sync] is 'many'"));
	g_assert_cmpuint(problems.exposed->len, ==, 1);
	g_assert_nonnull(strstr(at(problems.exposed, 0), "run chmod o="));
	g_assert_cmpstr(at(problems.files, 0), ==, fixture->path);
}

static void test_examined_with_exposed_secrets(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autofree char *secret = g_build_filename(fixture->folder, "key", NULL);
	g_autofree char *text = g_strdup_printf(
		"[database]\nname = wp\nuser = crm\n[wordpress]\nauth_key_file = %s\n", secret);
	g_auto(ConfigProblems) problems;

	(void)data;
	config_problems_init(&problems);
	write_file(fixture->path, text, 0644);
	write_file(secret, "the key\n", 0644);
	config = config_examine(fixture->path, NULL, &problems, &error);
	g_unlink(secret);
	g_assert_no_error(error);
	g_assert_cmpstr(config->wordpress_auth_key, ==, "the key");
	g_assert_cmpuint(problems.invalid->len, ==, 0);
	g_assert_cmpuint(problems.exposed->len, ==, 1);
	g_assert_nonnull(strstr(at(problems.exposed, 0), secret));
	g_assert_cmpstr(at(problems.files, 1), ==, secret);
}

static void test_examined_in_full(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_auto(ConfigProblems) problems;

	(void)data;
	config_problems_init(&problems);
	write_file(fixture->path, "[database]\nname = wp\nuser = crm\n", 0640);
	config = config_examine(fixture->path, NULL, &problems, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(problems.invalid->len, ==, 1);
	g_assert_nonnull(strstr(at(problems.invalid, 0), "auth_key is missing"));
	g_assert_cmpuint(problems.exposed->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, data, function)                                                                  \
	g_test_add(path, Fixture, data, fixture_set_up, function, fixture_tear_down)
	ADD("/util/config/defaults", NULL, test_defaults);
	ADD("/util/config/values-arrive", NULL, test_values_arrive);
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree char *path =
			g_strconcat("/util/config/refused/", refusals[i].name, NULL);

		ADD(path, GSIZE_TO_POINTER(i), test_refused);
	}
	ADD("/util/config/long-line-refused", NULL, test_long_line_is_refused_not_cut);
	ADD("/util/config/longest-line", NULL, test_longest_line_arrives_whole);
	ADD("/util/config/secret-from-file", NULL, test_secret_from_file);
	ADD("/util/config/secret-from-credential", NULL, test_credential_of_the_service_wins);
	ADD("/util/config/examined/in-spite-of-all", NULL, test_examined_in_spite_of_all);
	ADD("/util/config/examined/exposed-secrets", NULL, test_examined_with_exposed_secrets);
	ADD("/util/config/examined/what-is-missing", NULL, test_examined_in_full);
#undef ADD
	g_test_add_func("/util/config/every-key-has-help", test_every_key_has_help);
	g_test_add_func("/util/config/sample", test_sample_agrees_with_the_table);
	return g_test_run();
}
