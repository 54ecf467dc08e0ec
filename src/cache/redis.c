/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few Redis commands that we need, over hiredis. */
#include "cache/redis.h"

#include <errno.h>
#include <hiredis.h>
#include <string.h>
#include <sys/time.h>

#include "cache/error.h"

enum {
	TIMEOUT_SECS = 2,  /* for each piece that is sent or received */
	DEADLINE_SECS = 5, /* for a pipeline and all its answers */
	PIPELINE_COMMANDS = 512,
	ANSWER_BYTES_MAX = 16 * 1024 * 1024,
	WORDS_MAX = 5,
};

struct CacheRedis {
	redisContext *context;
	redisReplyObjectFunctions functions;
	char *server; /* for messages */
	gint64 deadline_us;
};

typedef redisReply Reply;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, freeReplyObject)

/* The words of a command; their bytes are borrowed. */
typedef struct {
	const char *words[WORDS_MAX];
	size_t lengths[WORDS_MAX];
	int count;
} Command;

static void add_word(Command *command, const char *word, size_t length)
{
	command->words[command->count] = word;
	command->lengths[command->count++] = length;
}

/* What belongs to a hash has a command of its own. */
static Command command_on(const CacheRedisName *name, const char *verb, const char *hash_verb)
{
	const char *chosen = name->field == NULL ? verb : hash_verb;
	Command command = {.count = 0};

	add_word(&command, chosen, strlen(chosen));
	add_word(&command, name->key, strlen(name->key));
	if (name->field != NULL)
		add_word(&command, name->field, strlen(name->field));
	return command;
}

static bool set_unreachable(const CacheRedis *redis, const char *reason, GError **error)
{
	g_set_error(error, CACHE_ERROR, CACHE_ERROR_UNREACHABLE,
		"cannot reach the Redis server at %s: %s; check address in section [cache]",
		redis->server, reason);
	return false;
}

static bool set_broken(const CacheRedis *redis, GError **error)
{
	const redisContext *context = redis->context;
	int failed = errno;
	const char *reason = context->errstr;

	if (context->err == REDIS_ERR_IO && (failed == EAGAIN || failed == ETIMEDOUT))
		reason = "it does not answer in time";
	else if (context->err == REDIS_ERR_PROTOCOL || context->err == REDIS_ERR_OOM)
		reason = "what answers there is no Redis server";
	return set_unreachable(redis, reason, error);
}

static bool is_late(const CacheRedis *redis, GError **error)
{
	return g_get_monotonic_time() > redis->deadline_us &&
	       !set_unreachable(redis, "it answers too slowly", error);
}

/* What was sent is not repeated in the message: it may be the password. */
static bool check_reply(const CacheRedis *redis, const Reply *reply, GError **error)
{
	if (reply->type != REDIS_REPLY_ERROR)
		return true;
	g_set_error(error, CACHE_ERROR, CACHE_ERROR_REFUSED,
		"the Redis server at %s refuses: %.200s; check user, password and database in "
		"section [cache]",
		redis->server, reply->str);
	return false;
}

static bool append(CacheRedis *redis, Command *command, GError **error)
{
	return redisAppendCommandArgv(redis->context, command->count, command->words,
		       command->lengths) == REDIS_OK ||
	       set_broken(redis, error);
}

static bool send_all(CacheRedis *redis, GError **error)
{
	int done = 0;

	redis->deadline_us = g_get_monotonic_time() + DEADLINE_SECS * G_USEC_PER_SEC;
	while (done == 0) {
		if (redisBufferWrite(redis->context, &done) != REDIS_OK)
			return set_broken(redis, error);
		if (done == 0 && is_late(redis, error))
			return false;
	}
	return true;
}

/* hiredis itself would wait anew for each piece: for what drips, or never ends, it would wait for
 * ever. NULL with error set. */
static Reply *next_reply(CacheRedis *redis, GError **error)
{
	redisContext *context = redis->context;
	void *answer = NULL;

	for (;;) {
		if (redisGetReplyFromReader(context, &answer) != REDIS_OK) {
			set_broken(redis, error);
			return NULL;
		}
		if (answer != NULL)
			return answer;
		if (is_late(redis, error))
			return NULL;
		if (redisBufferRead(context) != REDIS_OK) {
			set_broken(redis, error);
			return NULL;
		}
		if (context->reader->len > ANSWER_BYTES_MAX) {
			set_unreachable(redis, "its answer is too long", error);
			return NULL;
		}
	}
}

/* NULL with error set. */
static Reply *run(CacheRedis *redis, Command *command, GError **error)
{
	g_autoptr(Reply) reply = NULL;

	if (!append(redis, command, error) || !send_all(redis, error))
		return NULL;
	reply = next_reply(redis, error);
	return reply != NULL && check_reply(redis, reply, error) ? g_steal_pointer(&reply) : NULL;
}

static bool greet(CacheRedis *redis, const CacheRedisOptions *options, GError **error)
{
	g_autofree char *database = g_strdup_printf("%u", options->database);
	Command authenticate = {.count = 0};
	Command choose = {.count = 0};

	add_word(&authenticate, "AUTH", 4);
	if (options->user != NULL)
		add_word(&authenticate, options->user, strlen(options->user));
	if (options->password != NULL) {
		g_autoptr(Reply) welcome = NULL;

		add_word(&authenticate, options->password, strlen(options->password));
		welcome = run(redis, &authenticate, error);
		if (welcome == NULL)
			return false;
	}
	add_word(&choose, "SELECT", 6);
	add_word(&choose, database, strlen(database));
	if (options->database != 0) {
		g_autoptr(Reply) chosen = run(redis, &choose, error);

		return chosen != NULL;
	}
	return true;
}

#if HIREDIS_MAJOR >= 1
typedef size_t ArrayCount;
#else
typedef int ArrayCount;
#endif

static void *refuse_array(const redisReadTask *task, ArrayCount elements)
{
	(void)task;
	(void)elements;
	return NULL;
}

/* No command of ours is answered by an array; what claims to be one of millions is not believed. */
static void refuse_arrays(CacheRedis *redis)
{
	redis->functions = *redis->context->reader->fn;
	redis->functions.createArray = refuse_array;
	redis->context->reader->fn = &redis->functions;
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
	refuse_arrays(redis);
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
static bool read_replies(CacheRedis *redis, size_t count, GError **error)
{
	bool is_well = true;

	for (size_t i = 0; i < count; i++) {
		g_autoptr(Reply) reply = next_reply(redis, is_well ? error : NULL);

		if (reply == NULL)
			return false;
		if (!check_reply(redis, reply, is_well ? error : NULL))
			is_well = false;
	}
	return is_well;
}

bool cache_redis_drop(CacheRedis *redis, const CacheRedisName *names, size_t count, GError **error)
{
	for (size_t first = 0; first < count; first += PIPELINE_COMMANDS) {
		size_t part = MIN(count - first, PIPELINE_COMMANDS);

		for (size_t i = first; i < first + part; i++) {
			Command command = command_on(&names[i], "DEL", "HDEL");

			if (!append(redis, &command, error))
				return false;
		}
		if (!send_all(redis, error) || !read_replies(redis, part, error))
			return false;
	}
	return true;
}

bool cache_redis_get(
	CacheRedis *redis, const CacheRedisName *name, GBytes **ret_value, GError **error)
{
	Command command = command_on(name, "GET", "HGET");
	g_autoptr(Reply) reply = run(redis, &command, error);

	if (reply == NULL)
		return false;
	*ret_value = reply->type == REDIS_REPLY_STRING ? g_bytes_new(reply->str, (gsize)reply->len)
						       : NULL;
	return true;
}

bool cache_redis_set(CacheRedis *redis, const CacheRedisName *name, GBytes *value,
	unsigned ttl_secs, GError **error)
{
	g_autofree char *ttl = g_strdup_printf("%u", ttl_secs);
	Command command = command_on(name, "SET", "HSET");
	g_autoptr(Reply) reply = NULL;
	size_t length;
	const char *data = g_bytes_get_data(value, &length);

	/* hiredis wants an address for no bytes, too. */
	add_word(&command, length == 0 ? "" : data, length);
	if (ttl_secs > 0 && name->field == NULL) {
		add_word(&command, "EX", 2);
		add_word(&command, ttl, strlen(ttl));
	}
	reply = run(redis, &command, error);
	return reply != NULL;
}
