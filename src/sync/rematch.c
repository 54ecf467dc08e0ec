/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks for the marks, and hands one user's contacts to the stored events. */
#include "sync/rematch.h"

#include "util/log.h"
#include "wp/event_rematch.h"

typedef struct {
	const SyncWorker *worker;
	const WpUser *owner;
	const SyncUser *user;
	const ContactMark *mark;
} Rematch;

GHashTable *rematch_marks(
	const SyncContext *context, Db *db, const GPtrArray *users, GError **error)
{
	g_autofree int64_t *ids = g_new(int64_t, users->len);
	/* With a version of the program its rules of matching may change. */
	g_autofree char *settings = g_strdup_printf("%s %d", PRM_CALENDAR_VERSION,
		dialect_matches_names(context->site->dialect, context->config->match_names));

	for (guint i = 0; i < users->len; i++)
		ids[i] = ((const WpUser *)g_ptr_array_index(users, i))->id;
	return contact_marks_load(db, ids, context->has_tables ? users->len : 0, settings, error);
}

static void on_change(const char *connection_id, const EventNotice *notice, void *data)
{
	const Rematch *rematch = data;
	SyncListener *listener = rematch->worker->listener;
	g_auto(ConnectionReport) report = {
		.user_id = rematch->owner->id,
		.user_login = g_strdup(rematch->owner->login),
		.connection_id = g_strdup(connection_id),
	};

	if (listener != NULL)
		listener->change(listener, &report, notice);
}

static bool store_mark(Db *db, void *data, GError **error)
{
	const Rematch *rematch = data;

	return contact_mark_store(db, rematch->mark, error);
}

/* Which is compared on networks only (others.h). */
static bool forget_how_posts_were_left(const Rematch *rematch, size_t changed, GError **error)
{
	const SyncContext *context = rematch->worker->context;

	return changed == 0 || context->dry_run || !context->has_tables ||
	       !context->site->is_network ||
	       connection_states_unmark(rematch->worker->db, rematch->owner->id, error);
}

/* Each transaction is a safe point. */
static bool guard(Db *db, void *data, GError **error)
{
	const Rematch *rematch = data;

	return sync_goes_on(rematch->worker->context, error) &&
	       rematch->user->guard(db, rematch->user->data, error);
}

static void log_counts(const Rematch *rematch, const EventRematchCounts *counts)
{
	const LogAbout about = {.user_id = rematch->owner->id, .user_login = rematch->owner->login};

	if (counts->changed > 0)
		log_line(LOG_INFO, &about,
			"%s the people of %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
			" stored events, since the contacts changed",
			rematch->worker->context->dry_run ? "would change" : "changed",
			counts->changed, counts->seen);
}

bool rematch_user(const SyncWorker *worker, const WpUser *owner, const SyncUser *user,
	const ContactMark *mark, SyncTotals *totals, GError **error)
{
	const SyncContext *context = worker->context;
	Rematch rematch = {.worker = worker, .owner = owner, .user = user, .mark = mark};
	const LogAbout about = {.user_id = owner->id, .user_login = owner->login};
	EventRematchOptions options = {
		.user_id = owner->id,
		.contacts = user->contacts(user->data, error),
		.match_names =
			dialect_matches_names(context->site->dialect, context->config->match_names),
		.now_utc = context->now_utc(),
		.has_tables = context->has_tables,
		.dry_run = context->dry_run,
		.guard = guard,
		.guard_data = &rematch,
		.last = mark != NULL ? store_mark : NULL,
		.last_data = &rematch,
		.on_change = on_change,
		.data = &rematch,
	};
	g_autoptr(GError) why = NULL;
	EventRematchCounts counts;
	bool is_done;

	if (options.contacts == NULL)
		return false;
	is_done = event_rematch(worker->db, context->site, &options, &counts, &why) &&
		  forget_how_posts_were_left(&rematch, counts.changed, &why);
	totals->matched_again += counts.changed;
	log_counts(&rematch, &counts);
	if (is_done)
		return true;
	/* The mark was not stored: the next run matches this user's events again. */
	if (why->domain != DB_ERROR || db_error_ends_all(why)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	log_line(LOG_ERROR, &about, "cannot match the stored events with the contacts again: %s",
		why->message);
	totals->failed++;
	return true;
}
