/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A histogram by days. */
#include "sync/span.h"

#include "event/civil.h"

/* Farther away all is the same: no window is as long. */
#define DAYS_MAX 40000

struct SpanCount {
	int64_t now_utc;
	GArray *events; /* of size_t, by days from now */
};

SpanCount *span_count_new(int64_t now_utc)
{
	SpanCount *count = g_new0(SpanCount, 1);

	count->now_utc = now_utc;
	count->events = g_array_new(FALSE, TRUE, sizeof(size_t));
	return count;
}

void span_count_free(SpanCount *count)
{
	if (count == NULL)
		return;
	g_array_unref(count->events);
	g_free(count);
}

static int64_t midnight(CivilDate date)
{
	return civil_days(date) * CIVIL_DAY_SECS;
}

/* To the nearer end; 0 for what lasts now. */
static int64_t distance(const Event *event, int64_t now_utc)
{
	int64_t start = event->all_day ? midnight(event->start_date) : event->start_utc;
	int64_t end = event->all_day ? midnight(event->end_date) : event->end_utc;

	if (start > now_utc)
		return start - now_utc;
	return end < now_utc ? now_utc - end : 0;
}

void span_count_add(SpanCount *count, const Event *event)
{
	guint days = (guint)MIN(distance(event, count->now_utc) / CIVIL_DAY_SECS, DAYS_MAX);

	if (days >= count->events->len)
		g_array_set_size(count->events, days + 1);
	g_array_index(count->events, size_t, days)++;
}

unsigned span_count_days(const SpanCount *count, size_t events_max)
{
	size_t events = 0;
	guint days = 0;

	while (days < count->events->len) {
		events += g_array_index(count->events, size_t, days);
		if (events > events_max)
			break;
		days++;
	}
	return days;
}

TimeWindow span_window(TimeWindow window, unsigned days, int64_t now_utc)
{
	int64_t reach = (int64_t)days * CIVIL_DAY_SECS;

	if (days == 0)
		return window;
	return (TimeWindow){
		.from_utc = MAX(window.from_utc, now_utc - reach),
		.to_utc = MIN(window.to_utc, now_utc + reach),
	};
}
