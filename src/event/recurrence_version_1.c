/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCalendar 1.0, "Recurrence Rule Grammar": a frequency with its interval, the days it takes, and
 * at the end how often ("#10"; "#0" is for ever, nothing is twice) or until when. */
#include "event/recurrence_version_1.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "event/ical_time.h"

typedef struct {
	const char *letters;
	const char *frequency;
	const char *part;  /* what its days become, or NULL: it takes none */
	bool has_ordinals; /* weekdays of the month: "1+ MO" */
} Form;

static const Form *find_form(const char *text)
{
	/* The longer ones first. */
	static const Form forms[] = {
		{"MP", "MONTHLY", "BYDAY", true},
		{"MD", "MONTHLY", "BYMONTHDAY", false},
		{"YM", "YEARLY", "BYMONTH", false},
		{"YD", "YEARLY", "BYYEARDAY", false},
		{"W", "WEEKLY", "BYDAY", false},
		{"D", "DAILY", NULL, false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		size_t length = strlen(forms[i].letters);

		if (g_ascii_strncasecmp(text, forms[i].letters, length) == 0 &&
			g_ascii_isdigit(text[length]))
			return &forms[i];
	}
	return NULL;
}

static bool is_weekday(const char *word)
{
	static const char *const names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA", NULL};
	g_autofree char *upper = g_ascii_strup(word, -1);

	return g_strv_contains(names, upper);
}

/* "3", "1+", "2-", "LD" (the last day): with its sign in front. False for other words. */
static bool read_number(const char *word, int *ret_number)
{
	gint64 number;
	size_t length = strlen(word);
	g_autofree char *digits = g_strndup(word, strcspn(word, "+-"));

	*ret_number = -1;
	if (g_ascii_strcasecmp(word, "LD") == 0)
		return true;
	if (strlen(digits) + 1 < length ||
		!g_ascii_string_to_signed(digits, 10, 1, 366, &number, NULL))
		return false;
	*ret_number = word[length - 1] == '-' ? -(int)number : (int)number;
	return true;
}

/* "#10", or a time. False when the word is neither. */
static bool append_end(GString *rule, const char *word)
{
	gint64 count;
	IcalTime until;

	if (*word == '#') {
		if (!g_ascii_string_to_signed(word + 1, 10, 0, G_MAXINT32, &count, NULL))
			return false;
		if (count > 0)
			g_string_append_printf(rule, ";COUNT=%" G_GINT64_FORMAT, count);
		return true;
	}
	if (!ical_time_parse(word, &until))
		return false;
	g_string_append_printf(rule, ";UNTIL=%s", word);
	return true;
}

/* One word between the frequency and the end, into a list. In "MP1 1+ MO WE 2- FR" a number is of
 * the weekdays behind it. False for a word that does not fit. */
static bool append_day(GString *list, const Form *form, const char *word, int *ordinal)
{
	const char *comma = list->len > 0 ? "," : "";
	int number;

	if (form->part == NULL)
		return false;
	if (!g_str_equal(form->part, "BYDAY")) {
		if (!read_number(word, &number))
			return false;
		g_string_append_printf(list, "%s%d", comma, number);
		return true;
	}
	if (!is_weekday(word))
		return form->has_ordinals && read_number(word, ordinal);
	if (*ordinal != 0)
		g_string_append_printf(list, "%s%d%s", comma, *ordinal, word);
	else
		g_string_append_printf(list, "%s%s", comma, word);
	return true;
}

char *recurrence_from_version_1(const char *text)
{
	g_auto(GStrv) split = g_strsplit_set(text, " \t", 64);
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GString) rule = g_string_new("FREQ=");
	g_autoptr(GString) list = g_string_new(NULL);
	const Form *form;
	gint64 interval;
	size_t days;
	int ordinal = 0;

	for (char **word = split; *word != NULL; word++) {
		if (**word != '\0')
			g_ptr_array_add(words, *word);
	}
	form = words->len > 0 ? find_form(words->pdata[0]) : NULL;
	if (form == NULL ||
		!g_ascii_string_to_signed((char *)words->pdata[0] + strlen(form->letters), 10, 1,
			G_MAXINT16, &interval, NULL))
		return NULL;
	g_string_append_printf(rule, "%s;INTERVAL=%d", form->frequency, (int)interval);
	days = words->len - 1;
	if (days > 0 && append_end(rule, words->pdata[words->len - 1]))
		days--;
	else
		g_string_append(rule, ";COUNT=2");
	for (size_t i = 1; i <= days; i++) {
		if (!append_day(list, form, words->pdata[i], &ordinal))
			return NULL;
	}
	if (list->len > 0)
		g_string_append_printf(rule, ";%s=%s", form->part, list->str);
	else if (form->has_ordinals)
		return NULL;
	return g_string_free(g_steal_pointer(&rule), FALSE);
}
