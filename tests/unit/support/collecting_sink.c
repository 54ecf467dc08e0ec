/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A provider's sink that notes what it is told, and remembers it for the next run. */
#include "collecting_sink.h"

#include <string.h>

static CollectingSink *self_of(ProviderSink *sink)
{
	return (CollectingSink *)sink;
}

static void object_free(void *data)
{
	CollectedObject *object = data;

	g_free(object->calendar_id);
	g_free(object->path);
	g_free(object->etag);
	g_free(object->uids);
	g_ptr_array_unref(object->event_uids);
	g_free(object);
}

static void note(CollectingSink *self, const char *sign, const char *text)
{
	g_ptr_array_add(self->told, g_strconcat(sign, text, NULL));
}

static const char *on_cursor(ProviderSink *sink, const char *calendar_id, bool *ret_list_all)
{
	CollectingSink *self = self_of(sink);

	g_assert_cmpuint(self->open, ==, 0);
	*ret_list_all = self->list_all;
	return g_hash_table_lookup(self->cursors, calendar_id);
}

static GHashTable *on_objects(ProviderSink *sink, GError **error)
{
	CollectingSink *self = self_of(sink);
	GHashTable *objects = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	void *key;
	void *value;

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_hash_table_iter_init(&iter, self->objects);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		CollectedObject *object = value;

		if (strcmp(object->calendar_id, self->calendar_id) != 0)
			continue;
		object->borrowed = (ProviderObject){
			.key = key,
			.path = object->path,
			.etag = object->etag,
			.expanded_from_utc = object->expanded_from_utc,
			.expanded_to_utc = object->expanded_to_utc,
			.uids = object->uids,
		};
		g_hash_table_insert(objects, key, &object->borrowed);
	}
	return objects;
}

static bool on_begin(ProviderSink *sink, const ProviderCalendar *calendar, ProviderListing listing,
	GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 0);
	self->open++;
	self->kind = listing;
	g_free(self->calendar_id);
	self->calendar_id = g_strdup(calendar->id);
	g_hash_table_remove_all(self->begun);
	g_ptr_array_add(self->calendars, g_strdup_printf("%s|%s", calendar->id, calendar->name));
	note(self, "", listing == PROVIDER_LISTING_ALL ? "all" : "changes");
	return true;
}

static void begin_object(CollectingSink *self, const char *key)
{
	CollectedObject *object = g_new0(CollectedObject, 1);

	g_assert_true(g_hash_table_add(self->begun, g_strdup(key)));
	note(self, self->key == NULL ? "+" : "&", key);
	if (self->key == NULL)
		self->key = g_strdup(key);
	object->calendar_id = g_strdup(self->calendar_id);
	object->event_uids = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_insert(self->objects, g_strdup(key), object);
}

static bool on_begin_objects(ProviderSink *sink, const char *const *keys, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_assert_null(self->key);
	g_assert_nonnull(keys[0]);
	for (; *keys != NULL; keys++)
		begin_object(self, *keys);
	return true;
}

static void end_object(CollectingSink *self, const ProviderObject *told)
{
	CollectedObject *object = g_hash_table_lookup(self->objects, told->key);

	g_assert_nonnull(object);
	object->path = g_strdup(told->path);
	object->etag = g_strdup(told->etag);
	object->uids = g_strdup(told->uids);
	object->expanded_from_utc = told->expanded_from_utc;
	object->expanded_to_utc = told->expanded_to_utc;
	if (!self->has_memory)
		g_hash_table_remove(self->objects, told->key);
}

static bool on_end_objects(
	ProviderSink *sink, const ProviderObject *told, size_t count, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpstr(self->key, ==, told[0].key);
	g_clear_pointer(&self->key, g_free);
	for (size_t i = 0; i < count; i++)
		end_object(self, &told[i]);
	return true;
}

static bool on_object_unsettled(ProviderSink *sink, const ProviderObject *told, GError **error)
{
	CollectingSink *self = self_of(sink);

	g_assert_null(told->etag);
	begin_object(self, told->key);
	g_ptr_array_set_size(self->told, (int)self->told->len - 1);
	note(self, "~", told->key);
	return on_end_objects(sink, told, 1, error);
}

static bool on_object_kept(ProviderSink *sink, const char *key, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpint(self->kind, ==, PROVIDER_LISTING_ALL);
	g_assert_true(g_hash_table_contains(self->objects, key));
	g_assert_true(g_hash_table_add(self->begun, g_strdup(key)));
	note(self, "=", key);
	return true;
}

static bool on_object_gone(ProviderSink *sink, const char *key, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_assert_null(self->key);
	g_assert_false(g_hash_table_contains(self->begun, key));
	note(self, "-", key);
	g_hash_table_remove(self->objects, key);
	return true;
}

static bool on_event_gone(ProviderSink *sink, const char *event_uid, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	note(self, "!", event_uid);
	return true;
}

static bool on_event_outside(ProviderSink *sink, const char *event_uid, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_assert_cmpint(self->kind, ==, PROVIDER_LISTING_CHANGES);
	note(self, "?", event_uid);
	return true;
}

static bool on_event(ProviderSink *sink, Event *take_event, GError **error)
{
	CollectingSink *self = self_of(sink);

	g_assert_cmpuint(self->open, ==, 1);
	g_ptr_array_add(self->event_uids, g_strdup(take_event->event_uid));
	if (self->key != NULL) {
		CollectedObject *object = g_hash_table_lookup(self->objects, self->key);

		g_ptr_array_add(object->event_uids, g_strdup(take_event->event_uid));
	}
	event_free(take_event);
	if (self->event_uids->len != self->fail_at_event)
		return true;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "the sink is full");
	return false;
}

static void on_unreadable(ProviderSink *sink, const char *href, const char *uid, const GError *why)
{
	CollectingSink *self = self_of(sink);

	g_assert_cmpuint(self->open, ==, 1);
	g_assert_nonnull(why);
	g_ptr_array_add(self->unreadables, g_strdup_printf("%s|%s", href, uid != NULL ? uid : "-"));
}

static void on_doubtful(ProviderSink *sink, const char *href, const char *text)
{
	CollectingSink *self = self_of(sink);

	g_assert_cmpuint(self->open, ==, 1);
	g_ptr_array_add(self->doubts, g_strdup_printf("%s|%s", href, text));
}

static gboolean was_not_told(void *key, void *value, void *data)
{
	const CollectingSink *self = data;
	const CollectedObject *object = value;

	return strcmp(object->calendar_id, self->calendar_id) == 0 &&
	       !g_hash_table_contains(self->begun, key);
}

static bool on_end(
	ProviderSink *sink, bool complete, const GError *why, const char *cursor, GError **error)
{
	CollectingSink *self = self_of(sink);

	(void)error;
	g_assert_cmpuint(self->open, ==, 1);
	g_assert_null(self->key);
	g_assert_true(complete == (why == NULL));
	self->open--;
	if (why != NULL) {
		g_assert_true(why->domain == PROVIDER_ERROR);
		self->last_end_code = why->code;
	}
	g_ptr_array_add(self->ends, g_strdup(complete ? "complete" : why->message));
	if (!self->has_memory || (!complete && cursor == NULL))
		return true;
	if (complete && self->kind == PROVIDER_LISTING_ALL)
		g_hash_table_foreach_remove(self->objects, was_not_told, self);
	if (cursor == NULL)
		g_hash_table_remove(self->cursors, self->calendar_id);
	else if (cursor != g_hash_table_lookup(self->cursors, self->calendar_id))
		g_hash_table_insert(self->cursors, g_strdup(self->calendar_id), g_strdup(cursor));
	return true;
}

CollectingSink *collecting_sink_new(void)
{
	CollectingSink *self = g_new0(CollectingSink, 1);

	self->sink = (ProviderSink){
		.cursor = on_cursor,
		.begin_calendar = on_begin,
		.objects = on_objects,
		.begin_objects = on_begin_objects,
		.end_objects = on_end_objects,
		.object_unsettled = on_object_unsettled,
		.object_kept = on_object_kept,
		.object_gone = on_object_gone,
		.gone = on_event_gone,
		.outside = on_event_outside,
		.event = on_event,
		.unreadable = on_unreadable,
		.doubtful = on_doubtful,
		.end_calendar = on_end,
	};
	self->calendars = g_ptr_array_new_with_free_func(g_free);
	self->event_uids = g_ptr_array_new_with_free_func(g_free);
	self->unreadables = g_ptr_array_new_with_free_func(g_free);
	self->doubts = g_ptr_array_new_with_free_func(g_free);
	self->ends = g_ptr_array_new_with_free_func(g_free);
	self->told = g_ptr_array_new_with_free_func(g_free);
	self->cursors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, object_free);
	self->begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return self;
}

CollectingSink *collecting_sink_new_with_memory(void)
{
	CollectingSink *self = collecting_sink_new();

	self->has_memory = true;
	return self;
}

void collecting_sink_free(CollectingSink *sink)
{
	if (sink == NULL)
		return;
	g_ptr_array_unref(sink->calendars);
	g_ptr_array_unref(sink->event_uids);
	g_ptr_array_unref(sink->unreadables);
	g_ptr_array_unref(sink->doubts);
	g_ptr_array_unref(sink->ends);
	g_ptr_array_unref(sink->told);
	g_hash_table_unref(sink->cursors);
	g_hash_table_unref(sink->objects);
	g_hash_table_unref(sink->begun);
	g_free(sink->calendar_id);
	g_free(sink->key);
	g_free(sink);
}

void collecting_sink_rewind(CollectingSink *sink)
{
	g_ptr_array_set_size(sink->calendars, 0);
	g_ptr_array_set_size(sink->event_uids, 0);
	g_ptr_array_set_size(sink->unreadables, 0);
	g_ptr_array_set_size(sink->doubts, 0);
	g_ptr_array_set_size(sink->ends, 0);
	g_ptr_array_set_size(sink->told, 0);
	/* The object in hand went with the crash. */
	if (sink->key != NULL)
		g_hash_table_remove(sink->objects, sink->key);
	g_clear_pointer(&sink->key, g_free);
	sink->open = 0;
	sink->fail_at_event = 0;
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

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *collecting_sink_stored(const CollectingSink *sink)
{
	g_autoptr(GPtrArray) uids = g_ptr_array_new();
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, sink->objects);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const CollectedObject *object = value;

		for (unsigned i = 0; i < object->event_uids->len; i++)
			g_ptr_array_add(uids, g_ptr_array_index(object->event_uids, i));
	}
	g_ptr_array_sort(uids, compare_texts);
	g_ptr_array_add(uids, NULL);
	return g_strjoinv(" ", (char **)uids->pdata);
}
