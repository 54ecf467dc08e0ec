/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entries go with which rows, and when they are dropped. */
#include "cache/object_cache.h"

#include <string.h>

#include "cache/error.h"
#include "cache/link.h"

/* What was noted through one Db, and its connection to the server. */
typedef struct {
	DbWatcher base;            /* first: the Db hands back a pointer to it */
	ObjectCacheServer *server; /* NULL: the sink is told instead */
	ObjectCacheSink sink;
	void *sink_data;
	CacheLink *link;        /* NULL until it is needed */
	GHashTable *entries;    /* set of "group:key"; no group of ours holds a colon */
	GPtrArray *new_options; /* names of options that were added */
} ObjectCache;

/* A command; it may be given again on a new connection. */
typedef bool (*Command)(CacheLink *link, void *data, GError **error);

static bool try_command(ObjectCache *cache, Command command, void *data, GError **error)
{
	if (cache->link == NULL)
		cache->link = cache_link_open(object_cache_server_options(cache->server), error);
	if (cache->link == NULL)
		return false;
	if (command(cache->link, data, error))
		return true;
	g_clear_pointer(&cache->link, cache_link_free);
	return false;
}

/* A connection that was idle for long may have been closed: then, and only then, once more. */
static bool run_command(ObjectCache *cache, Command command, void *data)
{
	bool was_open = cache->link != NULL;
	gint64 began_us = g_get_monotonic_time();
	g_autoptr(GError) failure = NULL;
	bool ok;

	if (cache->server == NULL || object_cache_server_failure(cache->server) != NULL)
		return false;
	ok = try_command(cache, command, data, &failure);
	if (!ok && was_open && g_error_matches(failure, CACHE_ERROR, CACHE_ERROR_UNREACHABLE)) {
		g_clear_error(&failure);
		ok = try_command(cache, command, data, &failure);
	}
	object_cache_server_account(cache->server, g_get_monotonic_time() - began_us, failure);
	return ok;
}

static void note(ObjectCache *cache, const char *group, const char *key)
{
	g_hash_table_add(cache->entries, g_strconcat(group, ":", key, NULL));
}

typedef struct {
	const GPtrArray *names;
	bool may_hold;
} Notoptions;

static bool search_notoptions(CacheLink *link, void *data, GError **error)
{
	static const CacheEntry entry = {"options", "notoptions"};
	Notoptions *notoptions = data;

	return cache_link_may_hold(link, &entry, (const char *const *)notoptions->names->pdata,
		notoptions->names->len, &notoptions->may_hold, error);
}

/* add_option() changes the array of options that are known to be absent only where it names the new
 * one, and so do we: on a large site many readers would have to fill it again. */
static void note_notoptions(ObjectCache *cache)
{
	Notoptions notoptions = {.names = cache->new_options, .may_hold = cache->server == NULL};

	if (cache->new_options->len == 0)
		return;
	if (cache->server != NULL)
		run_command(cache, search_notoptions, &notoptions);
	if (notoptions.may_hold)
		note(cache, "options", "notoptions");
}

static bool drop_entries(CacheLink *link, void *data, GError **error)
{
	const GArray *entries = data;

	return cache_link_drop(
		link, (const CacheEntry *)(const void *)entries->data, entries->len, error);
}

/* The texts are the set's own, cut at the colon behind the group. */
static GArray *list_entries(GHashTable *set)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(CacheEntry));
	GHashTableIter iter;
	gpointer text;

	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &text, NULL)) {
		char *colon = strchr(text, ':');
		CacheEntry entry = {.group = text, .key = colon + 1};

		*colon = '\0';
		g_array_append_val(entries, entry);
	}
	return entries;
}

static void forget(ObjectCache *cache)
{
	g_hash_table_remove_all(cache->entries);
	g_ptr_array_set_size(cache->new_options, 0);
}

static void on_committed(DbWatcher *watcher)
{
	ObjectCache *cache = (ObjectCache *)(void *)watcher;
	g_autoptr(GArray) entries = NULL;

	note_notoptions(cache);
	entries = list_entries(cache->entries);
	if (cache->server == NULL) {
		for (guint i = 0; i < entries->len; i++) {
			const CacheEntry *entry = &g_array_index(entries, CacheEntry, i);

			cache->sink(entry->group, entry->key, cache->sink_data);
		}
	} else if (entries->len > 0) {
		run_command(cache, drop_entries, entries);
	}
	forget(cache);
}

static void on_rolled_back(DbWatcher *watcher)
{
	forget((ObjectCache *)(void *)watcher);
}

static void cache_free(DbWatcher *watcher)
{
	ObjectCache *cache = (ObjectCache *)(void *)watcher;

	cache_link_free(cache->link);
	g_hash_table_unref(cache->entries);
	g_ptr_array_unref(cache->new_options);
	g_free(cache);
}

static ObjectCache *attach(Db *db)
{
	ObjectCache *cache = g_new0(ObjectCache, 1);

	cache->base = (DbWatcher){on_committed, on_rolled_back, cache_free};
	cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	cache->new_options = g_ptr_array_new_with_free_func(g_free);
	db_watch(db, &cache->base);
	return cache;
}

void object_cache_attach(ObjectCacheServer *server, Db *db)
{
	if (server != NULL)
		attach(db)->server = server;
}

void object_cache_attach_sink(Db *db, ObjectCacheSink sink, void *data)
{
	ObjectCache *cache = attach(db);

	cache->sink = sink;
	cache->sink_data = data;
}

static ObjectCache *cache_of(Db *db)
{
	return (ObjectCache *)(void *)db_watcher(db);
}

static void note_id(ObjectCache *cache, const char *group, int64_t id)
{
	char key[24];

	g_snprintf(key, sizeof(key), "%" G_GINT64_FORMAT, id);
	note(cache, group, key);
}

typedef struct {
	const char *group;
	const char *key;
} Shared;

static void note_shared(ObjectCache *cache, const Shared *shared, size_t count)
{
	for (size_t i = 0; i < count; i++)
		note(cache, shared[i].group, shared[i].key);
}

/* clean_post_cache(): what readers of a post notice. A missing last_changed is made anew by the
 * next reader, which orphans all results of queries that were cached. */
static void note_post(ObjectCache *cache, int64_t post_id)
{
	static const Shared shared[] = {
		{"posts", "last_changed"},
		{"terms", "last_changed"},
		{"general", "wp_get_archives"},
	};

	note_id(cache, "posts", post_id);
	note_id(cache, "post_meta", post_id);
	note_shared(cache, shared, G_N_ELEMENTS(shared));
}

/* Post transitions: _clear_modified_cache_on_transition_comment_status() and its siblings. 6.9 also
 * keeps the parents of posts. */
void object_cache_note_event(Db *db, int64_t post_id)
{
	static const Shared shared[] = {
		{"calendar", "get_calendar"},
		{"transient", "is_multi_author"},
		{"timeinfo", "lastpostmodified:server"},
		{"timeinfo", "lastpostmodified:gmt"},
		{"timeinfo", "lastpostmodified:blog"},
		{"timeinfo", "lastpostdate:server"},
		{"timeinfo", "lastpostdate:gmt"},
		{"timeinfo", "lastpostdate:blog"},
		{"timeinfo", "lastpostdate:server:calendar_event"},
		{"timeinfo", "lastpostdate:gmt:calendar_event"},
		{"timeinfo", "lastpostdate:blog:calendar_event"},
	};
	ObjectCache *cache = cache_of(db);
	g_autofree char *parent = NULL;

	if (cache == NULL)
		return;
	parent = g_strdup_printf("post_parent:%" G_GINT64_FORMAT, post_id);
	note_post(cache, post_id);
	note(cache, "posts", parent);
	note_shared(cache, shared, G_N_ELEMENTS(shared));
}

void object_cache_note_post_meta(Db *db, int64_t post_id)
{
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	note_id(cache, "post_meta", post_id);
	note(cache, "posts", "last_changed");
}

void object_cache_note_comments(Db *db, int64_t post_id)
{
	static const Shared shared[] = {
		{"comment", "last_changed"},
		{"timeinfo", "lastcommentmodified:server"},
		{"timeinfo", "lastcommentmodified:gmt"},
		{"timeinfo", "lastcommentmodified:blog"},
	};
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	note_post(cache, post_id);
	note_shared(cache, shared, G_N_ELEMENTS(shared));
}

void object_cache_note_comment(Db *db, int64_t comment_id)
{
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	note_id(cache, "comment", comment_id);
	note(cache, "comment", "last_changed");
}

void object_cache_note_user_meta(Db *db, int64_t user_id)
{
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	note_id(cache, "user_meta", user_id);
	note(cache, "users", "last_changed");
}

void object_cache_note_option(Db *db, const char *name, bool is_autoloaded)
{
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	note(cache, "options", name);
	if (is_autoloaded)
		note(cache, "options", "alloptions");
}

void object_cache_note_new_option(Db *db, const char *name, bool is_autoloaded)
{
	ObjectCache *cache = cache_of(db);

	if (cache == NULL)
		return;
	object_cache_note_option(db, name, is_autoloaded);
	g_ptr_array_add(cache->new_options, g_strdup(name));
}

/* One transient, on its way to or from the server. */
typedef struct {
	CacheEntry entry;
	const char *value; /* to be written */
	unsigned ttl_secs;
	char *found;
	bool is_written;
} TransientCommand;

static bool get_transient(CacheLink *link, void *data, GError **error)
{
	TransientCommand *transient = data;

	return cache_link_get(link, &transient->entry, &transient->found, error);
}

static bool set_transient(CacheLink *link, void *data, GError **error)
{
	TransientCommand *transient = data;

	return cache_link_set(link, &transient->entry, transient->value, transient->ttl_secs,
		&transient->is_written, error);
}

static bool delete_transient(CacheLink *link, void *data, GError **error)
{
	const TransientCommand *transient = data;

	return cache_link_drop(link, &transient->entry, 1, error);
}

void object_cache_get_transient(Db *db, const char *name, bool *ret_is_used, char **ret_value)
{
	ObjectCache *cache = cache_of(db);
	TransientCommand transient = {.entry = {"transient", name}};

	*ret_is_used = cache != NULL && run_command(cache, get_transient, &transient);
	if (*ret_is_used)
		*ret_value = transient.found;
}

bool object_cache_set_transient(Db *db, const char *name, const char *value, unsigned ttl_secs)
{
	ObjectCache *cache = cache_of(db);
	TransientCommand transient = {
		.entry = {"transient", name}, .value = value, .ttl_secs = ttl_secs};

	return cache != NULL && run_command(cache, set_transient, &transient) &&
	       transient.is_written;
}

bool object_cache_delete_transient(Db *db, const char *name)
{
	ObjectCache *cache = cache_of(db);
	TransientCommand transient = {.entry = {"transient", name}};

	return cache != NULL && run_command(cache, delete_transient, &transient);
}
