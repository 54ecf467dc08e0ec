/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of one Google calendar: all of its window, or what changed since the last run. */
#include "provider/google_events.h"

#include <string.h>

#include "event/civil.h"
#include "provider/google_cursor.h"
#include "provider/google_error.h"
#include "provider/google_item.h"
#include "provider/google_pages.h"
#include "util/time_zone.h"

/* All-day events have the bounds of their calendar's days, which need not be the site's. */
#define MARGIN_SECS (2 * CIVIL_DAY_SECS)
/* Years that Google's time stamps can hold. */
#define BOUND_MIN_UTC INT64_C(0)
#define BOUND_MAX_UTC INT64_C(253402300799)
/* Of the calendar's name in messages. */
#define SHOWN_ID_BYTES 100

/* A sync token is good for lists that have the same. */
#define PARAMETERS "singleEvents=true&maxResults=2500&eventTypes=default&eventTypes=fromGmail"
#define LIST_FIELDS                                                                                \
	"kind,nextPageToken,nextSyncToken,summary,timeZone,accessRole,items(" GOOGLE_ITEM_FIELDS ")"

/* One pass over the pages of a list. */
typedef struct {
	const GoogleEventList *list;
	const char *what;           /* the calendar, in messages */
	const GoogleCursor *cursor; /* where it begins; NULL: with nothing */
	bool has_begun;             /* the sink was told */
	bool has_told;              /* of an item */
	bool is_outdated;  /* the calendar shows other things than when the cursor was made */
	GoogleCursor next; /* where the next one begins: as the last page says */
	GTimeZone *calendar_zone;
	bool has_calendar_zone; /* else it is the site's */
	GError *sink_error;
} Run;

static void run_clear(Run *run)
{
	g_free(run->next.token);
	g_free(run->next.name);
	g_free(run->next.role);
	g_free(run->next.account);
	g_clear_pointer(&run->calendar_zone, g_time_zone_unref);
	g_clear_error(&run->sink_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static char *bound_text(int64_t utc)
{
	g_autoptr(GDateTime) time =
		g_date_time_new_from_unix_utc(CLAMP(utc, BOUND_MIN_UTC, BOUND_MAX_UTC));

	return g_date_time_format(time, "%Y-%m-%dT%H%%3A%M%%3A%SZ");
}

/* A token takes the place of the window: Google refuses both at once. */
static char *range_text(const Run *run)
{
	TimeWindow window = run->list->request->window;
	g_autofree char *from = bound_text(window.from_utc - MARGIN_SECS);
	g_autofree char *to = bound_text(window.to_utc + MARGIN_SECS);
	g_autofree char *token =
		run->cursor != NULL ? g_uri_escape_string(run->cursor->token, NULL, FALSE) : NULL;

	return token != NULL ? g_strdup_printf("syncToken=%s", token)
			     : g_strdup_printf("timeMin=%s&timeMax=%s", from, to);
}

/* The one place that says what a calendar is asked for. */
static char *list_path(const Run *run)
{
	g_autofree char *id = g_uri_escape_string(run->list->calendar_id, NULL, FALSE);
	g_autofree char *range = range_text(run);
	g_autofree char *fields = g_uri_escape_string(LIST_FIELDS, NULL, FALSE);

	return g_strdup_printf(
		"/calendars/%s/events?" PARAMETERS "&%s&fields=%s", id, range, fields);
}

/* What a token depends on: "primary" is another calendar under another account, and members that
 * were not asked for are missing from the stored events. */
static char *made_for(const GoogleEventList *list)
{
	g_autofree char *consent = google_session_consent(list->session);
	g_autofree char *text =
		g_strjoin("\n", PARAMETERS, GOOGLE_ITEM_FIELDS, consent, list->calendar_id, NULL);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

/* Tells the sink, by the owner's own name: in a list of changes that is the remembered one, which
 * costs no request. `page` may be NULL. False with the sink's error. */
static bool begin_calendar(Run *run, const cJSON *page, GError **error)
{
	const GoogleEventList *list = run->list;
	const char *zone = json_string(page, "timeZone");
	g_autoptr(ProviderCalendar) calendar = NULL;

	if (run->next.name == NULL)
		run->next.name = g_strdup(json_string(page, "summary"));
	run->next.role = g_strdup(json_string(page, "accessRole"));
	run->calendar_zone = zone != NULL ? time_zone_find(zone) : NULL;
	run->has_calendar_zone = run->calendar_zone != NULL;
	if (run->calendar_zone == NULL)
		run->calendar_zone = g_time_zone_ref(list->request->site_zone);
	run->has_begun = true;
	calendar = provider_calendar_new(list->calendar_id, run->next.name, NULL);
	return list->sink->begin_calendar(list->sink, calendar,
		run->cursor != NULL ? PROVIDER_LISTING_CHANGES : PROVIDER_LISTING_ALL, error);
}

static bool tell_unreadable(const GoogleEventList *list, const char *id)
{
	g_autoptr(GError) why = g_error_new(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
		"Google's event %s has no start or no id that can be read.",
		id != NULL ? id : "without an id");

	list->sink->unreadable(list->sink, id != NULL ? id : "an event", id, why);
	return true;
}

/* Whose calendar it is, by the owner's rights there. Where nobody tells which is the account's own
 * (the owner may have allowed events alone), it is one that belongs to a person, and to the owner.
 */
static CopyHolder holder_of(const char *calendar_id, const char *role, const char *account)
{
	if (strcmp(calendar_id, "primary") == 0 || g_strcmp0(calendar_id, account) == 0)
		return COPY_OF_ACCOUNT;
	if (g_strcmp0(role, "owner") == 0)
		return account == NULL && !g_str_has_suffix(calendar_id, ".calendar.google.com")
			       ? COPY_OF_ACCOUNT
			       : COPY_OF_OWNER;
	return g_strcmp0(role, "writer") == 0 ? COPY_OF_WRITER : COPY_OF_READER;
}

/* In a list of all, what is left out is not there: only changes have to be told of. */
static bool tell_item(Run *run, const cJSON *item, GError **error)
{
	ProviderSink *sink = run->list->sink;
	const GoogleItemContext context = {
		.window = run->list->request->window,
		.site_zone = run->list->request->site_zone,
		.calendar_zone = run->calendar_zone,
		.has_calendar_zone = run->has_calendar_zone,
		.holder = holder_of(run->list->calendar_id, run->next.role, run->next.account),
		.account = run->next.account,
	};
	const char *id = json_string(item, "id");
	const char *note = NULL;
	Event *event = NULL;

	run->has_told = true;
	switch (google_item_read(item, &context, &event, &note)) {
	case GOOGLE_ITEM_EVENT:
		if (note != NULL)
			sink->doubtful(sink, id, note);
		return sink->event(sink, event, error);
	case GOOGLE_ITEM_CANCELLED:
		return sink->gone(sink, id, error);
	case GOOGLE_ITEM_NO_MEETING:
		return run->cursor == NULL || sink->gone(sink, id, error);
	case GOOGLE_ITEM_OUTSIDE:
		return run->cursor == NULL || sink->outside(sink, id, error);
	case GOOGLE_ITEM_UNREADABLE:
		break;
	}
	return tell_unreadable(run->list, id);
}

/* With other rights a calendar shows other things of events that nobody changed. */
static bool is_as_remembered(Run *run, const cJSON *page, GError **error)
{
	if (run->has_begun || run->cursor == NULL ||
		g_strcmp0(json_string(page, "accessRole"), run->cursor->role) == 0)
		return true;
	run->is_outdated = true;
	google_error_set_unreadable(error, run->what);
	return false;
}

static bool pass_page(void *data, const cJSON *page, GError **error)
{
	Run *run = data;
	const char *token = json_string(page, "nextSyncToken");

	if (!is_as_remembered(run, page, error))
		return false;
	/* What fails in the sink is told apart from what fails in the calendar. */
	if (!run->has_begun && !begin_calendar(run, page, &run->sink_error))
		return false;
	g_free(run->next.token);
	run->next.token = g_strdup(token);
	return true;
}

static bool pass_item(void *data, const cJSON *item, GError **error)
{
	Run *run = data;

	(void)error;
	/* Of a calendar that shows only when its owner is busy there is nothing to keep. */
	return g_strcmp0(run->next.role, "freeBusyReader") == 0 ||
	       tell_item(run, item, &run->sink_error);
}

/* A list that cannot be told is told once as one of all; Google says so in several ways (410, also
 * 400 about the token), on any page. */
static bool is_to_start_over(const Run *run, const GError *failure)
{
	int status = google_session_last_status(run->list->session);

	if (run->cursor == NULL || run->sink_error != NULL || failure->domain != PROVIDER_ERROR)
		return false;
	return run->is_outdated || status == 410 ||
	       (status == 400 && failure->code == PROVIDER_ERROR_PERMANENT);
}

/* Google does not find it: only its own list of calendars can tell whether for good. Changes
 * `failure`; false with PROVIDER_ERROR when the list's own failure ends the connection. */
static bool doubt_absence(const Run *run, GError **failure, GError **error)
{
	bool is_primary = strcmp(run->list->calendar_id, "primary") == 0;
	GoogleCalendarState state;

	if (google_session_last_status(run->list->session) != 404)
		return true;
	if (!google_calendars_find(
		    run->list->calendars, run->list->calendar_id, &state, NULL, error))
		return false;
	/* Nor can an account be without a primary calendar. */
	if (state == GOOGLE_CALENDAR_NOT_LISTED && !is_primary) {
		(*failure)->code = PROVIDER_ERROR_GONE;
		return true;
	}
	g_clear_error(failure);
	google_error_set_missing(failure, run->what);
	return true;
}

/* Tells the end of a calendar that could not be listed whole, also of one that had not begun.
 * Consumes the failure. */
static bool end_incomplete(Run *run, GError *take_failure, GError **error)
{
	ProviderSink *sink = run->list->sink;
	g_autoptr(GError) failure = take_failure;

	if (run->sink_error != NULL) {
		g_propagate_error(error, g_steal_pointer(&run->sink_error));
		return false;
	}
	if (failure->domain != PROVIDER_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	if (!doubt_absence(run, &failure, error))
		return false;
	if (!run->has_begun && !begin_calendar(run, NULL, error))
		return false;
	if (!sink->end_calendar(sink, false, failure, NULL, error))
		return false;
	if (!google_error_ends_connection(failure))
		return true;
	g_propagate_error(error, g_steal_pointer(&failure));
	return false;
}

static bool list_pages(Run *run, GError **failure)
{
	g_autofree char *path = list_path(run);
	const GooglePages pages = {
		.session = run->list->session,
		.path_and_query = path,
		.kind = "calendar#events",
		.what = run->what,
		.page = pass_page,
		.item = pass_item,
		.data = run,
	};

	if (!google_pages_each(&pages, failure))
		return false;
	/* Google ends every list with a token to go on from; one that does not was cut short. */
	if (run->next.token != NULL)
		return true;
	google_error_set_cut_short(failure, run->what);
	return false;
}

/* `text` is what the cursor was read from. It stays as long as nothing differs: Google gives a new
 * token every time, but the old one is good for weeks, and all is listed daily. */
static bool end_changes(const Run *run, const char *text, GError **error)
{
	ProviderSink *sink = run->list->sink;
	g_autofree char *key = made_for(run->list);
	g_autofree char *next = run->has_told ? google_cursor_to_text(&run->next, key) : NULL;

	return sink->end_calendar(sink, true, NULL, next != NULL ? next : text, error);
}

/* `*ret_is_told` is false when all has to be listed instead. */
static bool list_changes(const GoogleEventList *list, const char *what, const char *text,
	bool *ret_is_told, GError **error)
{
	g_autofree char *key = made_for(list);
	g_autoptr(GoogleCursor) cursor = google_cursor_parse(text, key);
	g_auto(Run) run = {.list = list, .what = what, .cursor = cursor};
	g_autoptr(GError) failure = NULL;

	*ret_is_told = cursor != NULL;
	if (cursor == NULL)
		return true;
	run.next.name = g_strdup(cursor->name);
	run.next.account = g_strdup(cursor->account);
	if (list_pages(&run, &failure))
		return end_changes(&run, text, error);
	if (!is_to_start_over(&run, failure))
		return end_incomplete(&run, g_steal_pointer(&failure), error);
	*ret_is_told = false;
	/* What was told is right; it only does not lead anywhere. */
	return !run.has_begun || list->sink->end_calendar(list->sink, true, NULL, NULL, error);
}

static bool list_all(const GoogleEventList *list, const char *what, GError **error)
{
	g_auto(Run) run = {.list = list, .what = what};
	GoogleCalendarState state;
	const ProviderCalendar *listed = NULL;
	g_autoptr(GError) failure = NULL;
	g_autofree char *key = NULL;
	g_autofree char *next = NULL;

	if (!google_calendars_find(list->calendars, list->calendar_id, &state, &listed, error))
		return false;
	run.next.name = listed != NULL ? g_strdup(listed->name) : NULL;
	run.next.account = g_strdup(google_calendars_account(list->calendars));
	if (!list_pages(&run, &failure))
		return end_incomplete(&run, g_steal_pointer(&failure), error);
	key = made_for(list);
	next = google_cursor_to_text(&run.next, key);
	return list->sink->end_calendar(list->sink, true, NULL, next, error);
}

bool google_events_holder(const GoogleEventList *list, CopyHolder *ret_holder, GError **error)
{
	GoogleCalendarState state;
	const ProviderCalendar *listed = NULL;
	bool lists_all = false;
	const char *text = list->sink->cursor(list->sink, list->calendar_id, &lists_all);
	g_autofree char *key = made_for(list);
	g_autoptr(GoogleCursor) cursor =
		text != NULL && !lists_all ? google_cursor_parse(text, key) : NULL;

	if (cursor != NULL) {
		*ret_holder = holder_of(list->calendar_id, cursor->role, cursor->account);
		return true;
	}
	if (!google_calendars_find(list->calendars, list->calendar_id, &state, &listed, error))
		return false;
	*ret_holder = holder_of(list->calendar_id, listed != NULL ? listed->role : NULL,
		google_calendars_account(list->calendars));
	return true;
}

bool google_events_list(const GoogleEventList *list, GError **error)
{
	g_autofree char *shown = g_utf8_make_valid(list->calendar_id, -1);
	g_autofree char *what = g_strdup_printf("the calendar '%.*s'", SHOWN_ID_BYTES, shown);
	bool lists_all = false;
	bool is_told = false;
	const char *text = list->sink->cursor(list->sink, list->calendar_id, &lists_all);

	if (text != NULL && !lists_all && !list_changes(list, what, text, &is_told, error))
		return false;
	return is_told || list_all(list, what, error);
}
