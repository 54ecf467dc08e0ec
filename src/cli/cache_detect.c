/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the drop-ins apart by words of their own, and reads the constants that each of them does.
 */
#include "cli/cache_detect.h"

#include <string.h>

#include "cli/site_config.h"

enum { DROP_IN_BYTES_MAX = 1024 * 1024 };

/* The first whose words are all there. */
static const struct {
	const char *name;
	const char *words[2];
} drop_ins[] = {
	{"redis-cache", {"Redis Object Cache", "Till Kr"}},
	{"wp-redis", {"pantheon-systems/wp-redis", "WP_Object_Cache"}},
	{"wp-redis", {"WP Redis", "WP_REDIS_USE_CACHE_GROUPS"}},
	{"wp-memcached", {"flush_number", "memcached_servers"}},
	{"pecl-memcached", {"buildKey", "memcached_servers"}},
};

const char *cache_drop_in_name(const char *path)
{
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, NULL) || length > DROP_IN_BYTES_MAX)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(drop_ins); i++) {
		if (strstr(text, drop_ins[i].words[0]) != NULL &&
			strstr(text, drop_ins[i].words[1]) != NULL)
			return drop_ins[i].name;
	}
	return NULL;
}

typedef struct {
	Config *config;
	const WpConfig *wp_config;
	GString *doubts;
} Detection;

static void doubt(Detection *detection, const char *what)
{
	g_string_append_printf(
		detection->doubts, "%s%s", detection->doubts->len > 0 ? "; " : "", what);
}

/* NULL where the constant is not set; one that only PHP can tell is named. */
static const char *text_of(Detection *detection, const char *constant)
{
	g_autoptr(GError) error = NULL;
	const char *text = NULL;

	if (!site_config_text(detection->wp_config, constant, "look at [cache]", &text, &error))
		doubt(detection, error->message);
	return text;
}

static bool set(Detection *detection, const char *key, const char *constant, GError **error)
{
	const char *text = text_of(detection, constant);

	return text == NULL || text[0] == '\0' ||
	       config_set(detection->config, "cache", key, text, error);
}

static bool is_true(Detection *detection, const char *constant)
{
	const char *text = text_of(detection, constant);

	return text != NULL && text[0] != '\0' && strcmp(text, "0") != 0;
}

/* Socket, or host and port; nothing for the usual server. */
static bool set_redis_address(Detection *detection, GError **error)
{
	const char *scheme = text_of(detection, "WP_REDIS_SCHEME");
	const char *path = text_of(detection, "WP_REDIS_PATH");
	const char *host = text_of(detection, "WP_REDIS_HOST");
	const char *port = text_of(detection, "WP_REDIS_PORT");
	g_autofree char *address = NULL;

	if (scheme != NULL && (strcmp(scheme, "tls") == 0 || strcmp(scheme, "rediss") == 0))
		doubt(detection, "WP_REDIS_SCHEME is tls, which prm-calendar does not speak: give "
				 "it another way to the server");
	if (scheme != NULL && strcmp(scheme, "unix") == 0)
		return path == NULL ||
		       config_set(detection->config, "cache", "address", path, error);
	if (host == NULL && port == NULL)
		return true;
	if (host == NULL)
		host = "127.0.0.1";
	if (host[0] == '/')
		address = g_strdup(host);
	else if (port == NULL)
		address = g_strdup(host);
	else
		address = g_strdup_printf(
			strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
	return config_set(detection->config, "cache", "address", address, error);
}

static bool set_redis_cache(Detection *detection, GError **error)
{
	const WpConfigValue *prefix = wp_config_find(detection->wp_config, "WP_REDIS_PREFIX");

	if (wp_config_find(detection->wp_config, "WP_REDIS_CLUSTER") != NULL ||
		wp_config_find(detection->wp_config, "WP_REDIS_SENTINEL") != NULL ||
		wp_config_find(detection->wp_config, "WP_REDIS_SHARDS") != NULL)
		doubt(detection, "WordPress uses several Redis servers: set the address of the one "
				 "that is written to");
	if (is_true(detection, "WP_REDIS_IGBINARY") &&
		!config_set(detection->config, "cache", "igbinary", "yes", error))
		return false;
	return set_redis_address(detection, error) &&
	       set(detection, "database", "WP_REDIS_DATABASE", error) &&
	       set(detection, "password", "WP_REDIS_PASSWORD", error) &&
	       set(detection, "key_prefix",
		       prefix != NULL ? "WP_REDIS_PREFIX" : "WP_CACHE_KEY_SALT", error);
}

static bool set_wp_redis(Detection *detection, GError **error)
{
	doubt(detection, "WP Redis has its server from $redis_server, which only PHP can tell: "
			 "where that is not 127.0.0.1:6379, set address");
	return (!is_true(detection, "WP_REDIS_USE_CACHE_GROUPS") ||
		       config_set(
			       detection->config, "cache", "drop_in", "wp-redis-groups", error)) &&
	       set(detection, "key_prefix", "WP_CACHE_KEY_SALT", error);
}

static bool set_memcached(Detection *detection, GError **error)
{
	doubt(detection, "the drop-in has its servers from $memcached_servers, which only PHP can "
			 "tell: where that is not 127.0.0.1:11211, set address");
	return set(detection, "key_prefix", "WP_CACHE_KEY_SALT", error);
}

bool cache_detect(Config *config, const WpConfig *wp_config, const char *name, char **ret_doubts,
	GError **error)
{
	g_autoptr(GString) doubts = g_string_new(NULL);
	Detection detection = {config, wp_config, doubts};
	bool is_memcached = g_str_has_suffix(name, "memcached");
	bool ok;

	if (!config_set(config, "cache", "type", is_memcached ? "memcached" : "redis", error) ||
		!config_set(config, "cache", "drop_in", name, error))
		return false;
	if (is_memcached)
		ok = set_memcached(&detection, error);
	else if (strcmp(name, "wp-redis") == 0)
		ok = set_wp_redis(&detection, error);
	else
		ok = set_redis_cache(&detection, error);
	*ret_doubts = doubts->len > 0 ? g_strdup(doubts->str) : NULL;
	return ok;
}
