/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a page of Google's events, item by item. */
#include <stdint.h>
#include <string.h>

#include "provider/google_item.h"
#include "provider/json_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_item(const cJSON *item, const GoogleItemContext *context)
{
	const char *note;
	Event *event = NULL;

	if (google_item_read(item, context, &event, &note) != GOOGLE_ITEM_EVENT)
		return;
	g_assert_true(event->summary == NULL || g_utf8_validate(event->summary, -1, NULL));
	g_assert_true(g_utf8_validate(event->raw_json, -1, NULL));
	g_assert_cmpuint(strlen(event->raw_json), <, 65536);
	g_assert_cmpuint(event->worth, >, 0);
	if (!event->all_day)
		g_assert_cmpint(event->start_utc, <=, event->end_utc);
	event_free(event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Amsterdam");
	/* 2026-01-01 to 2026-05-01. */
	const GoogleItemContext context = {
		.window = {INT64_C(1767225600), INT64_C(1777593600)},
		.site_zone = zone,
		.calendar_zone = zone,
		.account = "anna@example.org",
	};
	g_autoptr(JsonList) list =
		json_list_parse(g_string_new_len((const char *)data, (gssize)size), "items");
	cJSON *item = NULL;

	if (list == NULL || !json_list_has_array(list))
		return 0;
	while (json_list_next(list, &item) && item != NULL) {
		try_item(item, &context);
		cJSON_Delete(item);
	}
	return 0;
}
