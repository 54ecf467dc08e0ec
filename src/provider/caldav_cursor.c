/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a calendar between runs, as a JSON object. */
#include "provider/caldav_cursor.h"

#include <string.h>

#include "provider/caldav_resource.h"
#include "provider/json.h"

/* Texts of other versions are not read: then everything is listed once. */
#define VERSION 1
#define MAX_TEXT_BYTES 65536
/* What a number in JSON can hold exactly. */
#define MAX_TIME 9007199254740992.0

/* The texts of a cursor by their names. */
static const struct {
	const char *name;
	size_t offset;
	bool is_required;
} texts[] = {
	{"url", G_STRUCT_OFFSET(CalDavCursor, url), true},
	{"name", G_STRUCT_OFFSET(CalDavCursor, name), true},
	{"zone", G_STRUCT_OFFSET(CalDavCursor, zone_name), false},
	{"ctag", G_STRUCT_OFFSET(CalDavCursor, ctag), false},
	{"principal", G_STRUCT_OFFSET(CalDavCursor, principal_url), false},
	{"token_seen", G_STRUCT_OFFSET(CalDavCursor, token_seen), false},
	{"sync_token", G_STRUCT_OFFSET(CalDavCursor, sync_token), false},
};

void caldav_cursor_free(CalDavCursor *cursor)
{
	if (cursor == NULL)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(G_STRUCT_MEMBER(char *, cursor, texts[i].offset));
	g_strfreev(cursor->own_addresses);
	g_free(cursor);
}

static bool read_addresses(CalDavCursor *cursor, const cJSON *json)
{
	const cJSON *addresses = json_member(json, "own_addresses");
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	if (!cJSON_IsArray(addresses))
		return false;
	for (const cJSON *item = addresses->child; item != NULL; item = item->next) {
		if (!cJSON_IsString(item))
			return false;
		g_strv_builder_add(builder, item->valuestring);
	}
	cursor->own_addresses = g_strv_builder_end(builder);
	return true;
}

static bool read_texts(CalDavCursor *cursor, const cJSON *json)
{
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		const cJSON *text = json_member(json, texts[i].name);

		if (cJSON_IsString(text))
			G_STRUCT_MEMBER(char *, cursor, texts[i].offset) =
				g_strdup(text->valuestring);
		else if (text != NULL || texts[i].is_required)
			return false;
	}
	return cursor->zone_name == NULL || caldav_zone_name_is_plain(cursor->zone_name);
}

static bool read_time(CalDavCursor *cursor, const cJSON *json)
{
	const cJSON *time = json_member(json, "no_reports_until");

	if (time == NULL)
		return true;
	if (!cJSON_IsNumber(time) || !(time->valuedouble >= 0 && time->valuedouble <= MAX_TIME))
		return false;
	cursor->no_reports_until_utc = (int64_t)time->valuedouble;
	return true;
}

static bool is_for(const cJSON *json, const CalDavAccount *account)
{
	const cJSON *version = json_member(json, "version");

	return cJSON_IsNumber(version) && version->valueint == VERSION &&
	       g_strcmp0(json_string(json, "account"), account->url) == 0 &&
	       g_strcmp0(json_string(json, "username"), account->username) == 0;
}

CalDavCursor *caldav_cursor_parse(const char *text, const CalDavAccount *account)
{
	g_autoptr(CalDavCursor) cursor = g_new0(CalDavCursor, 1);
	g_autoptr(JsonValue) json = NULL;

	if (strlen(text) <= MAX_TEXT_BYTES)
		json = json_parse_object(text, strlen(text));
	if (json == NULL || !is_for(json, account) || !read_texts(cursor, json) ||
		!read_addresses(cursor, json) || !read_time(cursor, json))
		return NULL;
	cursor->was_gone = json_is_true(json, "was_gone");
	cursor->was_cut = json_is_true(json, "was_cut");
	cursor->takes_basic = json_is_true(json, "takes_basic");
	return g_steal_pointer(&cursor);
}

char *caldav_cursor_to_text(const CalDavCursor *cursor, const CalDavAccount *account)
{
	g_autoptr(JsonValue) json = cJSON_CreateObject();
	cJSON *addresses;
	g_autofree char *text = NULL;

	cJSON_AddNumberToObject(json, "version", VERSION);
	cJSON_AddStringToObject(json, "account", account->url);
	cJSON_AddStringToObject(json, "username", account->username);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *value = G_STRUCT_MEMBER(char *, cursor, texts[i].offset);

		if (value != NULL)
			cJSON_AddStringToObject(json, texts[i].name, value);
	}
	addresses = cJSON_AddArrayToObject(json, "own_addresses");
	for (char **address = cursor->own_addresses; *address != NULL; address++)
		cJSON_AddItemToArray(addresses, cJSON_CreateString(*address));
	if (cursor->was_gone)
		cJSON_AddTrueToObject(json, "was_gone");
	if (cursor->was_cut)
		cJSON_AddTrueToObject(json, "was_cut");
	if (cursor->takes_basic)
		cJSON_AddTrueToObject(json, "takes_basic");
	if (cursor->no_reports_until_utc > 0)
		cJSON_AddNumberToObject(
			json, "no_reports_until", (double)cursor->no_reports_until_utc);
	text = json_to_text(json);
	return strlen(text) <= MAX_TEXT_BYTES ? g_steal_pointer(&text) : NULL;
}
