/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of HttpShared, for the files of the HTTP client only: every function is thread-safe.
 */
#pragma once

#include <curl/curl.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/address_policy.h"
#include "net/http.h"

const HttpOptions *http_shared_options(const HttpShared *shared);
const AddressPolicy *http_shared_policy(const HttpShared *shared);

/* DNS and TLS session caches for an easy handle. */
CURLSH *http_shared_curl(const HttpShared *shared);

int64_t http_shared_now_utc(const HttpShared *shared);

/* Waits between two tries; returns early when cancelled. */
void http_shared_wait(const HttpShared *shared, unsigned msecs, GCancellable *cancellable);

/* Waits until `site` ("host:port") and the account there may be asked; `account` NULL: none. Each
 * success needs an http_shared_leave(). HTTP_ERROR_CANCELLED, or HTTP_ERROR_TIMEOUT when others
 * keep the site busy for longer than a request may last. */
bool http_shared_enter(HttpShared *shared, const char *site, const char *account,
	GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void http_shared_leave(HttpShared *shared, const char *site, const char *account);

/* Notes that `site` answered `status` and asked to be left alone for `secs`. */
void http_shared_mark_busy(HttpShared *shared, const char *site, int status, int64_t secs);

/* True while such a mark runs; then its status and the seconds left, at least 1. */
bool http_shared_is_busy(HttpShared *shared, const char *site, int *ret_status, int64_t *ret_secs);

/* The CURLAUTH_ scheme that worked for an account at an origin, or CURLAUTH_NONE. */
unsigned long http_shared_learned_auth(HttpShared *shared, const char *account);
void http_shared_learn_auth(HttpShared *shared, const char *account, unsigned long scheme);
