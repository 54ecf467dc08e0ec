/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few Redis commands that we need, over hiredis. */
#include "wp/cache_redis.h"

#include <hiredis.h>
#include <string.h>
#include <sys/time.h>

enum { TIMEOUT_SECS = 2, PIPELINE_COMMANDS = 512, VALUE_BYTES_MAX = 4096 };

struct CacheRedis {
	redisContext *context;
	char *server; /* for messages */
};

G_DEFINE_QUARK(cache - redis - error - quark, cache_redis_error)

typedef redisReply Reply;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, freeReplyObject)

static void set_unreachable(const CacheRedis *redis, const char *reason, GError **error)
{
	g_set_error(error, CACHE_REDIS_ERROR, CACHE_REDIS_ERROR_UNREACHABLE,
		"cannot reach the Redis server at %s: %s; check address in section [cache]",
		redis->server, reason);
}

/* What was sent is not repeated in the message: it may be the password. */
static bool check_reply(const CacheRedis *redis, const Reply *reply, GError **error)
{
	if (reply == NULL) {
		set_unreachable(redis, redis->context->errstr, error);
		return false;
	}
	if (reply->type != REDIS_REPLY_ERROR)
		return true;
	g_set_error(error, CACHE_REDIS_ERROR, CACHE_REDIS_ERROR_REFUSED,
		"the Redis server at %s refuses: %s; check password and database in section "
		"[cache]",
		redis->server, reply->str);
	return false;
}

/* NULL with error set. */
static Reply *run(const CacheRedis *redis, int count, const char **words, GError **error)
{
	g_autoptr(Reply) reply = redisCommandArgv(redis->context, count, words, NULL);

	return check_reply(redis, reply, error) ? g_steal_pointer(&reply) : NULL;
}

static bool run_plainly(
	const CacheRedis *redis, const char *command, const char *value, GError **error)
{
	const char *words[] = {command, value};
	g_autoptr(Reply) reply = run(redis, G_N_ELEMENTS(words), words, error);

	return reply != NULL;
}

static bool greet(const CacheRedis *redis, const CacheRedisOptions *options, GError **error)
{
	g_autofree char *database = g_strdup_printf("%u", options->database);

	if (options->password != NULL && !run_plainly(redis, "AUTH", options->password, error))
		return false;
	return options->database == 0 || run_plainly(redis, "SELECT", database, error);
}

CacheRedis *cache_redis_open(const CacheRedisOptions *options, GError **error)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECS};
	g_autoptr(CacheRedis) redis = g_new0(CacheRedis, 1);

	if (options->socket != NULL) {
		redis->server = g_strdup(options->socket);
		redis->context = redisConnectUnixWithTimeout(options->socket, timeout);
	} else {
		redis->server = g_strdup_printf("%s:%u", options->host, options->port);
		redis->context =
			redisConnectWithTimeout(options->host, (int)options->port, timeout);
	}
	g_assert(redis->context != NULL);
	if (redis->context->err != 0 || redisSetTimeout(redis->context, timeout) != REDIS_OK) {
		set_unreachable(redis, redis->context->errstr, error);
		return NULL;
	}
	return greet(redis, options, error) ? g_steal_pointer(&redis) : NULL;
}

void cache_redis_free(CacheRedis *redis)
{
	if (redis == NULL)
		return;
	if (redis->context != NULL)
		redisFree(redis->context);
	g_free(redis->server);
	g_free(redis);
}

/* Reads all replies, also after one that is an error: the next pipeline must not find them. */
static bool read_replies(const CacheRedis *redis, size_t count, GError **error)
{
	bool is_well = true;

	for (size_t i = 0; i < count; i++) {
		void *answer = NULL;
		g_autoptr(Reply) reply = NULL;

		if (redisGetReply(redis->context, &answer) != REDIS_OK)
			answer = NULL;
		reply = answer;
		if (!check_reply(redis, reply, is_well ? error : NULL))
			is_well = false;
		if (reply == NULL)
			return false;
	}
	return is_well;
}

bool cache_redis_drop(CacheRedis *redis, const char *const *keys, size_t count, GError **error)
{
	for (size_t first = 0; first < count; first += PIPELINE_COMMANDS) {
		size_t part = MIN(count - first, PIPELINE_COMMANDS);

		for (size_t i = first; i < first + part; i++) {
			const char *words[] = {"DEL", keys[i]};

			if (redisAppendCommandArgv(
				    redis->context, G_N_ELEMENTS(words), words, NULL) != REDIS_OK) {
				set_unreachable(redis, redis->context->errstr, error);
				return false;
			}
		}
		if (!read_replies(redis, part, error))
			return false;
	}
	return true;
}

bool cache_redis_get(CacheRedis *redis, const char *key, char **ret_value, GError **error)
{
	const char *words[] = {"GET", key};
	g_autoptr(Reply) reply = run(redis, G_N_ELEMENTS(words), words, error);

	if (reply == NULL)
		return false;
	*ret_value = reply->type == REDIS_REPLY_STRING && (size_t)reply->len <= VALUE_BYTES_MAX
			     ? g_strndup(reply->str, (gsize)reply->len)
			     : NULL;
	return true;
}

bool cache_redis_set(
	CacheRedis *redis, const char *key, const char *value, unsigned ttl_secs, GError **error)
{
	g_autofree char *ttl = g_strdup_printf("%u", ttl_secs);
	const char *words[] = {"SET", key, value, "EX", ttl};
	g_autoptr(Reply) reply = run(redis, ttl_secs > 0 ? 5 : 3, words, error);

	return reply != NULL;
}
