/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's event object, cut down to what is kept beside an event. */
#pragma once

#include <stdbool.h>

#include "provider/json.h"

/* The item as JSON of at most 16 KiB. What is too long loses its longest parts first: the
 * description, the guests but for the owner, the conference, other long texts; never what
 * auto-logging reads back (iCalUID, status, visibility, the owner's answer). Whom Google marks as
 * `self` stays marked only in a calendar that `is_own`: elsewhere that is somebody else. NULL for
 * what is too long even so. Caller frees. */
char *google_raw_new(const cJSON *item, bool is_own);
