/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks PHP's value formats and the credential box. */
#include "check-value.h"
#include "php/json.h"
#include "php/text.h"
#include "php/value.h"
#include "site/credentials.h"
#include "text/html_entities.h"
#include "text/sanitize.h"
#include "util/secret.h"

#include <sodium.h>
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

static void check_encrypted(Check *check, const cJSON *in, const cJSON *out, const uint8_t *key)
{
	uint8_t nonce[CREDENTIALS_NONCE_BYTES] = {0};
	g_autoptr(GString) nonce_hex = check_member(in, "nonce");
	g_autoptr(GString) plaintext = check_member(in, "plaintext");
	g_autoptr(GString) box = check_member(out, "box");
	size_t nonce_length = 0;
	if (nonce_hex == NULL || plaintext == NULL || box == NULL ||
		sodium_hex2bin(nonce, sizeof nonce, nonce_hex->str, nonce_hex->len, NULL,
			&nonce_length, NULL) != 0 ||
		nonce_length != sizeof nonce) {
		check_mismatch(check, NULL, "a case with nonce, plaintext and box", "none");
		return;
	}
	char hex[2 * CREDENTIALS_KEY_BYTES + 1];
	sodium_bin2hex(hex, sizeof hex, key, CREDENTIALS_KEY_BYTES);
	check_equal(check, "key", cJSON_GetStringValue(member(out, "key")), hex);
	g_autofree char *got = credentials_seal(plaintext->str, key, nonce);
	check_equal(check, "box", box->str, got);

	/* And back again, with a nonce of our own. */
	g_autofree char *fresh = credentials_seal(plaintext->str, key, NULL);
	g_autoptr(GError) error = NULL;
	g_auto(Secret) opened = credentials_open(fresh, key, &error);
	check_equal(check, "decrypted", plaintext->str, opened);
}

static void check_decrypted(Check *check, const cJSON *in, const cJSON *out, const uint8_t *key)
{
	g_autoptr(GString) box = check_member(in, "box");
	if (box == NULL) {
		check_mismatch(check, NULL, "a case with a box", "none");
		return;
	}
	g_autoptr(GString) expected = check_member(out, "plaintext");
	g_autoptr(GError) error = NULL;
	g_auto(Secret) got = credentials_open_bytes(box->str, box->len, key, &error);
	check_equal(check, "plaintext", expected == NULL ? NULL : expected->str, got);
	if (got != NULL && member(out, "value") != NULL) {
		g_autoptr(PhpValue) value = php_json_decode(got, strlen(got), NULL);
		check_equal_value(check, "value", member(out, "value"), value);
	}
}

static void check_secretbox(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) auth_key = check_member(in, "auth_key");
	if (auth_key == NULL) {
		check_mismatch(check, NULL, "a case with an auth_key", "none");
		return;
	}
	uint8_t key[CREDENTIALS_KEY_BYTES];
	credentials_key(auth_key->str, auth_key->len, "prm_calendar", key);
	if (g_str_equal(check_kind(in), "encrypt"))
		check_encrypted(check, in, out, key);
	else
		check_decrypted(check, in, out, key);
}

/* Values are stored serialized when they are arrays or objects; what WordPress does to texts that
 * only look serialized concerns nobody who writes no such texts. */
static void check_maybe_serialize(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(PhpValue) value = check_value_new(member(in, "value"));
	if (php_value_size(value) == 0 && !php_value_is_array(value)) {
		check_skip(check, "we store arrays serialized, and no other values");
		return;
	}
	g_autoptr(GString) stored = check_member(out, "stored");
	g_autoptr(GString) got = php_serialize(value);
	check_equal_bytes(check, "stored", stored, got);
	g_autoptr(PhpValue) read =
		stored == NULL ? NULL : php_unserialize(stored->str, stored->len, NULL);
	check_equal_value(check, "read_back", member(out, "read_back"), read);
}

static void check_php_basics(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) text = check_text(in);
	if (text == NULL) {
		check_mismatch(check, NULL, "a text", "none");
		return;
	}
	g_autoptr(PhpValue) value = php_string_new(text->str, text->len);
	check_equal_bool(
		check, "empty", cJSON_IsTrue(member(out, "empty")), !php_value_truthy(value));
	check_equal_int(check, "strlen", (gint64)cJSON_GetNumberValue(member(out, "strlen")),
		(gint64)text->len);
	g_autoptr(GString) lower = check_member(out, "strtolower");
	g_autoptr(GString) got_lower = g_string_new_len(text->str, (gssize)text->len);
	g_string_ascii_down(got_lower);
	check_equal_bytes(check, "strtolower", lower, got_lower);
	g_autoptr(GString) trimmed = check_member(out, "trim");
	php_trim(text);
	check_equal_bytes(check, "trim", trimmed, text);
}

/* Title and content of the theme's own way as an administrator, before markup is taken out of the
 * title (integration/test_titles compares that with WordPress). The theme's text loses a level of
 * backslashes to wp_insert_post(), ours does not. */
static void check_post_text(Check *check, const cJSON *in, const cJSON *out)
{
	g_autoptr(GString) text = check_input(in);
	if (!g_str_equal(check_kind(in), "theme, administrator, utf8mb4")) {
		check_skip(
			check, "we write the plain text, without references, into utf8mb4 tables");
		return;
	}
	if (text == NULL || memchr(text->str, '\\', text->len) != NULL ||
		memchr(text->str, '\0', text->len) != NULL) {
		check_skip(check, "the theme loses backslashes and NUL, we do not");
		return;
	}
	g_autoptr(GString) title = check_member(out, "post_title");
	g_autoptr(GString) sanitized = sanitize_text_field(text->str, text->len);
	g_autoptr(GString) got_title = html_entity_decode(sanitized->str, sanitized->len);
	check_equal_bytes(check, "post_title", title, got_title);
	g_autoptr(GString) content = check_member(out, "post_content");
	g_autoptr(GString) got_content = sanitize_textarea_field(text->str, text->len);
	check_equal_bytes(check, "post_content", content, got_content);
}

const VectorCheck format_checks[] = {
	{.name = "php_serialize.jsonl", .check_case = check_php_serialize},
	{.name = "wp_json_encode.jsonl", .check_case = check_json_encode},
	{.name = "json_decode.jsonl", .check_case = check_json_decode},
	{.name = "secretbox.jsonl", .check_case = check_secretbox},
	{.name = "maybe_serialize.jsonl", .check_case = check_maybe_serialize},
	{.name = "php_basics.jsonl", .check_case = check_php_basics},
	{.name = "post_text.jsonl", .check_case = check_post_text},
	{0},
};
