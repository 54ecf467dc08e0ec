/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Back-off by doubling, with jitter; refused connections by a hash of what is stored of them. */
#include "sync/patience.h"

#include <string.h>

#include "provider/provider.h"
#include "site/credentials.h"

enum {
	/* The first failure costs nothing: the next pass comes in a quarter of an hour. */
	FIRST_WAIT_SECS = 15 * 60,
	LONGEST_WAIT_SECS = 6 * 60 * 60,
	SECONDS_PER_MINUTE = 60,
};

PatienceSubject patience_subject(const WpSite *site, const Connection *connection)
{
	return (PatienceSubject){
		.credentials = connection->credentials,
		.calendar_ids = (const char *const *)connection->calendar_ids,
		.credential_key = site->credential_key,
	};
}

/* Of the encrypted box: connecting again makes a new one, whatever the password. */
static void hash_subject(const PatienceSubject *subject, uint8_t ret_hash[STATE_HASH_BYTES])
{
	g_autofree char *calendars = g_strjoinv("\n", (char **)subject->calendar_ids);
	g_autoptr(GString) text = g_string_new(subject->credentials);
	uint8_t key_hash[STATE_HASH_BYTES];

	state_hash((const char *)subject->credential_key, CREDENTIALS_KEY_BYTES, key_hash);
	g_string_append_printf(text, "\n%s\n", calendars);
	g_string_append_len(text, (const char *)key_hash, sizeof(key_hash));
	state_hash(text->str, text->len, ret_hash);
}

bool patience_is_refused(
	const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc)
{
	int64_t age_secs = now_utc - state->refused_utc;
	uint8_t hash[STATE_HASH_BYTES];

	hash_subject(subject, hash);
	/* One that is still to come is from a clock that was wrong. */
	return state->is_refused && memcmp(hash, state->refused_hash, sizeof(hash)) == 0 &&
	       age_secs >= 0 && age_secs < PATIENCE_REFUSAL_SECS;
}

char *patience_reason(const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc)
{
	int64_t wait_secs = state->retry_utc - now_utc;

	if (patience_is_refused(state, subject, now_utc))
		return g_strdup("access was refused; waiting until the owner connects it again or "
				"chooses another calendar (prm-calendar sync tries all the same)");
	/* One that is further away comes from a clock that was wrong. */
	if (wait_secs <= 0 || wait_secs > LONGEST_WAIT_SECS)
		return NULL;
	return g_strdup_printf("failed %u times in a row; trying again in %d minutes "
			       "(prm-calendar sync tries all the same)",
		state->failures, (int)((wait_secs + SECONDS_PER_MINUTE - 1) / SECONDS_PER_MINUTE));
}

int64_t patience_until_utc(
	const ConnectionState *state, const PatienceSubject *subject, int64_t now_utc)
{
	g_autofree char *reason = patience_reason(state, subject, now_utc);

	if (reason == NULL)
		return 0;
	return patience_is_refused(state, subject, now_utc)
		       ? state->refused_utc + PATIENCE_REFUSAL_SECS
		       : state->retry_utc;
}

/* Of the second failure in a row and later ones. A tenth less at random, so that connections which
 * failed together do not come back together. */
static int64_t wait_after(unsigned failures)
{
	int64_t wait_secs = FIRST_WAIT_SECS;

	if (failures < 2)
		return 0;
	for (unsigned i = 2; i < failures && wait_secs < LONGEST_WAIT_SECS; i++)
		wait_secs *= 2;
	wait_secs = MIN(wait_secs, LONGEST_WAIT_SECS);
	return wait_secs - g_random_int_range(0, (gint32)(wait_secs / 10));
}

bool patience_note_since(ConnectionState *state, const GError *failure, int64_t now_utc)
{
	bool is_failing = state->failing_utc != 0;

	if (is_failing == (failure != NULL))
		return false;
	state->failing_utc = failure != NULL ? now_utc : 0;
	return true;
}

bool patience_note(ConnectionState *state, const GError *failure, const PatienceSubject *subject,
	int64_t pause_secs, int64_t now_utc)
{
	if (failure == NULL) {
		bool changes = state->failures > 0 || state->is_refused || state->retry_utc != 0;

		state->failures = 0;
		state->is_refused = false;
		state->retry_utc = 0;
		return changes;
	}
	if (failure->domain != PROVIDER_ERROR || failure->code == PROVIDER_ERROR_SITE)
		return false;
	state->failures = MIN(state->failures, G_MAXINT16) + 1;
	state->is_refused = failure->code == PROVIDER_ERROR_AUTHENTICATION ||
			    failure->code == PROVIDER_ERROR_DENIED;
	if (state->is_refused) {
		hash_subject(subject, state->refused_hash);
		state->refused_utc = now_utc;
		state->retry_utc = 0;
	} else {
		state->retry_utc = now_utc + MAX(wait_after(state->failures), pause_secs);
	}
	return true;
}
