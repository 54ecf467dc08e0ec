/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares what people and the theme wrote with the title of a meeting. */
#include "wp/activity_text.h"

#include <glib.h>
#include <string.h>

#include "site/column_text.h"
#include "text/html_entities.h"
#include "text/markup.h"

/* Escaped by the theme what kses had escaped before: no text is escaped more often. */
enum { ESCAPES_MAX = 3 };

/* Caller frees. */
static char *decode(const char *text)
{
	g_autofree char *decoded = column_text_apply(markup_strip, text);

	for (int i = 0; i < ESCAPES_MAX && strchr(decoded, '&') != NULL; i++) {
		char *next = column_text_apply(html_entity_decode, decoded);

		g_free(decoded);
		decoded = next;
	}
	return g_steal_pointer(&decoded);
}

/* Each run of white space one blank, none at the ends. Caller frees. */
static char *squeeze(const char *text)
{
	GString *squeezed = g_string_new(NULL);

	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (!g_unichar_isspace(c))
			g_string_append_unichar(squeezed, c);
		else if (squeezed->len > 0 && squeezed->str[squeezed->len - 1] != ' ')
			g_string_append_c(squeezed, ' ');
	}
	return g_strchomp(g_string_free(squeezed, FALSE));
}

/* The form in which texts are compared. Caller frees. */
static char *fold(const char *text)
{
	g_autofree char *decoded = decode(text);
	g_autofree char *valid = g_utf8_make_valid(decoded, -1);
	g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
	g_autofree char *folded = g_utf8_casefold(composed, -1);

	return squeeze(folded);
}

static bool is_in_word(const char *text, const char *at)
{
	return *at != '\0' && at > text && g_unichar_isalnum(g_utf8_get_char(at)) &&
	       g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at)));
}

static bool contains_words(const char *text, const char *words)
{
	const char *at = words[0] == '\0' ? NULL : strstr(text, words);

	while (at != NULL) {
		if (!is_in_word(text, at) && !is_in_word(text, at + strlen(words)))
			return true;
		at = strstr(g_utf8_next_char(at), words);
	}
	return false;
}

bool activity_text_names(const char *text, const char *title)
{
	g_autofree char *folded_text = text == NULL ? NULL : fold(text);
	g_autofree char *folded_title = title == NULL ? NULL : fold(title);

	return text != NULL && title != NULL && contains_words(folded_text, folded_title);
}

bool activity_text_is_part_of(const char *text, const char *title)
{
	return activity_text_names(title, text);
}
