/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection for each calendar: the theme knows of one in each. */
#include <string.h>

#include "cli/account_trial.h"
#include "cli/calendar_choice.h"
#include "cli/connect.h"
#include "sync/connection_sync.h"
#include "user/connection_account.h"

/* The same calendar under the same account, or NULL. */
static const Connection *find_same(
	const Chosen *chosen, const char *calendar_id, const char *username)
{
	const GPtrArray *all = chosen->list->connections;

	for (guint i = 0; i < all->len; i++) {
		const Connection *connection = g_ptr_array_index(all, i);
		const char *calendar = connection->calendar_ids[0];
		g_autofree char *url = NULL;
		g_autofree char *name = NULL;

		if (strcmp(connection->provider, "caldav") == 0 &&
			account_trial_known(chosen, connection, &url, &name) &&
			strcmp(name, username) == 0 &&
			(calendar != NULL ? strcmp(calendar, calendar_id) == 0 ||
						    (calendar[0] == '/' &&
							    g_str_has_suffix(calendar_id, calendar))
					  : strcmp(url, calendar_id) == 0))
			return connection;
	}
	return NULL;
}

static Connection *make(const Chosen *chosen, const char *box, const ProviderCalendar *calendar,
	int64_t now_usecs, GError **error)
{
	const char *const ids[] = {calendar->id, NULL};
	const Connection *same = find_same(chosen, calendar->id, chosen->options->username);
	g_autofree char *name = account_trial_label(
		chosen, calendar->name[0] != '\0' ? calendar->name : chosen->options->username);
	g_autoptr(Connection) connection = NULL;

	if (same != NULL) {
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_REFUSED,
			"user %s has this calendar already, as connection %s; for another "
			"password: prm-calendar reconnect --user=%s --connection=%s",
			chosen->user->login, same->id, chosen->user->login, same->id);
		return NULL;
	}
	connection = connection_new("caldav", name, box, ids, now_usecs);
	return account_trial_read(chosen, connection, error) ? g_steal_pointer(&connection) : NULL;
}

GPtrArray *connect_caldav(const Chosen *chosen, GError **error)
{
	const CliOptions *options = chosen->options;
	g_autofree char *url = connection_account_url(options->url);
	g_autofree char *box = account_trial_caldav(chosen, url, options->username, error);
	g_autoptr(GPtrArray) calendars = NULL;
	g_autoptr(GPtrArray) picked = NULL;
	g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func((GDestroyNotify)connection_free);
	int64_t now_usecs = g_get_real_time();

	if (box == NULL)
		return NULL;
	calendars = account_trial_calendars(chosen, "caldav", box, error);
	if (calendars == NULL)
		return NULL;
	picked = calendar_choice_make(options, calendars, error);
	for (guint i = 0; picked != NULL && i < picked->len; i++) {
		Connection *connection =
			make(chosen, box, g_ptr_array_index(picked, i), now_usecs + i, error);

		if (connection == NULL)
			return NULL;
		g_ptr_array_add(made, connection);
	}
	return picked == NULL ? NULL : g_steal_pointer(&made);
}
