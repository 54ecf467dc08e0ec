/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "event/event.h"

static void test_new_event_is_empty(void)
{
	g_autoptr(Event) event = event_new();

	g_assert_null(event->summary);
	g_assert_cmpuint(event->attendees->len, ==, 0);
}

static void test_status_names_are_those_of_the_theme(void)
{
	g_assert_cmpstr(attendee_status_name(ATTENDEE_NEEDS_ACTION), ==, "needsAction");
	g_assert_cmpstr(attendee_status_name(ATTENDEE_DECLINED), ==, "declined");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/new-is-empty", test_new_event_is_empty);
	g_test_add_func("/event/status-names", test_status_names_are_those_of_the_theme);
	return g_test_run();
}
