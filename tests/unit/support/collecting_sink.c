/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A provider's sink that remembers what it was told. */
#include "collecting_sink.h"

static const char *on_cursor(ProviderSink *sink, const char *calendar_id, bool *ret_list_all)
{
	(void)sink;
	(void)calendar_id;
	(void)ret_list_all;
	return NULL;
}

static GHashTable *on_objects(ProviderSink *sink, GError **error)
{
	(void)sink;
	(void)error;
	return g_hash_table_new(g_str_hash, g_str_equal);
}

static bool on_text(ProviderSink *sink, const char *text, GError **error)
{
	(void)sink;
	(void)error;
	g_assert_nonnull(text);
	return true;
}

static bool on_end_object(ProviderSink *sink, const ProviderObject *object, GError **error)
{
	return on_text(sink, object->key, error);
}

static bool on_begin(ProviderSink *sink, const ProviderCalendar *calendar, ProviderListing listing,
	GError **error)
{
	CollectingSink *self = (CollectingSink *)sink;

	(void)listing;

	(void)error;
	g_assert_cmpuint(self->open, ==, 0);
	self->open++;
	g_ptr_array_add(self->calendars, g_strdup_printf("%s|%s", calendar->id, calendar->name));
	return true;
}

static bool on_event(ProviderSink *sink, Event *take_event, GError **error)
{
	CollectingSink *self = (CollectingSink *)sink;

	g_assert_cmpuint(self->open, ==, 1);
	g_ptr_array_add(self->event_uids, g_strdup(take_event->event_uid));
	event_free(take_event);
	if (self->event_uids->len != self->fail_at_event)
		return true;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "the sink is full");
	return false;
}

static void on_unreadable(ProviderSink *sink, const char *href, const char *uid, const GError *why)
{
	CollectingSink *self = (CollectingSink *)sink;

	g_assert_cmpuint(self->open, ==, 1);
	g_assert_nonnull(why);
	g_ptr_array_add(self->unreadables, g_strdup_printf("%s|%s", href, uid != NULL ? uid : "-"));
}

static bool on_end(
	ProviderSink *sink, bool complete, const GError *why, const char *cursor, GError **error)
{
	CollectingSink *self = (CollectingSink *)sink;

	(void)cursor;

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_assert_true(complete == (why == NULL));
	self->open--;
	if (why != NULL)
		g_assert_true(why->domain == PROVIDER_ERROR);
	g_ptr_array_add(self->ends, g_strdup(complete ? "complete" : why->message));
	return true;
}

CollectingSink *collecting_sink_new(void)
{
	CollectingSink *self = g_new0(CollectingSink, 1);

	self->sink = (ProviderSink){
		.cursor = on_cursor,
		.begin_calendar = on_begin,
		.objects = on_objects,
		.begin_object = on_text,
		.end_object = on_end_object,
		.object_kept = on_text,
		.object_gone = on_text,
		.gone = on_text,
		.outside = on_text,
		.event = on_event,
		.unreadable = on_unreadable,
		.end_calendar = on_end,
	};
	self->calendars = g_ptr_array_new_with_free_func(g_free);
	self->event_uids = g_ptr_array_new_with_free_func(g_free);
	self->unreadables = g_ptr_array_new_with_free_func(g_free);
	self->ends = g_ptr_array_new_with_free_func(g_free);
	return self;
}

void collecting_sink_free(CollectingSink *sink)
{
	if (sink == NULL)
		return;
	g_ptr_array_unref(sink->calendars);
	g_ptr_array_unref(sink->event_uids);
	g_ptr_array_unref(sink->unreadables);
	g_ptr_array_unref(sink->ends);
	g_free(sink);
}

bool collecting_sink_got(const CollectingSink *sink, const char *event_uid)
{
	unsigned times = 0;

	for (unsigned i = 0; i < sink->event_uids->len; i++) {
		if (g_strcmp0(g_ptr_array_index(sink->event_uids, i), event_uid) == 0)
			times++;
	}
	return times == 1;
}
