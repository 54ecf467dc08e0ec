/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scheduled pass and a catch-up: which users, and how many at a time. */
#include "sync/pass.h"

#include <stdio.h>
#include <string.h>

#include "site/transient.h"
#include "sync/key_check.h"
#include "sync/turn.h"
#include "sync/workers.h"
#include "user/connections_row.h"
#include "util/log.h"

/* As long as a day without any pass, the turn is remembered; the theme's index as long as the theme
 * would (HOUR_IN_SECONDS), so that its status page says after a silence what it always said. */
enum { TURN_SECS = 24 * 60 * 60, THEME_TURN_SECS = 60 * 60 };

void pass_user_free(PassUser *user)
{
	wp_user_free(user->user);
	connection_list_free(user->list);
	g_free(user);
}

static bool has_enabled_connection(const ConnectionList *list)
{
	for (guint i = 0; i < list->connections->len; i++) {
		const Connection *connection = g_ptr_array_index(list->connections, i);

		if (connection->sync_enabled)
			return true;
	}
	return false;
}

/* Takes the user out of the row when there is something to sync. False when the row cannot be
 * read. */
static bool collect_user(GPtrArray *users, UserConnections *row)
{
	const LogAbout about = {.user_id = row->user->id, .user_login = row->user->login};
	g_autoptr(GError) error = NULL;
	g_autoptr(ConnectionList) list = NULL;
	gsize bytes;
	const char *stored = g_bytes_get_data(row->stored, &bytes);
	PassUser *user;

	list = connections_parse(stored, bytes, &error);
	if (list == NULL) {
		log_line(LOG_WARNING, &about,
			"cannot read the calendar connections (%s); leaving them as they are and "
			"skipping this user, who has to connect the calendars again",
			error->message);
		return false;
	}
	if (!has_enabled_connection(list))
		return true;
	user = g_new0(PassUser, 1);
	user->user = g_steal_pointer(&row->user);
	user->list = g_steal_pointer(&list);
	g_ptr_array_add(users, user);
	return true;
}

static void warn_of_orphans(const GArray *orphans)
{
	for (guint i = 0; i < orphans->len; i++) {
		const LogAbout about = {.user_id = g_array_index(orphans, int64_t, i)};

		log_line(LOG_WARNING, &about,
			"this user was deleted but still has calendar connections; skipping");
	}
}

GPtrArray *pass_users(const SyncContext *context, Db *db, size_t *ret_unreadable, GError **error)
{
	g_autoptr(GArray) orphans = NULL;
	g_autoptr(GPtrArray) rows = connections_rows_load(db, context->site, &orphans, error);
	g_autoptr(GPtrArray) users = g_ptr_array_new_with_free_func((GDestroyNotify)pass_user_free);
	size_t unreadable = 0;

	if (rows == NULL)
		return NULL;
	warn_of_orphans(orphans);
	for (guint i = 0; i < rows->len; i++) {
		if (!collect_user(users, g_ptr_array_index(rows, i)))
			unreadable++;
	}
	if (ret_unreadable != NULL)
		*ret_unreadable = unreadable;
	return g_steal_pointer(&users);
}

/* Our own memory of the turn: the theme's holds an index, which means another user as soon as
 * somebody joins or leaves. Always a row: a cache may forget it, and whose turn is late would wait
 * on. */
static char *own_turn_name(const WpSite *site)
{
	return g_strdup_printf("%s_calendar_sync_last_pass", site->theme_prefix);
}

bool pass_turn_load(const SyncContext *context, Db *db, PassTurn *ret_turn, GError **error)
{
	const WpSite *site = context->site;
	int64_t now_utc = context->now_utc();
	g_autofree char *name = own_turn_name(site);
	g_autofree char *own = NULL;
	g_autofree char *index = NULL;
	g_auto(GStrv) words = NULL;
	gint64 began_utc, user_id, theme_index;
	PassTurn turn = {0};

	if (!transient_peek(db, name, now_utc, &own, error) ||
		!transient_peek_shared(db, site->turn_transient, now_utc, &index, error))
		return false;
	words = g_strsplit(own != NULL ? own : "", " ", 2);
	if (g_strv_length(words) == 2 &&
		g_ascii_string_to_signed(words[0], 10, 0, G_MAXINT64, &began_utc, NULL) &&
		g_ascii_string_to_signed(words[1], 10, 1, G_MAXINT64, &user_id, NULL)) {
		turn.began_utc = began_utc;
		turn.last_user_id = user_id;
	}
	if (index != NULL && g_ascii_string_to_signed(index, 10, 0, G_MAXINT32, &theme_index, NULL))
		turn.theme_index = theme_index;
	*ret_turn = turn;
	return true;
}

/* Keeps the turn while a pass is under way. */
typedef struct {
	const SyncContext *context;
	const GPtrArray *users;    /* of PassUser: all who take turns */
	const GPtrArray *selected; /* of WpUser: this pass's, in order; from `first` on, round */
	size_t first;
	int64_t began_utc;
	int64_t last_user_id;   /* begun last; 0: nobody */
	guint last_place;       /* in selected */
	int64_t stored_user_id; /* as the table has it */
	int64_t stored_utc;
	bool *is_finished; /* by place in selected */
} TurnKeeper;

static bool turn_store(TurnKeeper *keeper, Db *db, GError **error)
{
	const WpSite *site = keeper->context->site;
	int64_t now_utc = keeper->context->now_utc();
	g_autofree char *name = own_turn_name(site);
	g_autofree char *own = g_strdup_printf(
		"%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, keeper->began_utc, keeper->last_user_id);
	g_autofree char *theme_index = g_strdup_printf(
		"%" G_GSIZE_FORMAT, (keeper->first + keeper->last_place) % keeper->users->len);

	if (!transient_set(db, site, name, own, now_utc, TURN_SECS, error) ||
		!transient_set_shared(db, site, site->turn_transient, theme_index, now_utc,
			THEME_TURN_SECS, error))
		return false;
	keeper->stored_user_id = keeper->last_user_id;
	keeper->stored_utc = now_utc;
	return true;
}

/* Written before the user's sync, so that one whose sync brings the program down does not hold up
 * the others, and once a second at most: thousands with nothing new take no longer. A pass that is
 * killed within that second begins again with those of it, whom the first write of the next one
 * steps over one by one. */
static bool turn_begin(void *data, Db *db, guint place, GError **error)
{
	TurnKeeper *keeper = data;

	keeper->last_user_id = ((const WpUser *)g_ptr_array_index(keeper->selected, place))->id;
	keeper->last_place = place;
	return keeper->context->now_utc() == keeper->stored_utc || turn_store(keeper, db, error);
}

static void turn_finish(void *data, guint place)
{
	((TurnKeeper *)data)->is_finished[place] = true;
}

/* A pass that was asked to stop did nobody harm: the next one begins with the first whom it did not
 * finish with. */
static void turn_give_back(TurnKeeper *keeper, const PassTurn *former)
{
	guint finished = 0;

	if (sync_goes_on(keeper->context, NULL))
		return;
	while (finished < keeper->selected->len && keeper->is_finished[finished])
		finished++;
	keeper->last_place = finished > 0 ? finished - 1 : keeper->users->len - 1;
	keeper->last_user_id =
		finished > 0
			? ((const WpUser *)g_ptr_array_index(keeper->selected, finished - 1))->id
			: former->last_user_id;
}

static WpUser *user_at(const GPtrArray *users, size_t index)
{
	return ((const PassUser *)g_ptr_array_index(users, index))->user;
}

static size_t first_in_turn(const GPtrArray *users, const PassTurn *turn)
{
	g_autofree int64_t *ids = g_new(int64_t, users->len);

	for (guint i = 0; i < users->len; i++)
		ids[i] = user_at(users, i)->id;
	return turn_next(ids, users->len, turn->last_user_id);
}

bool pass_run(const SyncContext *context, Db *db, SyncListener *listener, SyncTotals *ret_totals,
	GError **error)
{
	const SyncSelection selection = {.only_due = true};
	g_autoptr(GPtrArray) users = pass_users(context, db, NULL, error);
	g_autoptr(GPtrArray) selected = g_ptr_array_new(); /* borrows from users */
	TurnKeeper keeper = {.context = context, .users = users, .selected = selected};
	const WorkersWatch watch = {turn_begin, turn_finish, &keeper};
	g_autofree bool *is_finished = NULL;
	PassTurn turn;
	size_t wanted;
	bool is_done;

	if (users == NULL || !key_check(context, users, error) ||
		!pass_turn_load(context, db, &turn, error))
		return false;
	*ret_totals = (SyncTotals){0};
	if (users->len == 0)
		return true;
	wanted = (size_t)context->config->sync_users_per_pass;
	if (wanted == 0 || wanted > users->len)
		wanted = users->len;
	keeper.first = first_in_turn(users, &turn);
	keeper.began_utc = context->now_utc();
	is_finished = g_new0(bool, wanted);
	keeper.is_finished = is_finished;
	for (size_t i = 0; i < wanted; i++)
		g_ptr_array_add(selected, user_at(users, (keeper.first + i) % users->len));
	is_done = workers_sync(
		context, db, selected, &selection, &watch, listener, ret_totals, error);
	turn_give_back(&keeper, &turn);
	if (keeper.stored_user_id == keeper.last_user_id)
		return is_done;
	/* Also where one user's failure has ended the pass: its reason is what counts. */
	return turn_store(&keeper, db, is_done ? error : NULL) && is_done;
}

/* Nobody's meetings get into a site of the network that they do not belong to. */
static bool check_member(const SyncContext *context, Db *db, const WpUser *user, GError **error)
{
	g_autoptr(GHashTable) members = NULL;

	if (!context->site->is_network)
		return true;
	members = wp_user_members(db, error);
	if (members == NULL)
		return false;
	if (g_hash_table_contains(members, &user->id))
		return true;
	g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
		"user %s does not belong to site %d of the network (blog_id in [wordpress])",
		user->login, context->config->wordpress_blog_id);
	return false;
}

static bool find_user(
	const SyncContext *context, Db *db, const char *who, WpUser **ret_user, GError **error)
{
	g_autoptr(WpUser) user = NULL;

	if (!wp_user_find(db, who, &user, error))
		return false;
	if (user == NULL) {
		g_set_error(error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
			"no user has the id, login or e-mail address '%s'", who);
		return false;
	}
	if (!check_member(context, db, user, error))
		return false;
	*ret_user = g_steal_pointer(&user);
	return true;
}

static bool catch_up_one(const SyncContext *context, Db *db, const char *who,
	const SyncSelection *selection, SyncListener *listener, SyncTotals *ret_totals,
	GError **error)
{
	g_autoptr(GPtrArray) selected = g_ptr_array_new(); /* borrows */
	g_autoptr(WpUser) user = NULL;

	if (!find_user(context, db, who, &user, error) ||
		(!selection->only_match && !key_check_everybody(context, db, error)))
		return false;
	g_ptr_array_add(selected, user);
	return workers_sync(context, db, selected, selection, NULL, listener, ret_totals, error);
}

static bool catch_up_all(const SyncContext *context, Db *db, const SyncSelection *selection,
	SyncListener *listener, SyncTotals *ret_totals, GError **error)
{
	size_t unreadable = 0;
	g_autoptr(GPtrArray) users = pass_users(context, db, &unreadable, error);
	g_autoptr(GPtrArray) selected = g_ptr_array_new(); /* borrows from users */

	if (users == NULL || !key_check(context, users, error))
		return false;
	for (guint i = 0; i < users->len; i++)
		g_ptr_array_add(selected, user_at(users, i));
	if (!workers_sync(context, db, selected, selection, NULL, listener, ret_totals, error))
		return false;
	ret_totals->failed += unreadable;
	return true;
}

bool pass_catch_up(const SyncContext *context, Db *db, const char *who, const char *connection_id,
	SyncListener *listener, SyncTotals *ret_totals, GError **error)
{
	const SyncSelection selection = {.connection_id = connection_id};

	if (who == NULL)
		return catch_up_all(context, db, &selection, listener, ret_totals, error);
	return catch_up_one(context, db, who, &selection, listener, ret_totals, error);
}

bool pass_rematch(const SyncContext *context, Db *db, const char *who, SyncListener *listener,
	SyncTotals *ret_totals, GError **error)
{
	const SyncSelection selection = {.only_match = true};
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GPtrArray) selected = g_ptr_array_new(); /* borrows from rows */

	if (who != NULL)
		return catch_up_one(context, db, who, &selection, listener, ret_totals, error);
	rows = connections_rows_load(db, context->site, NULL, error);
	if (rows == NULL)
		return false;
	for (guint i = 0; i < rows->len; i++)
		g_ptr_array_add(
			selected, ((const UserConnections *)g_ptr_array_index(rows, i))->user);
	return workers_sync(context, db, selected, &selection, NULL, listener, ret_totals, error);
}
