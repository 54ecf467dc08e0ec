/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the site's options and knows the theme's dialects (data-model section 1). */
#include "site/site.h"

#include <sodium.h>
#include <string.h>

#include "site/credentials.h"

/* Columns of the options that are read; NULL where there is no such row. */
typedef struct {
	const char *name;
	size_t offset;
} OptionField;

typedef struct {
	char *home;
	char *timezone_string;
	char *gmt_offset;
	char *stylesheet;
	char *template_name;
	char *blog_charset;
	bool is_taken_over;
	bool new_autoload_words;
} SiteRows;

static const OptionField option_fields[] = {
	{"home", offsetof(SiteRows, home)},
	{"timezone_string", offsetof(SiteRows, timezone_string)},
	{"gmt_offset", offsetof(SiteRows, gmt_offset)},
	{"stylesheet", offsetof(SiteRows, stylesheet)},
	{"template", offsetof(SiteRows, template_name)},
	{"blog_charset", offsetof(SiteRows, blog_charset)},
};

static void site_rows_free(SiteRows *rows)
{
	for (size_t i = 0; i < G_N_ELEMENTS(option_fields); i++)
		g_free(G_STRUCT_MEMBER(char *, rows, option_fields[i].offset));
	g_free(rows);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SiteRows, site_rows_free)

static const Dialect *find_dialect(const char *prefix, GError **error)
{
	const Dialect *dialect = dialect_find(prefix);

	if (dialect != NULL)
		return dialect;
	g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
		"the theme prefix '%s' is not known; set prefix in section [theme] to prm, stadion "
		"or rondo",
		prefix);
	return NULL;
}

/* The words of WordPress 6.6 are looked for in the whole table: new options follow their
 * neighbours. */
static const char options_sql[] =
	"(SELECT option_name, option_value, option_id FROM {options} WHERE option_name IN "
	"('home', 'timezone_string', 'gmt_offset', 'stylesheet', 'template', 'blog_charset', ?)) "
	"UNION ALL (SELECT '', autoload, 0 FROM {options} "
	"WHERE autoload IN ('on', 'off', 'auto', 'auto-on', 'auto-off') LIMIT 1) "
	"ORDER BY option_id";
enum { COLUMN_NAME, COLUMN_VALUE };

static void take_option(SiteRows *rows, const char *takeover_option, const DbStatement *statement)
{
	const char *name = db_column_text(statement, COLUMN_NAME);

	if (name[0] == '\0')
		rows->new_autoload_words = true;
	if (strcmp(name, takeover_option) == 0)
		rows->is_taken_over = true;
	for (size_t i = 0; i < G_N_ELEMENTS(option_fields); i++) {
		char **field = &G_STRUCT_MEMBER(char *, rows, option_fields[i].offset);

		/* Of a doubled option the last one counts, as in wp_load_alloptions(). */
		if (strcmp(option_fields[i].name, name) == 0) {
			g_free(*field);
			*field = g_strdup(db_column_text(statement, COLUMN_VALUE));
		}
	}
}

static SiteRows *read_options(Db *db, const WpSite *site, GError **error)
{
	g_autoptr(SiteRows) rows = g_new0(SiteRows, 1);
	DbStatement *statement = db_prepare(db, options_sql, error);
	bool row = true;

	if (statement == NULL)
		return NULL;
	db_bind_text(statement, site->takeover_option);
	if (!db_query(statement, error))
		return NULL;
	while (row) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (row)
			take_option(rows, site->takeover_option, statement);
	}
	return g_steal_pointer(&rows);
}

static bool check_options(const SiteRows *rows, GError **error)
{
	bool is_utf8 = rows->blog_charset == NULL || rows->blog_charset[0] == '\0' ||
		       g_ascii_strcasecmp(rows->blog_charset, "utf-8") == 0 ||
		       g_ascii_strcasecmp(rows->blog_charset, "utf8") == 0;

	if (rows->home == NULL || rows->home[0] == '\0') {
		g_set_error_literal(error, DB_ERROR, DB_ERROR_SCHEMA,
			"the option 'home' is missing: this is no installed WordPress site; check "
			"table_prefix in section [wordpress]");
		return false;
	}
	if (!is_utf8) {
		g_set_error(error, DB_ERROR, DB_ERROR_SCHEMA,
			"the site's option blog_charset is '%s', but only UTF-8 is supported",
			rows->blog_charset);
		return false;
	}
	return true;
}

static char *without_trailing_slashes(const char *url)
{
	size_t length = strlen(url);

	while (length > 0 && url[length - 1] == '/')
		length--;
	return g_strndup(url, length);
}

/* data-model section 3: the salt is the theme's. */
static bool derive_key(
	WpSite *site, const char *auth_key, const char *former_auth_key, GError **error)
{
	g_autofree char *salt = g_strconcat(site->theme_prefix, "_calendar", NULL);

	if (auth_key == NULL || auth_key[0] == '\0') {
		g_set_error_literal(error, DB_ERROR, DB_ERROR_SCHEMA,
			"AUTH_KEY of wp-config.php is not known, without which no calendar "
			"password can be read, and the option auth_key has none either; set "
			"auth_key or wp_config in section [wordpress]");
		return false;
	}
	credentials_key(auth_key, strlen(auth_key), salt, site->credential_key);
	if (former_auth_key == NULL)
		former_auth_key = auth_key;
	credentials_key(former_auth_key, strlen(former_auth_key), salt, site->former_key);
	return true;
}

static void set_names(WpSite *site, const Dialect *dialect, const char *activity_comment_type)
{
	site->dialect = dialect;
	site->theme_prefix = g_strdup(dialect->prefix);
	site->connections_key = g_strdup(dialect->connections_key);
	site->turn_transient = g_strdup_printf("%s_calendar_sync_last_user_index", dialect->prefix);
	site->cron_hook = g_strdup_printf("%s_calendar_sync", dialect->prefix);
	site->takeover_option = g_strconcat(site->cron_hook, "_former_schedule", NULL);
	site->linked_person_key = g_strdup_printf("%s_linked_person_id", dialect->prefix);
	site->activity_comment_type =
		g_strdup(activity_comment_type != NULL ? activity_comment_type
						       : dialect->activity_comment_type);
}

WpSite *wp_site_new_unread(const WpSiteOptions *options, GError **error)
{
	g_autoptr(WpSite) site = g_new0(WpSite, 1);
	const Dialect *dialect = find_dialect(options->theme_prefix, error);

	if (dialect == NULL)
		return NULL;
	set_names(site, dialect, options->activity_comment_type);
	site->is_network = options->is_network;
	if (options->home_url != NULL)
		site->home_url = without_trailing_slashes(options->home_url);
	if (!derive_key(site, options->auth_key, options->former_auth_key, error))
		return NULL;
	return g_steal_pointer(&site);
}

bool wp_site_read(WpSite *site, Db *db, GError **error)
{
	g_autoptr(SiteRows) rows = read_options(db, site, error);

	if (rows == NULL || !check_options(rows, error))
		return false;
	if (site->home_url == NULL)
		site->home_url = without_trailing_slashes(rows->home);
	site->stylesheet = g_strdup(rows->stylesheet != NULL ? rows->stylesheet : "");
	site->template_name = g_strdup(rows->template_name != NULL ? rows->template_name : "");
	site->new_autoload_words = rows->new_autoload_words;
	site->is_taken_over = rows->is_taken_over;
	site->zone = site_zone_new(rows->timezone_string, rows->gmt_offset, error);
	return site->zone != NULL;
}

char *wp_site_open_credentials(const WpSite *site, const char *box, GError **error)
{
	GError *failure = NULL;
	char *json = credentials_open(box, site->credential_key, &failure);

	if (json == NULL && g_error_matches(failure, CREDENTIALS_ERROR, CREDENTIALS_ERROR_KEY) &&
		memcmp(site->former_key, site->credential_key, sizeof(site->former_key)) != 0)
		json = credentials_open(box, site->former_key, NULL);
	if (json == NULL)
		g_propagate_error(error, failure);
	else
		g_clear_error(&failure);
	return json;
}

void wp_site_free(WpSite *site)
{
	if (site == NULL)
		return;
	g_free(site->home_url);
	site_zone_free(site->zone);
	g_free(site->stylesheet);
	g_free(site->template_name);
	g_free(site->connections_key);
	g_free(site->turn_transient);
	g_free(site->cron_hook);
	g_free(site->takeover_option);
	g_free(site->linked_person_key);
	g_free(site->theme_prefix);
	g_free(site->activity_comment_type);
	sodium_memzero(site->credential_key, sizeof(site->credential_key));
	sodium_memzero(site->former_key, sizeof(site->former_key));
	g_free(site);
}
