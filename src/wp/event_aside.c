/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes in a temporary file: what has a fixed size, then the strings, each behind its length. */
#include "wp/event_aside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NO_STRING = -1 };

struct EventAside {
	FILE *file; /* or NULL */
};

typedef struct {
	EventChange change;
	bool has_object;
	uint8_t calendar_hash[STATE_HASH_BYTES];
	uint8_t object_hash[STATE_HASH_BYTES];
	uint8_t worth;
	uint8_t hash[EVENT_HASH_BYTES];
} Fixed;

EventAside *event_aside_new(void)
{
	return g_new0(EventAside, 1);
}

void event_aside_free(EventAside *aside)
{
	if (aside == NULL)
		return;
	if (aside->file != NULL)
		(void)fclose(aside->file);
	g_free(aside);
}

static bool put_bytes(FILE *file, const void *bytes, size_t length)
{
	return length == 0 || fwrite(bytes, length, 1, file) == 1;
}

static bool put_string(FILE *file, const char *string)
{
	int32_t length = string == NULL ? NO_STRING : (int32_t)strlen(string);

	return put_bytes(file, &length, sizeof(length)) &&
	       (string == NULL || put_bytes(file, string, (size_t)length));
}

static bool put_strings(FILE *file, char *const *strings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!put_string(file, strings[i]))
			return false;
	}
	return true;
}

static bool put_write(FILE *file, const EventWrite *write)
{
	const EventRow *row = write->row;
	Fixed fixed = {
		.change = write->change,
		.has_object = write->has_object,
		.worth = row->worth,
	};

	memcpy(fixed.calendar_hash, write->calendar_hash, STATE_HASH_BYTES);
	memcpy(fixed.object_hash, write->object_hash, STATE_HASH_BYTES);
	memcpy(fixed.hash, row->hash, EVENT_HASH_BYTES);
	return put_bytes(file, &fixed, sizeof(fixed)) && put_string(file, write->event_uid) &&
	       put_strings(file, row->columns, EVENT_COLUMN_COUNT) &&
	       put_strings(file, row->metas, EVENT_META_COUNT) && put_string(file, row->series_uid);
}

int64_t event_aside_put(EventAside *aside, const EventWrite *write)
{
	int64_t place;

	if (aside->file == NULL)
		aside->file = tmpfile();
	if (aside->file == NULL || fseeko(aside->file, 0, SEEK_END) != 0)
		return -1;
	place = ftello(aside->file);
	/* What is buffered may find no room later: then it is known now. */
	return put_write(aside->file, write) && fflush(aside->file) == 0 ? place : -1;
}

static bool read_string(FILE *file, char **ret_string)
{
	int32_t length;

	if (fread(&length, sizeof(length), 1, file) != 1)
		return false;
	if (length == NO_STRING)
		return true;
	*ret_string = g_malloc0((gsize)length + 1);
	return length == 0 || fread(*ret_string, (size_t)length, 1, file) == 1;
}

static bool read_strings(FILE *file, char **ret_strings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!read_string(file, &ret_strings[i]))
			return false;
	}
	return true;
}

static bool read_write(FILE *file, EventWrite *write)
{
	EventRow *row = write->row;
	Fixed fixed;

	if (fread(&fixed, sizeof(fixed), 1, file) != 1)
		return false;
	write->change = fixed.change;
	write->has_object = fixed.has_object;
	row->worth = fixed.worth;
	memcpy(write->calendar_hash, fixed.calendar_hash, STATE_HASH_BYTES);
	memcpy(write->object_hash, fixed.object_hash, STATE_HASH_BYTES);
	memcpy(row->hash, fixed.hash, EVENT_HASH_BYTES);
	return read_string(file, &write->event_uid) &&
	       read_strings(file, row->columns, EVENT_COLUMN_COUNT) &&
	       read_strings(file, row->metas, EVENT_META_COUNT) &&
	       read_string(file, &row->series_uid);
}

EventWrite *event_aside_read(EventAside *aside, int64_t place, GError **error)
{
	g_autoptr(EventWrite) write = event_write_new(EVENT_ADDED, 0, NULL, g_new0(EventRow, 1));

	errno = 0;
	if (fseeko(aside->file, place, SEEK_SET) == 0 && read_write(aside->file, write))
		return g_steal_pointer(&write);
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		"a temporary file with events cannot be read again: %s", g_strerror(errno));
	return NULL;
}
