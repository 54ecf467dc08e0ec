/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic of the proleptic Gregorian calendar. Days are counted from 1970-01-01; a local time is
 * the seconds from 1970-01-01T00:00:00 that its own wall clock shows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

#define CIVIL_DAY_SECS INT64_C(86400)
#define CIVIL_YEAR_MIN 1
#define CIVIL_YEAR_MAX 9999

/* True for a day that exists in years 1 to 9999. */
bool civil_date_is_valid(CivilDate date);

/* Any year; month 1 to 12; the day may be any number and counts from the first of the month. */
int64_t civil_days(CivilDate date);
CivilDate civil_date(int64_t days);

int civil_days_in_month(int year, int month);
int civil_days_in_year(int year);

/* 0 is Sunday. */
int civil_weekday(int64_t days);

/* The day of a local time, also before 1970; and the seconds since its midnight. */
int64_t civil_day_of(int64_t local);
int64_t civil_time_of_day(int64_t local);

/* Rounds towards minus infinity; `divisor` is positive. */
int64_t civil_floor_div(int64_t value, int64_t divisor);
