/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of a Google calendar between runs, as a JSON object. */
#include "provider/google_cursor.h"

#include <string.h>

#include "provider/json.h"

/* Texts of other versions are not read: then everything is listed once. */
#define VERSION 2
#define MAX_TEXT_BYTES 65536

void google_cursor_free(GoogleCursor *cursor)
{
	if (cursor == NULL)
		return;
	g_free(cursor->token);
	g_free(cursor->name);
	g_free(cursor->role);
	g_free(cursor->account);
	g_free(cursor);
}

GoogleCursor *google_cursor_parse(const char *text, const char *made_for)
{
	g_autoptr(GoogleCursor) cursor = g_new0(GoogleCursor, 1);
	g_autoptr(JsonValue) json = NULL;
	const cJSON *version;

	if (strlen(text) <= MAX_TEXT_BYTES)
		json = json_parse_object(text, strlen(text));
	version = json_member(json, "version");
	if (!cJSON_IsNumber(version) || version->valueint != VERSION ||
		g_strcmp0(json_string(json, "made_for"), made_for) != 0)
		return NULL;
	cursor->token = g_strdup(json_string(json, "token"));
	cursor->name = g_strdup(json_string(json, "name"));
	cursor->role = g_strdup(json_string(json, "role"));
	cursor->account = g_strdup(json_string(json, "account"));
	return cursor->token != NULL ? g_steal_pointer(&cursor) : NULL;
}

static void add_text(cJSON *json, const char *name, const char *text)
{
	if (text != NULL)
		cJSON_AddStringToObject(json, name, text);
}

char *google_cursor_to_text(const GoogleCursor *cursor, const char *made_for)
{
	g_autoptr(JsonValue) json = cJSON_CreateObject();
	g_autofree char *text = NULL;

	cJSON_AddNumberToObject(json, "version", VERSION);
	add_text(json, "made_for", made_for);
	add_text(json, "token", cursor->token);
	add_text(json, "name", cursor->name);
	add_text(json, "role", cursor->role);
	add_text(json, "account", cursor->account);
	text = json_to_text(json);
	return strlen(text) <= MAX_TEXT_BYTES ? g_steal_pointer(&text) : NULL;
}
