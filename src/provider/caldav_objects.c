/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calendar objects on their way to the provider's sink. Which of them share a UID is known for
 * certain only when they were read. So they are read some at a time; those that are alone with
 * their UIDs, as almost all are, are told at once, and the others when it is known who belongs
 * together. */
#include "provider/caldav_objects.h"

#include <string.h>

#include "event/ical.h"
#include "provider/caldav_error.h"
#include "provider/caldav_fetch.h"
#include "util/limits.h"

/* So much is read before any of it is told: what changes at the same time mostly arrives together.
 */
#define READ_MAX 50
#define READ_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* Of objects that are expanded together. */
#define TOGETHER_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* An object that was read. */
typedef struct {
	const CalDavMember *member;
	IcalObject *object; /* NULL: it cannot be read */
	GError *failure;    /* then why */
	char *uid;          /* its first, or NULL */
} Read;

/* An object that is to be told together with others. */
typedef struct {
	const CalDavMember *member;
	char *uid; /* its first; NULL: it has none, or was not read yet */
} Shared;

typedef struct {
	const CalDavTarget *target;
	CalDavStock *stock;
	GPtrArray *read;    /* of Read: not told yet */
	GHashTable *by_key; /* the same; borrowed */
	size_t read_bytes;
	GPtrArray *shared;     /* of Shared */
	GHashTable *taken;     /* set of keys of these: nothing more is to be done about them */
	GPtrArray *units;      /* of GPtrArray of CalDavMember: to be fetched at once */
	bool tells_when_full;  /* what is alone is told as soon as enough was read */
	CalDavMissing missing; /* what could not be fetched */
} Pass;

static void read_free(gpointer data)
{
	Read *read = data;

	ical_object_free(read->object);
	g_clear_error(&read->failure);
	g_free(read->uid);
	g_free(read);
}

static void shared_free(gpointer data)
{
	Shared *shared = data;

	g_free(shared->uid);
	g_free(shared);
}

static void pass_clear(Pass *pass)
{
	g_clear_pointer(&pass->read, g_ptr_array_unref);
	g_clear_pointer(&pass->by_key, g_hash_table_unref);
	g_clear_pointer(&pass->shared, g_ptr_array_unref);
	g_clear_pointer(&pass->taken, g_hash_table_unref);
	g_clear_pointer(&pass->units, g_ptr_array_unref);
	caldav_missing_clear(&pass->missing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

/* --- Reading */

/* The last part of its path, without what only says its type. Caller frees. */
static char *object_name(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	if (g_str_has_suffix(name, ".ics"))
		name[strlen(name) - strlen(".ics")] = '\0';
	return g_steal_pointer(&name);
}

/* Of an object that cannot be read: the UID that can be found all the same, if any. */
static GPtrArray *uids_of_damaged(Read *read, const char *bytes, size_t length)
{
	GPtrArray *uids = g_ptr_array_new();

	read->uid = ical_find_uid(bytes, length);
	if (read->uid != NULL)
		g_ptr_array_add(uids, read->uid);
	return uids;
}

static Read *read_object(Pass *pass, const CalDavMember *member, const char *bytes, size_t length)
{
	g_autofree char *name = object_name(member->path);
	g_autoptr(GPtrArray) uids = NULL;
	Read *read = g_new0(Read, 1);

	read->member = member;
	if (pass->read_bytes + length <= TOGETHER_BYTES_MAX)
		read->object = ical_object_parse(bytes, length, &read->failure);
	else
		g_set_error_literal(&read->failure, ICAL_ERROR, ICAL_ERROR_TOO_LARGE,
			"too large together with the other entries of the same event");
	if (read->object == NULL) {
		uids = uids_of_damaged(read, bytes, length);
	} else {
		ical_object_name_events(read->object, name);
		uids = ical_object_uids(read->object);
		if (uids->len > 0)
			read->uid = g_strdup(g_ptr_array_index(uids, 0));
	}
	caldav_holders_put(pass->stock->holders, member->key, uids);
	pass->read_bytes += length;
	return read;
}

static void forget_read(Pass *pass)
{
	g_hash_table_remove_all(pass->by_key);
	g_ptr_array_set_size(pass->read, 0);
	pass->read_bytes = 0;
}

/* --- Telling */

/* Where the events of objects in hand go. */
typedef struct {
	const CalDavTarget *target;
	const char *path; /* of the first of them */
} EventSink;

static bool pass_event(void *data, Event *take_event, GError **error)
{
	ProviderSink *sink = ((EventSink *)data)->target->sink;

	return sink->event(sink, take_event, error);
}

static void pass_problem(void *data, const char *uid, bool skipped, const char *text)
{
	const EventSink *objects = data;
	ProviderSink *sink = objects->target->sink;
	g_autoptr(GError) why = NULL;

	if (!skipped) {
		sink->doubtful(sink, objects->path, text);
		return;
	}
	why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT, text);
	sink->unreadable(sink, objects->path, uid, why);
}

static void pass_cut(void *data, const char *uid, const char *text)
{
	const EventSink *objects = data;
	ProviderSink *sink = objects->target->sink;
	g_autoptr(GError) why = g_error_new_literal(PROVIDER_ERROR, PROVIDER_ERROR_CUT, text);

	sink->unreadable(sink, objects->path, uid, why);
}

/* Passes on the events of the objects that can be read, and which cannot. */
static bool expand(const CalDavTarget *target, Read *const *reads, size_t count,
	int64_t *ret_last_end_utc, GError **error)
{
	g_autofree IcalObject **objects = g_new0(IcalObject *, count);
	EventSink event_sink = {target, reads[0]->member->path};
	const IcalSink sink = {
		.data = &event_sink, .event = pass_event, .problem = pass_problem, .cut = pass_cut};
	const IcalOptions options = {
		.window = target->request->window,
		.floating_zone = target->request->site_zone,
		.site_zone = target->zone,
		.own_addresses = target->own_addresses,
		.now_utc = target->request->now_utc(),
	};
	size_t readable = 0;

	for (size_t i = 0; i < count; i++) {
		if (reads[i]->object != NULL)
			objects[readable++] = reads[i]->object;
		else
			target->sink->unreadable(target->sink, reads[i]->member->path,
				reads[i]->uid, reads[i]->failure);
	}
	return readable == 0 ||
	       ical_expand_objects(objects, readable, &options, &sink, ret_last_end_utc, error);
}

static ProviderObject told_object(
	const CalDavTarget *target, const CalDavMember *member, int64_t last_end_utc)
{
	int64_t window_end_utc = target->request->window.to_utc;

	return (ProviderObject){
		.key = member->key,
		.path = member->path,
		.etag = member->etag,
		.expanded_from_utc = target->request->window.from_utc,
		.expanded_to_utc = last_end_utc <= window_end_utc ? G_MAXINT64 : window_end_utc,
	};
}

static void notes_clear(char **notes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		g_free(notes[i]);
	g_free(notes);
}

/* Tells of objects that belong together, or of one that is alone. */
static bool tell(Pass *pass, Read *const *reads, size_t count, GError **error)
{
	const CalDavTarget *target = pass->target;
	ProviderSink *sink = target->sink;
	g_autofree const char **keys = g_new0(const char *, count + 1);
	g_autofree ProviderObject *objects = g_new0(ProviderObject, count);
	char **notes = g_new0(char *, count);
	int64_t last_end_utc = G_MAXINT64;
	bool told;

	for (size_t i = 0; i < count; i++) {
		keys[i] = reads[i]->member->key;
		notes[i] = caldav_holders_note(pass->stock->holders, keys[i]);
		g_hash_table_add(pass->stock->told, reads[i]->member->key);
	}
	told = sink->begin_objects(sink, keys, error) &&
	       expand(target, reads, count, &last_end_utc, error);
	for (size_t i = 0; i < count; i++) {
		objects[i] = told_object(target, reads[i]->member, last_end_utc);
		objects[i].uids = notes[i];
	}
	told = told && sink->end_objects(sink, objects, count, error);
	notes_clear(notes, count);
	return told;
}

/* --- What is alone */

static void share(Pass *pass, const CalDavMember *member, const char *uid)
{
	Shared *shared = g_new0(Shared, 1);

	shared->member = member;
	shared->uid = g_strdup(uid);
	g_ptr_array_add(pass->shared, shared);
}

/* Tells what is alone of what was read, and puts the others aside. */
static bool tell_those_alone(Pass *pass, GError **error)
{
	for (unsigned i = 0; i < pass->read->len; i++) {
		Read *read = g_ptr_array_index(pass->read, i);

		if (!caldav_holders_is_alone(pass->stock->holders, read->member->key))
			share(pass, read->member, read->uid);
		else if (!tell(pass, &read, 1, error))
			return false;
	}
	forget_read(pass);
	return true;
}

static bool on_object(
	void *data, const CalDavMember *member, const char *bytes, size_t length, GError **error)
{
	Pass *pass = data;
	Read *read = read_object(pass, member, bytes, length);

	g_ptr_array_add(pass->read, read);
	g_hash_table_replace(pass->by_key, member->key, read);
	return !pass->tells_when_full ||
	       (pass->read->len < READ_MAX && pass->read_bytes < READ_BYTES_MAX) ||
	       tell_those_alone(pass, error);
}

/* In a listing of all, what is not passed on is gone anyway. */
static bool on_gone(void *data, const CalDavMember *member, GError **error)
{
	Pass *pass = data;
	const CalDavTarget *target = pass->target;

	caldav_holders_drop(pass->stock->holders, member->key);
	return target->listing == PROVIDER_LISTING_ALL ||
	       target->sink->object_gone(target->sink, member->key, error);
}

static bool fetch(Pass *pass, const GPtrArray *members, GError **error)
{
	const CalDavObjectSink sink = {pass, on_object, on_gone};
	g_auto(CalDavMissing) missing = {0};

	if (!caldav_fetch(
		    pass->target->session, pass->target->calendar, members, &sink, &missing, error))
		return false;
	pass->missing.count += missing.count;
	if (pass->missing.first == NULL)
		pass->missing.first = g_steal_pointer(&missing.first);
	return true;
}

/* What is alone as far as is known is fetched and told; what is not is put aside. */
static bool pass_those_alone(Pass *pass, GError **error)
{
	g_autoptr(GPtrArray) members = g_ptr_array_new();
	CalDavStock *stock = pass->stock;

	for (unsigned i = 0; i < stock->order->len; i++) {
		CalDavMember *member = g_ptr_array_index(stock->order, i);

		if (g_hash_table_lookup(stock->wanted, member->key) != member)
			continue;
		if (caldav_holders_is_alone(stock->holders, member->key))
			g_ptr_array_add(members, member);
		else
			share(pass, member, NULL);
	}
	pass->tells_when_full = true;
	if (!fetch(pass, members, error) || !tell_those_alone(pass, error))
		return false;
	pass->tells_when_full = false;
	return true;
}

/* --- What belongs together */

/* The members (of CalDavMember, borrowed) of those that share UIDs with this object. Caller unrefs.
 */
static GPtrArray *unit_of(const Pass *pass, const char *key)
{
	g_autoptr(GPtrArray) keys = caldav_holders_unit(pass->stock->holders, key);
	GPtrArray *members = g_ptr_array_new();

	for (unsigned i = 0; i < keys->len; i++) {
		const CalDavMember *member =
			caldav_stock_member(pass->stock, g_ptr_array_index(keys, i));

		if (member != NULL)
			g_ptr_array_add(members, (void *)member);
	}
	return members;
}

/* Its events can only be told together with those of objects that were told already. */
static bool leave_unsettled(Pass *pass, const CalDavMember *member, GError **error)
{
	ProviderSink *sink = pass->target->sink;
	g_autofree char *note = caldav_holders_note(pass->stock->holders, member->key);
	const ProviderObject object = {.key = member->key, .path = member->path, .uids = note};

	g_hash_table_add(pass->stock->told, member->key);
	return sink->object_unsettled(sink, &object, error);
}

static bool refuse(Pass *pass, const Shared *shared, const GError *why, GError **error)
{
	Read read = {.member = shared->member, .uid = shared->uid, .failure = (GError *)why};
	Read *one = &read;

	return tell(pass, &one, 1, error);
}

/* More than can be read together: none of those that changed is. */
static bool refuse_unit(Pass *pass, const GPtrArray *unit, GError **error)
{
	g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) why = g_error_new(PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT,
		"the same event lies in %u entries of the calendar, and at most %d are read "
		"together",
		unit->len, LIMIT_UID_OBJECTS);

	for (unsigned i = 0; i < unit->len; i++)
		g_hash_table_add(keys, ((CalDavMember *)g_ptr_array_index(unit, i))->key);
	for (unsigned i = 0; i < pass->shared->len; i++) {
		const Shared *shared = g_ptr_array_index(pass->shared, i);
		bool is_of_unit = g_hash_table_contains(keys, shared->member->key);

		if (!is_of_unit || !g_hash_table_add(pass->taken, shared->member->key))
			continue;
		if (!refuse(pass, shared, why, error))
			return false;
	}
	return true;
}

/* Tells of those that belong together by what was read now, which may be others than before. */
static bool tell_together(Pass *pass, const Read *first, GError **error)
{
	g_autoptr(GPtrArray) unit = unit_of(pass, first->member->key);
	g_autoptr(GPtrArray) reads = g_ptr_array_new();

	for (unsigned i = 0; i < unit->len; i++) {
		const CalDavMember *member = g_ptr_array_index(unit, i);
		Read *read = g_hash_table_lookup(pass->by_key, member->key);

		if (read == NULL || g_hash_table_contains(pass->stock->told, member->key))
			return leave_unsettled(pass, first->member, error);
		g_ptr_array_add(reads, read);
	}
	return tell(pass, (Read *const *)reads->pdata, reads->len, error);
}

/* Whether all of a unit could be fetched; what is gone is no part of it any more. */
static bool is_whole(const Pass *pass, const GPtrArray *unit)
{
	for (unsigned i = 0; i < unit->len; i++) {
		const CalDavMember *member = g_ptr_array_index(unit, i);

		if (caldav_holders_knows(pass->stock->holders, member->key) &&
			!g_hash_table_contains(pass->by_key, member->key))
			return false;
	}
	return true;
}

static bool tell_unit(Pass *pass, const GPtrArray *unit, GError **error)
{
	bool tells = is_whole(pass, unit);

	for (unsigned i = 0; i < unit->len && tells; i++) {
		const CalDavMember *member = g_ptr_array_index(unit, i);
		const Read *read = g_hash_table_lookup(pass->by_key, member->key);

		if (read != NULL && !g_hash_table_contains(pass->stock->told, member->key) &&
			!tell_together(pass, read, error))
			return false;
	}
	return true;
}

/* Fetches the units that were gathered, and tells of them. */
static bool pass_units(Pass *pass, GError **error)
{
	g_autoptr(GPtrArray) members = g_ptr_array_new();

	for (unsigned i = 0; i < pass->units->len; i++)
		g_ptr_array_extend(members, g_ptr_array_index(pass->units, i), NULL, NULL);
	if (!fetch(pass, members, error))
		return false;
	for (unsigned i = 0; i < pass->units->len; i++) {
		if (!tell_unit(pass, g_ptr_array_index(pass->units, i), error))
			return false;
	}
	g_ptr_array_set_size(pass->units, 0);
	forget_read(pass);
	return true;
}

static bool any_is_told(const Pass *pass, const GPtrArray *unit)
{
	for (unsigned i = 0; i < unit->len; i++) {
		const CalDavMember *member = g_ptr_array_index(unit, i);

		if (g_hash_table_contains(pass->stock->told, member->key))
			return true;
	}
	return false;
}

/* Gathers the unit of an object that is not alone. `count`: members of units gathered so far. */
static bool take_shared(Pass *pass, const Shared *shared, unsigned *count, GError **error)
{
	g_autoptr(GPtrArray) unit = unit_of(pass, shared->member->key);

	if (unit->len > LIMIT_UID_OBJECTS)
		return refuse_unit(pass, unit, error);
	if (any_is_told(pass, unit))
		return leave_unsettled(pass, shared->member, error);
	for (unsigned i = 0; i < unit->len; i++)
		g_hash_table_add(pass->taken, ((CalDavMember *)g_ptr_array_index(unit, i))->key);
	*count += unit->len;
	g_ptr_array_add(pass->units, g_steal_pointer(&unit));
	if (*count < READ_MAX)
		return true;
	*count = 0;
	return pass_units(pass, error);
}

static bool pass_those_together(Pass *pass, GError **error)
{
	unsigned count = 0;

	for (unsigned i = 0; i < pass->shared->len; i++) {
		const Shared *shared = g_ptr_array_index(pass->shared, i);

		if (!g_hash_table_contains(pass->taken, shared->member->key) &&
			!take_shared(pass, shared, &count, error))
			return false;
	}
	return count == 0 || pass_units(pass, error);
}

static void unit_free(gpointer unit)
{
	g_ptr_array_unref(unit);
}

bool caldav_pass_objects(const CalDavTarget *target, CalDavStock *stock, GError **error)
{
	g_auto(Pass) pass = {
		.target = target,
		.stock = stock,
		.read = g_ptr_array_new_with_free_func(read_free),
		.by_key = g_hash_table_new(g_str_hash, g_str_equal),
		.shared = g_ptr_array_new_with_free_func(shared_free),
		.taken = g_hash_table_new(g_str_hash, g_str_equal),
		.units = g_ptr_array_new_with_free_func(unit_free),
	};

	if (!pass_those_alone(&pass, error) || !pass_those_together(&pass, error))
		return false;
	if (pass.missing.count == 0)
		return true;
	g_set_error(error, CALDAV_ERROR, pass.missing.first->code,
		"%u of %u entries of the calendar could not be fetched. %s", pass.missing.count,
		g_hash_table_size(stock->wanted), pass.missing.first->message);
	return false;
}
