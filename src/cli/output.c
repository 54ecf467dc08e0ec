/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing for machines and for people. */
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/visible.h"

Json *json_object_new(void)
{
	return cJSON_CreateObject();
}

void json_free(Json *value)
{
	cJSON_Delete(value);
}

void json_set_text(Json *object, const char *name, const char *text)
{
	g_autofree char *valid = text == NULL ? NULL : g_utf8_make_valid(text, -1);

	if (valid == NULL)
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddStringToObject(object, name, valid);
}

void json_set_int(Json *object, const char *name, int64_t number)
{
	/* As raw digits: cJSON's numbers are doubles. */
	g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);

	cJSON_AddRawToObject(object, name, digits);
}

void json_set_bool(Json *object, const char *name, bool value)
{
	cJSON_AddBoolToObject(object, name, value);
}

Json *json_add_list(Json *object, const char *name)
{
	return cJSON_AddArrayToObject(object, name);
}

Json *json_add_object(Json *object, const char *name)
{
	return cJSON_AddObjectToObject(object, name);
}

Json *json_append_object(Json *list)
{
	Json *object = cJSON_CreateObject();

	cJSON_AddItemToArray(list, object);
	return object;
}

void json_print(const Json *value)
{
	char *text = cJSON_PrintUnformatted(value);
	g_autofree char *visible = visible_json(text);

	puts(visible);
	cJSON_free(text);
}

char *printable(const char *text)
{
	return visible_text(text);
}

bool output_has_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0');
}
