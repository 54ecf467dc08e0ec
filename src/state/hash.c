/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BLAKE2b by libsodium. */
#include "state/hash.h"

#include <sodium.h>
#include <string.h>

void state_hash(const char *text, size_t bytes, uint8_t ret_hash[STATE_HASH_BYTES])
{
	crypto_generichash(ret_hash, STATE_HASH_BYTES, (const uint8_t *)text, bytes, NULL, 0);
}

void state_hash_calendar(const char *calendar_id, uint8_t ret_hash[STATE_HASH_BYTES])
{
	state_hash(calendar_id, strlen(calendar_id), ret_hash);
}

void state_hash_object(const uint8_t calendar_hash[STATE_HASH_BYTES], const char *key,
	uint8_t ret_hash[STATE_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, STATE_HASH_BYTES);
	crypto_generichash_update(&state, calendar_hash, STATE_HASH_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)key, strlen(key));
	crypto_generichash_final(&state, ret_hash, STATE_HASH_BYTES);
}
