/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is there of a calendar, and what of it must be fetched. */
#include "provider/caldav_objects.h"

void caldav_stock_init(CalDavStock *stock, GHashTable *known, GHashTable *listed)
{
	*stock = (CalDavStock){
		.known = known,
		.listed = listed,
		.holders = caldav_holders_new(known),
		.wanted = g_hash_table_new(g_str_hash, g_str_equal),
		.order = g_ptr_array_new(),
		.told = g_hash_table_new(g_str_hash, g_str_equal),
		.made = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_member_free),
	};
}

void caldav_stock_clear(CalDavStock *stock)
{
	g_clear_pointer(&stock->holders, caldav_holders_free);
	g_clear_pointer(&stock->wanted, g_hash_table_unref);
	g_clear_pointer(&stock->order, g_ptr_array_unref);
	g_clear_pointer(&stock->told, g_hash_table_unref);
	g_clear_pointer(&stock->made, g_ptr_array_unref);
}

/* As it was remembered: its content may be newer than its etag, and is then read once more. */
static const CalDavMember *remembered_member(CalDavStock *stock, const char *key)
{
	const ProviderObject *known = g_hash_table_lookup(stock->known, key);
	CalDavMember *member;

	if (known == NULL)
		return NULL;
	member = g_new0(CalDavMember, 1);
	member->key = g_strdup(known->key);
	member->path = g_strdup(known->path);
	member->etag = g_strdup(known->etag);
	g_ptr_array_add(stock->made, member);
	return member;
}

const CalDavMember *caldav_stock_member(CalDavStock *stock, const char *key)
{
	const CalDavMember *member = g_hash_table_lookup(stock->wanted, key);

	if (member == NULL && stock->listed != NULL)
		return g_hash_table_lookup(stock->listed, key);
	return member != NULL ? member : remembered_member(stock, key);
}

static void want(CalDavStock *stock, const CalDavMember *member)
{
	g_hash_table_replace(stock->wanted, member->key, (void *)member);
	g_ptr_array_add(stock->order, (void *)member);
}

static void want_unit(CalDavStock *stock, const char *key)
{
	g_autoptr(GPtrArray) unit = caldav_holders_unit(stock->holders, key);

	for (unsigned i = 0; i < unit->len; i++) {
		const char *other = g_ptr_array_index(unit, i);
		const CalDavMember *member = g_hash_table_contains(stock->wanted, other)
						     ? NULL
						     : caldav_stock_member(stock, other);

		if (member != NULL)
			want(stock, member);
	}
}

/* What is wanted is so with all of its unit. */
void caldav_stock_want(CalDavStock *stock, const CalDavMember *member)
{
	bool is_wanted = g_hash_table_contains(stock->wanted, member->key);

	want(stock, member);
	if (!is_wanted && !caldav_holders_is_alone(stock->holders, member->key))
		want_unit(stock, member->key);
}

bool caldav_stock_gone(
	CalDavStock *stock, const CalDavTarget *target, const char *key, GError **error)
{
	g_autoptr(GPtrArray) others = caldav_holders_others(stock->holders, key);

	/* One of each UID stands for the others: should it be gone, too, it hands on the task. */
	for (unsigned i = 0; i < others->len; i++) {
		const CalDavMember *other =
			caldav_stock_member(stock, g_ptr_array_index(others, i));

		if (other != NULL)
			caldav_stock_want(stock, other);
	}
	g_hash_table_remove(stock->wanted, key);
	caldav_holders_drop(stock->holders, key);
	return target->sink->object_gone(target->sink, key, error);
}
