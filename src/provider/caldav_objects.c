/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar objects on their way to the provider's sink. */
#include "provider/caldav_objects.h"

#include <string.h>

#include "event/ical.h"
#include "provider/caldav_error.h"
#include "provider/caldav_fetch.h"

/* Where the events of one object go. */
typedef struct {
	const CalDavTarget *target;
	const CalDavMember *member;
} ObjectSink;

static bool pass_event(void *data, Event *take_event, GError **error)
{
	ProviderSink *sink = ((ObjectSink *)data)->target->sink;

	return sink->event(sink, take_event, error);
}

static void pass_problem(void *data, const char *uid, bool skipped, const char *text)
{
	const ObjectSink *object = data;
	ProviderSink *sink = object->target->sink;
	g_autoptr(GError) why = NULL;

	if (!skipped)
		return;
	why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT, text);
	sink->unreadable(sink, object->member->path, uid, why);
}

/* The last part of its path, without what only says its type. Caller frees. */
static char *object_name(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	if (g_str_has_suffix(name, ".ics"))
		name[strlen(name) - strlen(".ics")] = '\0';
	return g_steal_pointer(&name);
}

/* Passes on the events of one object, or that it cannot be read. */
static bool expand_object(ObjectSink *object, const char *bytes, size_t length,
	int64_t *ret_last_end_utc, GError **error)
{
	const CalDavTarget *target = object->target;
	g_autofree char *name = object_name(object->member->path);
	const IcalOptions options = {
		.window = target->request->window,
		.floating_zone = target->request->site_zone,
		.site_zone = target->zone,
		.own_addresses = target->own_addresses,
		.name = name,
		.now_utc = target->request->now_utc(),
	};
	const IcalSink sink = {.data = object, .event = pass_event, .problem = pass_problem};
	g_autoptr(GError) failure = NULL;
	g_autofree char *uid = NULL;

	if (ical_expand(bytes, length, &options, &sink, ret_last_end_utc, &failure))
		return true;
	if (failure->domain != ICAL_ERROR) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	uid = ical_find_uid(bytes, length);
	target->sink->unreadable(target->sink, object->member->path, uid, failure);
	return true;
}

static bool pass_object(
	void *data, const CalDavMember *member, const char *bytes, size_t length, GError **error)
{
	const CalDavTarget *target = data;
	ProviderSink *sink = target->sink;
	int64_t window_end_utc = target->request->window.to_utc;
	ObjectSink object_sink = {target, member};
	int64_t last_end_utc = G_MAXINT64;
	ProviderObject object = {.key = member->key, .path = member->path, .etag = member->etag};

	if (!sink->begin_object(sink, member->key, error) ||
		!expand_object(&object_sink, bytes, length, &last_end_utc, error))
		return false;
	object.expanded_from_utc = target->request->window.from_utc;
	object.expanded_to_utc = last_end_utc <= window_end_utc ? G_MAXINT64 : window_end_utc;
	return sink->end_object(sink, &object, error);
}

/* In a listing of all, what is not passed on is gone anyway. */
static bool pass_gone(void *data, const CalDavMember *member, GError **error)
{
	const CalDavTarget *target = data;

	return target->listing == PROVIDER_LISTING_ALL ||
	       target->sink->object_gone(target->sink, member->key, error);
}

bool caldav_pass_objects(const CalDavTarget *target, const GPtrArray *members, GError **error)
{
	const CalDavObjectSink sink = {(void *)target, pass_object, pass_gone};
	g_auto(CalDavMissing) missing = {0};

	if (!caldav_fetch(target->session, target->calendar, members, &sink, &missing, error))
		return false;
	if (missing.count == 0)
		return true;
	g_set_error(error, CALDAV_ERROR, missing.first->code,
		"%u of %u entries of the calendar could not be fetched. %s", missing.count,
		members->len, missing.first->message);
	return false;
}
