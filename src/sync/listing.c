/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink: each event becomes a row with its matches; what each calendar tells goes to the store.
 */
#include <string.h>

#include "state/calendar_objects.h"
#include "state/connection_state.h"
#include "sync/listing_private.h"
#include "wp/event_attendees.h"

static void told_free(gpointer data)
{
	Told *told = data;

	if (told->former != NULL)
		g_ptr_array_unref(told->former);
	g_free(told->id);
	g_free(told->name);
	g_free(told->cursor);
	g_free(told);
}

static Listing *listing_of(ProviderSink *sink)
{
	return (Listing *)(void *)sink;
}

static Told *told_now(const Listing *listing)
{
	return g_ptr_array_index(listing->told, listing->told->len - 1);
}

static const char *on_cursor(ProviderSink *sink, const char *calendar_id, bool *ret_list_all)
{
	const Listing *listing = listing_of(sink);
	const CalendarCursor *cursor = listing_valid_cursor(listing, calendar_id);
	int64_t age_secs;

	*ret_list_all = true;
	if (cursor == NULL || cursor->text[0] == '\0')
		return NULL;
	age_secs = listing->options->store->now_utc - cursor->listed_utc;
	*ret_list_all =
		listing->is_again || age_secs < 0 || age_secs >= listing->options->full_every_secs;
	return cursor->text;
}

/* The objects of the calendar in hand as they were remembered. NULL with a DB_ERROR. */
static GPtrArray *load_objects(const Listing *listing, const Told *told, GError **error)
{
	uint8_t calendar_hash[STATE_HASH_BYTES];

	state_hash_calendar(told->id, calendar_hash);
	return calendar_objects_load(
		listing->options->db, listing->options->state->id, calendar_hash, error);
}

/* Prepares to list a calendar as if nothing were remembered of it. */
static bool restart(Listing *listing, Told *told, GError **error)
{
	const ListingOptions *options = listing->options;
	g_autoptr(CalendarCursor) restarted = NULL;

	told->is_restarted = true;
	event_store_forget_objects(listing->store, told->id);
	if (options->has_tables && connection_state_cursor(options->state, told->id) != NULL) {
		told->former = load_objects(listing, told, error);
		if (told->former == NULL)
			return false;
	}
	restarted = calendar_cursor_new(
		told->id, options->settings_hash, "", 0, listing_gone_utc(listing, told->id));
	return !listing_remembers(listing) ||
	       calendar_cursor_restart(options->db, options->state->id, restarted, error);
}

/* Prepares a listing of all: WordPress's own rows are the truth that it is compared with. */
static bool begin_all(Listing *listing, Told *told, GError **error)
{
	const CalendarCursor *cursor;

	if (!listing_need_store(listing, error) || !event_store_load_all(listing->store, error))
		return false;
	/* Prepared earlier in this run, if that was needed. */
	if (listing->is_again)
		return true;
	cursor = listing_valid_cursor(listing, told->id);
	/* Its account may have been connected before. */
	if ((cursor == NULL || cursor->text[0] == '\0') &&
		!event_store_load_orphans(listing->store, error))
		return false;
	return cursor != NULL || restart(listing, told, error);
}

/* Whether a calendar without a name of its own is called by its address, or a part of it. */
static bool is_called_by_address(const ProviderCalendar *calendar)
{
	g_autofree char *url = NULL;
	g_autofree char *segment = NULL;

	if (calendar->name[0] == '/' || strstr(calendar->name, "://") != NULL)
		return true;
	if (calendar->url == NULL || calendar->name[0] == '\0')
		return false;
	url = g_uri_unescape_string(calendar->url, NULL);
	segment = g_strconcat("/", calendar->name, NULL);
	for (size_t end = url == NULL ? 0 : strlen(url); end > 0 && url[end - 1] == '/'; end--)
		url[end - 1] = '\0';
	return url != NULL && g_str_has_suffix(url, segment);
}

/* What `_calendar_name` is. The newest theme looks up the connection of an event only where this is
 * empty, and then shows the label that its owner gave it; where it is not, it warns of a variable
 * that it has not set. */
static const char *shown_name(const Listing *listing, const ProviderCalendar *calendar)
{
	return listing->options->has_label || is_called_by_address(calendar) ? "" : calendar->name;
}

static bool on_begin_calendar(
	ProviderSink *sink, const ProviderCalendar *calendar, ProviderListing kind, GError **error)
{
	Listing *listing = listing_of(sink);
	Told *told = g_new0(Told, 1);

	told->id = g_strdup(calendar->id);
	told->name = g_strdup(shown_name(listing, calendar));
	told->kind = kind;
	told->is_certain = true;
	g_ptr_array_add(listing->told, told);
	if (kind == PROVIDER_LISTING_ALL ? !begin_all(listing, told, error) : false)
		return false;
	if (listing->store != NULL)
		event_store_calendar_changes(listing->store, told->id);
	return listing->options->on_progress(listing->options->data, error);
}

/* A remembered object, with the strings of the object that was loaded. */
typedef struct {
	ProviderObject object;
	CalendarObject *loaded;
} Remembered;

static void remembered_free(gpointer data)
{
	Remembered *remembered = data;

	calendar_object_free(remembered->loaded);
	g_free(remembered);
}

static void add_remembered(GHashTable *objects, CalendarObject *take_loaded, bool is_trusted)
{
	Remembered *remembered = g_new0(Remembered, 1);

	remembered->loaded = take_loaded;
	remembered->object = (ProviderObject){
		.key = take_loaded->key,
		.path = take_loaded->path,
		.etag = is_trusted ? take_loaded->etag : NULL,
		.expanded_from_utc = take_loaded->expanded_from_utc,
		.expanded_to_utc = take_loaded->expanded_to_utc,
		.uids = take_loaded->uids,
	};
	g_hash_table_insert(objects, take_loaded->key, remembered);
}

static GHashTable *on_objects(ProviderSink *sink, GError **error)
{
	Listing *listing = listing_of(sink);
	const ListingOptions *options = listing->options;
	const Told *told = told_now(listing);
	g_autoptr(GHashTable) objects =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, remembered_free);
	g_autoptr(GPtrArray) loaded = NULL;

	if (!options->has_tables || options->state->id == 0 ||
		(told->is_restarted && told->former == NULL))
		return g_steal_pointer(&objects);
	loaded = told->is_restarted ? g_ptr_array_ref(told->former)
				    : load_objects(listing, told, error);
	if (loaded == NULL)
		return NULL;
	while (loaded->len > 0) {
		CalendarObject *object = g_ptr_array_steal_index_fast(loaded, 0);
		bool is_trusted = told->kind == PROVIDER_LISTING_CHANGES ||
				  (!told->is_restarted && object->problem == NULL &&
					  event_store_object_is_intact(
						  listing->store, told->id, object->key));

		add_remembered(objects, object, is_trusted);
	}
	return g_steal_pointer(&objects);
}

static bool on_begin_objects(ProviderSink *sink, const char *const *keys, GError **error)
{
	Listing *listing = listing_of(sink);

	if (!listing_need_store(listing, error))
		return false;
	if (listing->is_overfull)
		return true;
	event_store_begin_objects(listing->store, told_now(listing)->id, keys);
	listing->is_in_object = true;
	return true;
}

static CalendarObject *object_new(const Listing *listing, const ProviderObject *object)
{
	CalendarObject *read = g_new0(CalendarObject, 1);

	state_hash_calendar(told_now(listing)->id, read->calendar_hash);
	read->key = g_strdup(object->key);
	read->path = g_strdup(object->path);
	read->etag = g_strdup(object->etag);
	read->expanded_from_utc = object->expanded_from_utc;
	read->expanded_to_utc = object->expanded_to_utc;
	read->uids = g_strdup(object->uids);
	return read;
}

static bool on_end_objects(
	ProviderSink *sink, const ProviderObject *objects, size_t count, GError **error)
{
	Listing *listing = listing_of(sink);
	const Told *told = told_now(listing);
	g_autoptr(GPtrArray) read = NULL;

	/* Of their events some may have been left out: they are not remembered as read. */
	if (listing->is_overfull)
		return true;
	read = g_ptr_array_new_with_free_func((GDestroyNotify)calendar_object_free);
	for (size_t i = 0; i < count; i++) {
		CalendarObject *object = object_new(listing, &objects[i]);

		object->problem = i == 0 ? g_strdup(listing->object_problem) : NULL;
		/* What nobody could read says nothing about what is stored of it. */
		if (listing->object_problem != NULL && !listing->is_object_read)
			event_store_object_kept(listing->store, told->id, object->key);
		g_ptr_array_add(read, object);
	}
	g_clear_pointer(&listing->object_problem, g_free);
	listing->is_in_object = false;
	return event_store_end_objects(listing->store, g_steal_pointer(&read), error);
}

static bool on_object_unsettled(ProviderSink *sink, const ProviderObject *object, GError **error)
{
	Listing *listing = listing_of(sink);

	if (!listing_need_store(listing, error))
		return false;
	listing->is_unsettled = true;
	return listing->is_overfull ||
	       event_store_object_unsettled(
		       listing->store, told_now(listing)->id, object_new(listing, object), error);
}

static bool on_object_kept(ProviderSink *sink, const char *key, GError **error)
{
	Listing *listing = listing_of(sink);
	size_t seen = event_store_counts(listing->store)->seen;

	event_store_object_kept(listing->store, told_now(listing)->id, key);
	listing->kept_events += event_store_counts(listing->store)->seen - seen;
	return listing->options->on_progress(listing->options->data, error);
}

static bool on_object_gone(ProviderSink *sink, const char *key, GError **error)
{
	Listing *listing = listing_of(sink);

	if (!listing_need_store(listing, error))
		return false;
	event_store_object_gone(listing->store, told_now(listing)->id, key);
	return true;
}

static bool on_gone(ProviderSink *sink, const char *event_uid, GError **error)
{
	Listing *listing = listing_of(sink);

	if (!listing_need_store(listing, error))
		return false;
	event_store_gone(listing->store, told_now(listing)->id, event_uid, true);
	return true;
}

static bool on_outside(ProviderSink *sink, const char *event_uid, GError **error)
{
	Listing *listing = listing_of(sink);

	if (!listing_need_store(listing, error))
		return false;
	event_store_outside(listing->store, told_now(listing)->id, event_uid);
	return true;
}

static void skip_event(Listing *listing, const Event *event, const GError *why)
{
	/* What is stored of it stays: an event that we cannot write is not one that is gone. */
	if (event->event_uid != NULL)
		event_store_keep(listing->store, event->event_uid);
	listing->options->on_unreadable(event->event_uid != NULL ? event->event_uid : event->uid,
		why, listing->options->data);
}

/* The event's row with its matches. NULL with EVENT_ROW_ERROR, or the error of the contacts. */
static EventRow *make_row(Listing *listing, const Event *event, GError **error)
{
	const ListingOptions *options = listing->options;
	const Told *told = told_now(listing);
	const ContactIndex *contacts = options->contacts(options->data, error);
	g_autoptr(GPtrArray) matches = NULL;

	if (contacts == NULL)
		return NULL;
	matches = contact_index_match(contacts, event, options->match_names);
	return event_row_new(event, options->site,
		&(EventRowContext){
			.user_id = options->store->user_id,
			.connection_id = options->store->connection_id,
			.calendar_id = told->id,
			.calendar_name = told->name,
			.matches = matches,
		},
		error);
}

/* Those whom the calendar left out, but told of in an earlier run, were there all the same. */
static bool complete_attendees(const Listing *listing, Event *event, GError **error)
{
	int64_t post_id = 0;

	if (event->attendees_incomplete)
		post_id = event_store_post_id(listing->store, event->event_uid);
	return post_id == 0 ||
	       event_attendees_add_stored(listing->options->db, post_id, event, error);
}

static bool on_event(ProviderSink *sink, Event *take_event, GError **error)
{
	Listing *listing = listing_of(sink);
	g_autoptr(Event) event = take_event;
	g_autoptr(GError) row_error = NULL;
	EventRow *row;

	if (!listing_need_store(listing, error))
		return false;
	if (event->status == EVENT_STATUS_CANCELLED) {
		event_store_gone(listing->store, told_now(listing)->id, event->event_uid, false);
		return true;
	}
	if (!listing_count(listing, event, error))
		return false;
	if (listing->is_overfull)
		return listing->options->on_progress(listing->options->data, error);
	if (!complete_attendees(listing, event, error))
		return false;
	row = make_row(listing, event, &row_error);
	if (row == NULL && row_error->domain != EVENT_ROW_ERROR) {
		g_propagate_error(error, g_steal_pointer(&row_error));
		return false;
	}
	if (row == NULL) {
		skip_event(listing, event, row_error);
		return true;
	}
	return event_store_put(listing->store, told_now(listing)->id, row, NULL, error) &&
	       listing->options->on_progress(listing->options->data, error);
}

static void on_unreadable(ProviderSink *sink, const char *href, const char *uid, const GError *why)
{
	Listing *listing = listing_of(sink);

	bool is_read = g_error_matches(why, PROVIDER_ERROR, PROVIDER_ERROR_CUT);

	listing->had_problems = true;
	if (listing->is_in_object) {
		listing->is_object_read =
			is_read && (listing->object_problem == NULL || listing->is_object_read);
		if (listing->object_problem == NULL)
			listing->object_problem = g_strdup(why->message);
	}
	if (!is_read && uid == NULL)
		told_now(listing)->is_certain = false;
	else if (!is_read && listing->store != NULL)
		event_store_keep(listing->store, uid);
	listing->options->on_unreadable(href, why, listing->options->data);
}

static void on_doubtful(ProviderSink *sink, const char *href, const char *text)
{
	const ListingOptions *options = listing_of(sink)->options;

	options->on_doubtful(href, text, options->data);
}

static bool on_end_calendar(
	ProviderSink *sink, bool complete, const GError *why, const char *cursor, GError **error)
{
	Listing *listing = listing_of(sink);
	Told *told = told_now(listing);

	told->is_complete = complete;
	told->cursor = g_strdup(cursor);
	if (!complete && !listing_note_failure(listing, told, why, error))
		return false;
	if (listing->store == NULL)
		return listing->options->on_progress(listing->options->data, error);
	if (told->is_given_up)
		event_store_calendar_complete(listing->store, told->id);
	else if (!complete)
		event_store_calendar_failed(listing->store, told->id);
	else if (told->kind == PROVIDER_LISTING_ALL && told->is_certain)
		event_store_calendar_complete(listing->store, told->id);
	return listing->options->on_progress(listing->options->data, error);
}

Listing *listing_new(const ListingOptions *options)
{
	Listing *listing = g_new0(Listing, 1);

	listing->sink = (ProviderSink){
		.cursor = on_cursor,
		.begin_calendar = on_begin_calendar,
		.objects = on_objects,
		.begin_objects = on_begin_objects,
		.end_objects = on_end_objects,
		.object_unsettled = on_object_unsettled,
		.object_kept = on_object_kept,
		.object_gone = on_object_gone,
		.event = on_event,
		.gone = on_gone,
		.outside = on_outside,
		.unreadable = on_unreadable,
		.doubtful = on_doubtful,
		.end_calendar = on_end_calendar,
	};
	listing->options = options;
	listing->told = g_ptr_array_new_with_free_func(told_free);
	return listing;
}

void listing_free(Listing *listing)
{
	if (listing == NULL)
		return;
	event_store_free(listing->store);
	g_ptr_array_unref(listing->told);
	g_free(listing->object_problem);
	span_count_free(listing->told_times);
	g_clear_error(&listing->failure);
	g_free(listing);
}

const GError *listing_failure(const Listing *listing)
{
	return listing->failure;
}

bool listing_has_complete(const Listing *listing)
{
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);

		if (told->is_complete)
			return true;
	}
	return false;
}

bool listing_has_relisted(const Listing *listing)
{
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);
		const CalendarCursor *cursor =
			connection_state_cursor(listing->options->state, told->id);

		if (told->is_complete && told->kind == PROVIDER_LISTING_ALL && cursor != NULL &&
			cursor->listed_utc == CURSOR_DISTRUSTED)
			return true;
	}
	return false;
}

EventStoreCounts listing_counts(const Listing *listing)
{
	if (listing->store == NULL)
		return (EventStoreCounts){0};
	return *event_store_counts(listing->store);
}
