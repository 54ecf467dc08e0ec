/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recurrence rules of vCalendar 1.0, which phones and old groupware write. */
#pragma once

/* "W2 TU TH #10", "MP1 1+ MO 19970101T000000Z" as a rule of RFC 5545. NULL when the text is no such
 * rule, or one whose times of day or days we do not follow. Caller frees. */
char *recurrence_from_version_1(const char *text);
