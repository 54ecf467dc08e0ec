/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of wp-config.php beside PHP itself, over all texts of tests/data/wp-config: what it
 * tells is what PHP makes of it; what it cannot tell is named in the folder's file `refused`, and
 * nothing else is. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cli/site_config.h"

#define CORPUS "tests/data/wp-config"
#define SCRIPT "tests/lib/wordpress/read-configs.php"

/* Whatever else PHP knows is compared, too. */
static const char *const settings[] = {"DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "AUTH_KEY",
	"$table_prefix", "WP_CONTENT_DIR", "MULTISITE", "BLOG_ID_CURRENT_SITE", "CUSTOM_USER_TABLE",
	"CUSTOM_USER_META_TABLE", "WP_HOME", "WP_SITEURL", "WP_REDIS_HOST", NULL};

static char *copy;          /* of the corpus */
static GHashTable *folders; /* name -> GHashTable of what PHP says: name -> value */

static void add_answer(const char *folder, const char *name, const char *value)
{
	GHashTable *told = g_hash_table_lookup(folders, folder);

	if (told == NULL) {
		told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_hash_table_insert(folders, g_strdup(folder), told);
	}
	/* A name with a backslash is one of a namespace: another constant. */
	if (name[0] != '\0' && strchr(name, '\\') == NULL && strcmp(name, "CONFIG_PATH") != 0)
		g_hash_table_insert(told, g_strdup(name), g_strdup(value));
}

/* One process for all: it has a child for each. */
static void ask_php(void)
{
	const char *argv[] = {"php", "-d", "variables_order=EGPCS", SCRIPT, CORPUS, copy, NULL};
	int pipe_fd = -1;
	GPid pid;
	g_autoptr(GError) error = NULL;
	g_autoptr(GIOChannel) channel = NULL;
	g_autofree char *answer = NULL;
	gsize length = 0;
	gsize fields = 0;
	const char *field[3];

	g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &pid,
		NULL, &pipe_fd, NULL, &error);
	g_assert_no_error(error);
	channel = g_io_channel_unix_new(pipe_fd);
	g_io_channel_set_encoding(channel, NULL, NULL);
	g_io_channel_set_close_on_unref(channel, TRUE);
	g_io_channel_read_to_end(channel, &answer, &length, &error);
	g_assert_no_error(error);
	for (const char *at = answer; at < answer + length; at += strlen(at) + 1) {
		field[fields++] = at;
		if (fields == 3) {
			add_answer(field[0], field[1], field[2]);
			fields = 0;
		}
	}
	g_assert_cmpuint(fields, ==, 0);
}

static char *first_that_exists(const char *folder, const char *const *names)
{
	for (; *names != NULL; names++) {
		g_autofree char *path = g_build_filename(copy, folder, *names, NULL);

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static WpConfig *read_config(const char *folder)
{
	static const char *const configs[] = {"web/wp-config.php", "wp-config.php", NULL};
	static const char *const dot_env[] = {".env", NULL};
	static const char *const environment[] = {"environment", NULL};
	g_autofree char *path = first_that_exists(folder, configs);
	g_autofree char *own = first_that_exists(folder, dot_env);
	g_autofree char *given = own != NULL ? NULL : first_that_exists(folder, environment);
	g_autoptr(GError) error = NULL;
	WpConfig *config = site_config_read(path, given, &error);

	g_assert_no_error(error);
	return config;
}

/* Adds the name to `refused` where it is not told. */
static void compare(const WpConfig *config, GHashTable *told, const char *name, GPtrArray *refused)
{
	const WpConfigValue *ours = wp_config_find(config, name);
	const char *theirs = g_hash_table_lookup(told, name);
	unsigned line;

	if (ours != NULL && ours->text != NULL) {
		if (g_strcmp0(ours->text, theirs) != 0)
			g_error("%s is '%s' to PHP, and '%s' to us", name,
				theirs != NULL ? theirs : "(not set)", ours->text);
		return;
	}
	if (ours == NULL && theirs == NULL && wp_config_doubts(config, &line) == NULL)
		return;
	if (ours == NULL && theirs != NULL && wp_config_doubts(config, &line) == NULL)
		g_error("%s is '%s' to PHP, and not set to us", name, theirs);
	if (ours != NULL)
		g_assert_nonnull(ours->why);
	g_ptr_array_add(refused, g_strdup(name));
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static char *refused_of(const WpConfig *config, GHashTable *told)
{
	g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iterator;
	gpointer name;

	for (size_t i = 0; settings[i] != NULL; i++)
		compare(config, told, settings[i], refused);
	g_hash_table_iter_init(&iterator, told);
	while (g_hash_table_iter_next(&iterator, &name, NULL)) {
		if (!g_strv_contains(settings, name))
			compare(config, told, name, refused);
	}
	g_ptr_array_sort(refused, compare_names);
	g_ptr_array_add(refused, NULL);
	return g_strjoinv("\n", (char **)refused->pdata);
}

static void test_folder(gconstpointer data)
{
	const char *folder = data;
	GHashTable *told = g_hash_table_lookup(folders, folder);
	g_autoptr(WpConfig) config = read_config(folder);
	g_autofree char *path = g_build_filename(CORPUS, folder, "refused", NULL);
	g_autofree char *expected = NULL;
	g_autofree char *refused = NULL;

	g_assert_nonnull(told);
	refused = refused_of(config, told);
	if (g_file_get_contents(path, &expected, NULL, NULL))
		g_strchomp(expected);
	g_assert_cmpstr(refused, ==, expected != NULL ? expected : "");
}

static void test_without_php(void)
{
	g_test_skip("php is not there (packaging/packages test)");
}

static void remove_folder(const char *path)
{
	const char *argv[] = {"rm", "-rf", path, NULL};

	g_spawn_sync(
		NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
	GHashTableIter iterator;
	gpointer folder;
	int status;
	g_autofree char *php = g_find_program_in_path("php");

	g_test_init(&argc, &argv, NULL);
	if (php == NULL) {
		g_test_add_func("/cli/wp_config_php", test_without_php);
		return g_test_run();
	}
	copy = g_dir_make_tmp("prm-wp-config-XXXXXX", NULL);
	folders = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
	ask_php();
	g_assert_cmpuint(g_hash_table_size(folders), >=, 100);
	g_hash_table_iter_init(&iterator, folders);
	while (g_hash_table_iter_next(&iterator, &folder, NULL)) {
		g_autofree char *path = g_strconcat("/cli/wp_config_php/", folder, NULL);

		g_test_add_data_func(path, folder, test_folder);
	}
	status = g_test_run();
	g_hash_table_destroy(folders);
	remove_folder(copy);
	g_free(copy);
	return status;
}
