/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The theme's lock as a transient. The theme looks only whether its value is true for PHP, so that
 * ours can say whose it is: "prm-calendar host:pid.start:machine", or "prm-calendar takeover" for
 * one that stands. */
#include "site/theme_lock.h"

#include <string.h>

#include "site/option.h"
#include "site/transient.h"
#include "util/process_mark.h"

#define OUR_WORD "prm-calendar "
#define STANDING_WORD OUR_WORD "takeover"

enum {
	LOCK_SECS = 5 * 60,
	RENEW_SECS = 60,
	/* set_transient(): no longer one fits into the column of names, with what is put before it.
	 */
	NAME_CHARACTERS_MAX = 172,
};

struct ThemeLock {
	const WpSite *site;
	char *name;  /* NULL: the theme cannot have a lock of such a name either */
	char *value; /* NULL: it stands, and is nobody's to keep or release */
	int64_t renewed_utc;
};

void theme_lock_free(ThemeLock *lock)
{
	if (lock == NULL)
		return;
	g_free(lock->name);
	g_free(lock->value);
	g_free(lock);
}

static char *lock_name(const WpSite *site, int64_t user_id, const char *connection_id)
{
	g_autofree char *name = g_strdup_printf(
		"%s_sync_lock_%" G_GINT64_FORMAT "_%s", site->theme_prefix, user_id, connection_id);

	return g_utf8_strlen(name, -1) > NAME_CHARACTERS_MAX ? NULL : g_steal_pointer(&name);
}

/* What PHP takes for false, and what a process of ours left behind. */
static bool is_free(const char *value)
{
	return value == NULL || value[0] == '\0' || strcmp(value, "0") == 0 ||
	       g_str_has_prefix(value, OUR_WORD);
}

static bool write_lock(Db *db, ThemeLock *lock, int64_t now_utc, GError **error)
{
	lock->renewed_utc = now_utc;
	return transient_set_shared(
		db, lock->site, lock->name, lock->value, now_utc, LOCK_SECS, error);
}

/* A pass that began before handback has read the site when it was still taken over. Looked at after
 * the write: handback forgets the takeover first, and then ends the locks. */
static bool stand(Db *db, const WpSite *site, const char *name, int64_t now_utc, bool *ret_stands,
	GError **error)
{
	g_autofree char *takeover = NULL;

	if (!transient_set_shared(
		    db, site, name, STANDING_WORD, now_utc, THEME_LOCK_STANDING_SECS, error) ||
		!option_get(db, site->takeover_option, &takeover, NULL, error))
		return false;
	*ret_stands = takeover != NULL;
	return *ret_stands || transient_delete_shared(db, name, error);
}

bool theme_lock_stand(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, bool *ret_is_held, GError **error)
{
	g_autofree char *name = lock_name(site, user_id, connection_id);
	g_autofree char *held = NULL;

	*ret_is_held = false;
	if (name == NULL)
		return true;
	if (!transient_peek_shared(db, name, now_utc, &held, error))
		return false;
	return !is_free(held) || stand(db, site, name, now_utc, ret_is_held, error);
}

bool theme_lock_end(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, bool *ret_was_held, GError **error)
{
	g_autofree char *name = lock_name(site, user_id, connection_id);
	g_autofree char *held = NULL;

	*ret_was_held = false;
	if (name == NULL)
		return true;
	if (!transient_peek_shared(db, name, now_utc, &held, error))
		return false;
	*ret_was_held = g_strcmp0(held, STANDING_WORD) == 0;
	return !*ret_was_held || transient_delete_shared(db, name, error);
}

bool theme_lock_take(Db *db, const WpSite *site, int64_t user_id, const char *connection_id,
	int64_t now_utc, ThemeLock **ret_lock, GError **error)
{
	g_autoptr(ThemeLock) lock = g_new0(ThemeLock, 1);
	g_autofree char *mark = process_mark_own();
	g_autofree char *held = NULL;
	bool stands;

	*ret_lock = NULL;
	lock->site = site;
	lock->name = lock_name(site, user_id, connection_id);
	if (lock->name == NULL) {
		*ret_lock = g_steal_pointer(&lock);
		return true;
	}
	if (!transient_peek_shared(db, lock->name, now_utc, &held, error))
		return false;
	if (!is_free(held))
		return true;
	stands = g_strcmp0(held, STANDING_WORD) == 0;
	if (!stands && site->is_taken_over && !stand(db, site, lock->name, now_utc, &stands, error))
		return false;
	if (!stands) {
		lock->value = g_strconcat(OUR_WORD, mark, NULL);
		if (!write_lock(db, lock, now_utc, error))
			return false;
	}
	*ret_lock = g_steal_pointer(&lock);
	return true;
}

bool theme_lock_keep(Db *db, ThemeLock *lock, int64_t now_utc, GError **error)
{
	return lock->name == NULL || lock->value == NULL ||
	       now_utc - lock->renewed_utc < RENEW_SECS || write_lock(db, lock, now_utc, error);
}

bool theme_lock_release(Db *db, ThemeLock *lock, int64_t now_utc, GError **error)
{
	g_autofree char *held = NULL;

	if (lock->name == NULL || lock->value == NULL)
		return true;
	if (!transient_peek_shared(db, lock->name, now_utc, &held, error))
		return false;
	return g_strcmp0(held, lock->value) != 0 || transient_delete_shared(db, lock->name, error);
}
