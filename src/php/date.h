/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the dates that PHP's date_create() takes, in the forms that sites store. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "php/zone.h"

typedef struct {
	int64_t utc;
	int offset_secs; /* of the zone that the text names, else of the site's at that instant */
} PhpDate;

/* Reads `text` as PHP 8.2 does: "2026-01-15 09:00:00"; also with a T, one-digit fields, fractions,
 * AM or PM; 20260115T090000, 15-01-2026, 01/15/2026, 2026-W03-4 and @seconds; without a time
 * midnight; followed by a zone or not. Days and months run over (30 February is 2 March), and times
 * that happen twice or never are those that PHP takes (vectors/README, fact 14). False for anything
 * else: empty text, which is "now" to PHP, and words such as "tomorrow". */
bool php_date_parse(const char *text, const PhpZone *site, PhpDate *ret_date);
