/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attendees that are stored of an event, read from its meta rows. */
#include "wp/event_attendees.h"

#include "util/limits.h"
#include "wp/event_row.h"
#include "wp/stored_people.h"

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

static void add_missing(Event *event, Event *stored)
{
	while (stored->attendees->len > 0 && event->attendees->len < LIMIT_EVENT_ATTENDEES) {
		g_autoptr(Attendee) guest = g_ptr_array_steal_index(stored->attendees, 0);

		if ((guest->email != NULL || guest->name != NULL) &&
			!is_there(event, guest->email, guest->name))
			g_ptr_array_add(event->attendees, g_steal_pointer(&guest));
	}
}

typedef struct {
	char *metas[EVENT_META_COUNT];
} StoredMetas;

static void stored_metas_clear(StoredMetas *stored)
{
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		g_free(stored->metas[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoredMetas, stored_metas_clear)

/* Of several rows of one key the first, as WordPress reads. */
static bool load_metas(Db *db, int64_t post_id, StoredMetas *stored, GError **error)
{
	DbStatement *select = db_prepare(db,
		"SELECT meta_key, meta_value FROM {postmeta} WHERE post_id = ? "
		"AND meta_key IN ('_attendees', '_raw_data') ORDER BY meta_id",
		error);
	bool has_row;

	if (select == NULL)
		return false;
	db_bind_int(select, post_id);
	if (!db_query(select, error))
		return false;
	for (;;) {
		EventMeta meta;

		if (!db_next(select, &has_row, error))
			return false;
		if (!has_row)
			return true;
		if (event_meta_parse(db_column_text(select, 0), &meta) &&
			stored->metas[meta] == NULL)
			stored->metas[meta] = g_strdup(db_column_text(select, 1));
	}
}

bool event_attendees_add_stored(Db *db, int64_t post_id, Event *event, GError **error)
{
	g_auto(StoredMetas) metas = {0};
	g_autoptr(Event) stored = NULL;

	if (!load_metas(db, post_id, &metas, error))
		return false;
	stored = stored_people_read((const char *const *)metas.metas);
	if (stored != NULL)
		add_missing(event, stored);
	return true;
}
