/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads DAV:multistatus answers (RFC 4918, 13), as servers really write them. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/dav_response.h"

#define MULTISTATUS_ERROR multistatus_error_quark()
GQuark multistatus_error_quark(void);

typedef enum {
	MULTISTATUS_ERROR_NOT_DAV, /* a web page, or anything else that is no multistatus */
	MULTISTATUS_ERROR_EMPTY,   /* nothing at all */
	MULTISTATUS_ERROR_DAMAGED, /* cut off, or not XML */
	MULTISTATUS_ERROR_REFUSED, /* has a DOCTYPE, or exceeds a bound: nobody's honest answer */
} MultistatusError;

/* Gets each response as soon as it has been read, in the order of the document, and owns it.
 * Returning false (error set) ends the reading. What came before a failure of the whole must not be
 * taken for an answer. */
typedef bool (*MultistatusFunc)(void *data, DavResponse *take_response, GError **error);

/* Reads a multistatus in any charset and with any prefixes. Tolerated: a byte order mark, blanks
 * before the XML declaration, a wrong charset in it, bytes that XML 1.0 forbids (dropped), whatever
 * Content-Type came with it. Nothing is loaded and no entity is declared or expanded. Holds one
 * response at a time beside the body. `ret_sync_token` (or NULL) gets the DAV:sync-token that
 * stands beside the responses (RFC 6578, 6.2), NULL where there is none; caller frees. False with
 * MULTISTATUS_ERROR, or with the error of `func`; messages hold nothing of the body. */
bool multistatus_read(const char *body, size_t body_bytes, MultistatusFunc func, void *data,
	char **ret_sync_token, GError **error);

/* The same, collected: an array of DavResponse. For answers of which few responses are expected;
 * more than `max_responses` are MULTISTATUS_ERROR_REFUSED. Caller unrefs. */
GPtrArray *multistatus_collect(
	const char *body, size_t body_bytes, unsigned max_responses, GError **error);
