/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what a calendar holds with what is remembered of it. */
#include "provider/caldav_reconcile.h"

#include "provider/caldav_error.h"

static GHashTable *keys_of(const GPtrArray *members)
{
	GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < members->len; i++)
		g_hash_table_add(keys, ((CalDavMember *)g_ptr_array_index(members, i))->key);
	return keys;
}

/* Tells of everything that is remembered or reported, but not listed. */
static bool tell_gone(const CalDavTarget *target, GHashTable *known, GHashTable *listed,
	const CalDavChanges *changes, GError **error)
{
	ProviderSink *sink = target->sink;
	GHashTableIter iter;
	void *key;

	g_hash_table_iter_init(&iter, known);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (!g_hash_table_contains(listed, key) && !sink->object_gone(sink, key, error))
			return false;
	}
	for (unsigned i = 0; changes != NULL && i < changes->gone->len; i++) {
		key = g_ptr_array_index(changes->gone, i);
		if (!g_hash_table_contains(listed, key) && !g_hash_table_contains(known, key) &&
			!sink->object_gone(sink, key, error))
			return false;
	}
	return true;
}

/* Occurrences that have entered the window since are looked for in listings of all only. */
static bool is_as_remembered(
	const CalDavTarget *target, const CalDavMember *member, const ProviderObject *object)
{
	if (object == NULL || object->etag == NULL || g_strcmp0(object->etag, member->etag) != 0)
		return false;
	return target->listing == PROVIDER_LISTING_CHANGES ||
	       (object->expanded_from_utc <= target->request->window.from_utc &&
		       object->expanded_to_utc >= target->request->window.to_utc);
}

/* The members that must be read; tells of the others that they are kept. */
static GPtrArray *choose_wanted(const CalDavTarget *target, const GPtrArray *members,
	GHashTable *known, const CalDavReconcile *reconcile, GError **error)
{
	g_autoptr(GHashTable) changed =
		reconcile->changes != NULL ? keys_of(reconcile->changes->changed) : NULL;
	g_autoptr(GPtrArray) wanted = g_ptr_array_new();
	ProviderSink *sink = target->sink;

	for (unsigned i = 0; i < members->len; i++) {
		CalDavMember *member = g_ptr_array_index(members, i);

		if (!reconcile->may_keep ||
			(changed != NULL && g_hash_table_contains(changed, member->key)) ||
			!is_as_remembered(target, member, g_hash_table_lookup(known, member->key)))
			g_ptr_array_add(wanted, member);
		else if (target->listing == PROVIDER_LISTING_ALL &&
			 !sink->object_kept(sink, member->key, error))
			return NULL;
	}
	return g_steal_pointer(&wanted);
}

bool caldav_reconcile(const CalDavTarget *target, const GPtrArray *members,
	const CalDavReconcile *reconcile, GError **error)
{
	g_autoptr(GHashTable) known = target->sink->objects(target->sink, error);
	g_autoptr(GHashTable) listed = keys_of(members);
	g_autoptr(GPtrArray) wanted = NULL;

	if (known == NULL)
		return false;
	if (reconcile->is_unchanged && members->len == 0 && g_hash_table_size(known) > 0) {
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
			"The server lists nothing in %s, and says that nothing changed there. The "
			"next sync tries again.",
			target->calendar->url);
		return false;
	}
	if (!tell_gone(target, known, listed, reconcile->changes, error))
		return false;
	wanted = choose_wanted(target, members, known, reconcile, error);
	return wanted != NULL && caldav_pass_objects(target, wanted, error);
}
