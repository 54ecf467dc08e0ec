/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wp/comment_count.h"

#include "wp/event_sql.h"

/* From 6.9 on (database version 60717) WordPress keeps its editors' notes in comments and leaves
 * them out. */
static const char recount_sql[] =
	"UPDATE {posts} p SET p.comment_count = (SELECT COUNT(*) FROM {comments} c "
	"WHERE c.comment_post_ID = p.ID AND c.comment_approved = '1' AND (c.comment_type <> 'note' "
	"OR COALESCE((SELECT CAST(o.option_value AS UNSIGNED) FROM {options} o "
	"WHERE o.option_name = 'db_version'), 0) < 60717)) WHERE p.ID IN (";

bool comment_count_update(Db *db, const int64_t *post_ids, size_t count, GError **error)
{
	return count == 0 || event_sql_run_ids(db, recount_sql, post_ids, count, ")", error);
}
