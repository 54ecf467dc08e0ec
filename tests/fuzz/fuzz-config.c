/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: the ini; every problem is told, and what is not fit keeps its default. */
#include <glib/gstdio.h>
#include <stdint.h>
#include <unistd.h>

#include "util/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Config *examine(const char *path, const uint8_t *data, size_t size, ConfigProblems *problems)
{
	g_assert_true(
		g_file_set_contents_full(path, (const char *)data, (gssize)size, 0, 0600, NULL));
	return config_examine(path, NULL, problems, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *path =
		g_strdup_printf("%s/fuzz-config-%d.ini", g_get_tmp_dir(), (int)getpid());
	g_auto(ConfigProblems) problems = {0};
	g_autoptr(Config) config = NULL;

	config_problems_init(&problems);
	config = examine(path, data, size, &problems);
	if (config != NULL) {
		g_assert_nonnull(config->database_host);
		g_assert_cmpint(config->sync_workers, >=, 1);
		g_assert_cmpint(config->sync_workers, <=, 64);
		for (guint i = 0; i < problems.invalid->len; i++)
			g_assert_nonnull(problems.invalid->pdata[i]);
	}
	(void)g_unlink(path);
	return 0;
}
