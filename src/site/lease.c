/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases as rows of the options table, as WP_Upgrader::create_lock() makes them: `NAME.lock`. Ours
 * say when they end, what is in hand (escaped as in URLs; or nothing) and whose they are:
 * "1749990607 conn_65a4f0c1d2e01 host:pid.start:machine:random". No GET_LOCK: clusters do not share
 * it.
 */
#include "site/lease.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "cache/object_cache.h"
#include "site/option.h"
#include "util/process_mark.h"

/* Rounds of "insert, else look" before a lease that keeps changing hands counts as held. */
#define TAKE_ROUNDS 3

struct Lease {
	char *option_name;
	char *token;
	char *note;       /* what is in hand, escaped; or NULL */
	char *left;       /* that of the holder before; or NULL */
	int64_t ends_utc; /* as it was last written */
};

void lease_free(Lease *lease)
{
	if (lease == NULL)
		return;
	g_free(lease->option_name);
	g_free(lease->token);
	g_free(lease->note);
	g_free(lease->left);
	g_free(lease);
}

const char *lease_left(const Lease *lease)
{
	return lease->left;
}

void lease_note(Lease *lease, const char *text)
{
	g_free(lease->note);
	lease->note = g_uri_escape_string(text, NULL, FALSE);
}

/* Unique; host and process are there for the person who looks at the row. */
static char *new_token(void)
{
	unsigned char random[16];
	char hex[sizeof(random) * 2 + 1];
	g_autofree char *mark = process_mark_own();

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(hex, sizeof(hex), random, sizeof(random));
	return g_strdup_printf("%s:%s", mark, hex);
}

/* Another one each time: a row that an UPDATE leaves as it is looks like one that it did not find.
 */
static char *lease_value(Lease *lease, int64_t now_utc, unsigned ttl_secs)
{
	int64_t ends_utc = now_utc + ttl_secs;

	g_assert(ttl_secs > 0 && ttl_secs <= LEASE_MAX_SECS);
	lease->ends_utc = ends_utc == lease->ends_utc ? ends_utc - 1 : ends_utc;
	return g_strdup_printf("%" G_GINT64_FORMAT " %s%s%s", lease->ends_utc,
		lease->note != NULL ? lease->note : "", lease->note != NULL ? " " : "",
		lease->token);
}

/* What a row says that its holder has in hand; "" when it says nothing. Caller frees. */
static char *note_of(const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);
	char *note = g_strv_length(words) == 3 ? g_uri_unescape_string(words[1], NULL) : NULL;

	return note != NULL ? note : g_strdup("");
}

/* Its holder was killed: nobody needs to wait until it runs out. */
static bool is_abandoned(const char *token)
{
	const char *random = strrchr(token, ':');
	g_autofree char *mark = random != NULL ? g_strndup(token, random - token) : NULL;

	return mark != NULL && process_mark_is_dead(mark);
}

/* What is not of our form cannot be renewed or released by anyone: free. */
static bool is_free(const char *value, int64_t now_utc)
{
	const char *space = strchr(value, ' ');
	g_autofree char *digits = space != NULL ? g_strndup(value, space - value) : NULL;
	int64_t expires_utc;

	if (digits == NULL ||
		!g_ascii_string_to_signed(digits, 10, 0, G_MAXINT64, &expires_utc, NULL))
		return true;
	return expires_utc <= now_utc || expires_utc > now_utc + LEASE_MAX_SECS ||
	       is_abandoned(strrchr(value, ' ') + 1);
}

static bool is_ours(const Lease *lease, const char *value)
{
	const char *space = strrchr(value, ' ');

	return space != NULL && strcmp(space + 1, lease->token) == 0;
}

typedef enum { OUTCOME_HELD_BY_OTHER, OUTCOME_OURS, OUTCOME_LOOK_AGAIN } Outcome;

/* A row exists, or its insertion was cut off: finds out whose it is, and takes it over when it
 * expired.
 */
static bool take_existing(Db *db, Lease *lease, const char *value, int64_t now_utc,
	Outcome *ret_outcome, GError **error)
{
	g_autofree char *old = NULL;
	g_autoptr(GBytes) old_bytes = NULL;
	g_autoptr(GBytes) new_bytes = NULL;
	bool is_replaced = false;

	if (!option_get(db, lease->option_name, &old, NULL, error))
		return false;
	if (old == NULL) {
		*ret_outcome = OUTCOME_LOOK_AGAIN;
		return true;
	}
	if (is_ours(lease, old) || !is_free(old, now_utc)) {
		*ret_outcome = is_ours(lease, old) ? OUTCOME_OURS : OUTCOME_HELD_BY_OTHER;
		return true;
	}
	old_bytes = g_bytes_new(old, strlen(old));
	new_bytes = g_bytes_new(value, strlen(value));
	if (!option_replace(
		    db, lease->option_name, old_bytes, new_bytes, false, &is_replaced, error))
		return false;
	*ret_outcome = is_replaced ? OUTCOME_OURS : OUTCOME_LOOK_AGAIN;
	if (is_replaced)
		lease->left = note_of(old);
	return true;
}

/* One round: inserts the row, else looks at the one that is there. */
static bool take_once(Db *db, Lease *lease, const char *value, const char *autoload,
	int64_t now_utc, Outcome *ret_outcome, GError **error)
{
	g_autoptr(GError) failure = NULL;
	bool is_inserted = false;
	bool is_sent = option_insert(
		db, lease->option_name, value, strlen(value), autoload, &is_inserted, &failure);

	if (is_sent && is_inserted) {
		*ret_outcome = OUTCOME_OURS;
		return true;
	}
	/* If the answer to the INSERT was lost, the row tells. */
	if (!is_sent && !g_error_matches(failure, DB_ERROR, DB_ERROR_UNKNOWN)) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return false;
	}
	return take_existing(db, lease, value, now_utc, ret_outcome, error);
}

bool lease_take(Db *db, const WpSite *site, const char *name, int64_t now_utc, unsigned ttl_secs,
	Lease **ret_lease, GError **error)
{
	g_autoptr(Lease) lease = g_new0(Lease, 1);
	const char *autoload = option_autoload_word(site, false);
	g_autofree char *value = NULL;
	Outcome outcome = OUTCOME_LOOK_AGAIN;

	lease->option_name = g_strdup_printf("%s_%s.lock", site->theme_prefix, name);
	lease->token = new_token();
	value = lease_value(lease, now_utc, ttl_secs);
	for (unsigned round = 0; outcome == OUTCOME_LOOK_AGAIN && round < TAKE_ROUNDS; round++) {
		if (!take_once(db, lease, value, autoload, now_utc, &outcome, error))
			return false;
	}
	*ret_lease = outcome == OUTCOME_OURS ? g_steal_pointer(&lease) : NULL;
	return true;
}

/* By the token alone, so that a renewal whose answer was lost does not cost us the lease. */
#define IS_OURS_SQL "option_name = ? AND SUBSTRING_INDEX(option_value, ' ', -1) = ?"

static const char renew_sql[] = "UPDATE {options} SET option_value = ? WHERE " IS_OURS_SQL;

bool lease_renew(
	Db *db, Lease *lease, int64_t now_utc, unsigned ttl_secs, bool *ret_held, GError **error)
{
	g_autofree char *value = lease_value(lease, now_utc, ttl_secs);
	g_autofree char *stored = NULL;
	DbStatement *statement = db_prepare(db, renew_sql, error);
	uint64_t affected = 0;

	if (statement == NULL)
		return false;
	db_bind_text(statement, value);
	db_bind_text(statement, lease->option_name);
	db_bind_text(statement, lease->token);
	object_cache_note_option(db, lease->option_name, false);
	if (!db_run(statement, &affected, error))
		return false;
	if (affected > 0) {
		*ret_held = true;
		return true;
	}
	/* Not ours; or ours as it is, when the last renewal was rolled back. */
	if (!option_get(db, lease->option_name, &stored, NULL, error))
		return false;
	*ret_held = stored != NULL && is_ours(lease, stored);
	return true;
}

static const char release_sql[] = "DELETE FROM {options} WHERE " IS_OURS_SQL;

bool lease_release(Db *db, Lease *lease, GError **error)
{
	DbStatement *statement = db_prepare(db, release_sql, error);

	if (statement == NULL)
		return false;
	db_bind_text(statement, lease->option_name);
	db_bind_text(statement, lease->token);
	object_cache_note_option(db, lease->option_name, false);
	return db_run(statement, NULL, error);
}
