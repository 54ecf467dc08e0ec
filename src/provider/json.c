/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading of JSON answers and credentials: cJSON's values, with cleanup and bounds. */
#include "provider/json.h"

#include <sodium.h>
#include <string.h>

void json_secret_free(JsonSecret *object)
{
	for (cJSON *item = cJSON_IsObject(object) ? object->child : NULL; item != NULL;
		item = item->next) {
		if (cJSON_IsString(item) && item->valuestring != NULL)
			sodium_memzero(item->valuestring, strlen(item->valuestring));
	}
	cJSON_Delete(object);
}

/* Only what ends where the text ends: a cut-off or doubled answer is none. */
static cJSON *parse_whole(const char *text, size_t length)
{
	const char *end = NULL;
	cJSON *value = cJSON_ParseWithLengthOpts(text, length, &end, false);

	while (value != NULL && end < text + length && g_ascii_isspace(*end))
		end++;
	if (value != NULL && end == text + length && cJSON_IsObject(value))
		return value;
	cJSON_Delete(value);
	return NULL;
}

cJSON *json_parse_object(const char *text, size_t length)
{
	g_autofree char *valid = NULL;

	if (g_utf8_validate_len(text, length, NULL))
		return parse_whole(text, length);
	valid = g_utf8_make_valid(text, (gssize)length);
	return parse_whole(valid, strlen(valid));
}

const cJSON *json_member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *json_string(const cJSON *object, const char *name)
{
	const cJSON *item = json_member(object, name);

	return cJSON_IsString(item) && item->valuestring[0] != '\0' ? item->valuestring : NULL;
}

bool json_is_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(json_member(object, name));
}

char *json_to_text(const cJSON *value)
{
	char *printed = cJSON_PrintUnformatted(value);
	char *text = g_strdup(printed);

	if (printed != NULL)
		sodium_memzero(printed, strlen(printed));
	cJSON_free(printed);
	return text;
}
