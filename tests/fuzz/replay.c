/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs files through a fuzz target without a fuzzing compiler, and reports in TAP. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int main(int argc, char **argv)
{
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		g_autofree char *contents = NULL;
		g_autoptr(GError) error = NULL;
		gsize bytes;

		if (!g_file_get_contents(argv[i], &contents, &bytes, &error)) {
			printf("not ok %d %s: %s\n", i, argv[i], error->message);
			continue;
		}
		/* A target that fails ends the program: the last line then names no file, the next
		 * is it. */
		LLVMFuzzerTestOneInput((const uint8_t *)contents, bytes);
		printf("ok %d %s\n", i, argv[i]);
		fflush(stdout);
	}
	return 0;
}
