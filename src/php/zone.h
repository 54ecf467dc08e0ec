/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time zones that PHP's `new DateTimeZone()` accepts, and their offsets. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct PhpZone PhpZone;

/* Reads a zone as timelib_parse_zone() of PHP 8.2 does: an offset ("+02:00", "GMT-5"), an
 * abbreviation, which is a fixed offset ("CET"), or a name of the system's zone database in any
 * case. Moves `*text` behind what was read. NULL when there is no zone at that place; caller frees.
 */
PhpZone *php_zone_scan(const char **text);

/* The zone that `name` spells as a whole, or NULL. */
PhpZone *php_zone_new(const char *name);

/* A zone that lies `offset_secs` east of UTC. */
PhpZone *php_zone_new_fixed(int offset_secs);

void php_zone_free(PhpZone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PhpZone, php_zone_free)

/* Seconds east of UTC in force at an instant. */
int php_zone_offset_secs(const PhpZone *zone, int64_t utc);

/* The same zone for GLib's calendar code; a fixed offset of a day or more, which GLib does not
 * know, is UTC there. Borrowed. */
GTimeZone *php_zone_glib(const PhpZone *zone);
