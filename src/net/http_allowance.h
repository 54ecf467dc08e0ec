/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client may spend on servers that other people chose: once it is spent, no request is sent
 * any more. What came until then is whole, and can be used. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HttpAllowance {
	int64_t msecs;     /* from http_client_allow() on, whatever is done meanwhile */
	uint64_t requests; /* with redirects and further tries */
	uint64_t bytes;    /* of bodies, unpacked */
} HttpAllowance;

typedef struct HttpClient HttpClient;

/* Begins to count, and bounds all requests up to the next call; NULL: by nothing. */
void http_client_allow(HttpClient *client, const HttpAllowance *allowance);

/* What was spent since then. The last request may go beyond what was allowed in bytes, by no more
 * than one answer may have. */
HttpAllowance http_client_spent(const HttpClient *client);

/* False with HTTP_ERROR_SPENT when a part of the allowance is spent, which the message names. */
bool http_client_may_ask(const HttpClient *client, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* True when half of any part is spent: what has to be asked for in two steps should go over to the
 * second. */
bool http_client_is_half_spent(const HttpClient *client);
