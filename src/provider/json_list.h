/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An object one of whose members is a long array: its items become cJSON values one at a time, so
 * that a page of thousands is never there as a tree of a hundred thousand nodes. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "provider/json.h"

typedef struct JsonList JsonList;

/* Reads a whole text that is an object, as json_parse_object() does; NULL for anything else. Of the
 * member `name`, if it is an array, only the end is looked for. Caller frees. */
JsonList *json_list_parse(GString *take_text, const char *name);
void json_list_free(JsonList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonList, json_list_free)

/* Whether the member is there and is an array: an answer that should be a list is one. */
bool json_list_has_array(const JsonList *list);

/* The object; the array is empty in it. Borrowed. */
const cJSON *json_list_head(const JsonList *list);

/* The next item, NULL behind the last one. Caller frees. False when the array is damaged. */
bool json_list_next(JsonList *list, cJSON **ret_item);
