/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognises the meetings of events among the activities that people have. */
#include "wp/activity_history.h"

#include <string.h>

#include "wp/activity_text.h"
#include "wp/event_sql.h"

/* Every type that the theme's versions gave to activities; all states, since what a person deleted
 * shall not come back. Enough of the content to find a title in. */
static const char history_sql[] =
	"SELECT c.comment_ID, c.comment_post_ID, CAST(c.comment_date AS CHAR), "
	"CAST(c.comment_date_gmt AS CHAR), "
	"LEFT(c.comment_content, 2000), m.meta_key, m.meta_value "
	"FROM {comments} c LEFT JOIN {commentmeta} m ON m.comment_id = c.comment_ID AND m.meta_key "
	"IN "
	"('calendar_event_uid', 'calendar_event_id', 'activity_date', 'activity_time') "
	"WHERE c.comment_type IN (?, 'activity', 'prm_activity', 'stadion_activity', "
	"'rondo_activity') "
	"AND c.comment_post_ID IN (";
enum {
	COLUMN_COMMENT_ID,
	COLUMN_PERSON_ID,
	COLUMN_DATE,
	COLUMN_DATE_GMT,
	COLUMN_CONTENT,
	COLUMN_META_KEY,
	COLUMN_META_VALUE,
};

typedef struct {
	int64_t comment_id;
	int64_t person_id;
	char *date;
	char *date_gmt;
	char *content;
	char *event_uid; /* connection id + "/" + event uid */
	char *event_id;
	char *activity_date;
	char *activity_time;
} PastActivity;

typedef enum { LIKENESS_NONE, LIKENESS_SAME, LIKENESS_SUSPECT } Likeness;

/* An activity of the same start whose event must be read before one can tell. */
typedef struct {
	const ActivityMeeting *meeting;
	int64_t person_id;
	int64_t event_id;
} Suspect;

#define GOOGLE_HOST "@google.com"

/* So many of their events are held at a time. */
enum { SUSPECTS_AT_ONCE = 100 };

typedef struct {
	GHashTable *by_person;
	GArray *suspects; /* of Suspect */
} History;

static void past_activity_clear(PastActivity *activity)
{
	g_free(activity->date);
	g_free(activity->date_gmt);
	g_free(activity->content);
	g_free(activity->event_uid);
	g_free(activity->event_id);
	g_free(activity->activity_date);
	g_free(activity->activity_time);
	*activity = (PastActivity){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PastActivity, past_activity_clear)

static void set_add(GHashTable *set, int64_t id)
{
	g_hash_table_add(set, g_memdup2(&id, sizeof(id)));
}

static bool is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* Behind the connection's id: "conn_1/uid" -> "uid". */
static const char *uid_part(const char *calendar_event_uid)
{
	const char *slash = strchr(calendar_event_uid, '/');

	return slash == NULL ? calendar_event_uid : slash + 1;
}

/* "UID_20260115T090000Z" without the instance. Caller frees. */
static char *series_of(const char *event_uid)
{
	const char *underscore = strrchr(event_uid, '_');
	size_t digits = underscore == NULL ? 0 : strspn(underscore + 1, "0123456789TZ");

	if (digits < strlen("20260115") || underscore[1 + digits] != '\0')
		return g_strdup(event_uid);
	return g_strndup(event_uid, (gsize)(underscore - event_uid));
}

/* `ical_uid` is NULL where the source did not say. Google's event ids are its iCalendar UIDs
 * without their host. Caller frees. */
static char *shared_uid(const char *event_uid, const char *ical_uid)
{
	char *uid = ical_uid != NULL ? g_strdup(ical_uid) : series_of(event_uid);

	if (g_str_has_suffix(uid, GOOGLE_HOST))
		uid[strlen(uid) - strlen(GOOGLE_HOST)] = '\0';
	return uid;
}

char *activity_history_uid(const PastEvent *event)
{
	return shared_uid(event->event_uid, event->ical_uid);
}

/* The shared UID, and which instance of the series it is: that stays when it is moved. Caller
 * frees. */
static char *occurrence_of(const char *event_uid, const char *ical_uid)
{
	g_autofree char *uid = shared_uid(event_uid, ical_uid);
	g_autofree char *series = series_of(event_uid);

	return g_strconcat(uid, event_uid + strlen(series), NULL);
}

char *activity_history_occurrence(const PastEvent *event)
{
	return occurrence_of(event->event_uid, event->ical_uid);
}

/* However it was moved since, and whichever connection told of it. */
static bool is_same_event(const PastActivity *activity, const PastEvent *event)
{
	gint64 id;

	if (is_set(activity->event_uid)) {
		g_autofree char *theirs = occurrence_of(uid_part(activity->event_uid), NULL);
		g_autofree char *ours = activity_history_occurrence(event);

		if (g_str_equal(ours, theirs))
			return true;
	}
	return is_set(activity->event_id) &&
	       g_ascii_string_to_signed(activity->event_id, 10, 1, G_MAXINT64, &id, NULL) &&
	       id == event->post_id;
}

/* The day and, where one is known, the minute: "2026-01-15 09:00" or "2026-01-15". The theme keeps
 * the meeting's time in meta rows and in comment_date the moment at which it was logged. */
static char *start_of(const PastActivity *activity)
{
	if (!is_set(activity->activity_date))
		return g_strndup(
			activity->date == NULL ? "" : activity->date, strlen("2026-01-15 09:00"));
	if (!is_set(activity->activity_time))
		return g_strdup(activity->activity_date);
	return g_strdup_printf("%s %.5s", activity->activity_date, activity->activity_time);
}

/* Our own activities have the meeting's start in UTC, too; of others only some wall clock is known:
 * the site's, or, where the theme did not convert it, that of the event's zone or UTC. */
static bool starts_alike(const PastActivity *activity, const PastEvent *event)
{
	const char *const clocks[] = {event->start, event->start_gmt, event->start_wall};
	g_autofree char *start = NULL;

	if (is_set(activity->event_uid) && is_set(activity->date_gmt) &&
		!g_str_has_prefix(activity->date_gmt, "0000"))
		return strncmp(activity->date_gmt, event->start_gmt, strlen("2026-01-15 09:00")) ==
		       0;
	start = start_of(activity);
	if (strlen(start) < strlen("2026-01-15"))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++) {
		if (clocks[i] != NULL && g_str_has_prefix(clocks[i], start))
			return true;
	}
	return false;
}

static bool is_same_uid(const PastEvent *event, const char *event_uid, const char *ical_uid)
{
	g_autofree char *ours = activity_history_uid(event);
	g_autofree char *theirs = shared_uid(event_uid, ical_uid);

	return g_str_equal(ours, theirs);
}

static Likeness compare(const PastActivity *activity, const PastEvent *event)
{
	/* By a person, or by the theme, which does not say of which event either. */
	bool by_hand = !is_set(activity->event_uid) && !is_set(activity->event_id);
	bool has_time = !is_set(activity->activity_date) || is_set(activity->activity_time);

	if (is_same_event(activity, event))
		return LIKENESS_SAME;
	if (!starts_alike(activity, event))
		return LIKENESS_NONE;
	if (activity_text_names(activity->content, event->title))
		return LIKENESS_SAME;
	/* Somebody who met twice in a minute had two meetings. */
	if (by_hand)
		return has_time && activity_text_is_part_of(activity->content, event->title)
			       ? LIKENESS_SAME
			       : LIKENESS_NONE;
	if (is_set(activity->event_uid) && is_same_uid(event, uid_part(activity->event_uid), NULL))
		return LIKENESS_SAME;
	return LIKENESS_SUSPECT;
}

/* The other calendar's event knows more than the activity: its title and its iCalendar UID. */
static bool is_copy(const PastEvent *event, const PastEvent *other)
{
	return g_str_equal(other->title, event->title) ||
	       is_same_uid(event, other->event_uid, other->ical_uid);
}

static void add_suspect(
	History *history, const PastActivity *activity, const ActivityMeeting *meeting)
{
	Suspect suspect = {.meeting = meeting, .person_id = activity->person_id};
	gint64 id;

	if (!is_set(activity->event_id) ||
		!g_ascii_string_to_signed(activity->event_id, 10, 1, G_MAXINT64, &id, NULL))
		return;
	suspect.event_id = id;
	g_array_append_val(history->suspects, suspect);
}

static void history_add(History *history, const PastActivity *activity)
{
	const GPtrArray *meetings =
		activity->comment_id == 0
			? NULL
			: g_hash_table_lookup(history->by_person, &activity->person_id);

	for (guint i = 0; meetings != NULL && i < meetings->len; i++) {
		const ActivityMeeting *meeting = meetings->pdata[i];
		Likeness likeness = compare(activity, meeting->request->event);

		if (likeness == LIKENESS_SAME)
			set_add(meeting->had, activity->person_id);
		else if (likeness == LIKENESS_SUSPECT)
			add_suspect(history, activity, meeting);
	}
}

static void read_meta(PastActivity *activity, const char *key, const char *value)
{
	char **place;

	if (g_str_equal(key, "calendar_event_uid"))
		place = &activity->event_uid;
	else if (g_str_equal(key, "calendar_event_id"))
		place = &activity->event_id;
	else if (g_str_equal(key, "activity_date"))
		place = &activity->activity_date;
	else if (g_str_equal(key, "activity_time"))
		place = &activity->activity_time;
	else
		return;
	if (*place == NULL)
		*place = g_strdup(value);
}

static void read_row(PastActivity *activity, const DbStatement *statement)
{
	if (activity->comment_id == 0) {
		activity->comment_id = db_column_int(statement, COLUMN_COMMENT_ID);
		activity->person_id = db_column_int(statement, COLUMN_PERSON_ID);
		activity->date = g_strdup(db_column_text(statement, COLUMN_DATE));
		activity->date_gmt = g_strdup(db_column_text(statement, COLUMN_DATE_GMT));
		activity->content = g_strdup(db_column_text(statement, COLUMN_CONTENT));
	}
	if (!db_column_is_null(statement, COLUMN_META_KEY))
		read_meta(activity, db_column_text(statement, COLUMN_META_KEY),
			db_column_text(statement, COLUMN_META_VALUE));
}

static DbStatement *prepare_history(
	Db *db, const WpSite *site, GHashTable *by_person, GError **error)
{
	guint count = g_hash_table_size(by_person);
	g_autofree char *sql =
		db_repeat_sql(history_sql, "?", count, ") ORDER BY c.comment_ID, m.meta_id");
	DbStatement *statement = db_prepare(db, sql, error);
	GHashTableIter people;
	gpointer person_id;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, site->activity_comment_type);
	g_hash_table_iter_init(&people, by_person);
	while (g_hash_table_iter_next(&people, &person_id, NULL))
		db_bind_int(statement, *(const int64_t *)person_id);
	return statement;
}

static bool read_history(Db *db, const WpSite *site, History *history, GError **error)
{
	DbStatement *statement = prepare_history(db, site, history->by_person, error);
	g_auto(PastActivity) activity = {0};
	bool row;

	if (statement == NULL || !db_query(statement, error))
		return false;
	for (;;) {
		if (!db_next(statement, &row, error))
			return false;
		if (!row || db_column_int(statement, COLUMN_COMMENT_ID) != activity.comment_id) {
			history_add(history, &activity);
			past_activity_clear(&activity);
		}
		if (!row)
			return true;
		read_row(&activity, statement);
	}
}

static bool examine(Db *db, const WpSite *site, const GArray *suspects, guint first, GError **error)
{
	guint end = MIN(first + SUSPECTS_AT_ONCE, suspects->len);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GHashTable) events = past_events_new();

	for (guint i = first; i < end; i++) {
		const Suspect *suspect = &g_array_index(suspects, Suspect, i);

		if (!g_hash_table_contains(suspect->meeting->had, &suspect->person_id))
			g_array_append_val(ids, suspect->event_id);
	}
	if (!past_events_load(db, site, ids, events, error))
		return false;
	for (guint i = first; i < end; i++) {
		const Suspect *suspect = &g_array_index(suspects, Suspect, i);
		const PastEvent *other = g_hash_table_lookup(events, &suspect->event_id);

		if (other != NULL && is_copy(suspect->meeting->request->event, other))
			set_add(suspect->meeting->had, suspect->person_id);
	}
	return true;
}

bool activity_history_find(Db *db, const WpSite *site, GHashTable *by_person, GError **error)
{
	g_autoptr(GArray) suspects = g_array_new(FALSE, FALSE, sizeof(Suspect));
	History history = {.by_person = by_person, .suspects = suspects};

	if (g_hash_table_size(by_person) == 0)
		return true;
	if (!read_history(db, site, &history, error))
		return false;
	for (guint first = 0; first < suspects->len; first += SUSPECTS_AT_ONCE) {
		if (!examine(db, site, suspects, first, error))
			return false;
	}
	return true;
}

bool activity_history_repeats(const PastEvent *earlier, const char *content, const PastEvent *later)
{
	g_auto(PastActivity) activity = {
		.date = g_strdup(earlier->start),
		.date_gmt = g_strdup(earlier->start_gmt),
		.content = g_strdup(content),
		.event_uid = g_strconcat(earlier->connection_id, "/", earlier->event_uid, NULL),
		.event_id = g_strdup_printf("%" G_GINT64_FORMAT, earlier->post_id),
	};
	Likeness likeness = compare(&activity, later);

	return likeness == LIKENESS_SAME ||
	       (likeness == LIKENESS_SUSPECT && is_copy(later, earlier));
}
