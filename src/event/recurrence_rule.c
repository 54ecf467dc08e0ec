/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads recurrence rules. libical 3.0.16 reads numbers with atoi(), so that INTERVAL=4294967297
 * becomes 1, keeps INTERVAL in a short, and passes over a part that it does not understand. */
#include "event/recurrence_rule.h"

#include <string.h>

/* Longer than the 10,000 years of the calendar in seconds, and far from overflow in weeks. */
#define AMOUNT_MAX INT64_C(400000000000)

/* More than any sensible list; all values of BYSECOND are 60. */
#define LIST_MAX 1000

#define PARTS_MAX 64

static const char *const weekday_names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

void recurrence_rule_free(RecurrenceRule *rule)
{
	if (rule == NULL)
		return;
	g_array_unref(rule->positions);
	g_free(rule);
}

/* A whole number without sign; values beyond `max` become `max`. */
static bool parse_amount(const char *text, int64_t max, int64_t *ret_amount)
{
	int64_t amount = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (!g_ascii_isdigit(*text))
			return false;
		amount = MIN(amount * 10 + (*text - '0'), max);
	}
	*ret_amount = amount;
	return true;
}

static bool parse_number(const char *text, int min, int max, int *ret_number)
{
	gint64 number;

	if (*text == '+')
		text++;
	if (!g_ascii_string_to_signed(text, 10, min, max, &number, NULL))
		return false;
	*ret_number = (int)number;
	return true;
}

static bool parse_weekday(const char *text, int *ret_weekday)
{
	for (int i = 0; i < 7; i++) {
		if (g_ascii_strcasecmp(text, weekday_names[i]) == 0) {
			*ret_weekday = i;
			return true;
		}
	}
	return false;
}

/* Marks the values of a list; those below zero in `from_end`, where that is allowed. */
static bool parse_list(const char *text, int min, int max, bool *values, bool *from_end)
{
	g_auto(GStrv) items = g_strsplit(text, ",", LIST_MAX + 1);

	if (g_strv_length(items) > LIST_MAX)
		return false;
	for (char **item = items; *item != NULL; item++) {
		int number;

		if (!parse_number(*item, from_end != NULL ? -max : min, max, &number))
			return false;
		if (number < min && number > -min)
			return false;
		if (number < 0 && from_end != NULL)
			from_end[-number] = true;
		else
			values[number] = true;
	}
	return *items != NULL;
}

static bool parse_days(const char *text, RecurrenceRule *rule)
{
	g_auto(GStrv) items = g_strsplit(text, ",", LIST_MAX + 1);

	if (g_strv_length(items) > LIST_MAX)
		return false;
	for (char **item = items; *item != NULL; item++) {
		size_t length = strlen(g_strstrip(*item));
		int weekday;
		int ordinal;

		if (length < 2 || !parse_weekday(*item + length - 2, &weekday))
			return false;
		(*item)[length - 2] = '\0';
		if (length == 2)
			rule->weekday[weekday] = true;
		else if (!parse_number(*item, -53, 53, &ordinal) || ordinal == 0)
			return false;
		else if (ordinal > 0)
			rule->weekday_nth[weekday][ordinal] = true;
		else
			rule->weekday_nth_from_end[weekday][-ordinal] = true;
	}
	return *items != NULL;
}

static bool parse_positions(const char *text, GArray *positions)
{
	g_auto(GStrv) items = g_strsplit(text, ",", LIST_MAX + 1);

	if (g_strv_length(items) > LIST_MAX)
		return false;
	for (char **item = items; *item != NULL; item++) {
		int position;

		if (!parse_number(*item, -366, 366, &position) || position == 0)
			return false;
		g_array_append_val(positions, position);
	}
	return *items != NULL;
}

static bool parse_frequency(const char *text, Frequency *ret_frequency)
{
	static const char *const names[] = {
		[FREQUENCY_SECONDLY] = "SECONDLY",
		[FREQUENCY_MINUTELY] = "MINUTELY",
		[FREQUENCY_HOURLY] = "HOURLY",
		[FREQUENCY_DAILY] = "DAILY",
		[FREQUENCY_WEEKLY] = "WEEKLY",
		[FREQUENCY_MONTHLY] = "MONTHLY",
		[FREQUENCY_YEARLY] = "YEARLY",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(text, names[i]) == 0) {
			*ret_frequency = (Frequency)i;
			return true;
		}
	}
	return false;
}

/* BYSECOND=60 is a leap second, which our clocks do not show: the second before. */
static bool parse_seconds(const char *text, bool *seconds)
{
	bool values[61] = {false};

	if (!parse_list(text, 0, 60, values, NULL))
		return false;
	memcpy(seconds, values, 60 * sizeof(bool));
	seconds[59] |= values[60];
	return true;
}

static bool parse_skip(const char *text, RecurrenceSkip *ret_skip)
{
	static const char *const names[] = {
		[SKIP_OMIT] = "OMIT",
		[SKIP_BACKWARD] = "BACKWARD",
		[SKIP_FORWARD] = "FORWARD",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(text, names[i]) == 0) {
			*ret_skip = (RecurrenceSkip)i;
			return true;
		}
	}
	return false;
}

static bool parse_part(RecurrenceRule *rule, const char *name, const char *value)
{
	if (g_ascii_strcasecmp(name, "FREQ") == 0)
		return parse_frequency(value, &rule->frequency);
	if (g_ascii_strcasecmp(name, "INTERVAL") == 0)
		return parse_amount(value, AMOUNT_MAX, &rule->interval) && rule->interval > 0;
	if (g_ascii_strcasecmp(name, "COUNT") == 0)
		return parse_amount(value, AMOUNT_MAX, &rule->count) && rule->count > 0;
	if (g_ascii_strcasecmp(name, "UNTIL") == 0)
		return rule->has_until = ical_time_parse(value, &rule->until);
	if (g_ascii_strcasecmp(name, "WKST") == 0)
		return parse_weekday(value, &rule->week_start);
	if (g_ascii_strcasecmp(name, "BYMONTH") == 0)
		return rule->has_month = parse_list(value, 1, 12, rule->month, NULL);
	if (g_ascii_strcasecmp(name, "BYWEEKNO") == 0)
		return rule->has_week = parse_list(value, 1, 53, rule->week, rule->week_from_end);
	if (g_ascii_strcasecmp(name, "BYYEARDAY") == 0)
		return rule->has_year_day =
			       parse_list(value, 1, 366, rule->year_day, rule->year_day_from_end);
	if (g_ascii_strcasecmp(name, "BYMONTHDAY") == 0)
		return rule->has_month_day =
			       parse_list(value, 1, 31, rule->month_day, rule->month_day_from_end);
	if (g_ascii_strcasecmp(name, "BYDAY") == 0)
		return rule->has_day = parse_days(value, rule);
	if (g_ascii_strcasecmp(name, "BYHOUR") == 0)
		return rule->has_hour = parse_list(value, 0, 23, rule->hour, NULL);
	if (g_ascii_strcasecmp(name, "BYMINUTE") == 0)
		return rule->has_minute = parse_list(value, 0, 59, rule->minute, NULL);
	if (g_ascii_strcasecmp(name, "BYSECOND") == 0)
		return rule->has_second = parse_seconds(value, rule->second);
	if (g_ascii_strcasecmp(name, "BYSETPOS") == 0)
		return rule->has_position = parse_positions(value, rule->positions);
	/* RFC 7529; other calendars are not to be guessed at. */
	if (g_ascii_strcasecmp(name, "RSCALE") == 0)
		return g_ascii_strcasecmp(value, "GREGORIAN") == 0;
	return parse_skip(value, &rule->skip);
}

static bool is_known_part(const char *name)
{
	static const char *const names[] = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH",
		"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND",
		"BYSETPOS", "RSCALE", "SKIP", NULL};

	return g_strv_contains(names, name);
}

/* The value of a part, and its name in capitals in its place; NULL for a part that says nothing. */
static char *split_part(char *part)
{
	char *value = strchr(part, '=');

	if (value == NULL)
		return NULL;
	*value++ = '\0';
	g_strchomp(part);
	for (char *name = part; *name != '\0'; name++)
		*name = g_ascii_toupper(*name);
	return *g_strstrip(value) != '\0' && is_known_part(part) ? value : NULL;
}

RecurrenceRule *recurrence_rule_parse(const char *text, const char **ret_why)
{
	g_autoptr(RecurrenceRule) rule = g_new0(RecurrenceRule, 1);
	g_auto(GStrv) parts = g_strsplit(text, ";", PARTS_MAX);
	g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);

	*ret_why = NULL;
	rule->interval = 1;
	rule->count = G_MAXINT64;
	rule->week_start = 1;
	rule->positions = g_array_new(FALSE, FALSE, sizeof(int));
	/* From the end, so that of two the last counts, as for other programs. */
	for (size_t i = g_strv_length(parts); i-- > 0;) {
		/* A semicolon too many is seen often. */
		bool says_something = *g_strstrip(parts[i]) != '\0';
		const char *value = split_part(parts[i]);
		const char *other = value != NULL ? g_hash_table_lookup(values, parts[i]) : NULL;

		if (value == NULL && says_something && g_ascii_strncasecmp(parts[i], "X-", 2) != 0)
			*ret_why = "a part of its recurrence rule says nothing and was passed over";
		if (other != NULL && g_ascii_strcasecmp(other, value) != 0)
			*ret_why =
				"a part of its recurrence rule stands twice: the last one counts";
		if (value == NULL || other != NULL)
			continue;
		g_hash_table_insert(values, parts[i], (gpointer)value);
		if (!parse_part(rule, parts[i], value)) {
			*ret_why = "a part of the rule is out of range";
			return NULL;
		}
	}
	if (!g_hash_table_contains(values, "FREQ")) {
		*ret_why = "the rule has no FREQ";
		return NULL;
	}
	return g_steal_pointer(&rule);
}
