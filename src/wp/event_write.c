/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One write, and the name of its post. */
#include "wp/event_write.h"

#include <sodium.h>
#include <string.h>

EventWrite *event_write_new(
	EventChange change, int64_t post_id, const char *event_uid, EventRow *take_row)
{
	EventWrite *write = g_new0(EventWrite, 1);

	write->change = change;
	write->post_id = post_id;
	write->event_uid = g_strdup(event_uid);
	write->row = take_row;
	return write;
}

void event_write_replace(EventWrite *write, EventRow *take_row)
{
	if (write->change == EVENT_UNCHANGED)
		write->change = EVENT_CHANGED;
	event_row_free(write->row);
	write->row = take_row;
}

void event_write_forget_outcome(EventWrite *write)
{
	write->done = write->change;
	write->done_id = write->post_id;
	write->done_successor_id = write->successor_id;
	write->was_damaged = false;
	g_clear_pointer(&write->title, g_free);
	g_clear_pointer(&write->start, g_free);
}

void event_write_free(EventWrite *write)
{
	if (write == NULL)
		return;
	event_write_forget_outcome(write);
	g_free(write->event_uid);
	g_free(write->former_uid);
	g_free(write->successor_uid);
	event_row_free(write->row);
	g_free(write);
}

char *event_slug(const EventWriteContext *context, const char *event_uid)
{
	g_autofree char *identity = g_strdup_printf("%" G_GINT64_FORMAT "/%s/%s",
		context->options->user_id, context->options->connection_id, event_uid);
	uint8_t hash[16];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(
		hash, sizeof(hash), (const uint8_t *)identity, strlen(identity), NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return g_strconcat("calendar-event-", hex, NULL);
}
