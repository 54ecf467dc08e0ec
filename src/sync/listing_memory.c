/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a listing finds remembered, and what it leaves behind: cursors, and the events that they
 * cover.
 */
#include <string.h>

#include "state/connection_state.h"
#include "sync/listing_private.h"

bool listing_remembers(const Listing *listing)
{
	return listing->options->has_tables && !listing->options->store->dry_run;
}

bool listing_need_store(Listing *listing, GError **error)
{
	const ListingOptions *options = listing->options;

	if (listing->store != NULL)
		return true;
	if (!options->claim(options->data, error))
		return false;
	if (listing_remembers(listing) && !connection_state_create(options->db,
						  options->store->user_id, options->state, error))
		return false;
	listing->store_options = *options->store;
	listing->store_options.state = options->has_tables ? options->state->id : 0;
	listing->store =
		event_store_open(options->db, options->site, &listing->store_options, error);
	if (listing->store == NULL)
		return false;
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);

		event_store_calendar_changes(listing->store, told->id);
	}
	return true;
}

const CalendarCursor *listing_valid_cursor(const Listing *listing, const char *calendar_id)
{
	const ListingOptions *options = listing->options;
	const CalendarCursor *cursor = connection_state_cursor(options->state, calendar_id);

	if (!options->has_tables || options->forgets || cursor == NULL ||
		memcmp(cursor->settings_hash, options->settings_hash, STATE_HASH_BYTES) != 0)
		return NULL;
	return cursor;
}

static bool is_told(const Listing *listing, const char *calendar_id)
{
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);

		if (strcmp(told->id, calendar_id) == 0)
			return true;
	}
	return false;
}

GPtrArray *listing_deselected(const Listing *listing)
{
	GPtrArray *ids = g_ptr_array_new();
	const GPtrArray *cursors = listing->options->state->cursors;

	for (guint i = 0; i < cursors->len && listing->failure == NULL; i++) {
		const CalendarCursor *cursor = g_ptr_array_index(cursors, i);

		if (!is_told(listing, cursor->calendar_id))
			g_ptr_array_add(ids, cursor->calendar_id);
	}
	return ids;
}

/* Of a calendar that the account has no longer: what leads on from there stays as long as the
 * events do. */
static CalendarCursor *gone_cursor(const Listing *listing, const Told *told)
{
	const CalendarCursor *old = connection_state_cursor(listing->options->state, told->id);
	bool is_kept = old != NULL && !told->is_given_up;
	const char *kept = told->cursor != NULL || old == NULL ? told->cursor : old->text;
	const char *text = is_kept ? kept : "";

	if (old != NULL && old->gone_utc == told->gone_utc && strcmp(old->text, text) == 0)
		return NULL;
	return calendar_cursor_new(told->id,
		is_kept ? old->settings_hash : listing->options->settings_hash, text,
		is_kept ? old->listed_utc : 0, told->gone_utc);
}

/* Whether its copies of some events are still to come: it is listed whole next time. */
static bool awaits(const Listing *listing, const char *calendar_id)
{
	return listing->store != NULL && event_store_awaits(listing->store, calendar_id);
}

/* Of a calendar that was not told completely: it stands where it stood, but the provider may have
 * learned something about it. */
static CalendarCursor *failed_cursor(
	const Listing *listing, const Told *told, const CalendarCursor *old)
{
	const char *text = told->cursor != NULL || old == NULL ? told->cursor : old->text;
	int64_t listed_utc = old == NULL || awaits(listing, told->id) ? 0 : old->listed_utc;

	if (old == NULL || (listed_utc == old->listed_utc && strcmp(old->text, text) == 0))
		return NULL;
	return calendar_cursor_new(told->id, old->settings_hash, text, listed_utc, old->gone_utc);
}

/* The cursor to be stored for a calendar, or NULL when what is stored is right. Caller frees. */
static CalendarCursor *next_cursor(const Listing *listing, const Told *told)
{
	const CalendarCursor *old = listing_valid_cursor(listing, told->id);
	int64_t listed_utc = old != NULL ? old->listed_utc : 0;

	if (told->gone_utc != 0)
		return gone_cursor(listing, told);
	if (!told->is_complete)
		return failed_cursor(listing, told, old);
	if (told->cursor == NULL)
		return NULL;
	if (told->kind == PROVIDER_LISTING_ALL)
		listed_utc = listing->options->store->now_utc;
	if (awaits(listing, told->id) ||
		(listing->store != NULL && event_store_wants_listing(listing->store)))
		listed_utc = 0;
	if (old != NULL && old->listed_utc == listed_utc && old->gone_utc == 0 &&
		strcmp(old->text, told->cursor) == 0)
		return NULL;
	return calendar_cursor_new(
		told->id, listing->options->settings_hash, told->cursor, listed_utc, 0);
}

/* What is stored with the last events. */
typedef struct {
	const Listing *listing;
	const ListingOptions *options;
	GPtrArray *forgotten; /* of char *, borrowed: calendars */
	GPtrArray *cursors;   /* of CalendarCursor */
} Memory;

/* Asked when all events but the last ones are written: some may have been refused. */
static bool counts_problems(const Listing *listing)
{
	return listing->store != NULL &&
	       (listing->had_problems || listing->options->state->problems > 0 ||
		       event_store_counts(listing->store)->failed > 0);
}

static bool store_problems(Db *db, ConnectionState *state, GError **error)
{
	g_autofree char *first = NULL;

	if (!connection_state_count_problems(db, state->id, &state->problems, &first, error))
		return false;
	g_free(state->first_problem);
	state->first_problem = g_steal_pointer(&first);
	return connection_state_store(db, state, error);
}

static bool store_memory(Db *db, void *data, GError **error)
{
	const Memory *memory = data;
	ConnectionState *state = memory->options->state;

	for (guint i = 0; i < memory->forgotten->len; i++) {
		if (!calendar_cursor_forget(
			    db, state->id, g_ptr_array_index(memory->forgotten, i), error))
			return false;
	}
	for (guint i = 0; i < memory->cursors->len; i++) {
		if (!calendar_cursor_store(
			    db, state->id, g_ptr_array_index(memory->cursors, i), error))
			return false;
	}
	return !counts_problems(memory->listing) || store_problems(db, state, error);
}

static bool has_memory(const Memory *memory)
{
	return memory->cursors->len + memory->forgotten->len > 0 ||
	       counts_problems(memory->listing);
}

/* Whether the calendar was listed again, and completely. */
static bool is_told_later(const Listing *listing, guint place)
{
	const Told *told = g_ptr_array_index(listing->told, place);

	for (guint i = place + 1; i < listing->told->len; i++) {
		const Told *later = g_ptr_array_index(listing->told, i);

		if (later->is_complete && strcmp(later->id, told->id) == 0)
			return true;
	}
	return false;
}

static void collect_cursors(const Listing *listing, Memory *memory)
{
	for (guint i = 0; i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);
		CalendarCursor *cursor =
			is_told_later(listing, i) ? NULL : next_cursor(listing, told);

		if (cursor == NULL)
			continue;
		g_ptr_array_add(memory->cursors, cursor);
		if (told->is_given_up)
			g_ptr_array_add(memory->forgotten, told->id);
	}
}

bool listing_is_unsettled(const Listing *listing)
{
	return listing->is_unsettled && listing_remembers(listing);
}

static bool finish_store(Listing *listing, Memory *memory, GError **error)
{
	if (listing->store != NULL)
		return event_store_finish(listing->store,
			listing_remembers(listing) && has_memory(memory) ? store_memory : NULL,
			memory, error);
	/* Only the provider's own words changed: there are no events that could lag behind. */
	return !listing_remembers(listing) || store_memory(listing->options->db, memory, error);
}

bool listing_finish(Listing *listing, GError **error)
{
	g_autoptr(GPtrArray) forgotten = listing_deselected(listing);
	g_autoptr(GPtrArray) cursors =
		g_ptr_array_new_with_free_func((GDestroyNotify)calendar_cursor_free);
	Memory memory = {
		.listing = listing,
		.options = listing->options,
		.forgotten = forgotten,
		.cursors = cursors,
	};

	if (forgotten->len > 0 && !listing_need_store(listing, error))
		return false;
	if (listing->store != NULL &&
		!event_store_sweep(listing->store, listing->failure == NULL, error))
		return false;
	collect_cursors(listing, &memory);
	if (!finish_store(listing, &memory, error))
		return false;
	/* For the listing that follows, if one does. */
	while (listing_is_unsettled(listing) && cursors->len > 0)
		connection_state_take_cursor(
			listing->options->state, g_ptr_array_steal_index(cursors, 0));
	return true;
}

bool listing_abandon(Listing *listing, GError **error)
{
	return listing->store == NULL || event_store_finish(listing->store, NULL, NULL, error);
}
