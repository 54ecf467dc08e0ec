/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reading and editing the connections array share. */
#pragma once

#include "php/value.h"
#include "user/connection.h"

/* The part of a stored value that WordPress unserializes: maybe_unserialize() trims it first. */
typedef struct {
	size_t offset;
	size_t length;
} StoredSpan;

StoredSpan connections_span(const char *stored, size_t length);

/* The array in a stored value; PHP's null for an empty one. NULL with CONNECTION_ERROR_DAMAGED. */
PhpValue *connections_read(const char *stored, StoredSpan span, GError **error);

/* The `id` of an entry; NULL when it has none. Caller frees. */
char *connection_entry_id(const PhpValue *entry);

/* The entry of that id in the array, or NULL. Borrowed. */
const PhpValue *connections_find(const PhpValue *list, const char *connection_id);
