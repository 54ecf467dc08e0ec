/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as PHP writes and reads it. */
#include "php/json.h"

#include <string.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
	const char *name;
	const char *text;
	size_t length;
	const char *encoded; /* NULL: refused */
} decoded[] = {
	{"list", BYTES(" [1, 2.50, -0, \"x\\/y\", null, true] "), "[1,2.5,0,\"x/y\",null,true]"},
	{"equal-keys-last-wins", BYTES("{\"a\":1,\"b\":2,\"a\":3}"), "{\"a\":3,\"b\":2}"},
	{"decimal-keys-make-a-list", BYTES("{\"0\":\"x\",\"1\":\"y\"}"), "[\"x\",\"y\"]"},
	{"64-bit-int", BYTES("[9223372036854775807,-9223372036854775808]"),
		"[9223372036854775807,-9223372036854775808]"},
	{"larger-int-is-float", BYTES("9223372036854775808"), "9.223372036854776e+18"},
	{"pair-of-surrogates", BYTES("\"\\ud83c\\udf89\""), "\"\xf0\x9f\x8e\x89\""},
	{"escaped-nul", BYTES("\"a\\u0000b\""), "\"a\\u0000b\""},
	{"infinite-number-has-no-json", BYTES("1e999"), NULL},
	{"lone-surrogate", BYTES("\"\\udf89\""), NULL},
	{"first-surrogate-alone", BYTES("\"\\ud83c\\u0041\""), NULL},
	{"leading-zero", BYTES("01"), NULL},
	{"trailing-comma", BYTES("[1,]"), NULL},
	{"bare-point", BYTES("1."), NULL},
	{"plus", BYTES("+1"), NULL},
	{"control-character", BYTES("\"a\nb\""), NULL},
	{"nul-after-the-value", BYTES("[1]\0"), NULL},
	{"invalid-utf-8", BYTES("\"\xff\""), NULL},
	{"overlong-utf-8", BYTES("\"\xc0\x80\""), NULL},
	{"capital-word", BYTES("True"), NULL},
	{"mismatched-brackets", BYTES("{\"a\":[}"), NULL},
	{"nothing", BYTES(""), NULL},
};

static void test_decoded(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_json_decode(decoded[i].text, decoded[i].length, &error);
	g_autoptr(GString) again = value == NULL ? NULL : php_json_encode(value, &error);
	g_assert_cmpstr(again == NULL ? NULL : again->str, ==, decoded[i].encoded);
	g_assert_true((error != NULL) == (decoded[i].encoded == NULL));
}

static const struct {
	const char *name;
	const char *serialized;
	const char *encoded; /* NULL: refused */
} encoded[] = {
	{"quotes-and-backslashes", "s:5:\"a\"\\/'\";", "\"a\\\"\\\\/'\""},
	{"controls", "s:7:\"\b\f\n\r\t\x01\x7f\";", "\"\\b\\f\\n\\r\\t\\u0001\x7f\""},
	{"accents-and-emoji-as-they-are", "s:6:\"\xc3\xa9\xf0\x9f\x8e\x89\";",
		"\"\xc3\xa9\xf0\x9f\x8e\x89\""},
	{"line-separators-escaped", "s:6:\"\xe2\x80\xa8\xe2\x80\xa9\";", "\"\\u2028\\u2029\""},
	{"invalid-utf-8", "s:1:\"\xff\";", NULL},
	{"invalid-utf-8-in-a-key", "a:1:{s:1:\"\xff\";N;}", NULL},
	{"empty-array-is-a-list", "a:0:{}", "[]"},
	{"empty-object", "O:8:\"stdClass\":0:{}", "{}"},
	{"hidden-properties-are-left-out", "O:1:\"A\":2:{s:1:\"x\";i:1;S:4:\"\\00*\\00y\";i:2;}",
		"{\"x\":1}"},
	{"gap-makes-an-object", "a:2:{i:0;s:1:\"a\";i:2;s:1:\"b\";}", "{\"0\":\"a\",\"2\":\"b\"}"},
	{"matched-people", "a:1:{i:0;a:1:{s:9:\"person_id\";i:12;}}", "[{\"person_id\":12}]"},
	{"reference", "a:2:{i:0;s:1:\"q\";i:1;R:2;}", "[\"q\",\"q\"]"},
	{"reference-to-what-holds-it", "a:1:{i:0;R:1;}", NULL},
	{"enum", "E:3:\"A:B\";", NULL},
	{"float-exponent", "d:1.0E+25;", "1.0e+25"},
	{"negative-zero", "d:-0;", "-0"},
};

static void test_encoded(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(PhpValue) value =
		php_unserialize(encoded[i].serialized, strlen(encoded[i].serialized), NULL);
	g_assert_nonnull(value);
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) text = php_json_encode(value, &error);
	g_assert_cmpstr(text == NULL ? NULL : text->str, ==, encoded[i].encoded);
	g_assert_true((error != NULL) == (encoded[i].encoded == NULL));
}

static void test_depth(void)
{
	static const struct {
		size_t levels;
		bool is_read;
	} cases[] = {{511, true}, {512, false}, {100000, false}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strnfill(2 * cases[i].levels, '[');
		memset(text + cases[i].levels, ']', cases[i].levels);
		g_autoptr(PhpValue) value = php_json_decode(text, strlen(text), NULL);
		g_assert_true((value != NULL) == cases[i].is_read);
		g_autoptr(GString) again = value == NULL ? NULL : php_json_encode(value, NULL);
		if (value != NULL)
			g_assert_cmpstr(again->str, ==, text);
	}
}

static void test_append_text(void)
{
	g_autoptr(GString) out = g_string_new("{\"name\":");
	php_json_append_text(out, "Jos\xc3\xa9 \"X\"\\");
	g_string_append_c(out, ',');
	php_json_append_text(out, "a\xff"
				  "b");
	php_json_append_text(out, NULL);
	g_assert_cmpstr(out->str, ==,
		"{\"name\":\"Jos\xc3\xa9 \\\"X\\\"\\\\\",\"a\xef\xbf\xbd"
		"b\"\"\"");
}

/* Every cut and every changed byte is read or refused without a crash. */
static void test_damage(void)
{
	static const char text[] =
		"{\"a\":[1,-2.5e3,true,null],\"\\u00e9\":{\"c\":\"\\ud83c\\udf89 \\/ "
		"\\\\\xc3\xa9\"},\"d\":false}";
	size_t length = sizeof text - 1;
	for (size_t cut = 0; cut <= length; cut++) {
		g_autofree char *copy = g_memdup2(text, cut + (cut == 0));
		g_autoptr(PhpValue) value = php_json_decode(copy, cut, NULL);
		g_assert_true((value != NULL) == (cut == length));
	}
	static const char bytes[] = "0159:,\"{}[]tfn+-.\\eud\0\x1f\xc3\xf0\xff";
	unsigned accepted = 0;
	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			g_autofree char *copy = g_memdup2(text, length);
			copy[at] = bytes[i];
			g_autoptr(PhpValue) value = php_json_decode(copy, length, NULL);
			accepted += value != NULL;
		}
	g_assert_cmpuint(accepted, >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(decoded); i++) {
		g_autofree char *path = g_strconcat("/php/json/reads/", decoded[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_decoded);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(encoded); i++) {
		g_autofree char *path = g_strconcat("/php/json/writes/", encoded[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_encoded);
	}
	g_test_add_func("/php/json/depth-is-limited-as-in-php", test_depth);
	g_test_add_func("/php/json/text-can-be-appended", test_append_text);
	g_test_add_func("/php/json/damage-never-crashes", test_damage);
	return g_test_run();
}
