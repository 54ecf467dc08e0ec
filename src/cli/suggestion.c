/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nearest by edit distance. */
#include "cli/suggestion.h"

#include <string.h>

#include "cli/commands.h"
#include "match/levenshtein.h"

/* A third of a word may be mistyped, or its end left out. */
enum { WRONG_PART = 3, SHORT = 4, BEGINNING = 3 };

typedef struct {
	const gunichar *word;
	size_t length;
	const char *text;
	const char *best; /* or NULL */
	size_t distance;  /* of the best; in the beginning more than is accepted */
} Search;

static void try_name(Search *search, const char *name)
{
	glong length = 0;
	g_autofree gunichar *characters = g_utf8_to_ucs4_fast(name, -1, &length);
	size_t distance = levenshtein_distance(
		search->word, search->length, characters, (size_t)length, search->distance);

	if (search->length >= BEGINNING && g_str_has_prefix(name, search->text))
		distance = 0;
	if (distance >= search->distance)
		return;
	search->distance = distance;
	search->best = name;
}

static void try_options(Search *search, const CliOption *table)
{
	for (; table->name != NULL; table++)
		try_name(search, table->name);
}

/* `command` NULL: among the commands. */
static const char *suggest(const Command *command, const char *word)
{
	g_autofree char *valid = g_utf8_make_valid(word, -1);
	glong length = 0;
	g_autofree gunichar *characters = g_utf8_to_ucs4_fast(valid, -1, &length);
	Search search = {
		.word = characters,
		.length = (size_t)length,
		.text = valid,
		.distance = MAX((size_t)length / WRONG_PART, length < SHORT ? 1 : 2) + 1,
	};

	if (command == NULL) {
		for (const Command *const *one = commands_all(); *one != NULL; one++)
			try_name(&search, (*one)->name);
		return search.best;
	}
	try_options(&search, command->options);
	try_options(&search, cli_global_options());
	return search.best;
}

const char *suggestion_command(const char *word)
{
	return suggest(NULL, word);
}

const char *suggestion_option(const Command *command, const char *word)
{
	return suggest(command, word);
}
