/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the settings of [cache], and keeps account of a server that fails or is slow. */
#include "cache/server.h"

#include <string.h>

#include "util/secret.h"

enum { REDIS_PORT = 6379, MEMCACHED_PORT = 11211 };

/* What a command may take without being slow, and how long a run waits for slow ones in all. */
#define SWIFT_US (100 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE_US (10 * G_TIME_SPAN_SECOND)

struct ObjectCacheServer {
	CacheLinkOptions options; /* borrows from the others */
	GArray *addresses;        /* of CacheAddress */
	GPtrArray *texts;         /* of char *; whatever the options name, but for the password */
	char *password;           /* or NULL */

	GMutex mutex;
	gint64 waited_us; /* guarded by the mutex, as the next */
	char *failure;    /* set once */
};

G_DEFINE_QUARK(object - cache - error - quark, object_cache_error)

static const char *keep(ObjectCacheServer *server, char *take_text)
{
	g_ptr_array_add(server->texts, take_text);
	return take_text;
}

/* Host and port; the brackets of an IPv6 address go. */
static bool parse_host(
	ObjectCacheServer *server, const char *address, unsigned default_port, GError **error)
{
	const char *colon = strrchr(address, ':');
	const char *first = strchr(address, ':');
	bool has_port = colon != NULL && (colon == first || (colon > address && colon[-1] == ']'));
	g_autofree char *host =
		has_port ? g_strndup(address, (gsize)(colon - address)) : g_strdup(address);
	size_t length = strlen(host);
	guint64 port = default_port;
	CacheAddress parsed = {NULL, NULL, 0};

	if (length == 0 || (has_port && !g_ascii_string_to_unsigned(
						colon + 1, 10, 1, G_MAXUINT16, &port, NULL))) {
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_ADDRESS,
			"cannot read the address '%s' of the object cache: neither the path of a "
			"socket nor host:port; check address in section [cache]",
			address);
		return false;
	}
	parsed.host = keep(server, host[0] == '[' && host[length - 1] == ']'
					   ? g_strndup(host + 1, length - 2)
					   : g_steal_pointer(&host));
	parsed.port = (unsigned)port;
	g_array_append_val(server->addresses, parsed);
	return true;
}

/* As the drop-ins take it, with or without a scheme. */
static bool parse_address(
	ObjectCacheServer *server, const char *address, unsigned default_port, GError **error)
{
	const char *path =
		g_str_has_prefix(address, "unix://") ? address + strlen("unix://") : address;
	CacheAddress parsed = {NULL, NULL, 0};

	if (path[0] != '/')
		return parse_host(server, address, default_port, error);
	parsed.socket = keep(server, g_strdup(path));
	g_array_append_val(server->addresses, parsed);
	return true;
}

static bool parse_addresses(
	ObjectCacheServer *server, const ObjectCacheOptions *options, GError **error)
{
	unsigned port = options->is_memcached ? MEMCACHED_PORT : REDIS_PORT;
	g_auto(GStrv) words = g_strsplit_set(options->address, ", \t", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && !parse_address(server, *word, port, error))
			return false;
	}
	if (server->addresses->len > 1 && !options->is_memcached) {
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_ADDRESS,
			"cannot use more than one Redis server as object cache: leave one address "
			"in section [cache]");
		return false;
	}
	return server->addresses->len > 0 || parse_address(server, "127.0.0.1", port, error);
}

static bool check_settings(const ObjectCacheOptions *options, GError **error)
{
	CacheDropIn drop_in = options->site.drop_in;
	bool is_for_memcached =
		drop_in == CACHE_DROP_IN_WP_MEMCACHED || drop_in == CACHE_DROP_IN_PECL_MEMCACHED;

	if (is_for_memcached != options->is_memcached)
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_SETTINGS,
			"the drop_in in section [cache] is not one for the server of that type");
	else if (is_for_memcached && (options->user[0] != '\0' || options->password[0] != '\0' ||
					     options->database != 0))
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_SETTINGS,
			"user, password and database in section [cache] are for Redis: memcached "
			"has none; remove them");
	else if (options->is_igbinary && drop_in != CACHE_DROP_IN_REDIS_CACHE)
		g_set_error(error, OBJECT_CACHE_ERROR, OBJECT_CACHE_ERROR_SETTINGS,
			"igbinary in section [cache] is for drop_in = redis-cache alone; remove "
			"it");
	else
		return true;
	return false;
}

ObjectCacheServer *object_cache_server_new(const ObjectCacheOptions *options, GError **error)
{
	g_autoptr(ObjectCacheServer) server = g_new0(ObjectCacheServer, 1);

	g_mutex_init(&server->mutex);
	server->addresses = g_array_new(FALSE, FALSE, sizeof(CacheAddress));
	server->texts = g_ptr_array_new_with_free_func(g_free);
	if (!check_settings(options, error) || !parse_addresses(server, options, error))
		return NULL;
	server->password = options->password[0] == '\0' ? NULL : g_strdup(options->password);
	server->options = (CacheLinkOptions){
		.addresses = (const CacheAddress *)(const void *)server->addresses->data,
		.address_count = server->addresses->len,
		.user = options->user[0] == '\0' ? NULL : keep(server, g_strdup(options->user)),
		.password = server->password,
		.database = options->database,
		.is_igbinary = options->is_igbinary,
		.site = options->site,
	};
	server->options.site.key_prefix = keep(server, g_strdup(options->site.key_prefix));
	server->options.site.table_prefix = keep(server, g_strdup(options->site.table_prefix));
	return g_steal_pointer(&server);
}

void object_cache_server_free(ObjectCacheServer *server)
{
	if (server == NULL)
		return;
	g_mutex_clear(&server->mutex);
	g_array_unref(server->addresses);
	g_ptr_array_unref(server->texts);
	secret_free(server->password);
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

const CacheLinkOptions *object_cache_server_options(const ObjectCacheServer *server)
{
	return &server->options;
}

void object_cache_server_account(ObjectCacheServer *server, gint64 took_us, const GError *failure)
{
	g_mutex_lock(&server->mutex);
	server->waited_us += MAX(took_us - SWIFT_US, 0);
	if (server->failure == NULL && failure != NULL)
		server->failure = g_strdup(failure->message);
	else if (server->failure == NULL && server->waited_us > PATIENCE_US)
		server->failure =
			g_strdup("the server of the object cache is too slow: its answers "
				 "were waited for 10 seconds in all; check it, and "
				 "address in section [cache]");
	g_mutex_unlock(&server->mutex);
}

bool object_cache_server_check(const ObjectCacheServer *server, bool *ret_is_known, GError **error)
{
	static const char *const keys[] = {"alloptions", "notoptions"};
	g_autoptr(CacheLink) link = cache_link_open(&server->options, error);
	bool is_known = false;

	if (link == NULL)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(keys) && !is_known; i++) {
		const CacheEntry entry = {"options", keys[i]};

		if (!cache_link_may_hold(link, &entry, NULL, 0, &is_known, error))
			return false;
	}
	*ret_is_known = is_known;
	return true;
}
