/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few memcached commands that we need, over libmemcached. */
#include "cache/memcached.h"

#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <string.h>

#include "cache/error.h"
#include "cache/value.h"

enum { TIMEOUT_MS = 2000, NUMBER_BYTES_MAX = 20 };

/* One server alone, or all of them, of which libmemcached chooses by the name. */
typedef struct {
	memcached_st *handle;
	char *address; /* for messages */
} Server;

struct CacheMemcached {
	GPtrArray *servers; /* of Server, each alone */
	Server *joint;      /* or NULL: nobody knows which one to choose */
};

static void server_free(gpointer data)
{
	Server *server = data;

	if (server == NULL)
		return;
	memcached_free(server->handle);
	g_free(server->address);
	g_free(server);
}

static char *address_text(const CacheMemcachedAddress *address)
{
	return address->socket != NULL ? g_strdup(address->socket)
				       : g_strdup_printf("%s:%u", address->host, address->port);
}

static Server *server_new(const CacheMemcachedAddress *addresses, size_t count)
{
	static const struct {
		memcached_behavior_t behavior;
		uint64_t value;
	} behaviors[] = {
		{MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, TIMEOUT_MS},
		{MEMCACHED_BEHAVIOR_POLL_TIMEOUT, TIMEOUT_MS},
		{MEMCACHED_BEHAVIOR_SND_TIMEOUT, TIMEOUT_MS * 1000},
		{MEMCACHED_BEHAVIOR_RCV_TIMEOUT, TIMEOUT_MS * 1000},
		{MEMCACHED_BEHAVIOR_TCP_NODELAY, 1},
	};
	Server *server = g_new0(Server, 1);

	server->handle = memcached_create(NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(behaviors); i++)
		memcached_behavior_set(server->handle, behaviors[i].behavior, behaviors[i].value);
	for (size_t i = 0; i < count; i++) {
		if (addresses[i].socket != NULL)
			memcached_server_add_unix_socket(server->handle, addresses[i].socket);
		else
			memcached_server_add(
				server->handle, addresses[i].host, (in_port_t)addresses[i].port);
	}
	server->address = count == 1
				  ? address_text(&addresses[0])
				  : g_strdup_printf("one of %" G_GSIZE_FORMAT " addresses", count);
	return server;
}

CacheMemcached *cache_memcached_open(
	const CacheMemcachedAddress *addresses, size_t count, bool is_by_libmemcached)
{
	CacheMemcached *memcached = g_new0(CacheMemcached, 1);

	memcached->servers = g_ptr_array_new_with_free_func(server_free);
	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(memcached->servers, server_new(&addresses[i], 1));
	if (is_by_libmemcached)
		memcached->joint = server_new(addresses, count);
	return memcached;
}

void cache_memcached_free(CacheMemcached *memcached)
{
	if (memcached == NULL)
		return;
	g_ptr_array_unref(memcached->servers);
	server_free(memcached->joint);
	g_free(memcached);
}

static const char *reason_of(const Server *server, memcached_return_t code)
{
	int failed = memcached_last_error_errno(server->handle);

	switch (code) {
	case MEMCACHED_TIMEOUT:
		return "it does not answer in time";
	case MEMCACHED_UNKNOWN_READ_FAILURE:
	case MEMCACHED_PROTOCOL_ERROR:
	case MEMCACHED_PARTIAL_READ:
		return "what answers there is no memcached server";
	default:
		return failed != 0 ? g_strerror(failed) : memcached_strerror(server->handle, code);
	}
}

static bool set_error(const Server *server, memcached_return_t code, GError **error)
{
	static const memcached_return_t refusals[] = {MEMCACHED_CLIENT_ERROR,
		MEMCACHED_SERVER_ERROR, MEMCACHED_E2BIG, MEMCACHED_BAD_KEY_PROVIDED,
		MEMCACHED_KEY_TOO_BIG, MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE};

	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		if (code == refusals[i]) {
			g_set_error(error, CACHE_ERROR, CACHE_ERROR_REFUSED,
				"the memcached server at %s refuses: %s; check key_prefix in "
				"section [cache]",
				server->address, memcached_strerror(server->handle, code));
			return false;
		}
	}
	g_set_error(error, CACHE_ERROR, CACHE_ERROR_UNREACHABLE,
		"cannot reach the memcached server at %s: %s; check address in section [cache]",
		server->address, reason_of(server, code));
	return false;
}

static bool server_get(const Server *server, const char *name, GBytes **ret_value,
	uint32_t *ret_flags, GError **error)
{
	memcached_return_t code = MEMCACHED_FAILURE;
	size_t length = 0;
	uint32_t flags = 0;
	char *value = memcached_get(server->handle, name, strlen(name), &length, &flags, &code);

	/* Of an empty value there are no bytes. */
	if (code == MEMCACHED_SUCCESS) {
		*ret_value = g_bytes_new(value, length);
		*ret_flags = flags;
	} else if (code == MEMCACHED_NOTFOUND || code == MEMCACHED_END) {
		*ret_value = NULL;
		code = MEMCACHED_SUCCESS;
	}
	free(value);
	return code == MEMCACHED_SUCCESS || set_error(server, code, error);
}

/* To none of the deletes comes an answer; that to the question after them says that they are done.
 */
static bool server_drop(
	const Server *server, const char *const *names, size_t count, GError **error)
{
	memcached_return_t code = MEMCACHED_SUCCESS;
	g_autoptr(GBytes) value = NULL;
	uint32_t flags;

	memcached_behavior_set(server->handle, MEMCACHED_BEHAVIOR_NOREPLY, 1);
	for (size_t i = 0; i < count && code == MEMCACHED_SUCCESS; i++)
		code = memcached_delete(server->handle, names[i], strlen(names[i]), 0);
	memcached_behavior_set(server->handle, MEMCACHED_BEHAVIOR_NOREPLY, 0);
	if (code != MEMCACHED_SUCCESS)
		return set_error(server, code, error);
	return count == 0 || server_get(server, names[count - 1], &value, &flags, error);
}

bool cache_memcached_drop(
	CacheMemcached *memcached, const char *const *names, size_t count, GError **error)
{
	bool is_well = true;

	for (guint i = 0; i < memcached->servers->len; i++) {
		if (!server_drop(
			    memcached->servers->pdata[i], names, count, is_well ? error : NULL))
			is_well = false;
	}
	return is_well;
}

bool cache_memcached_get(CacheMemcached *memcached, const char *name, GBytes **ret_value,
	uint32_t *ret_flags, GError **error)
{
	GBytes *value = NULL;
	uint32_t flags = 0;

	if (memcached->joint != NULL)
		return server_get(memcached->joint, name, ret_value, ret_flags, error);
	for (guint i = 0; i < memcached->servers->len && value == NULL; i++) {
		if (!server_get(memcached->servers->pdata[i], name, &value, &flags, error))
			return false;
	}
	*ret_value = value;
	*ret_flags = flags;
	return true;
}

static uint64_t number_of(GBytes *value)
{
	size_t length;
	const char *data = g_bytes_get_data(value, &length);
	g_autofree char *digits = g_strndup(data, MIN(length, NUMBER_BYTES_MAX));
	guint64 number = 0;

	return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, &number, NULL) ? number : 0;
}

bool cache_memcached_get_number(
	CacheMemcached *memcached, const char *name, uint64_t *ret_number, GError **error)
{
	uint64_t largest = 0;

	for (guint i = 0; i < memcached->servers->len; i++) {
		g_autoptr(GBytes) value = NULL;
		uint32_t flags;

		if (!server_get(memcached->servers->pdata[i], name, &value, &flags, error))
			return false;
		if (value != NULL)
			largest = MAX(largest, number_of(value));
	}
	*ret_number = largest;
	return true;
}

static bool server_set(const Server *server, const char *name, GBytes *value, uint32_t flags,
	unsigned ttl_secs, GError **error)
{
	size_t length;
	const char *data = g_bytes_get_data(value, &length);
	memcached_return_t code =
		memcached_set(server->handle, name, strlen(name), data, length, ttl_secs, flags);

	return code == MEMCACHED_SUCCESS || set_error(server, code, error);
}

/* The server that has the name, or NULL; false with error set. */
static bool find_server(const CacheMemcached *memcached, const char *name,
	const Server **ret_server, GError **error)
{
	const Server *found = NULL;

	for (guint i = 0; i < memcached->servers->len && found == NULL; i++) {
		const Server *server = g_ptr_array_index(memcached->servers, i);
		g_autoptr(GBytes) value = NULL;
		uint32_t flags;

		if (!server_get(server, name, &value, &flags, error))
			return false;
		if (value != NULL)
			found = server;
	}
	*ret_server = found;
	return true;
}

bool cache_memcached_set(CacheMemcached *memcached, const char *name, GBytes *value, uint32_t flags,
	unsigned ttl_secs, bool *ret_written, GError **error)
{
	const Server *server = memcached->joint;

	if (memcached->servers->len == 1)
		server = memcached->servers->pdata[0];
	if (server == NULL && !find_server(memcached, name, &server, error))
		return false;
	if (server != NULL && !server_set(server, name, value, flags, ttl_secs, error))
		return false;
	*ret_written = server != NULL;
	return true;
}

bool cache_memcached_set_number(
	CacheMemcached *memcached, const char *name, uint64_t number, GError **error)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	g_autoptr(GBytes) value = NULL;
	uint32_t flags;

	value = cache_value_encode(CACHE_VALUE_MEMCACHE, digits, &flags);
	for (guint i = 0; i < memcached->servers->len; i++) {
		if (!server_set(memcached->servers->pdata[i], name, value, flags, 0, error))
			return false;
	}
	return true;
}
