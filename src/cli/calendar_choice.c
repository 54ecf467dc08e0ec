/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/calendar_choice.h"

#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/output.h"
#include "util/config.h"

/* Those that can be synced, numbered from 1. */
static char *list_text(const GPtrArray *usable)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < usable->len; i++) {
		const ProviderCalendar *calendar = g_ptr_array_index(usable, i);
		g_autofree char *name = printable(calendar->name);
		g_autofree char *id = printable(calendar->id);

		g_string_append_printf(text, "\n%3u  %s\n     %s", i + 1,
			name[0] != '\0' ? name : "(no name)", id);
	}
	return g_string_free(text, FALSE);
}

/* "/anna/work/" for "https://dav.example.org/anna/work/", with or without the last slash. */
static bool ends_with(const char *id, const char *wanted)
{
	size_t id_bytes = strlen(id);
	size_t bytes = strlen(wanted);

	id_bytes -= id_bytes > 0 && id[id_bytes - 1] == '/' ? 1 : 0;
	bytes -= bytes > 0 && wanted[bytes - 1] == '/' ? 1 : 0;
	return bytes > 1 && wanted[0] == '/' && bytes <= id_bytes &&
	       memcmp(id + id_bytes - bytes, wanted, bytes) == 0;
}

static bool is_named(const ProviderCalendar *calendar, const char *wanted)
{
	return strcmp(calendar->id, wanted) == 0 || strcmp(calendar->name, wanted) == 0 ||
	       ends_with(calendar->id, wanted) ||
	       (calendar->is_primary && strcmp(wanted, "primary") == 0);
}

static bool add_named(
	const GPtrArray *usable, const char *wanted, GPtrArray *chosen, GError **error)
{
	ProviderCalendar *found = NULL;
	unsigned count = 0;

	for (guint i = 0; i < usable->len; i++) {
		if (!is_named(g_ptr_array_index(usable, i), wanted))
			continue;
		found = g_ptr_array_index(usable, i);
		count++;
	}
	if (count == 1) {
		if (!g_ptr_array_find(chosen, found, NULL))
			g_ptr_array_add(chosen, found);
		return true;
	}
	g_autofree char *all = list_text(usable);

	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "%s '%s'; the account has:%s",
		count == 0 ? "the account has no calendar for events of the name or id"
			   : "several calendars are called",
		wanted, all);
	return false;
}

static GPtrArray *usable_of(const GPtrArray *calendars)
{
	GPtrArray *usable = g_ptr_array_new();

	for (guint i = 0; i < calendars->len; i++) {
		ProviderCalendar *calendar = g_ptr_array_index(calendars, i);

		if (calendar->holds_events)
			g_ptr_array_add(usable, calendar);
	}
	return usable;
}

static bool pick(const GPtrArray *usable, GPtrArray *chosen, GError **error)
{
	g_autofree char *all = list_text(usable);
	g_autofree char *answer = NULL;
	guint64 number = 0;

	if (!ask_can()) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"the account has several calendars: say which by --calendar:%s", all);
		return false;
	}
	fprintf(stderr, "The account has these calendars:%s\n", all);
	answer = ask_line("Number of the calendar to sync: ");
	if (answer == NULL ||
		!g_ascii_string_to_unsigned(answer, 10, 1, usable->len, &number, NULL)) {
		g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"that is none of their numbers; nothing was connected");
		return false;
	}
	g_ptr_array_add(chosen, g_ptr_array_index(usable, number - 1));
	return true;
}

GPtrArray *calendar_choice_make(
	const CliOptions *options, const GPtrArray *calendars, GError **error)
{
	g_autoptr(GPtrArray) usable = usable_of(calendars);
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();

	for (char **wanted = options->calendars; wanted != NULL && *wanted != NULL; wanted++) {
		if (!add_named(usable, *wanted, chosen, error))
			return NULL;
	}
	if (chosen->len == 0 && usable->len == 1)
		g_ptr_array_add(chosen, g_ptr_array_index(usable, 0));
	else if (chosen->len == 0 && !pick(usable, chosen, error))
		return NULL;
	return g_steal_pointer(&chosen);
}
