/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few memcached commands that we need, over libmemcached. */
#include "cache/memcached.h"

#include <libmemcached/memcached.h>
#include <stdlib.h>
#include <string.h>

#include "cache/error.h"
#include "cache/value.h"

enum {
	TIMEOUT_MS = 2000, /* for each piece that is sent or received */
	DEADLINE_SECS = 5, /* for a command and its whole answer */
	NUMBER_BYTES_MAX = 20,
};

/* One server alone, or all of them, of which libmemcached chooses by the name. Counted references:
 * a command that was given up may use it longer than its owner does. */
typedef struct {
	memcached_st *handle; /* used by one command at a time */
	char *address;        /* for messages */
	bool is_given_up;     /* a command may still be using the handle */
} Server;

struct CacheMemcached {
	GPtrArray *servers; /* of Server, each alone */
	Server *joint;      /* or NULL: nobody knows which one to choose */
};

/* What is done to a server, in a thread of its own, since libmemcached waits anew for each piece of
 * an answer: for what drips it would wait for ever. Counted references: the thread has one. */
typedef struct Command Command;
struct Command {
	memcached_return_t (*perform)(Command *command, memcached_st *handle);
	Server *server;
	char **names;  /* NULL-terminated */
	GBytes *value; /* to be set, or what was got; or NULL */
	uint32_t flags;
	unsigned ttl_secs;
	memcached_return_t code; /* valid when it is done */

	GMutex mutex;
	GCond has_ended;
	bool is_done; /* guarded by the mutex */
};

static void server_clear(gpointer data)
{
	Server *server = data;

	memcached_free(server->handle);
	g_free(server->address);
}

static void command_clear(gpointer data)
{
	Command *command = data;

	g_mutex_clear(&command->mutex);
	g_cond_clear(&command->has_ended);
	g_strfreev(command->names);
	g_clear_pointer(&command->value, g_bytes_unref);
	g_atomic_rc_box_release_full(command->server, server_clear);
}

static void command_unref(Command *command)
{
	g_atomic_rc_box_release_full(command, command_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Command, command_unref)

static Command *command_new(Server *server,
	memcached_return_t (*perform)(Command *command, memcached_st *handle),
	const char *const *names, size_t name_count)
{
	Command *command = g_atomic_rc_box_new0(Command);

	g_mutex_init(&command->mutex);
	g_cond_init(&command->has_ended);
	command->perform = perform;
	command->server = g_atomic_rc_box_acquire(server);
	command->names = g_new0(char *, name_count + 1);
	for (size_t i = 0; i < name_count; i++)
		command->names[i] = g_strdup(names[i]);
	command->code = MEMCACHED_FAILURE;
	return command;
}

static gpointer command_thread(gpointer data)
{
	g_autoptr(Command) command = data;
	memcached_return_t code = command->perform(command, command->server->handle);

	g_mutex_lock(&command->mutex);
	command->code = code;
	command->is_done = true;
	g_cond_signal(&command->has_ended);
	g_mutex_unlock(&command->mutex);
	return NULL;
}

static bool set_unreachable(const Server *server, const char *reason, GError **error)
{
	g_set_error(error, CACHE_ERROR, CACHE_ERROR_UNREACHABLE,
		"cannot reach the memcached server at %s: %s; check address in section [cache]",
		server->address, reason);
	return false;
}

/* True when the command has ended in time: then its results and the handle are the caller's. */
static bool command_run(Command *command, GError **error)
{
	gint64 until = g_get_monotonic_time() + DEADLINE_SECS * G_USEC_PER_SEC;
	Server *server = command->server;
	GThread *thread = NULL;
	bool is_done;

	if (!server->is_given_up)
		thread = g_thread_try_new(
			"memcached", command_thread, g_atomic_rc_box_acquire(command), NULL);
	if (thread == NULL && !server->is_given_up) {
		command_unref(command);
		return set_unreachable(server, "no thread can be started for it", error);
	}
	if (thread == NULL)
		return set_unreachable(server, "it answers too slowly", error);
	g_thread_unref(thread);
	g_mutex_lock(&command->mutex);
	while (!command->is_done &&
		g_cond_wait_until(&command->has_ended, &command->mutex, until)) {
	}
	is_done = command->is_done;
	g_mutex_unlock(&command->mutex);
	server->is_given_up = !is_done;
	return is_done || set_unreachable(server, "it answers too slowly", error);
}

/* Says good-bye, to which an answer is waited for. */
static memcached_return_t perform_quit(Command *command, memcached_st *handle)
{
	(void)command;
	memcached_quit(handle);
	return MEMCACHED_SUCCESS;
}

static void server_free(gpointer data)
{
	Server *server = data;
	g_autoptr(Command) command = NULL;
	g_autoptr(GError) ignored = NULL;

	if (server == NULL)
		return;
	command = command_new(server, perform_quit, NULL, 0);
	(void)command_run(command, &ignored);
	g_atomic_rc_box_release_full(server, server_clear);
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
	Server *server = g_atomic_rc_box_new0(Server);

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
	return set_unreachable(server, reason_of(server, code), error);
}

static memcached_return_t perform_get(Command *command, memcached_st *handle)
{
	const char *name = command->names[0];
	memcached_return_t code = MEMCACHED_FAILURE;
	size_t length = 0;
	char *value = memcached_get(handle, name, strlen(name), &length, &command->flags, &code);

	/* Of an empty value there are no bytes. */
	if (code == MEMCACHED_SUCCESS)
		command->value = g_bytes_new(value, length);
	free(value);
	return code == MEMCACHED_NOTFOUND || code == MEMCACHED_END ? MEMCACHED_SUCCESS : code;
}

static bool server_get(
	Server *server, const char *name, GBytes **ret_value, uint32_t *ret_flags, GError **error)
{
	g_autoptr(Command) command = command_new(server, perform_get, &name, 1);

	if (!command_run(command, error))
		return false;
	if (command->code != MEMCACHED_SUCCESS)
		return set_error(server, command->code, error);
	*ret_value = g_steal_pointer(&command->value);
	*ret_flags = command->flags;
	return true;
}

static memcached_return_t perform_drop(Command *command, memcached_st *handle)
{
	memcached_return_t code = MEMCACHED_SUCCESS;

	memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_NOREPLY, 1);
	for (char **name = command->names; *name != NULL && code == MEMCACHED_SUCCESS; name++)
		code = memcached_delete(handle, *name, strlen(*name), 0);
	memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_NOREPLY, 0);
	return code;
}

/* To none of the deletes comes an answer; that to the question after them says that they are done.
 */
static bool server_drop(Server *server, const char *const *names, size_t count, GError **error)
{
	g_autoptr(Command) command = command_new(server, perform_drop, names, count);
	g_autoptr(GBytes) value = NULL;
	uint32_t flags;

	if (!command_run(command, error))
		return false;
	if (command->code != MEMCACHED_SUCCESS)
		return set_error(server, command->code, error);
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

static memcached_return_t perform_set(Command *command, memcached_st *handle)
{
	const char *name = command->names[0];
	size_t length;
	const char *data = g_bytes_get_data(command->value, &length);

	return memcached_set(handle, name, strlen(name), data, length, (time_t)command->ttl_secs,
		command->flags);
}

static bool server_set(Server *server, const char *name, GBytes *value, uint32_t flags,
	unsigned ttl_secs, GError **error)
{
	g_autoptr(Command) command = command_new(server, perform_set, &name, 1);

	command->value = g_bytes_ref(value);
	command->flags = flags;
	command->ttl_secs = ttl_secs;
	if (!command_run(command, error))
		return false;
	return command->code == MEMCACHED_SUCCESS || set_error(server, command->code, error);
}

/* The server that has the name, or NULL; false with error set. */
static bool find_server(
	const CacheMemcached *memcached, const char *name, Server **ret_server, GError **error)
{
	Server *found = NULL;

	for (guint i = 0; i < memcached->servers->len && found == NULL; i++) {
		Server *server = g_ptr_array_index(memcached->servers, i);
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
	Server *server = memcached->joint;

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
