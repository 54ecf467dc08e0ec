/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: WordPress's cron option; what is taken out is gone, and can be put back. */
#include <stdint.h>

#include "site/cron.h"
#include "site/cron_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char hook[] = "prm_calendar_sync";

static void put_back(GBytes *stored)
{
	gsize size;
	const char *bytes = g_bytes_get_data(stored, &size);
	g_autoptr(GBytes) again = cron_schedule_event(bytes, size, INT64_C(1767225600),
		"every_15_minutes", CRON_INTERVAL_SECS, hook, NULL);
	int64_t utc = 0;

	if (again == NULL)
		return;
	bytes = g_bytes_get_data(again, &size);
	g_assert_true(cron_next_scheduled(bytes, size, hook, &utc, NULL));
	g_assert_cmpint(utc, ==, INT64_C(1767225600));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *stored = (const char *)data;
	g_autoptr(GBytes) without = NULL;
	CronEvent event = {0};
	bool is_known;
	int64_t utc;
	bool can_be_read = cron_next_scheduled(stored, size, hook, &utc, NULL);

	if (cron_find_event(stored, size, hook, &event, &is_known, NULL) && is_known)
		g_assert_cmpint(cron_event_next(&event, INT64_C(1767225600)), >, 0);
	without = cron_unschedule_hook(stored, size, hook, NULL);
	if (without != NULL) {
		gsize left;
		const char *bytes = g_bytes_get_data(without, &left);

		g_assert_true(can_be_read);
		g_assert_true(cron_next_scheduled(bytes, left, hook, &utc, NULL));
		g_assert_cmpint(utc, ==, 0);
		put_back(without);
	}
	return 0;
}
