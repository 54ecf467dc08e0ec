/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing for machines and for people. */
#include "cli/output.h"

#include <errno.h>
#include <poll.h>
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

void json_append_text(Json *list, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	cJSON_AddItemToArray(list, cJSON_CreateString(valid));
}

Json *json_append_object(Json *list)
{
	Json *object = cJSON_CreateObject();

	cJSON_AddItemToArray(list, object);
	return object;
}

void json_print_part(const Json *value)
{
	char *text = cJSON_PrintUnformatted(value);
	g_autofree char *visible = visible_json(text);

	fputs(visible, stdout);
	cJSON_free(text);
}

void json_print(const Json *value)
{
	json_print_part(value);
	putchar('\n');
}

char *printable(const char *text)
{
	return visible_text(text);
}

/* Whether nobody reads any more what is written to it. */
static bool has_no_reader(int descriptor)
{
	struct pollfd output = {descriptor, POLLOUT, 0};

	return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

bool output_close(GError **error)
{
	bool was_lost = ferror(stdout) != 0;
	bool is_unread = has_no_reader(STDOUT_FILENO);
	int number;

	/* A device that is full says so again at the next write, a file system at the close. */
	errno = 0;
	if (was_lost)
		(void)fputc('\n', stdout);
	if (fclose(stdout) == 0 && !was_lost)
		return true;
	number = errno;
	if (is_unread || number == EPIPE)
		return true;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number),
		"cannot write the output: %s",
		number != 0 ? g_strerror(number) : "some of it was lost");
	return false;
}

bool output_has_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0');
}
