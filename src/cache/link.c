/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and values by the drop-in, commands by the kind of server. */
#include "cache/link.h"

#include <string.h>

#include "cache/memcached.h"
#include "cache/redis.h"
#include "cache/value.h"

/* Exactly one of the two connections is there; the options are borrowed. */
struct CacheLink {
	const CacheLinkOptions *options;
	CacheRedis *redis;
	CacheMemcached *memcached;
};

/* Of one command or pipeline; read when first needed. An empty text: there is none, and with it no
 * entry either. */
typedef struct {
	char *of_site;
	char *of_network;
} FlushNumbers;

static void flush_numbers_clear(FlushNumbers *numbers)
{
	g_free(numbers->of_site);
	g_free(numbers->of_network);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlushNumbers, flush_numbers_clear)

static CacheLink *link_to_memcached(const CacheLinkOptions *options)
{
	g_autofree CacheMemcachedAddress *addresses =
		g_new0(CacheMemcachedAddress, options->address_count);
	CacheLink *link = g_new0(CacheLink, 1);

	for (size_t i = 0; i < options->address_count; i++) {
		addresses[i] = (CacheMemcachedAddress){
			.socket = options->addresses[i].socket,
			.host = options->addresses[i].host,
			.port = options->addresses[i].port,
		};
	}
	link->memcached = cache_memcached_open(addresses, options->address_count,
		options->site.drop_in == CACHE_DROP_IN_PECL_MEMCACHED);
	return link;
}

static CacheLink *link_to_redis(const CacheLinkOptions *options, GError **error)
{
	const CacheRedisOptions redis_options = {
		.socket = options->addresses[0].socket,
		.host = options->addresses[0].host,
		.port = options->addresses[0].port,
		.user = options->user,
		.password = options->password,
		.database = options->database,
	};
	g_autoptr(CacheLink) link = g_new0(CacheLink, 1);

	link->redis = cache_redis_open(&redis_options, error);
	return link->redis == NULL ? NULL : g_steal_pointer(&link);
}

static bool is_memcached(CacheDropIn drop_in)
{
	return drop_in == CACHE_DROP_IN_WP_MEMCACHED || drop_in == CACHE_DROP_IN_PECL_MEMCACHED;
}

CacheLink *cache_link_open(const CacheLinkOptions *options, GError **error)
{
	CacheLink *link = is_memcached(options->site.drop_in) ? link_to_memcached(options)
							      : link_to_redis(options, error);

	if (link != NULL)
		link->options = options;
	return link;
}

void cache_link_free(CacheLink *link)
{
	if (link == NULL)
		return;
	cache_redis_free(link->redis);
	cache_memcached_free(link->memcached);
	g_free(link);
}

static CacheValueForm form_of(const CacheLink *link)
{
	switch (link->options->site.drop_in) {
	case CACHE_DROP_IN_WP_REDIS:
	case CACHE_DROP_IN_WP_REDIS_GROUPS:
		return CACHE_VALUE_SERIALIZED;
	case CACHE_DROP_IN_WP_MEMCACHED:
		return CACHE_VALUE_MEMCACHE;
	case CACHE_DROP_IN_PECL_MEMCACHED:
		return CACHE_VALUE_MEMCACHED;
	default:
		return link->options->is_igbinary ? CACHE_VALUE_IGBINARY : CACHE_VALUE_PLAIN;
	}
}

/* get_flush_number(): that of version 4, else of version 3. Empty for none. */
static bool read_flush_number(
	const CacheLink *link, bool is_global, char **ret_digits, GError **error)
{
	uint64_t number = 0;

	for (int is_old = 0; is_old <= 1 && number == 0; is_old++) {
		g_autofree char *name =
			cache_key_of_flush_number(&link->options->site, is_global, is_old != 0);

		if (!cache_memcached_get_number(link->memcached, name, &number, error))
			return false;
	}
	*ret_digits = number == 0 ? g_strdup("") : g_strdup_printf("%" G_GUINT64_FORMAT, number);
	return true;
}

/* `*ret_name` is NULL where the drop-in itself could find nothing under any name. Caller frees. */
static bool name_entry(const CacheLink *link, const CacheEntry *entry, FlushNumbers *numbers,
	char **ret_name, GError **error)
{
	bool is_global = cache_group_is_global(entry->group);
	char **number = is_global ? &numbers->of_network : &numbers->of_site;

	if (link->options->site.drop_in != CACHE_DROP_IN_WP_MEMCACHED) {
		*ret_name = cache_key_name(&link->options->site, entry, NULL);
		return true;
	}
	if (*number == NULL && !read_flush_number(link, is_global, number, error))
		return false;
	*ret_name = **number == '\0' ? NULL : cache_key_name(&link->options->site, entry, *number);
	return true;
}

/* A flush number as new_flush_number() makes them, which makes a cache that has none usable. */
static bool make_flush_number(const CacheLink *link, FlushNumbers *numbers, GError **error)
{
	g_autofree char *name = cache_key_of_flush_number(&link->options->site, false, false);
	uint64_t number = (uint64_t)g_get_real_time();

	if (!cache_memcached_set_number(link->memcached, name, number, error))
		return false;
	g_free(numbers->of_site);
	numbers->of_site = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	return true;
}

static CacheRedisName redis_name(const CacheLink *link, const CacheEntry *entry, const char *name)
{
	bool is_hash = link->options->site.drop_in == CACHE_DROP_IN_WP_REDIS_GROUPS;

	return (CacheRedisName){.key = name, .field = is_hash ? entry->key : NULL};
}

static bool drop_from_redis(
	const CacheLink *link, const CacheEntry *entries, const GPtrArray *names, GError **error)
{
	g_autofree CacheRedisName *redis_names = g_new(CacheRedisName, names->len);

	for (guint i = 0; i < names->len; i++)
		redis_names[i] = redis_name(link, &entries[i], names->pdata[i]);
	return cache_redis_drop(link->redis, redis_names, names->len, error);
}

bool cache_link_drop(CacheLink *link, const CacheEntry *entries, size_t count, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_auto(FlushNumbers) numbers = {NULL, NULL};

	for (size_t i = 0; i < count; i++) {
		char *name = NULL;

		if (!name_entry(link, &entries[i], &numbers, &name, error))
			return false;
		if (name != NULL)
			g_ptr_array_add(names, name);
	}
	if (names->len == 0)
		return true;
	if (link->redis != NULL)
		return drop_from_redis(link, entries, names, error);
	return cache_memcached_drop(
		link->memcached, (const char *const *)names->pdata, names->len, error);
}

static bool peek(const CacheLink *link, const CacheEntry *entry, GBytes **ret_bytes,
	uint32_t *ret_flags, GError **error)
{
	g_auto(FlushNumbers) numbers = {NULL, NULL};
	g_autofree char *name = NULL;
	CacheRedisName where;

	*ret_flags = 0;
	if (!name_entry(link, entry, &numbers, &name, error))
		return false;
	if (name == NULL) {
		*ret_bytes = NULL;
		return true;
	}
	if (link->redis == NULL)
		return cache_memcached_get(link->memcached, name, ret_bytes, ret_flags, error);
	where = redis_name(link, entry, name);
	return cache_redis_get(link->redis, &where, ret_bytes, error);
}

/* Serialized in whichever form, the keys of an array stand as they are. */
static bool may_hold(
	CacheValueForm form, GBytes *bytes, uint32_t flags, const char *const *words, size_t count)
{
	size_t length;
	const char *data = g_bytes_get_data(bytes, &length);
	bool holds = count == 0 || cache_value_is_compressed(form, flags);

	for (size_t i = 0; i < count && !holds; i++)
		holds = length > 0 && memmem(data, length, words[i], strlen(words[i])) != NULL;
	return holds;
}

bool cache_link_may_hold(CacheLink *link, const CacheEntry *entry, const char *const *words,
	size_t count, bool *ret_may_hold, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	uint32_t flags;

	if (!peek(link, entry, &bytes, &flags, error))
		return false;
	*ret_may_hold = bytes != NULL && may_hold(form_of(link), bytes, flags, words, count);
	return true;
}

bool cache_link_get(CacheLink *link, const CacheEntry *entry, char **ret_text, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	uint32_t flags;
	const char *data;
	size_t length;

	if (!peek(link, entry, &bytes, &flags, error))
		return false;
	*ret_text = NULL;
	if (bytes != NULL) {
		data = g_bytes_get_data(bytes, &length);
		*ret_text =
			cache_value_decode(form_of(link), data == NULL ? "" : data, length, flags);
	}
	return true;
}

bool cache_link_set(CacheLink *link, const CacheEntry *entry, const char *text, unsigned ttl_secs,
	bool *ret_written, GError **error)
{
	g_auto(FlushNumbers) numbers = {NULL, NULL};
	g_autofree char *name = NULL;
	g_autoptr(GBytes) value = NULL;
	CacheRedisName where;
	uint32_t flags;

	value = cache_value_encode(form_of(link), text, &flags);
	if (!name_entry(link, entry, &numbers, &name, error))
		return false;
	if (name == NULL && (!make_flush_number(link, &numbers, error) ||
				    !name_entry(link, entry, &numbers, &name, error)))
		return false;
	if (link->redis == NULL)
		return cache_memcached_set(
			link->memcached, name, value, flags, ttl_secs, ret_written, error);
	where = redis_name(link, entry, name);
	*ret_written = cache_redis_set(link->redis, &where, value, ttl_secs, error);
	return *ret_written;
}
