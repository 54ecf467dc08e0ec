/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/event_copy.h"

#include <glib.h>

/* A copy that is shown whole. */
typedef struct {
	const char *name;
	CopyHolder holder;
	bool is_private;
	bool is_masked; /* no title */
	int guests;     /* besides the owner */
	bool is_cut;    /* there are more */
} Case;

/* From the best to the worst. */
static const Case cases[] = {
	{"account, all", COPY_OF_ACCOUNT, true, false, 2, false},
	{"account, some", COPY_OF_ACCOUNT, false, false, 2, true},
	{"account, guests hidden", COPY_OF_ACCOUNT, false, false, 0, false},
	{"owner, all", COPY_OF_OWNER, false, false, 2, false},
	{"owner, guests hidden", COPY_OF_OWNER, false, false, 0, true},
	{"writer, all", COPY_OF_WRITER, true, false, 2, false},
	{"reader, all", COPY_OF_READER, false, false, 1, false},
	{"reader, some", COPY_OF_READER, false, false, 1, true},
	{"reader, guests hidden", COPY_OF_READER, false, false, 0, false},
	{"reader, masked", COPY_OF_READER, true, true, 0, false},
};

static void add_guest(Event *event, bool is_self)
{
	Attendee *attendee = attendee_new();

	attendee->is_self = is_self;
	g_ptr_array_add(event->attendees, attendee);
}

static uint8_t worth_of(const Case *one)
{
	g_autoptr(Event) event = event_new();

	event->is_private = one->is_private;
	event->summary = one->is_masked ? NULL : g_strdup("Talk");
	event->attendees_incomplete = one->is_cut;
	add_guest(event, true);
	for (int i = 0; i < one->guests; i++)
		add_guest(event, false);
	return event_copy_worth(event, one->holder);
}

static void test_each_is_worth_more_than_the_next(void)
{
	for (size_t i = 0; i + 1 < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s, %s", cases[i].name, cases[i + 1].name);
		g_assert_cmpuint(worth_of(&cases[i]), >, worth_of(&cases[i + 1]));
	}
	/* 0 is that of sources that do not tell copies apart. */
	g_assert_cmpuint(worth_of(&cases[G_N_ELEMENTS(cases) - 1]), >, 0);
}

static void test_no_title_is_no_secret(void)
{
	g_autoptr(Event) untitled = event_new();
	g_autoptr(Event) titled = event_new();

	titled->summary = g_strdup("Talk");
	g_assert_cmpuint(event_copy_worth(untitled, COPY_OF_READER), ==,
		event_copy_worth(titled, COPY_OF_READER));
}

/* From the best to the worst. */
static void test_without_holders_revisions_count(void)
{
	static const struct {
		bool is_masked;
		int guests;
		int64_t sequence;
	} order[] = {
		{false, 1, 3},
		{false, 0, 3},
		{false, 1, 2},
		{false, 0, 0},
		{true, 1, 9},
		{true, 0, 9},
		{true, 1, 8},
	};
	uint8_t last = UINT8_MAX;

	for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
		g_autoptr(Event) event = event_new();
		uint8_t worth;

		event->is_private = order[i].is_masked;
		event->summary = order[i].is_masked ? NULL : g_strdup("Talk");
		add_guest(event, order[i].guests == 0);
		worth = event_copy_worth_of_revision(event, order[i].sequence);
		g_assert_cmpuint(worth, <, last);
		g_assert_cmpuint(worth, >, 0);
		g_assert_cmpuint(event_copy_worth_of_revision(event, REVISIONS_MAX), ==,
			event_copy_worth_of_revision(event, G_MAXINT32));
		last = worth;
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/event/copy/order", test_each_is_worth_more_than_the_next);
	g_test_add_func("/event/copy/no-title", test_no_title_is_no_secret);
	g_test_add_func("/event/copy/revisions", test_without_holders_revisions_count);
	return g_test_run();
}
