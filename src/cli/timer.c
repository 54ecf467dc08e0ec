/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds systemd's links to enabled timers, and lines of crontabs. */
#include "cli/timer.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/app.h"
#include "cli/site_name.h"

enum { CRONTAB_BYTES_MAX = 256 * 1024, CRONTABS_MAX = 1000 };

static const char *const unit_folders[] = {"etc/systemd/system", "run/systemd/system",
	"usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"};
static const char *const crontab_folders[] = {"etc/cron.d", "var/spool/cron/crontabs"};

char *timer_of(const char *config_path)
{
	g_autofree char *site = site_name_of(config_path);

	if (strcmp(config_path, APP_CONFIG_PATH) == 0)
		return g_strdup("prm-calendar.timer");
	return site == NULL ? NULL : g_strdup_printf("prm-calendar@%s.timer", site);
}

/* Also a link that leads nowhere from here. */
static bool is_there(const char *root, const char *folder, const char *inner, const char *name)
{
	g_autofree char *path = g_build_filename(root, folder, inner, name, NULL);
	struct stat status;

	return lstat(path, &status) == 0;
}

/* An instance comes from its template: prm-calendar@.timer. */
static char *unit_file_of(const char *timer)
{
	const char *at = strchr(timer, '@');

	return at == NULL ? g_strdup(timer)
			  : g_strdup_printf("%.*s@.timer", (int)(at - timer), timer);
}

static TimerState look_at_units(const char *root, const char *timer)
{
	g_autofree char *file = unit_file_of(timer);
	bool exists = false;

	for (size_t i = 0; i < G_N_ELEMENTS(unit_folders); i++) {
		if (is_there(root, unit_folders[i], "timers.target.wants", timer))
			return TIMER_ENABLED;
		exists = exists || is_there(root, unit_folders[i], "", file);
	}
	return exists ? TIMER_NOT_ENABLED : TIMER_UNKNOWN;
}

/* "… prm-calendar run …" with this configuration: by its name, or without any if it is the usual
 * one. */
static bool line_calls(const char *line, const char *config_path)
{
	const char *program = strstr(line, "prm-calendar");
	bool runs = program != NULL && strstr(program, " run") != NULL;

	if (line[strspn(line, " \t")] == '#' || !runs)
		return false;
	if (strstr(line, config_path) != NULL)
		return true;
	return strcmp(config_path, APP_CONFIG_PATH) == 0 && strstr(line, " -c") == NULL &&
	       strstr(line, " --config") == NULL;
}

static bool crontab_calls(const char *path, const char *config_path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct stat status;

	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_size > CRONTAB_BYTES_MAX || !g_file_get_contents(path, &text, NULL, NULL))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		if (line_calls(*line, config_path))
			return true;
	}
	return false;
}

/* The first crontab in a folder that calls the program; NULL without one. Caller frees. */
static char *crontab_in(const char *folder, const char *config_path)
{
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	unsigned left = CRONTABS_MAX;
	const char *name;

	while (directory != NULL && left-- > 0 && (name = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (crontab_calls(path, config_path))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static char *find_crontab(const char *root, const char *config_path)
{
	g_autofree char *whole = g_build_filename(root, "etc/crontab", NULL);

	if (crontab_calls(whole, config_path))
		return g_steal_pointer(&whole);
	for (size_t i = 0; i < G_N_ELEMENTS(crontab_folders); i++) {
		g_autofree char *folder = g_build_filename(root, crontab_folders[i], NULL);
		char *found = crontab_in(folder, config_path);

		if (found != NULL)
			return found;
	}
	return NULL;
}

TimerState timer_look(const char *root, const char *config_path, char **ret_where)
{
	g_autofree char *timer = timer_of(config_path);
	TimerState state = timer != NULL ? look_at_units(root, timer) : TIMER_UNKNOWN;
	g_autofree char *crontab = NULL;

	*ret_where = NULL;
	if (state != TIMER_ENABLED)
		crontab = find_crontab(root, config_path);
	if (crontab != NULL) {
		*ret_where = g_steal_pointer(&crontab);
		return TIMER_CRON;
	}
	if (state != TIMER_UNKNOWN)
		*ret_where = g_steal_pointer(&timer);
	return state;
}
