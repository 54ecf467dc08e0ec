/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replay-cache.h"

#include <string.h>

#include "cache/object_cache.h"

static void on_dropped(const char *group, const char *key, void *data)
{
	Replay *replay = data;

	g_hash_table_add(replay->dropped, g_strconcat(group, ":", key, NULL));
}

void replay_cache_watch(Replay *replay)
{
	object_cache_attach_sink(replay->db, on_dropped, replay);
}

static const char *text_of(const cJSON *op, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(op, name));

	return text != NULL ? text : "";
}

/* WordPress fills its cache while it looks around ("add", results of queries under the old
 * last_changed), and keeps these groups to itself (wp_start_object_cache()). */
static bool is_private(const cJSON *op)
{
	static const char *const not_persistent[] = {"counts", "plugins", NULL};

	return g_str_equal(text_of(op, "op"), "add") ||
	       g_strv_contains(not_persistent, text_of(op, "group")) ||
	       strstr(text_of(op, "key"), "{last_changed}") != NULL;
}

/* Where WordPress does more than we: it schedules the publication of future posts in the option
 * `cron`, while our events are published from the start; and a new comment, which is all that we
 * make of them, cannot be in the cache yet. */
static bool is_beyond_us(const Replay *replay, const cJSON *op)
{
	const char *group = text_of(op, "group");
	const char *key = text_of(op, "key");

	if (g_str_equal(group, "options") && g_str_equal(key, "alloptions"))
		return !g_str_equal(text_of(replay->one, "kind"), "option");
	return (g_str_equal(group, "comment") || g_str_equal(group, "comment_meta")) &&
	       g_ascii_isdigit(key[0]);
}

void replay_cache_compare(Replay *replay)
{
	const cJSON *op;

	cJSON_ArrayForEach(op, replay->cache_ops)
	{
		g_autofree char *entry =
			g_strconcat(text_of(op, "group"), ":", text_of(op, "key"), NULL);

		if (!is_private(op) && !is_beyond_us(replay, op) &&
			!g_hash_table_contains(replay->dropped, entry))
			check_mismatch(replay->check, text_of(op, "op"), entry, NULL);
	}
}
