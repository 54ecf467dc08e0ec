/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site's persistent object cache: notes what was written to the tables, and drops from the
 * cache what WordPress would have dropped, after each commit. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cache/server.h"
#include "db/db.h"

/* From now on what is noted for this Db is dropped when it is committed. The server, which may be
 * NULL (nothing happens), must outlive the Db. */
void object_cache_attach(ObjectCacheServer *server, Db *db);

/* The same where somebody else wants to know what would be dropped; there are no transients then.
 */
typedef void (*ObjectCacheSink)(const char *group, const char *key, void *data);
void object_cache_attach_sink(Db *db, ObjectCacheSink sink, void *data);

/* Each notes, in the transaction or right before the statement outside of any, that a row changes.
 * All do nothing for a Db without cache. */
void object_cache_note_event(Db *db, int64_t post_id);
/* Its meta alone. */
void object_cache_note_post_meta(Db *db, int64_t post_id);
/* Comments of this post came or went; with its comment_count. */
void object_cache_note_comments(Db *db, int64_t post_id);
/* One comment, whose post stays as it is: clean_comment_cache(). */
void object_cache_note_comment(Db *db, int64_t comment_id);
void object_cache_note_user_meta(Db *db, int64_t user_id);
/* An autoloaded option is in the array of all of them, too. */
void object_cache_note_option(Db *db, const char *name, bool is_autoloaded);
/* One that may have been looked for in vain. */
void object_cache_note_new_option(Db *db, const char *name, bool is_autoloaded);

/* Transients live in the cache where there is one. `*ret_is_used` is false when there is none or it
 * failed; else `*ret_value` is the transient's text, or NULL. Caller frees. */
void object_cache_get_transient(Db *db, const char *name, bool *ret_is_used, char **ret_value);
/* Returns whether it was written. 0 seconds is for ever. */
bool object_cache_set_transient(Db *db, const char *name, const char *value, unsigned ttl_secs);
/* Returns whether it is gone. */
bool object_cache_delete_transient(Db *db, const char *name);
