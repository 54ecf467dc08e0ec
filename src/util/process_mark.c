/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads /proc, which shows a process its own entries also inside the unit's sandbox. */
#include "util/process_mark.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { MACHINE_HASH_BYTES = 16, MACHINE_MARK_BYTES = 4 };

/* The fields after the command in proc_pid_stat(5), counted from the state; the start is the 22nd
 * of all. */
#define START_FIELD 19

/* The command may hold blanks and parentheses: what follows its last one counts. 0: unknown. */
static uint64_t start_of(const char *process)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/stat", process);
	g_autofree char *stat = NULL;
	g_auto(GStrv) fields = NULL;
	const char *end;
	guint64 start = 0;

	if (!g_file_get_contents(path, &stat, NULL, NULL))
		return 0;
	end = strrchr(stat, ')');
	if (end == NULL || end[1] != ' ')
		return 0;
	fields = g_strsplit(end + 2, " ", -1);
	if (g_strv_length(fields) <= START_FIELD ||
		!g_ascii_string_to_unsigned(fields[START_FIELD], 10, 0, G_MAXUINT64, &start, NULL))
		return 0;
	return start;
}

/* The first of these files that says something. Within the unit's sandbox only the first can be
 * read; containers often have only the second. */
static char *machine_id(void)
{
	static const char *const files[] = {"/etc/machine-id", "/proc/sys/kernel/random/boot_id"};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		char *id = NULL;

		if (g_file_get_contents(files[i], &id, NULL, NULL) && g_strstrip(id)[0] != '\0')
			return id;
		g_free(id);
	}
	return NULL;
}

/* NULL where the machine has no identity: then others may look like it. */
static char *machine(void)
{
	g_autofree char *id = machine_id();
	g_autofree char *names = g_file_read_link("/proc/self/ns/pid", NULL);
	g_autofree char *both = NULL;
	uint8_t hash[MACHINE_HASH_BYTES];
	GString *hex;

	if (names == NULL || id == NULL)
		return NULL;
	both = g_strconcat(id, " ", names, NULL);
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)both, strlen(both), NULL, 0);
	hex = g_string_new(NULL);
	for (size_t i = 0; i < MACHINE_MARK_BYTES; i++)
		g_string_append_printf(hex, "%02x", hash[i]);
	return g_string_free(hex, FALSE);
}

static char *host(void)
{
	return g_strcanon(
		g_strdup(g_get_host_name()), G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-", '_');
}

char *process_mark_own(void)
{
	g_autofree char *here = machine();
	g_autofree char *name = host();

	return g_strdup_printf("%s:%d.%" G_GUINT64_FORMAT ":%s", name, (int)getpid(),
		start_of("self"), here != NULL ? here : "-");
}

static bool is_running(const char *pid_text, pid_t pid, uint64_t start)
{
	uint64_t start_now;

	if (kill(pid, 0) != 0)
		return errno != ESRCH;
	/* Another process may have got the number. */
	start_now = start_of(pid_text);
	return start == 0 || start_now == 0 || start_now == start;
}

bool process_mark_is_dead(const char *mark)
{
	g_auto(GStrv) parts = g_strsplit(mark, ":", 3);
	g_auto(GStrv) process = NULL;
	g_autofree char *here = machine();
	g_autofree char *name = host();
	guint64 pid, start;

	if (here == NULL || g_strv_length(parts) != 3 || strcmp(parts[0], name) != 0 ||
		strcmp(parts[2], here) != 0)
		return false;
	process = g_strsplit(parts[1], ".", 2);
	if (g_strv_length(process) != 2 ||
		!g_ascii_string_to_unsigned(process[0], 10, 1, G_MAXINT32, &pid, NULL) ||
		!g_ascii_string_to_unsigned(process[1], 10, 0, G_MAXUINT64, &start, NULL))
		return false;
	return !is_running(process[0], (pid_t)pid, start);
}
