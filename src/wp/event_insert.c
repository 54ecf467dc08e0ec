/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New events: posts and their meta rows, with multi-row statements. */
#include <string.h>

#include "state/known_events.h"
#include "wp/event_presence.h"
#include "wp/event_write.h"

/* The columns in the order of `INSERT`s of WordPress 6.1; the guid needs the id and follows later.
 */
static const char insert_posts_sql[] =
	"INSERT INTO {posts} (post_author, post_date, post_date_gmt, post_content, "
	"post_content_filtered, "
	"post_title, post_excerpt, post_status, post_type, comment_status, ping_status, "
	"post_password, "
	"post_name, to_ping, pinged, post_modified, post_modified_gmt, post_parent, menu_order, "
	"post_mime_type, guid) VALUES ";
static const char insert_posts_row[] =
	"(?, ?, ?, ?, '', ?, '', 'publish', 'calendar_event', 'closed', 'closed', '', "
	"?, '', '', ?, ?, 0, 0, '', '')";

/* Beside the lower bound, which holds for all that was just inserted, so that the server need not
 * guess which of its indexes is the best: it might take the author's, and read all that he has. */
static const char find_slugs_sql[] =
	"SELECT ID, post_name FROM {posts} WHERE ID >= LAST_INSERT_ID() AND post_name IN (";
enum { COLUMN_ID, COLUMN_NAME };

static GPtrArray *slugs_of(const EventWriteContext *context, const GPtrArray *writes)
{
	GPtrArray *slugs = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];

		g_ptr_array_add(slugs, event_slug(context, write->event_uid));
	}
	return slugs;
}

/* Gives each write the id of the post that was just inserted with its slug. */
static bool find_posts(Db *db, GPtrArray *writes, const GPtrArray *slugs, GError **error)
{
	g_autoptr(GHashTable) by_slug = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *sql = db_repeat_sql(find_slugs_sql, "?", slugs->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);
	bool row;

	if (statement == NULL)
		return false;
	for (guint i = 0; i < slugs->len; i++) {
		db_bind_text(statement, slugs->pdata[i]);
		g_hash_table_insert(by_slug, slugs->pdata[i], writes->pdata[i]);
	}
	if (!db_query(statement, error))
		return false;
	for (;;) {
		EventWrite *write;

		if (!db_next(statement, &row, error))
			return false;
		if (!row)
			return true;
		write = g_hash_table_lookup(by_slug, db_column_text(statement, COLUMN_NAME));
		if (write != NULL)
			write->done_id = db_column_int(statement, COLUMN_ID);
	}
}

static bool insert_posts(Db *db, const EventWriteContext *context, const GPtrArray *writes,
	const GPtrArray *slugs, GError **error)
{
	g_autofree char *sql = db_repeat_sql(insert_posts_sql, insert_posts_row, writes->len, "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];
		char *const *columns = write->row->columns;

		db_bind_int(statement, context->options->user_id);
		db_bind_text(statement, columns[EVENT_COLUMN_DATE]);
		db_bind_text(statement, columns[EVENT_COLUMN_DATE_GMT]);
		db_bind_text(statement, columns[EVENT_COLUMN_CONTENT]);
		db_bind_text(statement, columns[EVENT_COLUMN_TITLE]);
		db_bind_text(statement, slugs->pdata[i]);
		db_bind_text(statement, context->now);
		db_bind_text(statement, context->now_gmt);
	}
	return db_run(statement, NULL, error);
}

static size_t count_metas(const GPtrArray *writes)
{
	size_t count = 0;

	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];

		for (size_t meta = 0; meta < EVENT_META_COUNT; meta++)
			count += write->row->metas[meta] != NULL;
	}
	return count;
}

static bool insert_metas(Db *db, const GPtrArray *writes, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES ",
			"(?, ?, ?)", count_metas(writes), "");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];

		for (size_t meta = 0; meta < EVENT_META_COUNT; meta++) {
			if (write->row->metas[meta] == NULL)
				continue;
			db_bind_int(statement, write->done_id);
			db_bind_text(statement, event_meta_key((EventMeta)meta));
			db_bind_text(statement, write->row->metas[meta]);
		}
	}
	return db_run(statement, NULL, error);
}

/* wp_insert_post(): the address of the post by its id, not escaped. */
static bool set_guids(Db *db, const WpSite *site, const GPtrArray *writes, GError **error)
{
	g_autofree char *sql =
		db_repeat_sql("UPDATE {posts} SET guid = "
			      "LEFT(CONCAT(?, '/?post_type=calendar_event&p=', ID), 255) "
			      "WHERE ID IN (",
			"?", writes->len, ")");
	DbStatement *statement = db_prepare(db, sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, site->home_url);
	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];

		db_bind_int(statement, write->done_id);
	}
	return db_run(statement, NULL, error);
}

static bool check_found(const GPtrArray *writes, GError **error)
{
	for (guint i = 0; i < writes->len; i++) {
		const EventWrite *write = writes->pdata[i];

		if (write->done_id != 0)
			continue;
		g_set_error(error, DB_ERROR, DB_ERROR_QUERY,
			"cannot find the post of event %s again after inserting it",
			write->event_uid);
		return false;
	}
	return true;
}

static bool insert_new(Db *db, const EventWriteContext *context, GPtrArray *writes, GError **error)
{
	g_autoptr(GPtrArray) slugs = slugs_of(context, writes);

	/* MySQL has no RETURNING, and the ids of a multi-row insert need not be consecutive in a
	 * cluster. */
	return insert_posts(db, context, writes, slugs, error) &&
	       find_posts(db, writes, slugs, error) && check_found(writes, error) &&
	       insert_metas(db, writes, error) && set_guids(db, context->site, writes, error);
}

/* Another process that is at one of these events waits, and finds what we stored. */
static bool claim(Db *db, const EventWriteContext *context, const GPtrArray *writes,
	bool *ret_were_known, GError **error)
{
	g_autoptr(GPtrArray) uids = g_ptr_array_new();

	*ret_were_known = false;
	if (context->options->state == 0)
		return true;
	for (guint i = 0; i < writes->len; i++)
		g_ptr_array_add(uids, ((EventWrite *)writes->pdata[i])->event_uid);
	return known_events_claim(db, context->options->state, (const char *const *)uids->pdata,
		uids->len, ret_were_known, error);
}

/* An event may be there already: the theme or another host stored it, or we did and the answer to
 * COMMIT was lost. It is then brought up to date instead. */
bool event_insert(Db *db, const EventWriteContext *context, GPtrArray *writes, GError **error)
{
	g_autoptr(GPtrArray) present = g_ptr_array_new();
	g_autoptr(GPtrArray) absent = g_ptr_array_new();
	bool were_known;

	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		write->done = EVENT_ADDED;
		write->done_id = 0;
	}
	if (!claim(db, context, writes, &were_known, error) ||
		!event_presence_find(context->presence, db, context, writes, were_known, error))
		return false;
	for (guint i = 0; i < writes->len; i++) {
		EventWrite *write = writes->pdata[i];

		g_ptr_array_add(write->done_id == 0 ? absent : present, write);
	}
	if (present->len > 0 && !event_update(db, context, present, absent, error))
		return false;
	return absent->len == 0 || insert_new(db, context, absent, error);
}
