/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing for machines and for people. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A JSON value under construction. */
typedef cJSON Json;

Json *json_object_new(void);
void json_free(Json *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Json, json_free)

/* Text is repaired to valid UTF-8; NULL is null. */
void json_set_text(Json *object, const char *name, const char *text);
void json_set_int(Json *object, const char *name, int64_t number);
void json_set_bool(Json *object, const char *name, bool value);
/* Adds an empty list, which the object owns, and returns it. */
Json *json_add_list(Json *object, const char *name);
Json *json_add_object(Json *object, const char *name);
void json_append_text(Json *list, const char *text);
/* Adds an empty object to a list, which the list owns, and returns it. */
Json *json_append_object(Json *list);

/* One line on standard output. */
void json_print(const Json *value);
/* The same without its end, within what is too long to be held whole. */
void json_print_part(const Json *value);

/* Text for a person's terminal: as visible_text(). Caller frees. */
char *printable(const char *text);

/* Ends standard output. False (error set, G_FILE_ERROR) when something of it could not be written;
 * a reader that has seen enough (`| head`) is none. Nothing may be printed afterwards. */
bool output_close(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* True where colours are welcome: a terminal, and no NO_COLOR. */
bool output_has_colour(void);
