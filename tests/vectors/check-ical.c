/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the iCalendar corpus. */
#include "check.h"

const VectorCheck ical_checks[] = {{0}};
