/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the periods of a rule (a year for YEARLY, a second for SECONDLY). libical 3.0.16 walks all
 * of them from DTSTART, hangs where none can match (SECONDLY on 30 February), counts HOURLY;
 * INTERVAL=25 from midnight, and knows BYSETPOS with some frequencies only. Here every period is a
 * set of days times a set of times of day, so that it can be searched and counted without being
 * written down. */
#include "event/recurrence.h"

#include "event/civil.h"
#include "event/recurrence_day.h"

struct Recurrence {
	const RecurrenceRule *rule;
	int64_t *budget;
	int64_t start;
	int64_t earliest; /* what the periods give before it is no instance */
	int64_t from;     /* the part that is asked for, inclusive */
	int64_t to;
	int64_t last;      /* of COUNT, inclusive; G_MAXINT64 without */
	int64_t known_to;  /* behind it COUNT may have run out: G_MAXINT64 when all is known */
	int64_t base_unit; /* the period of DTSTART */
	int64_t unit;      /* the current period */
	int64_t next_unit;
	int64_t end_unit; /* the last one to look at */
	bool started;     /* DTSTART was given, or is none */
	bool exhausted;

	/* The current period: `days` (int64_t) times `times` (int64_t, seconds from midnight or,
	 * below DAILY, from the beginning of the period); `picks` (int64_t) are the places in it
	 * that BYSETPOS takes. */
	GArray *days;
	GArray *times;
	GArray *picks;
	int64_t place;
};

static int64_t unit_secs(Frequency frequency)
{
	switch (frequency) {
	case FREQUENCY_SECONDLY:
		return 1;
	case FREQUENCY_MINUTELY:
		return 60;
	case FREQUENCY_HOURLY:
		return 3600;
	case FREQUENCY_WEEKLY:
		return 7 * CIVIL_DAY_SECS;
	default:
		return CIVIL_DAY_SECS;
	}
}

static bool is_below_day(const RecurrenceRule *rule)
{
	return rule->frequency < FREQUENCY_DAILY;
}

/* Only months and years, weeks aside, lack days that others have. */
static bool may_skip(const RecurrenceRule *rule)
{
	return rule->skip != SKIP_OMIT && rule->frequency >= FREQUENCY_MONTHLY && !rule->has_week;
}

/* The number of the period that a local time lies in. */
static int64_t unit_of(const RecurrenceRule *rule, int64_t local)
{
	int64_t day = civil_day_of(local);
	CivilDate date = civil_date(day);

	switch (rule->frequency) {
	case FREQUENCY_YEARLY:
		/* Weeks may lie in two calendar years. */
		return rule->has_week ? recurrence_week_year(day, rule->week_start) : date.year;
	case FREQUENCY_MONTHLY:
		return (int64_t)date.year * 12 + date.month - 1;
	case FREQUENCY_WEEKLY:
		/* Day -4 is a Sunday. */
		return civil_floor_div(day + 4 - rule->week_start, 7);
	default:
		return civil_floor_div(local, unit_secs(rule->frequency));
	}
}

/* First day of a period of a day or more, and its length in days. */
static int64_t unit_days(const RecurrenceRule *rule, int64_t unit, int64_t *ret_count)
{
	int year = (int)unit;
	int month = 1;

	switch (rule->frequency) {
	case FREQUENCY_YEARLY:
		if (rule->has_week) {
			int64_t first = recurrence_first_week(year, rule->week_start);

			*ret_count = recurrence_first_week(year + 1, rule->week_start) - first;
			return first;
		}
		*ret_count = civil_days_in_year(year);
		break;
	case FREQUENCY_MONTHLY:
		year = (int)(unit / 12);
		month = (int)(unit % 12) + 1;
		*ret_count = civil_days_in_month(year, month);
		break;
	case FREQUENCY_WEEKLY:
		*ret_count = 7;
		return unit * 7 - 4 + rule->week_start;
	default:
		*ret_count = 1;
		return unit;
	}
	return civil_days((CivilDate){year, month, 1});
}

static void append(GArray *array, int64_t value)
{
	g_array_append_val(array, value);
}

static int64_t at(const GArray *array, int64_t index)
{
	return g_array_index(array, int64_t, index);
}

/* The times of day, or those within the period below DAILY; they are the same in each period. */
static void fill_times(Recurrence *recurrence, bool is_date)
{
	const RecurrenceRule *rule = recurrence->rule;
	int64_t start = civil_time_of_day(recurrence->start);
	bool hours = rule->frequency >= FREQUENCY_DAILY;
	bool minutes = rule->frequency >= FREQUENCY_HOURLY;
	bool seconds = rule->frequency >= FREQUENCY_MINUTELY;

	if (is_date) {
		append(recurrence->times, 0);
		return;
	}
	for (int hour = 0; hour < (hours ? 24 : 1); hour++) {
		if (hours && !(rule->has_hour ? rule->hour[hour] : hour == start / 3600))
			continue;
		for (int minute = 0; minute < (minutes ? 60 : 1); minute++) {
			if (minutes && !(rule->has_minute ? rule->minute[minute]
							  : minute == start / 60 % 60))
				continue;
			for (int second = 0; second < (seconds ? 60 : 1); second++) {
				if (!seconds || (rule->has_second ? rule->second[second]
								  : second == start % 60))
					append(recurrence->times,
						hour * 3600 + minute * 60 + second);
			}
		}
	}
}

static bool spend(Recurrence *recurrence, int64_t amount)
{
	*recurrence->budget -= amount;
	if (*recurrence->budget < 0)
		recurrence->exhausted = true;
	return !recurrence->exhausted;
}

/* The first period of the rhythm that begins at or after `unit`. */
static int64_t align(const Recurrence *recurrence, int64_t unit)
{
	int64_t interval = recurrence->rule->interval;

	return recurrence->base_unit -
	       civil_floor_div(recurrence->base_unit - unit, interval) * interval;
}

/* Sets the days of a period below DAILY: its own or none. Where none, leaps to the next day, hour
 * or minute that may do, because SECONDLY has 86,400 periods a day. */
static void fill_below_day(Recurrence *recurrence)
{
	const RecurrenceRule *rule = recurrence->rule;
	int64_t secs = unit_secs(rule->frequency);
	int64_t local = recurrence->unit * secs;
	int64_t day = civil_day_of(local);
	int64_t time = civil_time_of_day(local);
	int64_t leap = 0;

	if (!recurrence_day_matches(rule, civil_day_of(recurrence->start), day))
		leap = (day + 1) * CIVIL_DAY_SECS;
	else if (rule->has_hour && !rule->hour[time / 3600])
		leap = local - time % 3600 + 3600;
	else if (secs < 3600 && rule->has_minute && !rule->minute[time / 60 % 60])
		leap = local - time % 60 + 60;
	else if (secs > 1 || !rule->has_second || rule->second[time % 60])
		append(recurrence->days, day);
	if (recurrence->days->len == 0 && leap > local)
		recurrence->next_unit = align(recurrence, leap / secs);
}

/* How many instances the current period would have without BYSETPOS. */
static int64_t set_size(const Recurrence *recurrence)
{
	return (int64_t)recurrence->days->len * recurrence->times->len;
}

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static void sort_unique(GArray *array)
{
	guint kept = 0;

	g_array_sort(array, compare);
	for (guint i = 0; i < array->len; i++) {
		if (i == 0 || at(array, i) != at(array, i - 1))
			g_array_index(array, int64_t, kept++) = at(array, i);
	}
	g_array_set_size(array, kept);
}

static void fill_picks(Recurrence *recurrence)
{
	const GArray *positions = recurrence->rule->positions;
	GArray *picks = recurrence->picks;
	int64_t size = set_size(recurrence);

	g_array_set_size(picks, 0);
	for (guint i = 0; i < positions->len; i++) {
		int position = g_array_index(positions, int, i);
		int64_t pick = position > 0 ? position - 1 : size + position;

		if (pick >= 0 && pick < size)
			append(picks, pick);
	}
	sort_unique(picks);
}

/* How many instances the current period has. */
static int64_t period_size(const Recurrence *recurrence)
{
	return recurrence->rule->has_position ? recurrence->picks->len : set_size(recurrence);
}

/* Instance number `place` of the current period. */
static int64_t period_at(const Recurrence *recurrence, int64_t place)
{
	int64_t index = recurrence->rule->has_position ? at(recurrence->picks, place) : place;
	int64_t times = recurrence->times->len;

	if (is_below_day(recurrence->rule))
		return recurrence->unit * unit_secs(recurrence->rule->frequency) +
		       at(recurrence->times, index);
	return at(recurrence->days, index / times) * CIVIL_DAY_SECS +
	       at(recurrence->times, index % times);
}

/* The place of the first instance of the period at or after `local`. */
static int64_t period_search(const Recurrence *recurrence, int64_t local)
{
	int64_t low = 0;
	int64_t high = period_size(recurrence);

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (period_at(recurrence, middle) < local)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The days of a period of a day or more. */
static bool fill_days(Recurrence *recurrence)
{
	const RecurrenceRule *rule = recurrence->rule;
	int64_t start_day = civil_day_of(recurrence->start);
	int64_t count;
	int64_t first = unit_days(rule, recurrence->unit, &count);

	if (!spend(recurrence, count))
		return false;
	for (int64_t day = first; day < first + count; day++) {
		if (recurrence_day_matches(rule, start_day, day))
			append(recurrence->days, day);
	}
	if (may_skip(rule)) {
		recurrence_add_skipped_days(
			rule, start_day, first, first + count, recurrence->days);
		sort_unique(recurrence->days);
	}
	return true;
}

/* Goes to the next period. False when the calendar or the budget is at its end. */
static bool next_period(Recurrence *recurrence)
{
	const RecurrenceRule *rule = recurrence->rule;

	recurrence->unit = recurrence->next_unit;
	recurrence->place = 0;
	g_array_set_size(recurrence->days, 0);
	if (recurrence->unit > recurrence->end_unit || !spend(recurrence, 1))
		return false;
	recurrence->next_unit = recurrence->unit + rule->interval;
	if (is_below_day(rule))
		fill_below_day(recurrence);
	else if (!fill_days(recurrence))
		return false;
	if (rule->has_position)
		fill_picks(recurrence);
	return true;
}

/* True for a rule that has exactly one instance a period, always at the same distance. */
static bool is_plain(const RecurrenceRule *rule)
{
	return rule->frequency <= FREQUENCY_WEEKLY && !rule->has_month && !rule->has_week &&
	       !rule->has_year_day && !rule->has_month_day && !rule->has_day && !rule->has_hour &&
	       !rule->has_minute && !rule->has_second && !rule->has_position;
}

static void count_periods(Recurrence *recurrence)
{
	/* DTSTART is the first, if the periods do not give it. */
	int64_t left = recurrence->rule->count - (recurrence->earliest > recurrence->start);

	recurrence->last = recurrence->earliest - 1;
	while (left > 0) {
		int64_t first;
		int64_t size;

		if (!next_period(recurrence)) {
			if (recurrence->exhausted)
				recurrence->known_to = recurrence->last;
			recurrence->last = G_MAXINT64;
			return;
		}
		first = period_search(recurrence, recurrence->earliest);
		size = period_size(recurrence) - first;
		if (size > 0)
			recurrence->last = period_at(recurrence, first + MIN(size, left) - 1);
		left -= MIN(size, left);
	}
}

/* COUNT becomes the time of the last instance, so that everything else may skip. Half of the budget
 * is left for the instances: a count that ends far behind the window does not matter. */
static void find_last(Recurrence *recurrence)
{
	const RecurrenceRule *rule = recurrence->rule;
	int64_t *budget = recurrence->budget;
	int64_t half = *budget / 2;
	int64_t span;

	if (is_plain(rule)) {
		if (__builtin_mul_overflow(
			    rule->count - 1, rule->interval * unit_secs(rule->frequency), &span) ||
			__builtin_add_overflow(recurrence->start, span, &recurrence->last))
			recurrence->last = G_MAXINT64;
		return;
	}
	*budget -= half;
	recurrence->budget = &half;
	count_periods(recurrence);
	*budget += MAX(half, 0);
	recurrence->budget = budget;
	recurrence->exhausted = false;
}

static void rewind_to(Recurrence *recurrence, int64_t from)
{
	const RecurrenceRule *rule = recurrence->rule;
	int64_t skip;

	recurrence->next_unit = recurrence->base_unit;
	/* The first of a month may belong to the month before. */
	if (may_skip(rule))
		from -= CIVIL_DAY_SECS;
	if (from <= recurrence->start)
		return;
	skip = civil_floor_div(unit_of(rule, from) - recurrence->base_unit, rule->interval);
	recurrence->next_unit += MAX(skip, 0) * rule->interval;
}

Recurrence *recurrence_new(const RecurrenceRule *rule, RecurrenceStart start_is, int64_t start,
	bool is_date, int64_t from, int64_t to, int64_t *budget)
{
	int64_t calendar_end = civil_days((CivilDate){CIVIL_YEAR_MAX + 1, 1, 1}) * CIVIL_DAY_SECS;
	Recurrence *recurrence = g_new0(Recurrence, 1);

	recurrence->rule = rule;
	recurrence->budget = budget;
	recurrence->start = start;
	recurrence->started = start_is == RECURRENCE_START_AS_MATCHED;
	recurrence->earliest = recurrence->started ? start : start + 1;
	recurrence->from = from;
	recurrence->to = to;
	recurrence->last = G_MAXINT64;
	recurrence->known_to = G_MAXINT64;
	recurrence->days = g_array_new(FALSE, FALSE, sizeof(int64_t));
	recurrence->times = g_array_new(FALSE, FALSE, sizeof(int64_t));
	recurrence->picks = g_array_new(FALSE, FALSE, sizeof(int64_t));
	recurrence->base_unit = unit_of(rule, start);
	recurrence->next_unit = recurrence->base_unit;
	recurrence->end_unit = unit_of(rule, calendar_end - 1);
	fill_times(recurrence, is_date);
	if (rule->count != G_MAXINT64)
		find_last(recurrence);
	recurrence->end_unit = unit_of(rule, CLAMP(to, start, calendar_end - 1));
	rewind_to(recurrence, from);
	g_array_set_size(recurrence->days, 0);
	g_array_set_size(recurrence->picks, 0);
	recurrence->place = 0;
	return recurrence;
}

void recurrence_free(Recurrence *recurrence)
{
	if (recurrence == NULL)
		return;
	g_array_unref(recurrence->days);
	g_array_unref(recurrence->times);
	g_array_unref(recurrence->picks);
	g_free(recurrence);
}

RecurrenceStep recurrence_next(Recurrence *recurrence, int64_t *ret_local)
{
	int64_t local;

	if (!recurrence->started) {
		recurrence->started = true;
		if (recurrence->start >= recurrence->from && recurrence->start <= recurrence->to) {
			*ret_local = recurrence->start;
			return RECURRENCE_INSTANCE;
		}
	}
	while (recurrence->place >= period_size(recurrence)) {
		if (!next_period(recurrence))
			return recurrence->exhausted ? RECURRENCE_EXHAUSTED : RECURRENCE_END;
		recurrence->place =
			period_search(recurrence, MAX(recurrence->from, recurrence->earliest));
	}
	local = period_at(recurrence, recurrence->place++);
	if (local > MIN(recurrence->last, recurrence->to))
		return RECURRENCE_END;
	if (local > recurrence->known_to)
		return RECURRENCE_EXHAUSTED;
	*ret_local = local;
	return RECURRENCE_INSTANCE;
}

int64_t recurrence_last(const Recurrence *recurrence)
{
	return recurrence->last;
}
