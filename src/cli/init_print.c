/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar init`: what it found, for people and for machines. */
#include <stdio.h>
#include <string.h>

#include "cli/db_drop_in.h"
#include "cli/init.h"
#include "cli/init_draft.h"
#include "cli/output.h"
#include "cli/timer.h"

bool init_has_google(const Init *init)
{
	const Config *config = init->app.config;

	return config->google_client_id[0] != '\0' && config->google_client_secret[0] != '\0';
}

bool init_has_cache_password(const Init *init)
{
	return init->app.config->cache_password[0] != '\0';
}

void init_print_json(const Init *init)
{
	g_autoptr(Json) root = json_object_new();

	json_set_bool(root, "written", !init->options->dry_run);
	json_set_text(root, "configuration", init->ini_path);
	json_set_text(root, "home", init->app.site->home_url);
	json_set_text(root, "timezone", site_zone_name(init->app.site->zone));
	json_set_text(root, "stylesheet", init->app.site->stylesheet);
	json_set_text(root, "theme_prefix", init->traces.prefix);
	json_set_text(root, "activity_comment_type", init->app.site->activity_comment_type);
	json_set_int(root, "users_with_connections", init->traces.users);
	json_set_int(root, "connections", init->credentials.connections);
	json_set_int(root, "credentials_opened", init->credentials.opened);
	json_set_int(root, "credentials_locked", init->credentials.locked);
	json_set_bool(root, "activity_comment_type_known", init->comment_type.is_known);
	json_set_bool(root, "object_cache_known", init->has_drop_in != SITE_FILE_UNKNOWN);
	json_set_bool(root, "google_client", init_has_google(init));
	json_set_text(root, "database_drop_in", init->db_drop_in);
	json_set_text(root, "object_cache", init->drop_in);
	json_set_text(root, "object_cache_doubts", init->cache_doubts);
	if (init->is_network)
		json_set_int(root, "blog_id", init->app.config->wordpress_blog_id);
	json_set_bool(root, "tables_missing", init->missing[0] != NULL);
	json_set_text(root, "ini", init->ini);
	json_set_text(root, "grants", init->grants);
	json_set_text(root, "database_user_made", init->user.name);
	json_print(root);
}

static void print_indented(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL && (line[0][0] != '\0' || line[1] != NULL); line++)
		printf("%s%s\n", **line == '\0' ? "" : "    ", *line);
}

static void print_tables(const Init *init)
{
	g_autofree char *files = g_strjoinv(" and ", init->missing);

	printf("Own tables       %sprm_calendar_…: ", init->app.blog_prefix);
	if (init->missing[0] == NULL)
		puts("are there");
	else
		printf("%s as in %s\n", init->options->dry_run ? "would be made" : "made", files);
}

static void print_credentials(const CredentialCounts *counts)
{
	printf("Connections      %u; AUTH_KEY opens the credentials of %u", counts->connections,
		counts->opened);
	if (counts->locked > 0)
		printf(", not those of %u: their owners have to connect them again",
			counts->locked);
	putchar('\n');
}

static void print_cache(const Init *init)
{
	const char *address = init->app.config->cache_address;

	if (init->has_drop_in == SITE_FILE_NOT_THERE) {
		puts("Object cache     none (no wp-content/object-cache.php)");
		return;
	}
	if (init->has_drop_in == SITE_FILE_UNKNOWN) {
		printf("Object cache     not known (%s): " SITE_PLACE_REMEDY ", or see [cache] in\n"
		       "                 man prm-calendar.ini\n",
			init->place.doubt != NULL ? init->place.doubt
						  : "the active theme is not in its wp-content");
		return;
	}
	if (init->drop_in == NULL)
		printf("Object cache     its wp-content/object-cache.php is none that is known "
		       "here: "
		       "see [cache] in\n                 man prm-calendar.ini\n");
	else
		printf("Object cache     %s, at %s: [cache] is set accordingly\n", init->drop_in,
			address[0] != '\0' ? address : "127.0.0.1");
	if (init->cache_doubts != NULL)
		printf("                 look at this: %s\n", init->cache_doubts);
}

static void print_found(const Init *init)
{
	const Config *config = init->app.config;
	g_autofree char *home = printable(init->app.site->home_url);
	g_autofree char *stylesheet = printable(init->app.site->stylesheet);

	printf("Site             %s, theme %s, time zone %s\n", home, stylesheet,
		site_zone_name(init->app.site->zone));
	printf("Database         %s at %s as %s, tables %s…\n", config->database_name,
		config->database_socket[0] != '\0' ? config->database_socket
						   : config->database_host,
		config->database_user, init->app.blog_prefix);
	if (init->has_open_prefix)
		printf("Prefix           %s: wp-config.php does not tell, but the database holds "
		       "no "
		       "other WordPress\n",
			config->wordpress_table_prefix);
	if (init->db_drop_in != NULL)
		printf("Look at this     %s " DB_DROP_IN_OTHER_TEXT ";\n"
		       "                 " DB_DROP_IN_OTHER_REMEDY "\n",
			init->db_drop_in);
	if (config->wordpress_users_table[0] != '\0' || config->wordpress_usermeta_table[0] != '\0')
		printf("Users            in %s and %s, as wp-config.php says\n",
			config->wordpress_users_table[0] != '\0' ? config->wordpress_users_table
								 : "the usual table",
			config->wordpress_usermeta_table[0] != '\0'
				? config->wordpress_usermeta_table
				: "the usual one");
	if (init->is_network)
		printf("Network          this is its site %d, with the users who belong to it; for "
		       "another: init --blog-id=ID -c FILE\n",
			config->wordpress_blog_id);
	printf("Theme's prefix   %s: %" G_GINT64_FORMAT " %s connections%s\n", init->traces.prefix,
		init->traces.users, init->traces.users == 1 ? "user has" : "users have",
		init->traces.users == 0 ? ", so this is the default"
		: init->traces.has_other_prefixes
			? "; some have connections of another prefix, which stay unused"
			: "");
	printf("Activities       comment type %s: %s\n", init->app.site->activity_comment_type,
		init->comment_type.reason);
	if (init->app.kept_auth_key != NULL)
		printf("Key              " APP_KEPT_KEY_TEXT "\n");
	print_credentials(&init->credentials);
	printf("Google           %s\n",
		init_has_google(init)
			? "the theme's OAuth client is taken from wp-config.php"
			: "no OAuth client stands in wp-config.php: to sync Google calendars, set "
			  "client_id and client_secret in [google]");
	print_cache(init);
	print_tables(init);
}

static void print_next(const char *ini_path)
{
	bool is_default = strcmp(ini_path, APP_CONFIG_PATH) == 0;
	g_autofree char *where = is_default ? g_strdup("") : g_strdup_printf(" -c %s", ini_path);
	g_autofree char *timer = timer_of(ini_path);

	printf("\nNext:\n\n"
	       "    prm-calendar sync --all --dry-run%s    # what would be stored\n"
	       "    prm-calendar takeover%s    # so that the theme does not do the work, too\n",
		where, where);
	if (timer != NULL)
		printf("    systemctl enable --now %s    # a pass every 15 minutes\n", timer);
	else
		printf("    prm-calendar run%s    # a pass: let cron call it every 15 minutes\n",
			where);
	printf("    prm-calendar doctor --online%s    # is all as it should be?\n", where);
}

static void print_user(const Init *init)
{
	if (init->user.name != NULL)
		printf("\nMade the database user '%s'@'%s', who may do no more than is needed:\n\n",
			init->user.name, init->user.host);
	else if (init->options->create_user)
		puts("\nWould make this database user, with a password of its own, and name it in "
		     "the ini:\n");
	else
		printf("\nWordPress's own database user may do more than is needed: with "
		       "--create-user init makes one of least\nprivilege. Or run this as root of "
		       "the database, with a password of your own; then set user in\n%s, and put "
		       "the password into %s:\n\n",
			init->ini_path, init->password_path);
	print_indented(init->grants);
}

void init_print(const Init *init)
{
	print_found(init);
	printf("\n%s %s, and the secrets in %s%s%s%s%s and %s:\n\n",
		init->options->dry_run ? "Would write" : "Wrote", init->ini_path,
		init->password_path, init_has_google(init) ? ", " : "",
		init_has_google(init) ? init->google_path : "",
		init_has_cache_password(init) ? ", " : "",
		init_has_cache_password(init) ? init->cache_path : "", init->auth_key_path);
	print_indented(init->ini);
	if (init->is_draft)
		printf("\nWhat stood in that file before %s kept in %s" INIT_DRAFT_SUFFIX ".\n",
			init->options->dry_run ? "would be" : "is", init->ini_path);
	print_user(init);
	print_next(init->ini_path);
}
