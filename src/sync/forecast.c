/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync/forecast.h"

struct Forecast {
	const WpSite *site;
	int64_t now_utc;
	GPtrArray *events;    /* of PastEvent */
	GHashTable *replaced; /* set of post ids */
};

static void event_destroy(gpointer event)
{
	if (event != NULL)
		past_event_free(event);
}

Forecast *forecast_new(const WpSite *site, int64_t now_utc)
{
	Forecast *forecast = g_new0(Forecast, 1);

	forecast->site = site;
	forecast->now_utc = now_utc;
	forecast->events = g_ptr_array_new_with_free_func(event_destroy);
	forecast->replaced = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return forecast;
}

void forecast_free(Forecast *forecast)
{
	if (forecast == NULL)
		return;
	g_ptr_array_unref(forecast->events);
	g_hash_table_unref(forecast->replaced);
	g_free(forecast);
}

void forecast_note(Forecast *forecast, int64_t user_id, const EventNotice *notice)
{
	bool goes = notice->change == EVENT_REMOVED || notice->change == EVENT_FOLDED;
	PastEvent *event;

	if (notice->row == NULL && !goes)
		return;
	if (notice->post_id != 0)
		g_hash_table_add(
			forecast->replaced, g_memdup2(&notice->post_id, sizeof(notice->post_id)));
	if (goes)
		return;
	event = past_event_of_row(notice->row, user_id, notice->post_id, forecast->site);
	if (event->end_utc < forecast->now_utc && event->matches->len > 0)
		g_ptr_array_add(forecast->events, event);
	else
		past_event_free(event);
}

bool forecast_replaces(const Forecast *forecast, int64_t post_id)
{
	return g_hash_table_contains(forecast->replaced, &post_id);
}

static gint by_end(gconstpointer one, gconstpointer other)
{
	const PastEvent *a = *(PastEvent *const *)one;
	const PastEvent *b = *(PastEvent *const *)other;

	return a->end_utc < b->end_utc ? -1 : a->end_utc > b->end_utc;
}

GPtrArray *forecast_take(Forecast *forecast)
{
	GPtrArray *events = forecast->events;

	forecast->events = g_ptr_array_new_with_free_func(event_destroy);
	g_ptr_array_sort(events, by_end);
	return events;
}
