/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar takeover` and `handback`: which of the two syncs a site's calendars. */
#include <stdio.h>
#include <time.h>

#include "cli/app.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/theme_files.h"
#include "provider/providers.h"
#include "site/cron.h"
#include "site/theme_lock.h"
#include "state/connection_state.h"
#include "user/connections_row.h"

/* Part of the lock's name, by which a theme that knows it gives itself away. */
#define LOCK_WORD "_sync_lock_"

static const CliOption takeover_options[] = {
	{"wp-config", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wp_config), "PATH",
		"the site's wp-config.php, where the ini does not name it"},
	{"wordpress", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wordpress), "DIR",
		"WordPress's folder, where wp-config.php does not tell"},
	{0},
};

static const CliOption handback_options[] = {{0}};

/* What was done. */
typedef struct {
	bool is_scheduled; /* the theme's event */
	bool has_changed;  /* it was not before */
	bool was_visited;  /* WordPress has scheduled anything at all */
	unsigned locks;    /* that stand from now on, or did until now */
	unsigned busy;     /* connections that the theme is syncing right now */
	ThemeFiles knows;  /* whether the theme knows the lock; only after a takeover */
} Outcome;

/* Passes have nothing to do with the others. */
static bool is_synced(const Connection *connection)
{
	return connection->sync_enabled && provider_find(connection->provider) != NULL;
}

static bool change_lock(const App *app, int64_t user_id, const Connection *connection,
	Outcome *outcome, GError **error)
{
	int64_t now_utc = (int64_t)time(NULL);
	bool is_held = false;

	if (outcome->is_scheduled) {
		if (!theme_lock_end(
			    app->db, app->site, user_id, connection->id, now_utc, &is_held, error))
			return false;
	} else if (is_synced(connection)) {
		if (!theme_lock_stand(
			    app->db, app->site, user_id, connection->id, now_utc, &is_held, error))
			return false;
		outcome->busy += is_held ? 0 : 1;
	}
	outcome->locks += is_held ? 1 : 0;
	return true;
}

/* What cannot be read is told by the passes. */
static bool change_locks_of(
	const App *app, const UserConnections *row, Outcome *outcome, GError **error)
{
	size_t length = 0;
	const char *stored = g_bytes_get_data(row->stored, &length);
	g_autoptr(ConnectionList) list = connections_parse(stored, length, NULL);

	for (guint i = 0; list != NULL && i < list->connections->len; i++) {
		if (!change_lock(app, row->user->id, g_ptr_array_index(list->connections, i),
			    outcome, error))
			return false;
	}
	return true;
}

/* Passes renew the locks by what our own tables say; where there are none, they have nothing to
 * forget. */
static bool forget_locks(const App *app, GError **error)
{
	GError *failure = NULL;

	if (connection_states_unlock(app->db, &failure))
		return true;
	if (!g_error_matches(failure, DB_ERROR, DB_ERROR_SCHEMA) &&
		!g_error_matches(failure, DB_ERROR, DB_ERROR_ACCESS)) {
		g_propagate_error(error, failure);
		return false;
	}
	g_clear_error(&failure);
	return true;
}

static bool change_locks(const App *app, Outcome *outcome, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(app->db, app->site, NULL, error);

	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++) {
		if (!change_locks_of(app, g_ptr_array_index(rows, i), outcome, error))
			return false;
	}
	return forget_locks(app, error);
}

static const char *connections_word(unsigned count)
{
	return count == 1 ? "connection" : "connections";
}

#define OLD_BUTTON                                                                                 \
	"writes its own idea of the events (a series as one post, times of another clock), or "    \
	"deletes them. The next pass mends that, but not what people typed on a post that was "    \
	"deleted for good."

static void print_button(const Outcome *outcome)
{
	switch (outcome->knows) {
	case THEME_FILES_HOLD:
		printf("Its \"Sync now\" leaves %u %s alone from now on.\n", outcome->locks,
			connections_word(outcome->locks));
		break;
	case THEME_FILES_DO_NOT_HOLD:
		printf("This theme does not know the lock that keeps the \"Sync now\" of newer "
		       "ones from %u %s: ask people not to use that button, which " OLD_BUTTON "\n",
			outcome->locks, connections_word(outcome->locks));
		break;
	case THEME_FILES_UNKNOWN:
		printf("The \"Sync now\" of a newer theme leaves %u %s alone from now on. That of "
		       "an older one " OLD_BUTTON
		       "\nWhich one this is is not known: " SITE_PLACE_REMEDY ".\n",
			outcome->locks, connections_word(outcome->locks));
		break;
	}
	if (outcome->busy > 0)
		printf("%u %s cannot be locked now, as when the theme is syncing: the next pass "
		       "tries again.\n",
			outcome->busy, connections_word(outcome->busy));
}

static void print_text(const App *app, const Outcome *outcome)
{
	printf("The theme's own sync (%s) is %s %s.\n", app->site->cron_hook,
		outcome->has_changed ? "now" : "already",
		outcome->is_scheduled ? "scheduled" : "not scheduled");
	if (!outcome->is_scheduled && !outcome->was_visited)
		puts("Nobody has visited this site yet: with the first visit the theme may "
		     "schedule its sync. Run takeover once more after that.");
	if (!outcome->is_scheduled)
		print_button(outcome);
	else if (outcome->locks > 0)
		printf("Its \"Sync now\" may sync %u %s again.\n", outcome->locks,
			connections_word(outcome->locks));
}

static void print_json(const App *app, const Outcome *outcome)
{
	g_autoptr(Json) root = json_object_new();

	json_set_text(root, "hook", app->site->cron_hook);
	json_set_bool(root, "scheduled", outcome->is_scheduled);
	json_set_bool(root, "changed", outcome->has_changed);
	if (!outcome->is_scheduled)
		json_set_bool(root, "visited", outcome->was_visited);
	json_set_int(root, outcome->is_scheduled ? "unlocked" : "locked", outcome->locks);
	if (!outcome->is_scheduled) {
		json_set_int(root, "not_locked", outcome->busy);
		if (outcome->knows != THEME_FILES_UNKNOWN)
			json_set_bool(
				root, "theme_asks_for_locks", outcome->knows == THEME_FILES_HOLD);
		else
			json_set_text(root, "theme_asks_for_locks", NULL);
	}
	json_print(root);
}

static ThemeFiles ask_theme(const App *app, const CliOptions *options)
{
	g_auto(SitePlace) place = {0};

	app_find_place(app, options, &place);
	return theme_files_of_site(&place, app->site, LOCK_WORD);
}

static ExitStatus change(const CliOptions *options, bool scheduled)
{
	g_auto(App) app = {0};
	g_autoptr(GError) error = NULL;
	Outcome outcome = {.is_scheduled = scheduled};
	bool ok;
	ExitStatus status = app_open(&app, options);

	if (status != EXIT_ALL_WELL)
		return status;
	if (!cron_is_there(app.db, &outcome.was_visited, &error))
		return app_fail(options, error);
	ok = scheduled ? cron_hand_back(app.db, app.site, (int64_t)time(NULL), &outcome.has_changed,
				 &error)
		       : cron_take_over(app.db, app.site, &outcome.has_changed, &error);
	if (!ok || !change_locks(&app, &outcome, &error))
		return app_fail(options, error);
	if (!scheduled)
		outcome.knows = ask_theme(&app, options);
	if (options->json)
		print_json(&app, &outcome);
	else if (!options->quiet)
		print_text(&app, &outcome);
	return EXIT_ALL_WELL;
}

static ExitStatus run_takeover(const CliOptions *options)
{
	return change(options, false);
}

static ExitStatus run_handback(const CliOptions *options)
{
	return change(options, true);
}

const Command command_takeover = {
	.name = "takeover",
	.arguments = "",
	.summary = "unschedule the theme's own calendar sync",
	.details = "Takes the theme's event out of WP-Cron and changes nothing else there, and "
		   "holds the\n"
		   "lock of each connection, so that the \"Sync now\" of newer themes leaves it "
		   "alone;\n"
		   "passes renew the locks. Older themes do not ask for locks: what their button "
		   "writes\n"
		   "is mended at the next pass. A theme that schedules its event again at each "
		   "request\n"
		   "has it back then, and does the same.\n\n"
		   "Example: prm-calendar takeover",
	.options = takeover_options,
	.run = run_takeover,
};

const Command command_handback = {
	.name = "handback",
	.arguments = "",
	.summary = "schedule the theme's own calendar sync again",
	.details =
		"Puts the theme's event back into WP-Cron, as often and at the same minutes as it "
		"was\n"
		"when takeover took it out, else every 15 minutes from now on, and gives back the\n"
		"locks that takeover holds: for when this program is not used any more.\n\n"
		"Example: prm-calendar handback",
	.options = handback_options,
	.run = run_handback,
};
