/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing's rounds: what the provider tells, and what it is asked for because of that. */
#include <string.h>

#include "sync/listing_private.h"

static void add_once(GPtrArray *ids, char *id)
{
	for (guint i = 0; i < ids->len; i++) {
		if (strcmp(ids->pdata[i], id) == 0)
			return;
	}
	g_ptr_array_add(ids, id);
}

/* The ids of those calendars that are to be listed whole before the sweep, since the best copies of
 * some events are gone and theirs are the next best; NULL-terminated, borrowed ids. From then on
 * the sink has all that it is asked for listed whole. NULL with a DB_ERROR; caller unrefs. */
static GPtrArray *awaited_of(Listing *listing, GError **error)
{
	g_autoptr(GPtrArray) gone = listing_deselected(listing);
	GPtrArray *ids;

	if ((gone->len > 0 && !listing_need_store(listing, error)) ||
		(listing->store != NULL &&
			!event_store_choose(listing->store, listing->failure == NULL, error)))
		return NULL;
	ids = g_ptr_array_new();
	for (guint i = 0; listing->store != NULL && i < listing->told->len; i++) {
		const Told *told = g_ptr_array_index(listing->told, i);

		if (told->is_complete && event_store_awaits(listing->store, told->id))
			add_once(ids, told->id);
	}
	g_ptr_array_add(ids, NULL);
	listing->is_again = true;
	return ids;
}

bool listing_tell(
	Listing *listing, const Provider *provider, const ProviderRequest *request, GError **error)
{
	ProviderRequest next = *request;
	guint count =
		request->calendar_ids != NULL ? g_strv_length((char **)request->calendar_ids) : 0;

	if (!provider->sync(request, &listing->sink, error))
		return false;
	/* Each round may find another calendar's copy gone. */
	for (guint round = 0; round < MAX(1, count) && !listing->is_overfull; round++) {
		g_autoptr(GPtrArray) awaited = awaited_of(listing, error);

		if (awaited == NULL)
			return false;
		if (awaited->pdata[0] == NULL)
			return true;
		next.calendar_ids = (const char *const *)awaited->pdata;
		if (!provider->sync(&next, &listing->sink, error))
			return false;
	}
	return true;
}
