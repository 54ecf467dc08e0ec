/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks each calendar of a connection the way a sync would, and writes nothing. */
#include "sync/inquiry.h"

#include "provider/providers.h"
#include "util/secret.h"

/* So much around now: whether a calendar can be read does not depend on how much of it. */
#define WINDOW_SECS (24 * 3600)

/* One calendar. */
typedef struct {
	ProviderSink sink; /* first: callbacks get its address */
	bool answers;
	GError *failure; /* why it could not be read; or NULL */
} Question;

static const char *on_cursor(ProviderSink *sink, const char *calendar_id, bool *ret_list_all)
{
	(void)sink, (void)calendar_id;
	*ret_list_all = true;
	return NULL;
}

static bool on_begin_calendar(ProviderSink *sink, const ProviderCalendar *calendar,
	ProviderListing listing, GError **error)
{
	(void)sink, (void)calendar, (void)listing, (void)error;
	return true;
}

static GHashTable *on_objects(ProviderSink *sink, GError **error)
{
	(void)sink, (void)error;
	return g_hash_table_new(g_str_hash, g_str_equal);
}

/* That is enough. */
static bool leave(ProviderSink *sink, GError **error)
{
	((Question *)sink)->answers = true;
	g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_STOPPED, "The calendar answers.");
	return false;
}

static bool on_begin_objects(ProviderSink *sink, const char *const *keys, GError **error)
{
	(void)keys;
	return leave(sink, error);
}

static bool on_end_objects(
	ProviderSink *sink, const ProviderObject *objects, size_t count, GError **error)
{
	(void)objects, (void)count;
	return leave(sink, error);
}

static bool on_object(ProviderSink *sink, const ProviderObject *object, GError **error)
{
	(void)object;
	return leave(sink, error);
}

static bool on_event(ProviderSink *sink, Event *take_event, GError **error)
{
	event_free(take_event);
	return leave(sink, error);
}

static bool on_name(ProviderSink *sink, const char *name, GError **error)
{
	(void)sink, (void)name, (void)error;
	return true;
}

static void on_unreadable(ProviderSink *sink, const char *href, const char *uid, const GError *why)
{
	(void)sink, (void)href, (void)uid, (void)why;
}

static void on_doubtful(ProviderSink *sink, const char *href, const char *text)
{
	(void)sink, (void)href, (void)text;
}

static bool on_end_calendar(
	ProviderSink *sink, bool complete, const GError *why, const char *cursor, GError **error)
{
	Question *question = (Question *)sink;

	(void)cursor, (void)error;
	if (complete)
		question->answers = true;
	else if (question->failure == NULL)
		question->failure = g_error_copy(why);
	return true;
}

static const ProviderSink asking_sink = {
	.cursor = on_cursor,
	.begin_calendar = on_begin_calendar,
	.objects = on_objects,
	.begin_objects = on_begin_objects,
	.end_objects = on_end_objects,
	.object_unsettled = on_object,
	.object_kept = on_name,
	.object_gone = on_name,
	.event = on_event,
	.gone = on_name,
	.outside = on_name,
	.unreadable = on_unreadable,
	.doubtful = on_doubtful,
	.end_calendar = on_end_calendar,
};

/* For the calendars that are still to be asked. */
static bool keep_credentials(
	void *data, const char *credentials_json, char **ret_newer, GError **error)
{
	char **kept = data;

	(void)error;
	secret_free(*kept);
	*kept = g_strdup(credentials_json);
	*ret_newer = NULL;
	return true;
}

/* False when the connection as a whole fails. */
static bool ask(const Provider *provider, const ProviderRequest *request, const char *id,
	bool *ret_answers, GError **ret_failure)
{
	const char *const ids[] = {id, NULL};
	ProviderRequest own = *request;
	Question question = {.sink = asking_sink};
	g_autoptr(GError) failure = NULL;
	g_autoptr(GError) of_calendar = NULL;
	bool is_done;

	own.calendar_ids = ids;
	is_done = provider->sync(&own, &question.sink, &failure);
	of_calendar = g_steal_pointer(&question.failure);
	*ret_answers = question.answers;
	if (question.answers)
		return true;
	if (is_done) {
		*ret_failure = g_steal_pointer(&of_calendar);
		return true;
	}
	*ret_failure = g_steal_pointer(&failure);
	return false;
}

static bool ask_all(const Provider *provider, Account *account, InquiryVisitor visit, void *data)
{
	const TimeWindow around_now = {account->context->now_utc() - WINDOW_SECS,
		account->context->now_utc() + WINDOW_SECS};
	ProviderRequest request = account_request(account, around_now);
	g_auto(Secret) kept = g_strdup(account->credentials);
	bool one_answers = false;
	bool goes_on = true;

	request.store_credentials = keep_credentials;
	request.store_data = &kept;
	for (const char *const *id = request.calendar_ids; goes_on; id++) {
		g_auto(Secret) credentials = g_strdup(kept);
		g_autoptr(GError) failure = NULL;
		bool answers = false;

		request.credentials_json = credentials;
		goes_on = ask(provider, &request, *id, &answers, &failure);
		one_answers = one_answers || answers;
		if (failure != NULL)
			visit(data, goes_on ? *id : NULL, failure);
		goes_on = goes_on && id[0] != NULL && id[1] != NULL;
	}
	return one_answers;
}

bool inquiry_ask(const SyncContext *context, Db *db, HttpClient *http, int64_t user_id,
	const Connection *connection, InquiryVisitor visit, void *data)
{
	const Provider *provider = provider_find(connection->provider);
	g_auto(Account) account = {0};
	g_autoptr(GError) failure = NULL;

	if (provider == NULL) {
		g_set_error(&failure, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
			"The provider '%s' is not supported by this version.",
			connection->provider);
		visit(data, NULL, failure);
		return false;
	}
	if (account_open(&account, context, db, http, user_id, connection, &failure))
		return ask_all(provider, &account, visit, data);
	visit(data, NULL, failure);
	return false;
}
