/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the WordPress site, its theme, and who else works there. */
#include <string.h>

#include "cli/doctor.h"
#include "cli/output.h"
#include "site/cron.h"
#include "site/theme_detect.h"
#include "state/connection_state.h"
#include "state/schema.h"

enum { OTHERS_REMEMBERED_SECS = 7 * 24 * 60 * 60 };

void doctor_check_own_tables(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) paths = NULL;
	g_autofree char *files = NULL;
	g_autofree char *remedy = NULL;

	if (!state_schema_missing(doctor->app.db, &paths, &error)) {
		/* Made by a newer program; every other error tells nothing of the tables. */
		if (g_error_matches(error, DB_ERROR, DB_ERROR_SCHEMA))
			doctor_add_message(doctor, DOCTOR_FAIL, error->message, NULL);
		else
			doctor_add_gap(doctor, error);
		return;
	}
	if (paths[0] == NULL) {
		doctor_ok(doctor, "prm-calendar's own are there");
		return;
	}
	files = g_strjoinv(", then ", paths);
	remedy = g_strdup_printf("the next sync makes them; where this user may not, run as root "
				 "of the database: %s",
		files);
	doctor_add(doctor, DOCTOR_WARN, remedy,
		"prm-calendar's own tables are missing, out of date, or not for this user to read");
}

/* What was not read stays at a value that the other checks can live with. */
static bool read_site(Doctor *doctor, GError **error)
{
	App *app = &doctor->app;
	bool ok;

	if (!app_name_site(app, error))
		return false;
	ok = wp_site_read(app->site, app->db, error);
	if (app->site->zone == NULL)
		app->site->zone = site_zone_new("UTC", NULL, NULL);
	return ok;
}

void doctor_check_site(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *home = NULL;

	if (!read_site(doctor, &error)) {
		doctor_add_message(doctor, DOCTOR_FAIL, error->message,
			"set it in WordPress: Settings, General");
		/* Without the site's names there is nothing to look for. */
		if (doctor->app.site != NULL)
			doctor->reached = DOCTOR_NEEDS_SITE;
		return;
	}
	doctor->reached = DOCTOR_NEEDS_SITE;
	home = printable(doctor->app.site->home_url);
	doctor_ok(doctor, "%s, time zone %s", home, site_zone_name(doctor->app.site->zone));
}

/* False when a finding was added: a prefix that nobody has finds nobody to sync, and looks well. */
static bool check_prefix(Doctor *doctor)
{
	const char *prefix = doctor->app.site->theme_prefix;
	g_autoptr(GError) error = NULL;
	g_autofree char *objection = NULL;
	g_autofree char *remedy = NULL;
	ThemeTraces traces;

	if (!theme_detect(doctor->app.db, &traces, &error)) {
		doctor_add_gap(doctor, error);
		return false;
	}
	objection = theme_traces_objection(&traces, prefix);
	if (objection == NULL)
		return true;
	remedy = g_strdup_printf("set prefix = %s in section [theme]", traces.prefix);
	doctor_add(doctor, DOCTOR_FAIL, remedy, "%s", objection);
	return false;
}

void doctor_check_theme(Doctor *doctor)
{
	const char *wanted = doctor->app.config->theme_stylesheet;
	const WpSite *site = doctor->app.site;
	g_autofree char *active =
		printable(site->stylesheet != NULL ? site->stylesheet : "unknown");
	bool is_active =
		site->stylesheet != NULL &&
		(strcmp(site->stylesheet, wanted) == 0 || strcmp(site->template_name, wanted) == 0);

	if (!check_prefix(doctor))
		return;
	if (wanted[0] == '\0' || is_active)
		doctor_ok(doctor, "%s is active", active);
	else
		doctor_add(doctor, DOCTOR_FAIL,
			"activate that theme in WordPress, or set stylesheet in section [theme]; "
			"to stop syncing, disable the timer",
			"the active theme is %s, but this configuration is for %s", active, wanted);
}

void doctor_check_theme_sync(Doctor *doctor)
{
	const WpSite *site = doctor->app.site;
	g_autoptr(GError) error = NULL;
	g_autofree char *next = NULL;
	g_autofree char *remedy = doctor_run(doctor, "takeover");
	int64_t next_utc = 0;

	if (!cron_next_theme_run(doctor->app.db, site, &next_utc, &error)) {
		doctor_add_message(doctor, DOCTOR_WARN, error->message,
			"look at the schedule with wp cron event list");
		return;
	}
	if (next_utc == 0) {
		doctor_ok(doctor, "the theme's own sync (%s) is not scheduled%s", site->cron_hook,
			site->is_taken_over ? ", and the locks of its connections are held" : "");
		return;
	}
	next = site_zone_format_iso(site->zone, next_utc);
	doctor_add(doctor, DOCTOR_WARN, remedy,
		"the theme's own sync (%s) is still scheduled, next for %s: two syncs do the work "
		"twice, and what the theme's writes over is mended at the next pass",
		site->cron_hook, next);
}

/* Of the connections that take turns. */
typedef struct {
	GHashTable *states; /* of ConnectionState */
	unsigned all;
	unsigned written; /* by something else, lately */
	unsigned mended;  /* their events, ever */
	int64_t last_utc;
} OtherWriters;

static void count_others(
	Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	OtherWriters *others = data;
	g_autofree char *key = connection_state_key(user->id, connection->id);
	const ConnectionState *state = g_hash_table_lookup(others->states, key);

	others->all++;
	if (state == NULL || state->others_utc <= doctor->now_utc - OTHERS_REMEMBERED_SECS)
		return;
	others->written++;
	others->mended += state->others_mended;
	others->last_utc = MAX(others->last_utc, state->others_utc);
}

void doctor_check_other_writers(Doctor *doctor)
{
	const WpSite *site = doctor->app.site;
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) states = connection_states_load(doctor->app.db, &error);
	g_autofree char *last = NULL;
	g_autofree char *takeover = doctor_run(doctor, "takeover");
	OtherWriters others = {.states = states};

	if (states == NULL) {
		doctor_add_gap(doctor, error);
		return;
	}
	if (!doctor_visit_connections(doctor, count_others, &others))
		return;
	if (others.written == 0) {
		doctor_ok(doctor,
			"in the last week nothing else was seen to sync any of %u connections",
			others.all);
		return;
	}
	last = site_zone_format_iso(site->zone, others.last_utc);
	doctor_add(doctor, DOCTOR_WARN,
		site->is_taken_over ? "this theme does not ask for the locks that takeover holds: "
				      "ask people not to use its \"Sync now\", and see that "
				      "nothing else runs its sync"
				    : takeover,
		"something else synced %u of %u connections, last noticed %s: the theme's \"Sync "
		"now\" or its WP-Cron event; %u of their events were written again so far",
		others.written, others.all, last, others.mended);
}
