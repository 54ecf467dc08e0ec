/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which keys go with which rows, and when they are dropped. */
#include "wp/object_cache.h"

#include <string.h>

#include "util/secret.h"
#include "wp/cache_redis.h"

enum { DEFAULT_PORT = 6379 };
static const char default_host[] = "127.0.0.1";

struct ObjectCacheServer {
	char *socket; /* or NULL */
	char *host;
	unsigned port;
	unsigned database;
	char *password; /* or NULL */
	char *key_prefix;
	char *table_prefix;

	GMutex mutex;
	char *failure; /* guarded by the mutex; set once */
};

/* What was noted through one Db, and its connection to the server. */
typedef struct {
	DbWatcher base; /* first: the Db hands back a pointer to it */
	ObjectCacheServer *server;
	CacheRedis *redis; /* NULL until it is needed */
	GHashTable *keys;  /* set of char * */
} ObjectCache;

G_DEFINE_QUARK(object - cache - error - quark, object_cache_error)

/* Host and port; the brackets of an IPv6 address go. */
static bool parse_address(ObjectCacheServer *server, const char *address, GError **error)
{
	const char *colon = strrchr(address, ':');
	const char *first = strchr(address, ':');
	bool has_port = colon != NULL && (colon == first || (colon > address && colon[-1] == ']'));
	g_autofree char *host =
		has_port ? g_strndup(address, (gsize)(colon - address)) : g_strdup(address);
	size_t length = strlen(host);
	guint64 port = DEFAULT_PORT;

	if (length == 0 || (has_port && !g_ascii_string_to_unsigned(
						colon + 1, 10, 1, G_MAXUINT16, &port, NULL))) {
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_ADDRESS,
			"cannot read the address '%s' of the object cache: neither the path of a "
			"socket nor host:port; check address in section [cache]",
			address);
		return false;
	}
	server->host = host[0] == '[' && host[length - 1] == ']' ? g_strndup(host + 1, length - 2)
								 : g_steal_pointer(&host);
	server->port = (unsigned)port;
	return true;
}

ObjectCacheServer *object_cache_server_new(const ObjectCacheOptions *options, GError **error)
{
	g_autoptr(ObjectCacheServer) server = g_new0(ObjectCacheServer, 1);

	g_mutex_init(&server->mutex);
	if (options->address[0] == '/')
		server->socket = g_strdup(options->address);
	else if (!parse_address(server,
			 options->address[0] == '\0' ? default_host : options->address, error))
		return NULL;
	server->database = options->database;
	server->password = options->password[0] == '\0' ? NULL : g_strdup(options->password);
	server->key_prefix = g_strdup(options->key_prefix);
	server->table_prefix = g_strdup(options->table_prefix);
	return g_steal_pointer(&server);
}

void object_cache_server_free(ObjectCacheServer *server)
{
	if (server == NULL)
		return;
	g_mutex_clear(&server->mutex);
	g_free(server->socket);
	g_free(server->host);
	secret_free(server->password);
	g_free(server->key_prefix);
	g_free(server->table_prefix);
	g_free(server->failure);
	g_free(server);
}

const char *object_cache_server_failure(ObjectCacheServer *server)
{
	const char *failure;

	g_mutex_lock(&server->mutex);
	failure = server->failure;
	g_mutex_unlock(&server->mutex);
	return failure;
}

static void server_fail(ObjectCacheServer *server, const GError *error)
{
	g_mutex_lock(&server->mutex);
	if (server->failure == NULL)
		server->failure = g_strdup(error->message);
	g_mutex_unlock(&server->mutex);
}

/* The drop-in's sanitize_key_part(). */
static char *key_part(const char *text)
{
	return g_strdelimit(g_strdup(text), ":", '-');
}

/* The drop-in's build_key() on a single site, where global groups have the same prefix. */
char *object_cache_key(
	const char *key_prefix, const char *table_prefix, const char *group, const char *key)
{
	static const char trimmed[] = "_-:$";
	g_autofree char *group_part = key_part(group);
	g_autofree char *name_part = key_part(key);
	const char *begin = table_prefix + strspn(table_prefix, trimmed);
	size_t length = strlen(begin);

	while (length > 0 && strchr(trimmed, begin[length - 1]) != NULL)
		length--;
	return g_strdup_printf(
		"%s%.*s:%s:%s", key_prefix, (int)length, begin, group_part, name_part);
}

/* A command; it may be given again on a new connection. */
typedef bool (*Command)(CacheRedis *redis, void *data, GError **error);

static bool try_command(ObjectCache *cache, Command command, void *data, GError **error)
{
	const ObjectCacheServer *server = cache->server;
	const CacheRedisOptions options = {
		.socket = server->socket,
		.host = server->host,
		.port = server->port,
		.password = server->password,
		.database = server->database,
	};

	if (cache->redis == NULL)
		cache->redis = cache_redis_open(&options, error);
	if (cache->redis == NULL)
		return false;
	if (command(cache->redis, data, error))
		return true;
	g_clear_pointer(&cache->redis, cache_redis_free);
	return false;
}

/* A connection that was idle for long may have been closed: then, and only then, once more. */
static bool run_command(ObjectCache *cache, Command command, void *data)
{
	bool was_open = cache->redis != NULL;
	g_autoptr(GError) failure = NULL;

	if (object_cache_server_failure(cache->server) != NULL)
		return false;
	if (try_command(cache, command, data, &failure))
		return true;
	if (was_open &&
		g_error_matches(failure, CACHE_REDIS_ERROR, CACHE_REDIS_ERROR_UNREACHABLE)) {
		g_clear_error(&failure);
		if (try_command(cache, command, data, &failure))
			return true;
	}
	server_fail(cache->server, failure);
	return false;
}

static bool drop_keys(CacheRedis *redis, void *data, GError **error)
{
	g_autofree gpointer *keys = NULL;
	guint count = 0;

	keys = g_hash_table_get_keys_as_array(data, &count);
	return cache_redis_drop(redis, (const char *const *)keys, count, error);
}

static void on_committed(DbWatcher *watcher)
{
	ObjectCache *cache = (ObjectCache *)(void *)watcher;

	if (g_hash_table_size(cache->keys) > 0)
		run_command(cache, drop_keys, cache->keys);
	g_hash_table_remove_all(cache->keys);
}

static void on_rolled_back(DbWatcher *watcher)
{
	g_hash_table_remove_all(((ObjectCache *)(void *)watcher)->keys);
}

static void cache_free(DbWatcher *watcher)
{
	ObjectCache *cache = (ObjectCache *)(void *)watcher;

	cache_redis_free(cache->redis);
	g_hash_table_unref(cache->keys);
	g_free(cache);
}

void object_cache_attach(ObjectCacheServer *server, Db *db)
{
	ObjectCache *cache;

	if (server == NULL)
		return;
	cache = g_new0(ObjectCache, 1);
	cache->base = (DbWatcher){on_committed, on_rolled_back, cache_free};
	cache->server = server;
	cache->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	db_watch(db, &cache->base);
}

static ObjectCache *cache_of(Db *db)
{
	return (ObjectCache *)(void *)db_watcher(db);
}

static char *key_of(const ObjectCache *cache, const char *group, const char *key)
{
	return object_cache_key(cache->server->key_prefix, cache->server->table_prefix, group, key);
}

static void note(ObjectCache *cache, const char *group, const char *key)
{
	g_hash_table_add(cache->keys, key_of(cache, group, key));
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
		{"counts", "comments-0"},
	};
	ObjectCache *cache = cache_of(db);
	g_autofree char *count = NULL;

	if (cache == NULL)
		return;
	count = g_strdup_printf("comments-%" G_GINT64_FORMAT, post_id);
	note_post(cache, post_id);
	note(cache, "counts", count);
	note_shared(cache, shared, G_N_ELEMENTS(shared));
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
	note(cache, "options", "notoptions");
	if (is_autoloaded)
		note(cache, "options", "alloptions");
}

/* One transient, on its way to or from the server. */
typedef struct {
	const char *key;
	const char *value; /* to be written */
	unsigned ttl_secs;
	char *found;
} TransientCommand;

static bool get_transient(CacheRedis *redis, void *data, GError **error)
{
	TransientCommand *transient = data;

	return cache_redis_get(redis, transient->key, &transient->found, error);
}

static bool set_transient(CacheRedis *redis, void *data, GError **error)
{
	const TransientCommand *transient = data;

	return cache_redis_set(redis, transient->key, transient->value, transient->ttl_secs, error);
}

static bool delete_transient(CacheRedis *redis, void *data, GError **error)
{
	const TransientCommand *transient = data;

	return cache_redis_drop(redis, &transient->key, 1, error);
}

void object_cache_get_transient(Db *db, const char *name, bool *ret_is_used, char **ret_value)
{
	ObjectCache *cache = cache_of(db);
	g_autofree char *key = cache == NULL ? NULL : key_of(cache, "transient", name);
	TransientCommand transient = {.key = key};

	*ret_is_used = cache != NULL && run_command(cache, get_transient, &transient);
	if (*ret_is_used)
		*ret_value = transient.found;
}

bool object_cache_set_transient(Db *db, const char *name, const char *value, unsigned ttl_secs)
{
	ObjectCache *cache = cache_of(db);
	g_autofree char *key = cache == NULL ? NULL : key_of(cache, "transient", name);
	TransientCommand transient = {.key = key, .value = value, .ttl_secs = ttl_secs};

	return cache != NULL && run_command(cache, set_transient, &transient);
}

bool object_cache_delete_transient(Db *db, const char *name)
{
	ObjectCache *cache = cache_of(db);
	g_autofree char *key = cache == NULL ? NULL : key_of(cache, "transient", name);
	TransientCommand transient = {.key = key};

	return cache != NULL && run_command(cache, delete_transient, &transient);
}
