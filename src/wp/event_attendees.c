/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attendees that are stored of an event, read from its meta row. */
#include "wp/event_attendees.h"

#include <string.h>

#include "wp/event_row.h"
#include "wp/php_json.h"

/* As many as a source may name. */
#define ATTENDEES_MAX 2000

/* A member that is a non-empty string; NULL for anything else. Borrowed. */
static const char *text_member(const PhpValue *object, const char *name)
{
	const char *text = php_value_bytes(php_array_get(object, name), NULL);

	return text == NULL || text[0] == '\0' ? NULL : text;
}

static AttendeeStatus status_of(const char *name)
{
	static const AttendeeStatus statuses[] = {
		ATTENDEE_ACCEPTED, ATTENDEE_DECLINED, ATTENDEE_TENTATIVE};

	for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(statuses); i++) {
		if (strcmp(name, attendee_status_name(statuses[i])) == 0)
			return statuses[i];
	}
	return ATTENDEE_NEEDS_ACTION;
}

static bool is_there(const Event *event, const char *email, const char *name)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = g_ptr_array_index(event->attendees, i);

		if (email != NULL ? attendee->email != NULL &&
					    g_ascii_strcasecmp(attendee->email, email) == 0
				  : g_strcmp0(attendee->name, name) == 0)
			return true;
	}
	return false;
}

static void add_missing(Event *event, const char *json)
{
	g_autoptr(PhpValue) list = php_json_decode(json, strlen(json), NULL);
	size_t count = php_value_size(list);

	for (size_t i = 0; i < count && event->attendees->len < ATTENDEES_MAX; i++) {
		PhpKey key;
		const PhpValue *item = php_value_at(list, i, &key);
		const char *email = text_member(item, "email");
		const char *name = text_member(item, "name");
		Attendee *attendee;

		if ((email == NULL && name == NULL) || is_there(event, email, name))
			continue;
		attendee = attendee_new();
		attendee->email = email != NULL ? g_utf8_strdown(email, -1) : NULL;
		attendee->name = g_strdup(name);
		attendee->status = status_of(text_member(item, "status"));
		g_ptr_array_add(event->attendees, attendee);
	}
}

bool event_attendees_add_stored(Db *db, int64_t post_id, Event *event, GError **error)
{
	DbStatement *select = db_prepare(db,
		"SELECT meta_value FROM {postmeta} WHERE post_id = ? AND meta_key = ? "
		"ORDER BY meta_id LIMIT 1",
		error);
	bool has_row;

	if (select == NULL)
		return false;
	db_bind_int(select, post_id);
	db_bind_text(select, event_meta_key(EVENT_META_ATTENDEES));
	if (!db_query(select, error) || !db_next(select, &has_row, error))
		return false;
	if (has_row && !db_column_is_null(select, 0))
		add_missing(event, db_column_text(select, 0));
	db_finish(select);
	return true;
}
