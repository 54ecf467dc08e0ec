/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading events back from their rows, and walking those that have passed. */
#include "wp/past_event.h"

#include <string.h>

#include "php/json.h"
#include "state/known_events.h"
#include "state/waiting_events.h"
#include "wp/event_load.h"
#include "wp/event_memory.h"
#include "wp/event_sql.h"

enum { PAGE_EVENTS = 100 };

/* post_date is the start: it has an index, and leaves out what has not even begun. */
static const char page_sql[] =
	"SELECT p.ID, e.meta_value FROM {posts} p "
	"JOIN {postmeta} e ON e.post_id = p.ID AND e.meta_key = '_end_time' "
	"JOIN {postmeta} h ON h.post_id = p.ID AND h.meta_key = '_matched_people' "
	"AND h.meta_value NOT IN ('', '[]') "
	"WHERE p.post_type = 'calendar_event' AND p.post_status IN ('publish', 'future') "
	"AND p.post_date < ? AND e.meta_value < ? "
	"AND (e.meta_value > ? OR (e.meta_value = ? AND p.ID > ?)) "
	"AND NOT EXISTS (SELECT 1 FROM {postmeta} l WHERE l.post_id = p.ID "
	"AND l.meta_key = '_logged_as_activity' AND l.meta_value NOT IN ('', '0')) ";
static const char users_sql[] = "AND p.post_author IN (";
static const char page_tail[] = ") ORDER BY e.meta_value, p.ID LIMIT 100";
enum { COLUMN_ID, COLUMN_END };
G_STATIC_ASSERT(PAGE_EVENTS == 100);

struct PastEventQueue {
	Db *db;
	const WpSite *site;
	bool has_tables;
	bool only_waiting;
	int64_t only_user_id;
	size_t page_events;
	char *now; /* "Y-m-d H:i:s", site time: at the latest */
	GArray *user_ids;
	GHashTable *page; /* post id -> PastEvent */
	GArray *order;    /* ids of the page, oldest end first */
	guint next;
	char *last_end; /* where the page ends */
	int64_t last_id;
	WaitingPlace place; /* the same among those that wait */
	bool is_last_page;
};

void past_event_free(PastEvent *event)
{
	if (event == NULL)
		return;
	g_free(event->post_status);
	g_free(event->title);
	g_free(event->connection_id);
	g_free(event->event_uid);
	g_free(event->ical_uid);
	g_free(event->start);
	g_free(event->start_gmt);
	g_free(event->start_wall);
	g_free(event->end);
	g_free(event->location);
	g_free(event->meeting_url);
	g_free(event->owner_email);
	g_ptr_array_unref(event->attendees);
	g_array_unref(event->matches);
	g_free(event);
}

static void past_event_destroy(gpointer event)
{
	past_event_free(event);
}

static void match_clear(gpointer match)
{
	g_free(((PastEventMatch *)match)->attendee_email);
	g_free(((PastEventMatch *)match)->type);
}

static void attendee_destroy(gpointer attendee)
{
	attendee_free(attendee);
}

static char *text_or_empty(const char *text)
{
	return g_strdup(text == NULL ? "" : text);
}

/* A member that is a non-empty string; NULL for anything else. Borrowed. */
static const char *text_member(const PhpValue *object, const char *name)
{
	const char *text = php_value_bytes(php_array_get(object, name), NULL);

	return text == NULL || text[0] == '\0' ? NULL : text;
}

static PhpValue *decode(const char *json)
{
	return json == NULL ? NULL : php_json_decode(json, strlen(json), NULL);
}

static char *email_of(const char *email)
{
	g_autofree char *lower = g_ascii_strdown(email == NULL ? "" : email, -1);

	return g_strdup(g_strstrip(lower));
}

static void read_matches(PastEvent *past, const char *json)
{
	g_autoptr(PhpValue) list = decode(json);
	size_t count = php_value_size(list);

	for (size_t i = 0; i < count; i++) {
		PhpKey key;
		const PhpValue *item = php_value_at(list, i, &key);
		int64_t confidence = php_value_to_int(php_array_get(item, "confidence"));
		int64_t person_id = php_value_to_int(php_array_get(item, "person_id"));
		PastEventMatch *match;

		if (person_id <= 0)
			continue;
		g_array_set_size(past->matches, past->matches->len + 1);
		match = &g_array_index(past->matches, PastEventMatch, past->matches->len - 1);
		match->person_id = person_id;
		match->confidence_percent = (int)CLAMP(confidence, 0, 100);
		match->attendee_email = email_of(text_member(item, "attendee_email"));
		match->type = text_or_empty(text_member(item, "match_type"));
	}
}

static AttendeeStatus status_of(const char *name)
{
	static const AttendeeStatus statuses[] = {
		ATTENDEE_ACCEPTED, ATTENDEE_DECLINED, ATTENDEE_TENTATIVE};

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(statuses); i++) {
		if (g_ascii_strcasecmp(name, attendee_status_name(statuses[i])) == 0)
			return statuses[i];
	}
	return ATTENDEE_NEEDS_ACTION;
}

static void read_attendees(PastEvent *past, const char *json)
{
	g_autoptr(PhpValue) list = decode(json);
	size_t count = php_value_size(list);

	for (size_t i = 0; i < count; i++) {
		Attendee *attendee = attendee_new();
		PhpKey key;
		const PhpValue *item = php_value_at(list, i, &key);

		attendee->email = email_of(text_member(item, "email"));
		attendee->status = status_of(text_member(item, "status"));
		g_ptr_array_add(past->attendees, attendee);
	}
}

static bool is_true_member(const PhpValue *object, const char *name)
{
	return php_value_truthy(php_array_get(object, name));
}

/* The owner as Google's event object marks them, else as our own rows do. */
static void read_owner(PastEvent *past, const PhpValue *raw)
{
	const char *email = text_member(raw, "owner_email");
	const char *status = text_member(raw, "owner_status");
	const PhpValue *attendees = php_array_get(raw, "attendees");
	size_t count = php_value_size(attendees);

	for (size_t i = 0; i < count; i++) {
		PhpKey key;
		const PhpValue *item = php_value_at(attendees, i, &key);

		if (!is_true_member(item, "self"))
			continue;
		email = text_member(item, "email");
		status = text_member(item, "responseStatus");
	}
	if (email != NULL)
		past->owner_email = email_of(email);
	past->owner_declined = status_of(status) == ATTENDEE_DECLINED;
}

/* Google says visibility, iCalendar CLASS; an unknown class is private (RFC 5545, 3.8.1.3). */
static bool raw_is_private(const PhpValue *raw)
{
	const char *visibility = text_member(raw, "visibility");
	const char *class = text_member(raw, "class");

	if (is_true_member(raw, "is_private"))
		return true;
	if (visibility != NULL &&
		(g_str_equal(visibility, "private") || g_str_equal(visibility, "confidential")))
		return true;
	return class != NULL && g_ascii_strcasecmp(class, "PUBLIC") != 0;
}

static bool shows(const WpSite *site, int64_t utc, const char *local)
{
	g_autofree char *shown = site_zone_format(site->zone, utc);

	return g_strcmp0(shown, local) == 0;
}

/* The stored UTC, which alone tells apart the times that happen twice, unless the theme left that
 * of an earlier date behind when it moved the event (vectors/README, fact 4). */
static void set_start(PastEvent *past, const WpSite *site, const char *stored_gmt)
{
	g_autoptr(GTimeZone) utc_zone = g_time_zone_new_utc();
	g_autoptr(GDateTime) stored =
		stored_gmt == NULL ? NULL : g_date_time_new_from_iso8601(stored_gmt, utc_zone);
	int64_t utc = stored == NULL ? 0 : g_date_time_to_unix(stored);
	bool is_known = stored != NULL && shows(site, utc, past->start);

	if (!is_known && !site_zone_parse(site->zone, past->start, &utc)) {
		past->start_gmt = g_strdup("0000-00-00 00:00:00");
		past->start_utc = past->end_utc;
		return;
	}
	past->start_utc = utc;
	past->start_gmt = site_zone_format_utc(utc);
	past->start_repeats = site_zone_repeats(site->zone, utc);
}

/* Where its wall clock does not tell, the row says so itself (event_row_new()). */
static void set_end(PastEvent *past, const WpSite *site, int64_t said_utc)
{
	if (shows(site, said_utc, past->end) ||
		!site_zone_parse(site->zone, past->end, &past->end_utc))
		past->end_utc = said_utc;
}

/* "Y-m-d H:i:s": others may have written anything. */
static bool is_time(const char *text)
{
	static const char form[] = "0000-00-00 00:00:00";

	if (text == NULL || strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		if (form[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
			return false;
	}
	return true;
}

static void read_raw(PastEvent *past, const WpSite *site, const char *json)
{
	g_autoptr(PhpValue) raw = decode(json);
	const char *status = text_member(raw, "status");
	const char *uid = text_member(raw, "iCalUID");

	if (uid == NULL)
		uid = text_member(raw, "uid");
	past->ical_uid = g_strdup(uid);
	past->is_cancelled = status != NULL && g_ascii_strcasecmp(status, "cancelled") == 0;
	past->is_private = raw_is_private(raw);
	read_owner(past, raw);
	if (is_time(text_member(raw, "start_wall")))
		past->start_wall = g_strdup(text_member(raw, "start_wall"));
	set_end(past, site, php_value_to_int(php_array_get(raw, "end_utc")));
}

static PastEvent *past_event_new(const LoadedEvent *loaded, const WpSite *site)
{
	PastEvent *past = g_new0(PastEvent, 1);
	const char *const *metas = loaded->metas;
	const char *start = metas[EVENT_META_START_TIME];
	const char *end = metas[EVENT_META_END_TIME];

	past->attendees = g_ptr_array_new_with_free_func(attendee_destroy);
	past->matches = g_array_new(FALSE, FALSE, sizeof(PastEventMatch));
	g_array_set_clear_func(past->matches, match_clear);
	past->post_id = loaded->post_id;
	past->user_id = loaded->user_id;
	past->post_status = text_or_empty(loaded->status);
	past->title = text_or_empty(loaded->columns[EVENT_COLUMN_TITLE]);
	past->connection_id = text_or_empty(metas[EVENT_META_CONNECTION_ID]);
	past->event_uid = text_or_empty(metas[EVENT_META_EVENT_UID]);
	past->start = text_or_empty(is_time(start) ? start : loaded->columns[EVENT_COLUMN_DATE]);
	past->end = text_or_empty(is_time(end) ? end : past->start);
	past->location = text_or_empty(metas[EVENT_META_LOCATION]);
	past->meeting_url = text_or_empty(metas[EVENT_META_MEETING_URL]);
	past->all_day = g_strcmp0(metas[EVENT_META_ALL_DAY], "1") == 0;
	past->is_logged = loaded->is_logged;
	read_matches(past, metas[EVENT_META_MATCHED_PEOPLE]);
	read_attendees(past, metas[EVENT_META_ATTENDEES]);
	read_raw(past, site, metas[EVENT_META_RAW_DATA]);
	set_start(past, site, loaded->columns[EVENT_COLUMN_DATE_GMT]);
	past->end_utc = MAX(past->end_utc, past->start_utc);
	return past;
}

PastEvent *past_event_of_row(
	const EventRow *row, int64_t user_id, int64_t post_id, const WpSite *site)
{
	LoadedEvent stored = {.post_id = post_id, .user_id = user_id, .status = "publish"};
	PastEvent *past;

	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		stored.columns[i] = row->columns[i];
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		stored.metas[i] = row->metas[i];
	past = past_event_new(&stored, site);
	past->is_verified = true;
	return past;
}

typedef struct {
	const WpSite *site;
	GHashTable *events;
} Page;

static PastEvent *take_into_page(const LoadedEvent *loaded, const Page *page)
{
	PastEvent *event = past_event_new(loaded, page->site);

	g_hash_table_replace(page->events, &event->post_id, event);
	return event;
}

static void take_event(const LoadedEvent *loaded, void *data)
{
	take_into_page(loaded, data);
}

static void take_whole_event(const LoadedEvent *loaded, void *data)
{
	event_row_hash(loaded->columns, loaded->metas, take_into_page(loaded, data)->form);
}

static void take_form(int64_t post_id, const uint8_t content_hash[STATE_HASH_BYTES], void *data)
{
	PastEvent *event = g_hash_table_lookup(data, &post_id);

	if (event != NULL && memcmp(event->form, content_hash, STATE_HASH_BYTES) == 0)
		event->is_verified = true;
}

static const char ids_sql[] =
	"SELECT ID FROM {posts} WHERE post_type = 'calendar_event' AND post_status <> 'trash' "
	"AND post_author = ? AND post_date >= ? AND post_date < ? ORDER BY post_date, ID LIMIT ?";

GArray *past_event_ids(
	Db *db, int64_t user_id, const char *from, const char *to, unsigned limit, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	DbStatement *statement = db_prepare(db, ids_sql, error);

	if (statement == NULL)
		return NULL;
	db_bind_int(statement, user_id);
	db_bind_text(statement, from);
	db_bind_text(statement, to);
	db_bind_int(statement, limit);
	return db_query_ints(statement, ids, error) ? g_steal_pointer(&ids) : NULL;
}

GHashTable *past_events_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, past_event_destroy);
}

static const int64_t *ids_of(const GArray *ids)
{
	return (const int64_t *)(const void *)ids->data;
}

bool past_events_load(
	Db *db, const WpSite *site, const GArray *post_ids, GHashTable *events, GError **error)
{
	Page page = {.site = site, .events = events};

	return event_load_ids(db, ids_of(post_ids), post_ids->len, take_event, &page, error);
}

/* The same, and whether they are verified. */
static bool load_verified(Db *db, const WpSite *site, const GArray *post_ids, bool has_tables,
	GHashTable *events, GError **error)
{
	Page page = {.site = site, .events = events};

	if (!event_load_whole(db, ids_of(post_ids), post_ids->len, take_whole_event, &page, error))
		return false;
	return !has_tables || g_hash_table_size(events) == 0 ||
	       known_events_forms(db, ids_of(post_ids), post_ids->len, take_form, events, error);
}

bool past_event_load(Db *db, const WpSite *site, int64_t post_id, bool has_tables,
	PastEvent **ret_event, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GHashTable) events = past_events_new();

	g_array_append_val(ids, post_id);
	if (!load_verified(db, site, ids, has_tables, events, error))
		return false;
	*ret_event = g_hash_table_lookup(events, &post_id);
	g_hash_table_steal(events, &post_id);
	return true;
}

PastEventQueue *past_event_queue_new(
	Db *db, const WpSite *site, const PastEventQueueOptions *options)
{
	PastEventQueue *queue = g_new0(PastEventQueue, 1);

	queue->db = db;
	queue->site = site;
	queue->has_tables = options->has_tables;
	queue->only_waiting = options->has_tables && options->only_waiting;
	queue->only_user_id = options->only_user_id;
	queue->page_events = queue->only_waiting && options->wanted > 0
				     ? MIN(options->wanted, PAGE_EVENTS)
				     : PAGE_EVENTS;
	queue->now = site_zone_format_latest(site->zone, options->now_utc);
	queue->user_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_array_append_vals(queue->user_ids, options->user_ids, (guint)options->users);
	queue->page = past_events_new();
	queue->order = g_array_new(FALSE, FALSE, sizeof(int64_t));
	queue->last_end = g_strdup("");
	queue->is_last_page = options->users == 0;
	return queue;
}

void past_event_queue_free(PastEventQueue *queue)
{
	if (queue == NULL)
		return;
	g_free(queue->now);
	g_array_unref(queue->user_ids);
	g_hash_table_unref(queue->page);
	g_array_unref(queue->order);
	g_free(queue->last_end);
	g_free(queue);
}

static DbStatement *prepare_page(const PastEventQueue *queue, GError **error)
{
	g_autofree char *head = g_strconcat(page_sql, users_sql, NULL);
	g_autofree char *sql = db_repeat_sql(head, "?", queue->user_ids->len, page_tail);
	DbStatement *statement = db_prepare(queue->db, sql, error);

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, queue->now);
	db_bind_text(statement, queue->now);
	db_bind_text(statement, queue->last_end);
	db_bind_text(statement, queue->last_end);
	db_bind_int(statement, queue->last_id);
	for (guint i = 0; i < queue->user_ids->len; i++)
		db_bind_int(statement, g_array_index(queue->user_ids, int64_t, i));
	return statement;
}

static bool read_waiting_ids(PastEventQueue *queue, GError **error)
{
	return waiting_events_page(queue->db, queue->only_user_id, event_time_digits(queue->now),
		queue->page_events, &queue->place, queue->order, error);
}

static bool read_page_ids(PastEventQueue *queue, GError **error)
{
	DbStatement *statement = prepare_page(queue, error);
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		queue->last_id = db_column_int(statement, COLUMN_ID);
		g_free(queue->last_end);
		queue->last_end = g_strdup(db_column_text(statement, COLUMN_END));
		g_array_append_val(queue->order, queue->last_id);
	}
}

static bool read_page(PastEventQueue *queue, GError **error)
{
	g_hash_table_remove_all(queue->page);
	g_array_set_size(queue->order, 0);
	queue->next = 0;
	if (!(queue->only_waiting ? read_waiting_ids : read_page_ids)(queue, error))
		return false;
	queue->is_last_page = queue->order->len < queue->page_events;
	queue->page_events = PAGE_EVENTS;
	return load_verified(
		queue->db, queue->site, queue->order, queue->has_tables, queue->page, error);
}

bool past_event_queue_next(PastEventQueue *queue, PastEvent **ret_event, GError **error)
{
	for (;;) {
		PastEvent *event;
		int64_t id;

		if (queue->next == queue->order->len) {
			if (queue->is_last_page) {
				*ret_event = NULL;
				return true;
			}
			if (!read_page(queue, error))
				return false;
			continue;
		}
		id = g_array_index(queue->order, int64_t, queue->next++);
		event = g_hash_table_lookup(queue->page, &id);
		if (event == NULL)
			continue;
		g_hash_table_steal(queue->page, &id);
		*ret_event = event;
		return true;
	}
}
