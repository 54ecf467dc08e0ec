/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks PHP's value formats. */
#include "check-value.h"
#include "wp/php_json.h"
#include "wp/php_value.h"

#include <string.h>

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* What PHP wrote must come out again as the same bytes. */
static void check_round_trip(Check *check, const GString *serialized)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_unserialize(serialized->str, serialized->len, &error);
	if (value == NULL) {
		check_mismatch(check, "read back", "a value", error->message);
		return;
	}
	g_autoptr(GString) again = php_serialize(value);
	check_equal_bytes(check, "read and written again", serialized, again);
}

static void check_serialized(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) expected = check_member(out, "serialized");
	g_autoptr(PhpValue) value = check_value_new(member(in, "value"));
	if (expected == NULL) {
		check_skip(check, "the serialized text is not shown");
		return;
	}
	if (value != NULL) {
		g_autoptr(GString) got = php_serialize(value);
		check_equal_bytes(check, NULL, expected, got);
	}
	check_round_trip(check, expected);
}

/* Which classes and enum cases exist only the site's own code can tell. */
static bool is_about_missing_class(const cJSON *out)
{
	const char *warning = cJSON_GetStringValue(member(out, "warning"));
	return warning != NULL && (g_str_has_prefix(warning, "Class '") ||
					  g_str_has_prefix(warning, "Undefined constant"));
}

static void check_unserialized(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) text = check_input(in);
	if (text == NULL) {
		check_mismatch(check, NULL, "a case with \"text\" or \"repeat\"", "none");
		return;
	}
	bool expected = cJSON_IsTrue(member(out, "ok"));
	if (!expected && is_about_missing_class(out)) {
		check_skip(check, "PHP refuses a class that does not exist, which we cannot know");
		return;
	}
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_unserialize(text->str, text->len, &error);
	if (expected != (value != NULL))
		check_mismatch(check, NULL, expected ? "accepted" : "refused",
			value == NULL ? error->message : "accepted");
	else if (value != NULL)
		check_equal_value(check, "value", member(out, "value"), value);
}

static void check_php_serialize(Check *check, const cJSON *in, const cJSON *out)
{
	if (g_str_equal(check_kind(in), "serialize"))
		check_serialized(check, in, out);
	else
		check_unserialized(check, in, out);
}

static void check_json_encode(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(PhpValue) value = check_value_new(member(in, "value"));
	if (value == NULL) {
		check_skip(check, "a value is described in words only");
		return;
	}
	g_autoptr(GString) expected = check_member(out, "json_encode_unescaped");
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) got = php_json_encode(value, &error);
	check_equal_bytes(check, NULL, expected, got);
}

static void check_json_decode(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) text = check_input(in);
	if (text == NULL) {
		check_mismatch(check, NULL, "a case with \"text\" or \"repeat\"", "none");
		return;
	}
	bool expected = cJSON_IsTrue(member(out, "ok"));
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_json_decode(text->str, text->len, &error);
	if (expected != (value != NULL))
		check_mismatch(check, NULL, expected ? "accepted" : "refused",
			value == NULL ? error->message : "accepted");
	else if (value != NULL && member(out, "value") != NULL)
		check_equal_value(check, "value", member(out, "value"), value);
}

const VectorCheck format_checks[] = {
	{.name = "php_serialize.jsonl", .check_case = check_php_serialize},
	{.name = "wp_json_encode.jsonl", .check_case = check_json_encode},
	{.name = "json_decode.jsonl", .check_case = check_json_decode},
	{0},
};
