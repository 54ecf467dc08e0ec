/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check-vectors: compares us with what WordPress, PHP and calendar libraries were seen to do. */
#include "check.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* What we have no use for: no room calls such a function. */
static const VectorCheck no_use_checks[] = {
	{.name = "sanitize_title.jsonl",
		.left_alone = "slugs come from our own uid, never from a title"},
	{.name = "post_name.jsonl",
		.left_alone = "slugs come from our own uid, never from a title"},
	{.name = "wp_slash.jsonl", .left_alone = "we write tables, which need no slashing"},
	{0},
};

static const VectorCheck *const all_checks[] = {
	format_checks, text_checks, ical_checks, store_checks, no_use_checks};

/* NULL when there is no such folder. Caller frees. */
static char *default_folder(const char *name)
{
	g_autofree char *path = g_build_filename("..", "shared", name, NULL);
	return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&path) : NULL;
}

static bool is_in_tables(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(all_checks); i++)
		for (const VectorCheck *row = all_checks[i]; row->name != NULL; row++)
			if (g_str_equal(row->name, name))
				return true;
	return false;
}

/* A file that no table names must not pass for one that was checked. */
static void name_unknown_files(const char *vectors)
{
	g_autoptr(GDir) folder = vectors == NULL ? NULL : g_dir_open(vectors, 0, NULL);
	if (folder == NULL)
		return;
	for (const char *name = g_dir_read_name(folder); name != NULL;
		name = g_dir_read_name(folder))
		if (!g_str_has_suffix(name, ".md") && name[0] != '.' && !is_in_tables(name))
			printf("%s: left alone: this program knows no file of that name\n", name);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_autofree char *vectors = NULL;
	g_autofree char *corpus = NULL;
	g_autofree char *socket = NULL;
	const GOptionEntry options[] = {
		{"vectors", 0, 0, G_OPTION_ARG_FILENAME, &vectors,
			"folder of the vectors (../shared/vectors)", "DIR"},
		{"ical-corpus", 0, 0, G_OPTION_ARG_FILENAME, &corpus,
			"folder of the iCalendar corpus (../shared/ical-corpus)", "DIR"},
		{"mysql-socket", 0, 0, G_OPTION_ARG_FILENAME, &socket,
			"a scratch MariaDB whose root has no password, for db_writes.json", "PATH"},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("- compare with WordPress and PHP");
	g_option_context_add_main_entries(context, options, NULL);
	g_autoptr(GError) error = NULL;
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "check-vectors: %s\n", error->message);
		return 64;
	}
	if (vectors == NULL && corpus == NULL) {
		vectors = default_folder("vectors");
		corpus = default_folder("ical-corpus");
	}

	g_autoptr(Check) check = check_new(socket);
	for (size_t i = 0; i < G_N_ELEMENTS(all_checks); i++)
		for (const VectorCheck *row = all_checks[i]; row->name != NULL; row++)
			check_run(check, row, vectors, corpus);
	name_unknown_files(vectors);
	return check_finish(check) ? EXIT_SUCCESS : EXIT_FAILURE;
}
