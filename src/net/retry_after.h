/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a busy server wants to be left alone (RFC 9110, 10.2.3). */
#pragma once

#include <stdint.h>

enum {
	RETRY_AFTER_MIN_SECS = 60,
	RETRY_AFTER_MAX_SECS = 7200,
	RETRY_AFTER_DEFAULT_SECS = 900,
};

/* Seconds from `now_utc` that a Retry-After value asks for: a number or an HTTP date, clamped to
 * 1 minute … 2 hours (a date in the past and a negative number are the minimum). What cannot be
 * understood is RETRY_AFTER_DEFAULT_SECS. */
int64_t retry_after_parse(const char *value, int64_t now_utc);
