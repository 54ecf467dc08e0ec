/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks text sanitising, names and site time. */
#include <string.h>

#include "check.h"

#include "match/levenshtein.h"
#include "match/name.h"
#include "php/date.h"
#include "site/time.h"
#include "text/emoji.h"
#include "text/esc.h"
#include "text/html_entities.h"
#include "text/sanitize.h"

static void check_function(Check *check, const cJSON *in, const cJSON *out,
	GString *(*function)(const char *bytes, size_t length), const char *what)
{
	g_autoptr(GString) text = check_text(in);
	g_autoptr(GString) expected = check_text(out);
	g_autoptr(GString) got = NULL;

	if (text == NULL || expected == NULL) {
		check_mismatch(check, what, "a text that can be read", "another form");
		return;
	}
	got = function(text->str, text->len);
	check_equal_bytes(check, what, expected, got);
}

static void check_sanitize_text_field(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, sanitize_text_field, NULL);
}

static void check_sanitize_textarea_field(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, sanitize_textarea_field, NULL);
}

static void check_sanitize_email(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, sanitize_email, NULL);
}

static void check_esc_html(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, esc_html, NULL);
}

static void check_html_entity_decode(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, html_entity_decode, NULL);
}

static void check_wp_encode_emoji(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, out, emoji_encode, NULL);
}

static void check_esc_url(Check *check, const cJSON *in, const cJSON *out)
{
	check_function(check, in, cJSON_GetObjectItemCaseSensitive(out, "raw"), esc_url_raw, "raw");
	check_function(
		check, in, cJSON_GetObjectItemCaseSensitive(out, "display"), esc_url, "display");
}

/* The code points of a text that may hold NUL. Caller frees. */
static gunichar *code_points(const GString *text, size_t *ret_length)
{
	gunichar *characters = g_new(gunichar, text->len + 1);
	size_t length = 0;

	for (const char *at = text->str; at < text->str + text->len; at = g_utf8_next_char(at))
		characters[length++] = g_utf8_get_char(at);
	*ret_length = length;
	return characters;
}

static void check_levenshtein(Check *check, const cJSON *in, const cJSON *out)
{
	const cJSON *expected = cJSON_GetObjectItemCaseSensitive(out, "code_points");
	g_autoptr(GString) a_text = check_member(in, "a");
	g_autoptr(GString) b_text = check_member(in, "b");
	size_t a_length;
	size_t b_length;
	g_autofree gunichar *a = NULL;
	g_autofree gunichar *b = NULL;

	if (a_text == NULL || b_text == NULL || !cJSON_IsNumber(expected)) {
		check_mismatch(check, NULL, "two texts and a distance", "another form");
		return;
	}
	a = code_points(a_text, &a_length);
	b = code_points(b_text, &b_length);
	check_equal_int(check, "code_points", (gint64)expected->valuedouble,
		(gint64)levenshtein_distance(a, a_length, b, b_length, SIZE_MAX));
}

static void check_name_part(Check *check, const cJSON *out, const char *what, NamePart part)
{
	g_autoptr(GString) expected = check_member(out, what);
	g_autoptr(GString) got = g_string_new_len(part.bytes, (gssize)part.length);

	check_equal_bytes(check, what, expected, got);
}

static void check_name_parse(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) name = check_text(in);
	ParsedName parsed;

	if (name == NULL) {
		check_mismatch(check, NULL, "a name", "another form");
		return;
	}
	parsed = name_parse(name->str, name->len);
	check_name_part(check, out, "first", parsed.first);
	check_name_part(check, out, "last", parsed.last);
}

static const char *string_member(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void check_utc_to_local(
	Check *check, const SiteZone *zone, const cJSON *in, const cJSON *out)
{
	const cJSON *instant = cJSON_GetObjectItemCaseSensitive(in, "ts");
	const cJSON *offset = cJSON_GetObjectItemCaseSensitive(out, "offset");
	int64_t utc = (int64_t)cJSON_GetNumberValue(instant);
	g_autofree char *local = site_zone_format(zone, utc);
	g_autofree char *iso = site_zone_format_iso(zone, utc);
	g_autofree char *in_utc = site_zone_format_utc(utc);

	check_equal(check, "utc", string_member(in, "utc"), in_utc);
	check_equal(check, "local", string_member(out, "local"), local);
	check_equal(check, "c", string_member(out, "c"), iso);
	check_equal(check, "wp_date_c", string_member(out, "wp_date_c"), iso);
	check_equal_int(check, "offset", (gint64)cJSON_GetNumberValue(offset),
		site_zone_offset_secs(zone, utc));
}

/* What get_gmt_from_date() answers where we refuse the text. */
#define REFUSED "1970-01-01 00:00:00"

static void check_local_to_utc(
	Check *check, const SiteZone *zone, const cJSON *in, const cJSON *out)
{
	const char *local = string_member(in, "local");
	int64_t utc = 0;
	bool is_time = site_zone_parse(zone, local, &utc);
	g_autofree char *gmt = site_zone_format_utc(utc);

	/* No date is "now" to PHP; a row that has none must not get one. */
	if (local[strspn(local, " \t\n")] == '\0')
		check_equal_bool(check, "refused on purpose", true, !is_time);
	else
		check_equal(check, "gmt", string_member(out, "gmt"), is_time ? gmt : REFUSED);
	if (is_time) {
		PhpDate date;
		g_autofree char *iso = NULL;
		g_autoptr(PhpZone) php_zone = php_zone_new(site_zone_name(zone));

		g_assert_true(php_date_parse(local, php_zone, &date));
		iso = site_time_format_iso(date.utc, date.offset_secs);
		check_equal(check, "c", string_member(out, "c"), iso);
	}
}

/* What current_time() answers in a format that is a piece of "Y-m-d H:i:s", or that is "c". Caller
 * frees. */
static char *format_as(const SiteZone *zone, int64_t utc, const char *type)
{
	g_autofree char *plain = site_zone_format(zone, utc);

	if (g_str_equal(type, "c"))
		return site_zone_format_iso(zone, utc);
	if (g_str_equal(type, "Y-m-d"))
		return g_strndup(plain, strlen("2025-06-15"));
	if (g_str_equal(type, "H:i"))
		return g_strndup(plain + strlen("2025-06-15 "), strlen("10:00"));
	return g_steal_pointer(&plain);
}

/* The sum of a timestamp and an offset. WordPress takes the option's seconds for it; zones have
 * whole minutes. An option that is no number ends PHP with an error, and the vector then has no
 * sum. */
static void check_timestamp(Check *check, const SiteZone *zone, int64_t now, const cJSON *out)
{
	const cJSON *site = cJSON_GetObjectItemCaseSensitive(out, "site");
	const cJSON *gmt = cJSON_GetObjectItemCaseSensitive(out, "gmt");
	double ours = (double)(now + site_zone_offset_secs(zone, now));

	check_equal_int(check, "gmt", (gint64)cJSON_GetNumberValue(gmt), now);
	if (cJSON_IsNumber(site) && ABS(site->valuedouble - ours) >= 60)
		check_equal_int(check, "site", (gint64)site->valuedouble, (gint64)ours);
}

static void check_current_time(
	Check *check, const SiteZone *zone, const cJSON *in, const cJSON *out)
{
	const char *type = string_member(in, "type");
	g_autoptr(SiteZone) gmt_zone = site_zone_new("UTC", NULL, NULL);
	int64_t now = 0;

	if (!site_zone_parse(gmt_zone, string_member(in, "now"), &now)) {
		check_mismatch(check, "now", string_member(in, "now"), NULL);
	} else if (g_str_equal(type, "timestamp") || g_str_equal(type, "U")) {
		check_timestamp(check, zone, now, out);
	} else {
		g_autofree char *site = format_as(zone, now, type);
		g_autofree char *gmt = format_as(gmt_zone, now, type);

		check_equal(check, "site", string_member(out, "site"), site);
		check_equal(check, "gmt", string_member(out, "gmt"), gmt);
	}
}

static void check_wp_timezone(Check *check, const cJSON *in, const cJSON *out)
{
	const char *kind = check_kind(in);
	g_autoptr(SiteZone) zone = site_zone_new(
		string_member(in, "timezone_string"), string_member(in, "gmt_offset"), NULL);

	if (g_str_equal(kind, "zone")) {
		const cJSON *valid = cJSON_GetObjectItemCaseSensitive(out, "valid");

		check_equal_bool(check, "valid", cJSON_IsTrue(valid), zone != NULL);
		if (zone != NULL)
			check_equal(check, "wp_timezone_string",
				string_member(out, "wp_timezone_string"), site_zone_name(zone));
	} else if (zone == NULL) {
		check_mismatch(check, "zone", "a zone that PHP accepts", NULL);
	} else if (g_str_equal(kind, "utc to local")) {
		check_utc_to_local(check, zone, in, out);
	} else if (g_str_equal(kind, "local to utc")) {
		check_local_to_utc(check, zone, in, out);
	} else if (g_str_equal(kind, "current_time")) {
		check_current_time(check, zone, in, out);
	} else {
		check_mismatch(check, "kind", "one that this program knows", kind);
	}
}

const VectorCheck text_checks[] = {
	{.name = "sanitize_text_field.jsonl", .check_case = check_sanitize_text_field},
	{.name = "sanitize_textarea_field.jsonl", .check_case = check_sanitize_textarea_field},
	{.name = "sanitize_email.jsonl", .check_case = check_sanitize_email},
	{.name = "esc_html.jsonl", .check_case = check_esc_html},
	{.name = "esc_url.jsonl", .check_case = check_esc_url},
	{.name = "html_entity_decode.jsonl", .check_case = check_html_entity_decode},
	{.name = "wp_encode_emoji.jsonl", .check_case = check_wp_encode_emoji},
	{.name = "wp_timezone.jsonl", .check_case = check_wp_timezone},
	{.name = "levenshtein.jsonl", .check_case = check_levenshtein},
	{.name = "name_parse.jsonl", .check_case = check_name_parse},
	{0},
};
