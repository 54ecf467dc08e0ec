/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetches calendar objects: many at once where the server can, one by one where it cannot. */
#include "provider/caldav_fetch.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_error.h"

/* Zoho takes at most 100; more brings no speed. */
#define BATCH 50
/* A server that failed so often in a row and never succeeded does not know multigets: an unlucky
 * object costs at most six. */
#define MULTIGET_FAILURES_TO_GIVE_UP 8
/* So many objects in a row that cannot be had: it is not the objects. */
#define OBJECT_FAILURES_TO_GIVE_UP 10
/* Each time-out takes two minutes. */
#define TIMEOUTS_TO_GIVE_UP 3

typedef struct {
	const CalDavSession *session;
	const CalDavResource *calendar;
	const GPtrArray *members;
	const CalDavObjectSink *sink;
	CalDavMissing *missing;
	unsigned batch; /* size that the server copes with */
	bool multiget_works;
	unsigned answered;          /* objects that came by multigets */
	unsigned multiget_failures; /* in a row, until one works */
	unsigned object_failures;   /* in a row */
	unsigned timeouts;
} Fetch;

/* What a multiget said about one object. */
typedef struct {
	char *bytes; /* or NULL */
	size_t length;
} Answer;

/* The answers to the members from `first` on. */
typedef struct {
	const Fetch *fetch;
	GHashTable *indexes; /* key, also of the path -> index into answers, plus one */
	Answer *answers;
} Batch;

void caldav_missing_clear(CalDavMissing *missing)
{
	g_clear_error(&missing->first);
	missing->count = 0;
}

static char *multiget_body(const Fetch *fetch, unsigned first, unsigned count)
{
	GString *body = g_string_new(
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<C:calendar-multiget xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
		"<D:prop><D:getetag/><C:calendar-data/></D:prop>");

	for (unsigned i = first; i < first + count; i++) {
		const CalDavMember *member = g_ptr_array_index(fetch->members, i);
		g_autofree char *escaped = g_markup_escape_text(member->path, -1);

		g_string_append_printf(body, "<D:href>%s</D:href>", escaped);
	}
	g_string_append(body, "</C:calendar-multiget>\n");
	return g_string_free(body, FALSE);
}

/* Answers come in any order, twice, unasked for, or for the collection. */
static bool take_answer(void *data, DavResponse *take_response, GError **error)
{
	g_autoptr(DavResponse) response = take_response;
	Batch *batch = data;
	DavProperty *property = dav_response_property(response, DAV_NS_CALDAV, "calendar-data");

	(void)error;
	for (unsigned i = 0; i < response->hrefs->len; i++) {
		g_autofree char *key = href_key(
			batch->fetch->calendar->url, g_ptr_array_index(response->hrefs, i));
		unsigned index =
			key == NULL ? 0
				    : GPOINTER_TO_UINT(g_hash_table_lookup(batch->indexes, key));
		Answer *answer;

		if (index == 0)
			continue;
		answer = &batch->answers[index - 1];
		if (property != NULL && property->text_bytes > 0 && answer->bytes == NULL) {
			answer->length = property->text_bytes;
			answer->bytes = g_steal_pointer(&property->text);
			break;
		}
	}
	return true;
}

/* The server behind a proxy that rewrites paths knows its own only. */
static char *member_url(const Fetch *fetch, const CalDavMember *member)
{
	const char *calendar_url = fetch->calendar->url;

	return member->is_elsewhere ? href_url(calendar_url, strrchr(member->path, '/') + 1)
				    : href_path_url(calendar_url, member->path);
}

/* Asks for one object alone. What cannot be had is counted; false when fetching must end. */
static bool fetch_one(Fetch *fetch, const CalDavMember *member, GError **error)
{
	g_autofree char *url = member_url(fetch, member);
	g_autoptr(GError) failure = NULL;
	g_autoptr(GString) body = caldav_get(fetch->session, url, &failure);

	if (body != NULL) {
		fetch->object_failures = 0;
		return fetch->sink->object(fetch->sink->data, member, body->str, body->len, error);
	}
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE) && !member->is_elsewhere)
		return fetch->sink->gone(fetch->sink->data, member, error);
	fetch->object_failures++;
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_TIMEOUT))
		fetch->timeouts++;
	if (caldav_error_asks_for_patience(failure) ||
		fetch->object_failures >= OBJECT_FAILURES_TO_GIVE_UP ||
		fetch->timeouts >= TIMEOUTS_TO_GIVE_UP) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	/* Said by a proxy of its own path, about an object that the server listed elsewhere. */
	if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_GONE))
		failure->code = CALDAV_ERROR_DAMAGED;
	fetch->missing->count++;
	if (fetch->missing->first == NULL)
		fetch->missing->first = g_steal_pointer(&failure);
	return true;
}

static bool fetch_all(Fetch *fetch, GError **error);

/* The server answered so many of the members, and left out the others: perhaps it answers no more
 * at once. They are asked for in that size; when that helps, it was the size. */
static bool fetch_omitted(Fetch *fetch, const GPtrArray *omitted, unsigned answered, GError **error)
{
	Fetch rest = *fetch;

	rest.members = omitted;
	rest.batch = answered;
	rest.answered = 0;
	if (!fetch_all(&rest, error))
		return false;
	fetch->multiget_failures = rest.multiget_failures;
	fetch->object_failures = rest.object_failures;
	fetch->timeouts = rest.timeouts;
	fetch->answered += rest.answered;
	if (rest.answered > 0)
		fetch->batch = MIN(fetch->batch, answered);
	return true;
}

static bool use_answers(
	Fetch *fetch, unsigned first, unsigned count, Answer *answers, GError **error)
{
	g_autoptr(GPtrArray) omitted = g_ptr_array_new();
	unsigned answered;
	bool may_be_the_size;

	for (unsigned i = 0; i < count; i++) {
		if (answers[i].bytes == NULL)
			g_ptr_array_add(omitted, g_ptr_array_index(fetch->members, first + i));
	}
	answered = count - omitted->len;
	may_be_the_size = answered > 1 && omitted->len > 1;
	fetch->answered += answered;
	for (unsigned i = 0; i < count; i++) {
		const CalDavMember *member = g_ptr_array_index(fetch->members, first + i);
		g_autofree char *bytes = g_steal_pointer(&answers[i].bytes);

		if (bytes == NULL && may_be_the_size)
			continue;
		if (bytes != NULL) {
			if (!fetch->sink->object(
				    fetch->sink->data, member, bytes, answers[i].length, error))
				return false;
		} else if (!fetch_one(fetch, member, error)) {
			/* Also after a 404: it was just listed, and a server that misreads the
			 * hrefs of multigets must not empty the calendar. */
			return false;
		}
	}
	return !may_be_the_size || fetch_omitted(fetch, omitted, answered, error);
}

static void answers_free(Answer *answers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		g_free(answers[i].bytes);
	g_free(answers);
}

/* One multiget. When the server refuses it, `ret_failed` is true, and nothing was passed on. False
 * when fetching must end. */
static bool multiget(Fetch *fetch, unsigned first, unsigned count, bool *ret_failed, GError **error)
{
	g_autofree char *body = multiget_body(fetch, first, count);
	g_auto(CalDavAnswer) said = {0};
	g_autoptr(GHashTable) indexes =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GError) failure = NULL;
	const CalDavQuestion question = {"REPORT", fetch->calendar->url, 1, body};
	Batch batch = {fetch, indexes, g_new0(Answer, count)};
	bool answered;
	bool ok = true;

	for (unsigned i = 0; i < count; i++) {
		const CalDavMember *member = g_ptr_array_index(fetch->members, first + i);

		g_hash_table_insert(indexes, g_strdup(member->key), GUINT_TO_POINTER(i + 1));
		if (member->is_elsewhere)
			g_hash_table_insert(indexes, href_key(fetch->calendar->url, member->path),
				GUINT_TO_POINTER(i + 1));
	}
	answered = caldav_ask(fetch->session, &question, take_answer, &batch, &said, &failure);
	if (answered) {
		fetch->multiget_works = true;
		fetch->object_failures = 0;
		ok = use_answers(fetch, first, count, batch.answers, error);
	} else {
		fetch->multiget_failures++;
		if (g_error_matches(failure, CALDAV_ERROR, CALDAV_ERROR_TIMEOUT))
			fetch->timeouts++;
		if (caldav_error_asks_for_patience(failure) ||
			fetch->timeouts >= TIMEOUTS_TO_GIVE_UP) {
			g_propagate_error(error, g_steal_pointer(&failure));
			ok = false;
		}
	}
	answers_free(batch.answers, count);
	*ret_failed = !answered;
	return ok;
}

static bool multigets_are_known(const Fetch *fetch)
{
	return fetch->multiget_works || fetch->multiget_failures < MULTIGET_FAILURES_TO_GIVE_UP;
}

/* Fetches a run of at most BATCH members; halving it six times leaves one. `ret_trouble` says
 * whether any part failed as a multiget. */
static bool fetch_run(
	Fetch *fetch, unsigned first, unsigned count, bool *ret_trouble, GError **error)
{
	unsigned half = (count + 1) / 2;
	bool failed = false;
	bool first_trouble = false;
	bool second_trouble = false;

	if (count == 0)
		return true;
	if (count == 1 || !multigets_are_known(fetch)) {
		for (unsigned i = first; i < first + count; i++) {
			if (!fetch_one(fetch, g_ptr_array_index(fetch->members, i), error))
				return false;
		}
		return true;
	}
	if (!multiget(fetch, first, count, &failed, error))
		return false;
	if (!failed)
		return true;
	*ret_trouble = true;
	if (!fetch_run(fetch, first, half, &first_trouble, error) ||
		!fetch_run(fetch, first + half, count - half, &second_trouble, error))
		return false;
	/* Both halves went well: it was the size, not an object. */
	if (!first_trouble && !second_trouble && half > 1)
		fetch->batch = MIN(fetch->batch, half);
	return true;
}

static bool fetch_all(Fetch *fetch, GError **error)
{
	unsigned first = 0;

	while (first < fetch->members->len) {
		unsigned count = MIN(fetch->batch, fetch->members->len - first);
		bool trouble = false;

		if (!fetch_run(fetch, first, count, &trouble, error))
			return false;
		first += count;
	}
	return true;
}

bool caldav_fetch(const CalDavSession *session, const CalDavResource *calendar,
	const GPtrArray *members, const CalDavObjectSink *sink, CalDavMissing *ret_missing,
	GError **error)
{
	Fetch fetch = {
		.session = session,
		.calendar = calendar,
		.members = members,
		.sink = sink,
		.missing = ret_missing,
		.batch = BATCH,
	};

	return fetch_all(&fetch, error);
}
