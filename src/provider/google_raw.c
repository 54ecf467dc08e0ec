/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's event object, cut down to what is kept beside an event. */
#include "provider/google_raw.h"

#include <string.h>

#define RAW_MAX_BYTES 16384
/* JSON may take six bytes for one of text. */
#define LONG_TEXT_MAX_BYTES 1500
#define SHORT_TEXT_MAX_BYTES 500

static void cut_text(cJSON *object, const char *name, size_t max)
{
	const char *text = json_string(object, name);
	g_autofree char *cut = NULL;

	if (text == NULL || strlen(text) <= max)
		return;
	/* The last byte kept must not be inside a character. */
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	cut = g_strndup(text, max);
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	cJSON_AddStringToObject(object, name, cut);
}

static void cut_description(cJSON *item)
{
	cut_text(item, "description", LONG_TEXT_MAX_BYTES);
}

/* Of the guests only the owner is read back, and the others have a row of their own. */
static void keep_owner(cJSON *item)
{
	const cJSON *person;
	cJSON *owner = NULL;

	if (!cJSON_IsArray(json_member(item, "attendees")))
		return;
	cJSON_ArrayForEach(person, json_member(item, "attendees"))
	{
		if (json_is_true(person, "self") && owner == NULL)
			owner = cJSON_Duplicate(person, true);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(item, "attendees");
	if (owner != NULL) {
		cut_text(owner, "displayName", SHORT_TEXT_MAX_BYTES);
		cut_text(owner, "email", SHORT_TEXT_MAX_BYTES);
		cJSON_AddItemToArray(cJSON_AddArrayToObject(item, "attendees"), owner);
	}
}

static void drop_conference(cJSON *item)
{
	cJSON_DeleteItemFromObjectCaseSensitive(item, "conferenceData");
}

/* The last resort: what is read back, and nothing else. */
static void keep_essentials(cJSON *item)
{
	static const char *const kept[] = {
		"id", "status", "iCalUID", "visibility", "attendees", "summary"};
	cJSON *next;

	for (cJSON *member = item->child; member != NULL; member = next) {
		bool is_kept = false;

		next = member->next;
		for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
			is_kept = is_kept || g_strcmp0(member->string, kept[i]) == 0;
		if (!is_kept)
			cJSON_Delete(cJSON_DetachItemViaPointer(item, member));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
		cut_text(item, kept[i], SHORT_TEXT_MAX_BYTES);
}

static void drop_self(cJSON *item)
{
	const cJSON *attendees = json_member(item, "attendees");
	cJSON *person;

	cJSON_DeleteItemFromObjectCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(item, "organizer"), "self");
	if (!cJSON_IsArray(attendees))
		return;
	cJSON_ArrayForEach(person, attendees)
	{
		cJSON_DeleteItemFromObjectCaseSensitive(person, "self");
	}
}

char *google_raw_new(const cJSON *item, bool is_own)
{
	static void (*const cuts[])(cJSON *) = {
		cut_description, keep_owner, drop_conference, keep_essentials};
	g_autoptr(JsonValue) copy = is_own ? NULL : cJSON_Duplicate(item, true);
	g_autofree char *json = NULL;

	if (copy != NULL)
		drop_self(copy);
	json = json_to_text(copy != NULL ? copy : item);

	for (size_t i = 0; strlen(json) > RAW_MAX_BYTES && i < G_N_ELEMENTS(cuts); i++) {
		if (copy == NULL)
			copy = cJSON_Duplicate(item, true);
		cuts[i](copy);
		g_free(json);
		json = json_to_text(copy);
	}
	return strlen(json) <= RAW_MAX_BYTES ? g_steal_pointer(&json) : NULL;
}
