/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the array by counting brackets outside of strings; all else is cJSON's work. */
#include "provider/json_list.h"

#include <string.h>

struct JsonList {
	GString *text;
	cJSON *head;
	const char *at;  /* the rest of the array: from here … */
	const char *end; /* … to its closing bracket; both NULL without an array */
	bool has_begun;
};

void json_list_free(JsonList *list)
{
	if (list == NULL)
		return;
	g_string_free(list->text, TRUE);
	cJSON_Delete(list->head);
	g_free(list);
}

bool json_list_has_array(const JsonList *list)
{
	return list->at != NULL;
}

const cJSON *json_list_head(const JsonList *list)
{
	return list->head;
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && g_ascii_isspace(*at))
		at++;
	return at;
}

/* Each of these begins at a value's first byte and returns where it ends; NULL when it does not. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	return at < end ? at + 1 : NULL;
}

static const char *skip_container(const char *at, const char *end)
{
	size_t depth = 0;

	while (at != NULL && at < end) {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
		if (depth == 0)
			return at;
	}
	return NULL;
}

static const char *skip_value(const char *at, const char *end)
{
	if (at < end && *at == '"')
		return skip_string(at, end);
	if (at < end && (*at == '{' || *at == '['))
		return skip_container(at, end);
	while (at < end && strchr(",]}", *at) == NULL)
		at++;
	return at < end ? at : NULL;
}

/* One member of an object. */
typedef struct {
	const char *name;
	const char *name_end;
	const char *value;
	const char *value_end;
} Member;

static bool read_member(const char *at, const char *end, Member *ret_member)
{
	Member member = {.name = at};

	if (at >= end || *at != '"')
		return false;
	member.name_end = skip_string(at, end);
	at = member.name_end != NULL ? skip_space(member.name_end, end) : end;
	if (at >= end || *at != ':')
		return false;
	member.value = skip_space(at + 1, end);
	member.value_end = skip_value(member.value, end);
	if (member.value_end == NULL)
		return false;
	*ret_member = member;
	return true;
}

/* The array's brackets, or nothing where there is none: what is damaged there fails as a whole. */
static void find_array(JsonList *list, const char *name)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", name);
	const char *end = list->text->str + list->text->len;
	const char *at = skip_space(list->text->str, end);
	Member member;

	if (at >= end || *at != '{')
		return;
	at = skip_space(at + 1, end);
	while (read_member(at, end, &member)) {
		if (*member.value == '[' &&
			strlen(quoted) == (size_t)(member.name_end - member.name) &&
			memcmp(quoted, member.name, strlen(quoted)) == 0) {
			list->at = member.value + 1;
			list->end = member.value_end - 1;
			return;
		}
		at = skip_space(member.value_end, end);
		if (at >= end || *at != ',')
			return;
		at = skip_space(at + 1, end);
	}
}

/* The object without the array's content. */
static cJSON *parse_head(const JsonList *list)
{
	const GString *text = list->text;
	g_autoptr(GString) head = NULL;

	if (list->at == NULL)
		return json_parse_object(text->str, text->len);
	head = g_string_new_len(text->str, list->at - text->str);
	g_string_append_len(head, list->end, text->str + text->len - list->end);
	return json_parse_object(head->str, head->len);
}

JsonList *json_list_parse(GString *take_text, const char *name)
{
	g_autoptr(JsonList) list = g_new0(JsonList, 1);

	list->text = take_text;
	if (!g_utf8_validate_len(list->text->str, list->text->len, NULL)) {
		g_autofree char *valid =
			g_utf8_make_valid(list->text->str, (gssize)list->text->len);

		g_string_assign(list->text, valid);
	}
	find_array(list, name);
	list->head = parse_head(list);
	return list->head != NULL ? g_steal_pointer(&list) : NULL;
}

bool json_list_next(JsonList *list, cJSON **ret_item)
{
	const char *at = skip_space(list->at, list->end);
	cJSON *item;

	*ret_item = NULL;
	if (at == list->end)
		return true;
	if (list->has_begun) {
		if (*at != ',')
			return false;
		at++;
	}
	item = cJSON_ParseWithLengthOpts(at, (size_t)(list->end - at), &list->at, false);
	list->has_begun = true;
	*ret_item = item;
	return item != NULL;
}
