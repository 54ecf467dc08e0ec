/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of all configuration keys. */
#include "util/config.h"
#include "util/limits.h"

#include <string.h>

static const char *const tls_words[] = {"preferred", "required", "off", NULL};
static const char *const gone_words[] = {"trash", "delete", NULL};
static const char *const cache_words[] = {"none", "redis", "memcached", NULL};
static const char *const drop_in_words[] = {"usual", "redis-cache", "wp-redis", "wp-redis-groups",
	"wp-memcached", "pecl-memcached", NULL};
static const char *const theme_words[] = {"prm", "stadion", "rondo", NULL};
static const char *const level_words[] = {"error", "warning", "info", "debug", NULL};
static const char *const format_words[] = {"text", "json", NULL};

/* A string that must be one of some words keeps its text: theme prefixes name rows. */
#define FIELD(member) .offset = offsetof(Config, member)

static const ConfigKey keys[] = {
	{"database", "host", CONFIG_STRING, 0, FIELD(database_host), "localhost",
		.help = "MySQL or MariaDB server; localhost means its socket"},
	{"database", "port", CONFIG_INT, 0, FIELD(database_port), "3306", 1, 65535,
		.help = "TCP port, where host is not localhost"},
	{"database", "socket", CONFIG_STRING, 0, FIELD(database_socket), "",
		.help = "path of the server's socket; wins over host and port"},
	{"database", "name", CONFIG_STRING, CONFIG_REQUIRED, FIELD(database_name), "",
		.help = "WordPress's database (DB_NAME in wp-config.php)"},
	{"database", "user", CONFIG_STRING, CONFIG_REQUIRED, FIELD(database_user), "",
		.help = "database user with the privileges of sql/grants.sql"},
	{"database", "password", CONFIG_STRING, CONFIG_SECRET, FIELD(database_password), "",
		.help = "that user's password"},
	{"database", "tls", CONFIG_CHOICE, 0, FIELD(database_tls), "preferred",
		.choices = tls_words, .help = "encrypt the connection: preferred, required or off"},
	{"database", "tls_ca", CONFIG_STRING, 0, FIELD(database_tls_ca), "",
		.help = "file with the authority that signed the server's certificate; without it "
			"any "
			"certificate is taken"},

	{"wordpress", "table_prefix", CONFIG_STRING, CONFIG_REQUIRED, FIELD(wordpress_table_prefix),
		"wp_", .help = "$table_prefix of wp-config.php"},
	{"wordpress", "auth_key", CONFIG_STRING, CONFIG_SECRET | CONFIG_REQUIRED,
		FIELD(wordpress_auth_key), "",
		.help = "AUTH_KEY of wp-config.php: opens the stored calendar passwords"},
	{"wordpress", "wp_config", CONFIG_STRING, 0, FIELD(wordpress_wp_config), "",
		.help = "read what of [database] and [wordpress] is not given from this "
			"wp-config.php"},
	{"wordpress", "blog_id", CONFIG_INT, 0, FIELD(wordpress_blog_id), "1", 0, G_MAXINT,
		.help = "site of a multisite network: its number, also for the main site, 1; 0: "
			"no network, though the database has the tables of one"},
	{"wordpress", "home", CONFIG_STRING, 0, FIELD(wordpress_home), "",
		.help = "WP_HOME of wp-config.php, where it is not the option home that counts"},
	{"wordpress", "users_table", CONFIG_STRING, 0, FIELD(wordpress_users_table), "",
		.help = "CUSTOM_USER_TABLE of wp-config.php, where users are in another table"},
	{"wordpress", "usermeta_table", CONFIG_STRING, 0, FIELD(wordpress_usermeta_table), "",
		.help = "CUSTOM_USER_META_TABLE of wp-config.php likewise"},

	{"theme", "prefix", CONFIG_STRING, 0, FIELD(theme_prefix), "prm", .choices = theme_words,
		.help = "the theme's prefix: prm, stadion or rondo"},
	{"theme", "activity_comment_type", CONFIG_STRING, 0, FIELD(theme_activity_comment_type), "",
		.help = "comment type of activities; empty: the one that goes with the prefix"},
	{"theme", "stylesheet", CONFIG_STRING, 0, FIELD(theme_stylesheet), "",
		.help = "pause while another theme than this is active; empty: never pause"},

	{"google", "client_id", CONFIG_STRING, 0, FIELD(google_client_id), "",
		.help = "OAuth client id, as the theme has it (GOOGLE_CALENDAR_CLIENT_ID in "
			"wp-config.php)"},
	{"google", "client_secret", CONFIG_STRING, CONFIG_SECRET, FIELD(google_client_secret), "",
		.help = "that client's secret (GOOGLE_CALENDAR_CLIENT_SECRET)"},
	{"google", "api_base", CONFIG_STRING, CONFIG_REQUIRED, FIELD(google_api_base),
		"https://www.googleapis.com/calendar/v3",
		.help = "Google Calendar's API; another for tests and proxies"},
	{"google", "token_url", CONFIG_STRING, CONFIG_REQUIRED, FIELD(google_token_url),
		"https://oauth2.googleapis.com/token",
		.help = "Google's token endpoint; another for tests and proxies"},
	{"google", "auth_url", CONFIG_STRING, CONFIG_REQUIRED, FIELD(google_auth_url),
		"https://accounts.google.com/o/oauth2/v2/auth",
		.help = "where Google asks a person for access; another for tests"},

	{"sync", "interval_minutes", CONFIG_INT, 0, FIELD(sync_interval_minutes), "15", 1, 1440,
		.help = "time between two passes, as the timer has it; status reckons with it"},
	{"sync", "users_per_pass", CONFIG_INT_OR_ALL, 0, FIELD(sync_users_per_pass), "1", 1,
		1000000, .help = "users whose turn it is in one pass, or all"},
	{"sync", "workers", CONFIG_INT, 0, FIELD(sync_workers), "4", 1, 64,
		.help = "users synced at the same time"},
	{"sync", "full_every_hours", CONFIG_INT, 0, FIELD(sync_full_every_hours), "24", 1, 8760,
		.help = "complete comparison at least this often"},
	{"sync", "max_events", CONFIG_INT, 0, FIELD(sync_max_events), LIMIT_CONNECTION_EVENTS, 1,
		10000000, .help = "events of one connection; those nearest to now are kept"},
	{"sync", "max_events_per_user", CONFIG_INT, 0, FIELD(sync_max_events_per_user),
		LIMIT_USER_EVENTS, 1, 10000000,
		.help = "events of all connections of a user, in the same way"},
	{"sync", "max_secs", CONFIG_INT, 0, FIELD(sync_max_secs), LIMIT_CONNECTION_SECS, 1, 86400,
		.help = "longest time that one sync of a connection goes on asking its server"},
	{"sync", "max_secs_per_user", CONFIG_INT, 0, FIELD(sync_max_secs_per_user), LIMIT_USER_SECS,
		1, 86400, .help = "the same for all connections of a user"},
	{"sync", "max_requests", CONFIG_INT, 0, FIELD(sync_max_requests), LIMIT_CONNECTION_REQUESTS,
		1, 10000000, .help = "requests in one sync of a connection"},
	{"sync", "max_requests_per_user", CONFIG_INT, 0, FIELD(sync_max_requests_per_user),
		LIMIT_USER_REQUESTS, 1, 10000000, .help = "the same for all connections of a user"},
	{"sync", "max_mb", CONFIG_INT, 0, FIELD(sync_max_mb), LIMIT_CONNECTION_MB, 1, 1000000,
		.help = "data read in one sync of a connection, unpacked"},
	{"sync", "max_mb_per_user", CONFIG_INT, 0, FIELD(sync_max_mb_per_user), LIMIT_USER_MB, 1,
		1000000, .help = "the same for all connections of a user"},
	{"sync", "gone", CONFIG_CHOICE, 0, FIELD(sync_gone), "trash", .choices = gone_words,
		.help = "what happens to events that left the calendar: trash or delete"},

	{"match", "names", CONFIG_BOOL_OR_AUTO, 0, FIELD(match_names), "auto",
		.help = "recognise attendees by name where the e-mail address is unknown: auto, as "
			"the theme does (prm: yes; stadion, rondo: no), yes or no"},

	{"log", "limit", CONFIG_INT, 0, FIELD(log_limit), "10", 0, 100000,
		.help = "meetings logged as activities in one pass"},
	{"log", "min_confidence", CONFIG_INT, 0, FIELD(log_min_confidence), "50", 0, 100,
		.help = "log people whose match is above this many percent"},
	{"log", "content", CONFIG_STRING, CONFIG_REQUIRED, FIELD(log_content), "Meeting: {title}",
		.help = "text of an activity; {title}, {location} and {meeting_url} are filled in"},
	{"log", "log_private", CONFIG_BOOL, 0, FIELD(log_log_private), "no",
		.help = "log private and confidential meetings too"},
	{"log", "log_self", CONFIG_BOOL, 0, FIELD(log_log_self), "no",
		.help = "log on the owner's own contact too"},
	{"log", "log_declined", CONFIG_BOOL, 0, FIELD(log_log_declined), "no",
		.help = "log meetings that the owner declined too"},

	{"network", "connect_timeout_secs", CONFIG_INT, 0, FIELD(network_connect_timeout_secs),
		"15", 1, 300, .help = "longest wait for a connection"},
	{"network", "request_timeout_secs", CONFIG_INT, 0, FIELD(network_request_timeout_secs),
		"120", 1, 3600, .help = "longest time for one request"},
	{"network", "max_response_mb", CONFIG_INT, 0, FIELD(network_max_response_mb), "64", 1, 1024,
		.help = "largest answer that is read, unpacked"},
	{"network", "allow_http", CONFIG_BOOL, 0, FIELD(network_allow_http), "no",
		.help = "allow unencrypted http: addresses"},
	{"network", "allow_private", CONFIG_LIST, 0, FIELD(network_allow_private), "",
		.help = "hosts or networks (10.0.0.0/8) that may be private or local"},
	{"network", "ca_file", CONFIG_STRING, 0, FIELD(network_ca_file), "",
		.help = "file with certificate authorities to trust instead of the system's"},
	{"network", "proxy", CONFIG_STRING, 0, FIELD(network_proxy), "",
		.help = "HTTP proxy for calendar servers"},

	{"cache", "type", CONFIG_CHOICE, 0, FIELD(cache_type), "none", .choices = cache_words,
		.help = "the site's persistent object cache: none, redis or memcached"},
	{"cache", "drop_in", CONFIG_CHOICE, 0, FIELD(cache_drop_in), "usual",
		.choices = drop_in_words,
		.help = "whose wp-content/object-cache.php it is: redis-cache (usual for redis), "
			"wp-redis, wp-redis-groups, wp-memcached (usual for memcached), "
			"pecl-memcached"},
	{"cache", "address", CONFIG_STRING, 0, FIELD(cache_address), "",
		.help = "host:port or socket of the cache server, of memcached several; empty: "
			"127.0.0.1"},
	{"cache", "database", CONFIG_INT, 0, FIELD(cache_database), "0", 0, 1023,
		.help = "Redis database number (WP_REDIS_DATABASE)"},
	{"cache", "user", CONFIG_STRING, 0, FIELD(cache_user), "",
		.help = "user of the Redis server; empty: its default user"},
	{"cache", "password", CONFIG_STRING, CONFIG_SECRET, FIELD(cache_password), "",
		.help = "password of the Redis server (WP_REDIS_PASSWORD)"},
	{"cache", "key_prefix", CONFIG_STRING, 0, FIELD(cache_key_prefix), "",
		.help = "what the site's cache keys begin with (WP_REDIS_PREFIX, "
			"WP_CACHE_KEY_SALT)"},
	{"cache", "igbinary", CONFIG_BOOL, 0, FIELD(cache_igbinary), "no",
		.help = "values are in igbinary's form (WP_REDIS_IGBINARY)"},

	{"output", "log_level", CONFIG_CHOICE, 0, FIELD(output_log_level), "info",
		.choices = level_words, .help = "error, warning, info or debug"},
	{"output", "log_format", CONFIG_CHOICE, 0, FIELD(output_log_format), "text",
		.choices = format_words, .help = "text or json"},
	{"output", "metrics_file", CONFIG_STRING, 0, FIELD(output_metrics_file), "",
		.help = "write Prometheus metrics to this file after each pass; empty: to none"},
	{0},
};

const ConfigKey *config_keys(void)
{
	return keys;
}

char *config_key_names(const char *section)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		if (strcmp(key->section, section) == 0)
			g_string_append_printf(
				names, "%s%s", names->len == 0 ? "" : ", ", key->name);
	}
	return g_strdup(names->str);
}

/* Sections stand together in the table. */
char *config_section_names(void)
{
	GString *names = g_string_new(NULL);
	const char *last = "";

	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		if (strcmp(key->section, last) != 0)
			g_string_append_printf(
				names, "%s[%s]", names->len == 0 ? "" : ", ", key->section);
		last = key->section;
	}
	return g_string_free(names, FALSE);
}

const ConfigKey *config_key_find(const char *section, const char *name, bool *ret_is_file)
{
	for (const ConfigKey *key = config_keys(); key->section != NULL; key++) {
		size_t length = strlen(key->name);

		if (strcmp(key->section, section) != 0 || strncmp(key->name, name, length) != 0)
			continue;
		*ret_is_file = strcmp(name + length, "_file") == 0;
		if (name[length] == '\0' || (*ret_is_file && (key->flags & CONFIG_SECRET) != 0))
			return key;
	}
	return NULL;
}
