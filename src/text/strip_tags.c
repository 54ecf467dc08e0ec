/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state machine of php_strip_tags_ex(), one function a state. */
#include "text/strip_tags.h"

#include <stdbool.h>
#include <string.h>

typedef enum {
	STATE_TEXT,
	STATE_TAG,
	STATE_PHP,     /* <? … ?> */
	STATE_DECLARE, /* <! … > */
	STATE_COMMENT, /* <!-- … --> */
} State;

typedef struct {
	const char *begin;
	const char *at;
	const char *end;
	GString *text;
	State state;
	int depth;       /* of < in a tag */
	int parentheses; /* open in PHP code */
	char quote;      /* the one that we are in, or NUL */
	char last;       /* the last byte that had a meaning in PHP code */
	bool is_xml;     /* in <?xml … > */
} Stripper;

/* The byte `back` places before, or NUL. */
static char before(const Stripper *stripper, int back)
{
	return stripper->at - stripper->begin >= back ? stripper->at[-back] : '\0';
}

static bool space_follows(const Stripper *stripper)
{
	char next = stripper->at + 1 < stripper->end ? stripper->at[1] : '\0';

	return next == ' ' || (next >= '\t' && next <= '\r');
}

static bool ends_with(const Stripper *stripper, const char *lower)
{
	int length = (int)strlen(lower);

	for (int i = 0; i < length; i++) {
		if (g_ascii_tolower(before(stripper, length - i)) != lower[i])
			return false;
	}
	return true;
}

static void toggle_quote(Stripper *stripper)
{
	char quote = *stripper->at;

	if (stripper->quote == quote)
		stripper->quote = '\0';
	else if (stripper->quote == '\0')
		stripper->quote = quote;
}

/* True when this > is not one that belongs to an inner < or to a quoted text. */
static bool closes(Stripper *stripper)
{
	if (stripper->depth > 0) {
		stripper->depth--;
		return false;
	}
	return stripper->quote == '\0';
}

static void return_to_text(Stripper *stripper)
{
	stripper->quote = '\0';
	stripper->is_xml = false;
	stripper->state = STATE_TEXT;
}

static void step_text(Stripper *stripper)
{
	char byte = *stripper->at;

	if (byte == '\0')
		return;
	if (byte == '<' && stripper->quote != '\0')
		return;
	if (byte == '<' && !space_follows(stripper)) {
		stripper->last = '<';
		stripper->state = STATE_TAG;
		return;
	}
	if (byte == '>' && !closes(stripper))
		return;
	g_string_append_c(stripper->text, byte);
}

static void step_tag(Stripper *stripper)
{
	char byte = *stripper->at;

	if (byte == '<') {
		if (stripper->quote == '\0' && !space_follows(stripper))
			stripper->depth++;
	} else if (byte == '>') {
		if (!closes(stripper))
			return;
		stripper->last = '>';
		if (!stripper->is_xml || before(stripper, 1) != '-')
			return_to_text(stripper);
	} else if (byte == '"' || byte == '\'') {
		toggle_quote(stripper);
	} else if (byte == '!' && before(stripper, 1) == '<') {
		stripper->last = byte;
		stripper->state = STATE_DECLARE;
	} else if (byte == '?' && before(stripper, 1) == '<') {
		stripper->parentheses = 0;
		stripper->state = STATE_PHP;
	}
}

static void quote_in_php(Stripper *stripper)
{
	char byte = *stripper->at;

	if (before(stripper, 1) == '\\')
		return;
	if (stripper->last == byte)
		stripper->last = '\0';
	else if (stripper->last != '\\')
		stripper->last = byte;
	toggle_quote(stripper);
}

static void step_php(Stripper *stripper)
{
	char byte = *stripper->at;
	bool in_quotes = stripper->last == '"' || stripper->last == '\'';

	if ((byte == '(' || byte == ')') && !in_quotes) {
		stripper->last = byte;
		stripper->parentheses += byte == '(' ? 1 : -1;
	} else if (byte == '>') {
		if (closes(stripper) && stripper->parentheses == 0 && stripper->last != '"' &&
			before(stripper, 1) == '?')
			return_to_text(stripper);
	} else if (byte == '"' || byte == '\'') {
		quote_in_php(stripper);
	} else if ((byte == 'l' || byte == 'L') && stripper->at - stripper->begin > 4 &&
		   ends_with(stripper, "<?xm")) {
		/* PHP does not see it at the very beginning of the text. */
		stripper->is_xml = true;
		stripper->state = STATE_TAG;
	}
}

static void step_declare(Stripper *stripper)
{
	char byte = *stripper->at;

	if (byte == '>') {
		if (closes(stripper))
			return_to_text(stripper);
	} else if (byte == '"' || byte == '\'') {
		if (before(stripper, 1) != '\\')
			toggle_quote(stripper);
	} else if (byte == '-') {
		if (before(stripper, 1) == '-' && before(stripper, 2) == '!')
			stripper->state = STATE_COMMENT;
	} else if ((byte == 'e' || byte == 'E') && ends_with(stripper, "doctyp")) {
		stripper->state = STATE_TAG;
	}
}

static void step_comment(Stripper *stripper)
{
	if (*stripper->at == '>' && stripper->quote == '\0' && before(stripper, 1) == '-' &&
		before(stripper, 2) == '-')
		return_to_text(stripper);
}

GString *strip_tags(const char *bytes, size_t length)
{
	static void (*const steps[])(Stripper *) = {
		[STATE_TEXT] = step_text,
		[STATE_TAG] = step_tag,
		[STATE_PHP] = step_php,
		[STATE_DECLARE] = step_declare,
		[STATE_COMMENT] = step_comment,
	};
	Stripper stripper = {.begin = bytes, .at = bytes, .end = bytes + length};

	stripper.text = g_string_sized_new(length);
	for (; stripper.at < stripper.end; stripper.at++)
		steps[stripper.state](&stripper);
	return stripper.text;
}
