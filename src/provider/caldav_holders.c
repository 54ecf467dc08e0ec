/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which objects of a calendar hold which UID. */
#include "provider/caldav_holders.h"

#include <string.h>

#include "provider/provider.h"

/* So many UIDs of one object are remembered; the column holds four times as many. */
enum { NOTED_MAX = 1000 };

typedef struct Object Object;
typedef struct Holding Holding;

/* One UID in one object. */
struct Holding {
	guint64 mark;
	Object *object;
	Holding *next;           /* of the same object */
	Holding *previous_alike; /* of the same mark */
	Holding *next_alike;
};

struct Object {
	char *key;
	Holding *first;
};

/* Everything is owned by `objects`. `by_mark` names the first of those that are alike, under its
 * own mark. */
struct CalDavHolders {
	GHashTable *objects; /* key -> Object */
	GHashTable *by_mark; /* mark -> Holding */
};

/* FNV-1a. */
static guint64 mark_of(const char *uid)
{
	guint64 mark = G_GUINT64_CONSTANT(14695981039346656037);

	for (; *uid != '\0'; uid++)
		mark = (mark ^ (guint8)*uid) * G_GUINT64_CONSTANT(1099511628211);
	return mark;
}

static void object_free(gpointer data)
{
	Object *object = data;

	for (Holding *next, *holding = object->first; holding != NULL; holding = next) {
		next = holding->next;
		g_free(holding);
	}
	g_free(object->key);
	g_free(object);
}

static void add_mark(CalDavHolders *holders, Object *object, guint64 mark)
{
	Holding *alike = g_hash_table_lookup(holders->by_mark, &mark);
	Holding *holding = g_new0(Holding, 1);

	holding->mark = mark;
	holding->object = object;
	holding->next = object->first;
	object->first = holding;
	holding->next_alike = alike;
	if (alike != NULL)
		alike->previous_alike = holding;
	g_hash_table_replace(holders->by_mark, &holding->mark, holding);
}

static void take_out(CalDavHolders *holders, Holding *holding)
{
	if (holding->next_alike != NULL)
		holding->next_alike->previous_alike = holding->previous_alike;
	if (holding->previous_alike != NULL)
		holding->previous_alike->next_alike = holding->next_alike;
	else if (holding->next_alike != NULL)
		g_hash_table_replace(
			holders->by_mark, &holding->next_alike->mark, holding->next_alike);
	else
		g_hash_table_remove(holders->by_mark, &holding->mark);
}

static Object *add_object(CalDavHolders *holders, const char *key)
{
	Object *object = g_new0(Object, 1);

	object->key = g_strdup(key);
	g_hash_table_insert(holders->objects, object->key, object);
	return object;
}

void caldav_holders_drop(CalDavHolders *holders, const char *key)
{
	Object *object = g_hash_table_lookup(holders->objects, key);

	if (object == NULL)
		return;
	for (Holding *holding = object->first; holding != NULL; holding = holding->next)
		take_out(holders, holding);
	g_hash_table_remove(holders->objects, key);
}

void caldav_holders_put(CalDavHolders *holders, const char *key, const GPtrArray *uids)
{
	Object *object;

	caldav_holders_drop(holders, key);
	object = add_object(holders, key);
	for (unsigned i = 0; i < uids->len; i++)
		add_mark(holders, object, mark_of(g_ptr_array_index(uids, i)));
}

static void read_note(CalDavHolders *holders, const ProviderObject *known)
{
	Object *object = add_object(holders, known->key);
	const char *at = known->uids;

	while (*at != '\0') {
		char *end;
		guint64 mark = g_ascii_strtoull(at, &end, 16);

		if (end == at)
			break;
		add_mark(holders, object, mark);
		at = end;
	}
}

char *caldav_holders_note(const CalDavHolders *holders, const char *key)
{
	const Object *object = g_hash_table_lookup(holders->objects, key);
	g_autoptr(GString) note = g_string_new(NULL);
	unsigned count = 0;

	if (object == NULL)
		return NULL;
	for (const Holding *holding = object->first; holding != NULL; holding = holding->next) {
		if (++count > NOTED_MAX)
			return NULL;
		g_string_append_printf(
			note, "%s%016" G_GINT64_MODIFIER "x", count > 1 ? " " : "", holding->mark);
	}
	return g_string_free(g_steal_pointer(&note), FALSE);
}

CalDavHolders *caldav_holders_new(GHashTable *known)
{
	CalDavHolders *holders = g_new0(CalDavHolders, 1);
	GHashTableIter iter;
	void *object;

	holders->objects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, object_free);
	holders->by_mark = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_hash_table_iter_init(&iter, known);
	while (g_hash_table_iter_next(&iter, NULL, &object)) {
		if (((const ProviderObject *)object)->uids != NULL)
			read_note(holders, object);
	}
	return holders;
}

void caldav_holders_free(CalDavHolders *holders)
{
	if (holders == NULL)
		return;
	g_hash_table_unref(holders->by_mark);
	g_hash_table_unref(holders->objects);
	g_free(holders);
}

bool caldav_holders_knows(const CalDavHolders *holders, const char *key)
{
	return g_hash_table_contains(holders->objects, key);
}

static bool is_shared(const Holding *holding)
{
	return holding->previous_alike != NULL || holding->next_alike != NULL;
}

bool caldav_holders_is_alone(const CalDavHolders *holders, const char *key)
{
	const Object *object = g_hash_table_lookup(holders->objects, key);
	const Holding *holding = object != NULL ? object->first : NULL;

	while (holding != NULL && !is_shared(holding))
		holding = holding->next;
	return holding == NULL;
}

GPtrArray *caldav_holders_others(const CalDavHolders *holders, const char *key)
{
	const Object *object = g_hash_table_lookup(holders->objects, key);
	const Holding *holding = object != NULL ? object->first : NULL;
	GPtrArray *keys = g_ptr_array_new();

	for (; holding != NULL; holding = holding->next) {
		const Holding *other =
			holding->next_alike != NULL ? holding->next_alike : holding->previous_alike;

		if (other != NULL)
			g_ptr_array_add(keys, other->object->key);
	}
	return keys;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the objects that hold this UID, unless they are there. */
static void add_alike(
	const CalDavHolders *holders, const Holding *one, GPtrArray *keys, GHashTable *seen)
{
	const Holding *holding = g_hash_table_lookup(holders->by_mark, &one->mark);

	if (!g_hash_table_add(seen, (void *)&holding->mark))
		return;
	for (; holding != NULL; holding = holding->next_alike) {
		if (g_hash_table_add(seen, holding->object))
			g_ptr_array_add(keys, holding->object->key);
	}
}

GPtrArray *caldav_holders_unit(const CalDavHolders *holders, const char *key)
{
	const Object *object = g_hash_table_lookup(holders->objects, key);
	g_autoptr(GHashTable) seen =
		g_hash_table_new(NULL, NULL); /* objects, and firsts of marks */
	GPtrArray *keys = g_ptr_array_new();

	if (object == NULL) {
		g_ptr_array_add(keys, (char *)key);
		return keys;
	}
	g_hash_table_add(seen, (void *)object);
	g_ptr_array_add(keys, object->key);
	for (unsigned i = 0; i < keys->len; i++) {
		object = g_hash_table_lookup(holders->objects, g_ptr_array_index(keys, i));
		for (const Holding *holding = object->first; holding != NULL;
			holding = holding->next)
			add_alike(holders, holding, keys, seen);
	}
	g_ptr_array_sort(keys, compare_keys);
	return keys;
}
