/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading of JSON answers and credentials: cJSON's values, with cleanup and bounds. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A value that its holder frees. */
typedef cJSON JsonValue;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonValue, cJSON_Delete)

/* An object whose strings are wiped when it is freed, which cJSON does not do. */
typedef cJSON JsonSecret;
void json_secret_free(JsonSecret *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonSecret, json_secret_free)

/* Parses a whole text that is an object; bytes that are no UTF-8 become U+FFFD. NULL for anything
 * else: damaged, cut off, nested more deeply than cJSON allows, no object. Caller frees. */
cJSON *json_parse_object(const char *text, size_t length);

/* Members of an object; `object` may be NULL or no object. Borrowed. */
const cJSON *json_member(const cJSON *object, const char *name);
/* A non-empty string, else NULL. */
const char *json_string(const cJSON *object, const char *name);
/* True for `true` alone. */
bool json_is_true(const cJSON *object, const char *name);

/* As text without spaces. Caller frees, with secret_free() where it holds secrets. */
char *json_to_text(const cJSON *value);
