/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zones of the tz database, under whichever of their names this machine has them. */
#pragma once

#include <glib.h>

/* Since Debian 13 names such as US/Eastern and Asia/Calcutta are in a package of their own
 * (tzdata-legacy), and ICU still calls zones so. */

/* The zone of this name, which is spelled as the tz database does; where that has no file of this
 * name, as time_zone_find_renamed(). NULL where there is none. Caller unrefs. */
GTimeZone *time_zone_find(const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* The zone that has this name, in any case of its letters, by ICU's list, under whichever of its
 * names the tz database has it. NULL for what is no name of the tz database, or not there at all.
 * Caller unrefs. */
GTimeZone *time_zone_find_renamed(const char *name) G_GNUC_WARN_UNUSED_RESULT;
