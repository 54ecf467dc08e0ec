/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers and crontabs below a folder that stands for the root. */
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "cli/timer.h"

#define USUAL "/etc/prm-calendar/prm-calendar.ini"
#define SITE "/etc/prm-calendar/sites/shop.ini"
#define OTHER "/srv/crm.ini"
#define CRON "etc/cron.d/prm-calendar"

typedef struct {
	const char *name;
	const char *file; /* what is there, below the root; NULL for nothing */
	const char *text;
	const char *config_path;
	TimerState state;
	const char *where; /* below the root for a crontab */
} Case;

static const Case cases[] = {
	{"nothing", NULL, NULL, USUAL, TIMER_UNKNOWN, NULL},
	{"enabled", "etc/systemd/system/timers.target.wants/prm-calendar.timer", "", USUAL,
		TIMER_ENABLED, "prm-calendar.timer"},
	{"enabled-by-the-vendor", "usr/lib/systemd/system/timers.target.wants/prm-calendar.timer",
		"", USUAL, TIMER_ENABLED, "prm-calendar.timer"},
	{"not-enabled", "usr/lib/systemd/system/prm-calendar.timer", "", USUAL, TIMER_NOT_ENABLED,
		"prm-calendar.timer"},
	{"of-another-site", "etc/systemd/system/timers.target.wants/prm-calendar@blog.timer", "",
		SITE, TIMER_UNKNOWN, NULL},
	{"of-this-site", "etc/systemd/system/timers.target.wants/prm-calendar@shop.timer", "", SITE,
		TIMER_ENABLED, "prm-calendar@shop.timer"},
	{"site-not-enabled", "lib/systemd/system/prm-calendar@.timer", "", SITE, TIMER_NOT_ENABLED,
		"prm-calendar@shop.timer"},
	{"no-timer-for-other-files", "etc/systemd/system/timers.target.wants/prm-calendar.timer",
		"", OTHER, TIMER_UNKNOWN, NULL},
	{"cron", CRON, "# every\n*/15 * * * * prm-calendar /usr/bin/prm-calendar run -q\n", USUAL,
		TIMER_CRON, CRON},
	{"cron-of-another-file", CRON, "* * * * * root prm-calendar run -c /srv/other.ini\n", USUAL,
		TIMER_UNKNOWN, NULL},
	{"cron-of-this-file", CRON, "* * * * * root prm-calendar run -c " OTHER "\n", OTHER,
		TIMER_CRON, CRON},
	{"cron-without-the-file", CRON, "* * * * * root prm-calendar run\n", OTHER, TIMER_UNKNOWN,
		NULL},
	{"cron-comment", CRON, " # * * * * * root prm-calendar run\n", USUAL, TIMER_UNKNOWN, NULL},
	{"cron-of-another-command", CRON, "* * * * * root prm-calendar status\n", USUAL,
		TIMER_UNKNOWN, NULL},
	{"crontab", "etc/crontab", "* * * * * root prm-calendar run", USUAL, TIMER_CRON,
		"etc/crontab"},
	{"crontab-of-a-user", "var/spool/cron/crontabs/crm", "* * * * * prm-calendar run", USUAL,
		TIMER_CRON, "var/spool/cron/crontabs/crm"},
};

static void remove_up_to(const char *root, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_remove(path);
	if (!g_str_equal(path, root))
		remove_up_to(root, folder);
}

static void test_look(gconstpointer data)
{
	const Case *one = data;
	g_autoptr(GError) error = NULL;
	g_autofree char *root = g_dir_make_tmp("prm-timer-XXXXXX", &error);
	g_autofree char *path = one->file == NULL ? NULL : g_build_filename(root, one->file, NULL);
	g_autofree char *folder = path == NULL ? NULL : g_path_get_dirname(path);
	g_autofree char *expected = NULL;
	g_autofree char *where = NULL;
	TimerState state;

	g_assert_no_error(error);
	if (path != NULL) {
		g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
		g_file_set_contents(path, one->text, -1, &error);
		g_assert_no_error(error);
	}
	state = timer_look(root, one->config_path, &where);
	remove_up_to(root, path != NULL ? path : root);
	g_assert_cmpint(state, ==, one->state);
	expected = state == TIMER_CRON ? g_build_filename(root, one->where, NULL)
				       : g_strdup(one->where);
	g_assert_cmpstr(where, ==, expected);
}

/* systemctl enable makes links, which may lead nowhere in a chroot. */
static void test_link(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *root = g_dir_make_tmp("prm-timer-XXXXXX", &error);
	g_autofree char *folder =
		g_build_filename(root, "etc/systemd/system/timers.target.wants", NULL);
	g_autofree char *path = g_build_filename(folder, "prm-calendar.timer", NULL);
	g_autofree char *where = NULL;
	TimerState state;

	g_assert_no_error(error);
	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_cmpint(symlink("/nowhere/prm-calendar.timer", path), ==, 0);
	state = timer_look(root, USUAL, &where);
	remove_up_to(root, path);
	g_assert_cmpint(state, ==, TIMER_ENABLED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/cli/timer/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_look);
	}
	g_test_add_func("/cli/timer/link-to-nowhere", test_link);
	return g_test_run();
}
