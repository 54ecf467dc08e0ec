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

/* By key; borrowed. */
static GHashTable *members_by_key(const GPtrArray *members)
{
	GHashTable *by_key = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < members->len; i++) {
		CalDavMember *member = g_ptr_array_index(members, i);

		g_hash_table_insert(by_key, member->key, member);
	}
	return by_key;
}

/* Tells of everything that is remembered or reported, but not listed. */
static bool tell_gone(const CalDavTarget *target, CalDavStock *stock, const CalDavChanges *changes,
	GError **error)
{
	GHashTableIter iter;
	void *key;

	g_hash_table_iter_init(&iter, stock->known);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		if (!g_hash_table_contains(stock->listed, key) &&
			!caldav_stock_gone(stock, target, key, error))
			return false;
	}
	for (unsigned i = 0; changes != NULL && i < changes->gone->len; i++) {
		key = g_ptr_array_index(changes->gone, i);
		if (!g_hash_table_contains(stock->listed, key) &&
			!g_hash_table_contains(stock->known, key) &&
			!caldav_stock_gone(stock, target, key, error))
			return false;
	}
	return true;
}

/* Occurrences that have entered the window since are looked for in listings of all only, and so is
 * what an older program did not ask for: which UIDs the object holds. */
static bool is_as_remembered(
	const CalDavTarget *target, const CalDavMember *member, const ProviderObject *object)
{
	if (object == NULL || object->etag == NULL || g_strcmp0(object->etag, member->etag) != 0)
		return false;
	return target->listing == PROVIDER_LISTING_CHANGES ||
	       (object->uids != NULL &&
		       object->expanded_from_utc <= target->request->window.from_utc &&
		       object->expanded_to_utc >= target->request->window.to_utc);
}

/* Chooses the members that must be read. */
static void choose_wanted(const CalDavTarget *target, CalDavStock *stock, const GPtrArray *members,
	const CalDavReconcile *reconcile)
{
	g_autoptr(GHashTable) changed =
		reconcile->changes != NULL ? keys_of(reconcile->changes->changed) : NULL;

	for (unsigned i = 0; i < members->len; i++) {
		CalDavMember *member = g_ptr_array_index(members, i);

		if (!reconcile->may_keep ||
			(changed != NULL && g_hash_table_contains(changed, member->key)) ||
			!is_as_remembered(
				target, member, g_hash_table_lookup(stock->known, member->key)))
			caldav_stock_want(stock, member);
	}
}

/* Tells of those that need not be read that they are kept. */
static bool tell_kept(
	const CalDavTarget *target, CalDavStock *stock, const GPtrArray *members, GError **error)
{
	ProviderSink *sink = target->sink;

	for (unsigned i = 0; i < members->len && target->listing == PROVIDER_LISTING_ALL; i++) {
		CalDavMember *member = g_ptr_array_index(members, i);

		if (g_hash_table_contains(stock->wanted, member->key))
			continue;
		g_hash_table_add(stock->told, member->key);
		if (!sink->object_kept(sink, member->key, error))
			return false;
	}
	return true;
}

bool caldav_reconcile(const CalDavTarget *target, const GPtrArray *members,
	const CalDavReconcile *reconcile, GError **error)
{
	g_autoptr(GHashTable) known = target->sink->objects(target->sink, error);
	g_autoptr(GHashTable) listed = members_by_key(members);
	g_auto(CalDavStock) stock = {0};

	if (known == NULL)
		return false;
	if (reconcile->is_unchanged && members->len == 0 && g_hash_table_size(known) > 0) {
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
			"The server lists nothing in %s, and says that nothing changed there. The "
			"next sync tries again.",
			target->calendar->url);
		return false;
	}
	caldav_stock_init(&stock, known, listed);
	if (!tell_gone(target, &stock, reconcile->changes, error))
		return false;
	choose_wanted(target, &stock, members, reconcile);
	return tell_kept(target, &stock, members, error) &&
	       caldav_pass_objects(target, &stock, error);
}
