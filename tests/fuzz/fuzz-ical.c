/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: calendar objects; whatever is read must be whole and inside its bounds. */
#include "event/ical.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_event(const Event *event)
{
	g_assert_nonnull(event->uid);
	g_assert_true(g_str_has_prefix(event->event_uid, event->uid));
	g_assert_true(g_utf8_validate(event->raw_json, -1, NULL));
	g_assert_cmpuint(strlen(event->raw_json), <, 65536);
	if (!event->all_day)
		g_assert_cmpint(event->start_utc, <=, event->end_utc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Amsterdam");
	/* 2026-01-01 to 2026-05-01. */
	IcalOptions options = {
		.window = {INT64_C(1767225600), INT64_C(1777593600)},
		.floating_zone = zone,
		.max_instances = 500,
	};
	g_autoptr(GPtrArray) events = NULL;
	g_autoptr(GPtrArray) problems = NULL;

	g_free(ical_find_uid((const char *)data, size));
	if (!ical_collect((const char *)data, size, &options, &events, &problems, NULL))
		return 0;
	for (guint i = 0; i < events->len; i++)
		check_event(g_ptr_array_index(events, i));
	return 0;
}
