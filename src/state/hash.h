/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short names for long texts (ids, URLs, uids) in our own tables, whose keys have a fixed size. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { STATE_HASH_BYTES = 16 };

/* BLAKE2b of the text. */
void state_hash(const char *text, size_t bytes, uint8_t ret_hash[STATE_HASH_BYTES]);

/* The hash of a calendar's id as configured, and of an object within it. */
void state_hash_calendar(const char *calendar_id, uint8_t ret_hash[STATE_HASH_BYTES]);
void state_hash_object(const uint8_t calendar_hash[STATE_HASH_BYTES], const char *key,
	uint8_t ret_hash[STATE_HASH_BYTES]);
