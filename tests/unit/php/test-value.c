/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PHP's values: serialize and unserialize, conversions, keys, editing. */
#include "php/value.h"

#include <string.h>

/* A literal with its length, so that it may hold NUL bytes. */
#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
	const char *name;
	const char *text;
	size_t length;
} kept[] = {
	{"null", BYTES("N;")},
	{"false-is-a-value", BYTES("b:0;")},
	{"smallest-int", BYTES("i:-9223372036854775808;")},
	{"negative-zero", BYTES("d:-0;")},
	{"denormal", BYTES("d:5.0E-324;")},
	{"infinite", BYTES("d:-INF;")},
	{"nan", BYTES("d:NAN;")},
	{"string-with-quotes-and-nul", BYTES("s:5:\"a\"\0;}\";")},
	{"string-that-is-no-utf-8", BYTES("s:2:\"\xff\xfe\";")},
	{"order-of-keys", BYTES("a:3:{i:9;b:1;s:1:\"x\";N;i:-5;d:0.1;}")},
	{"nested-arrays", BYTES("a:1:{i:0;a:1:{s:1:\"a\";a:0:{}}}")},
	{"object-with-hidden-properties",
		BYTES("O:3:\"Foo\":3:{s:1:\"5\";i:1;s:4:\"\0*\0y\";N;s:6:\"\0Foo\0z\";a:0:{}}")},
	{"custom-class", BYTES("a:2:{i:0;C:3:\"Foo\":5:{a{\"}\0}i:1;i:2;}")},
	{"enum", BYTES("a:2:{i:0;E:7:\"Foo:Bar\";i:1;r:2;}")},
	{"references", BYTES("a:4:{i:0;O:1:\"A\":0:{}i:1;r:2;i:2;s:1:\"q\";i:3;R:4;}")},
	{"reference-to-what-holds-it", BYTES("a:2:{i:0;i:1;i:1;a:2:{i:0;i:1;i:1;R:3;}}")},
	{"more-keys-than-are-searched-one-by-one",
		BYTES("a:12:{i:0;N;i:1;N;i:2;N;i:3;N;i:4;N;i:5;N;i:6;N;i:7;N;i:8;N;i:9;N;i:11;N;"
		      "s:1:\"a\";N;}")},
};

static void test_kept(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_unserialize(kept[i].text, kept[i].length, &error);
	g_assert_no_error(error);
	g_autoptr(GString) again = php_serialize(value);
	g_assert_cmpmem(again->str, again->len, kept[i].text, kept[i].length);
}

static const struct {
	const char *name;
	const char *text;
} refused[] = {
	{"nothing", ""},
	{"no-end", "i:5"},
	{"space", "i: 5;"},
	{"string-too-short", "s:4:\"abc\";"},
	{"string-too-long", "s:2:\"abc\";"},
	{"string-length-of-64-bits", "s:18446744073709551615:\"x\";"},
	{"array-key-null", "a:1:{N;i:1;}"},
	{"array-too-few", "a:2:{i:0;i:1;}"},
	{"array-too-many", "a:1:{i:0;i:1;i:1;i:2;}"},
	{"array-of-too-many-to-count", "a:99999999999999999999:{}"},
	{"reference-to-nothing", "a:1:{i:0;R:5;}"},
	{"reference-to-itself", "R:1;"},
	{"reference-from-an-overwritten-element-to-itself", "a:2:{i:0;i:1;i:0;R:2;}"},
	{"object-reference-to-a-string", "a:2:{i:0;s:1:\"q\";i:1;r:2;}"},
	{"class-with-a-space", "O:3:\"a b\":0:{}"},
	{"class-from-the-root", "O:2:\"\\A\":0:{}"},
	{"custom-cut-short", "C:1:\"A\":5:{abc}"},
	{"enum-without-case", "E:3:\"abc\";"},
	{"json", "{\"a\":1}"},
};

static void test_refused(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value =
		php_unserialize(refused[i].text, strlen(refused[i].text), &error);
	g_assert_null(value);
	g_assert_error(error, PHP_ERROR, PHP_ERROR_SYNTAX);
}

static const struct {
	const char *name;
	const char *text;
	const char *serialized;
} odd[] = {
	{"what-follows-is-ignored", "i:5;garbage", "i:5;"},
	{"length-wraps", "s:18446744073709551619:\"abc\";", "s:3:\"abc\";"},
	{"int-saturates", "i:9223372036854775808;", "i:9223372036854775807;"},
	{"negative-int-saturates", "i:-99999999999999999999;", "i:-9223372036854775808;"},
	{"later-key-wins-in-its-place", "a:3:{i:0;i:1;i:1;i:2;s:1:\"0\";i:3;}",
		"a:2:{i:0;i:3;i:1;i:2;}"},
	{"escaped-string", "S:2:\"\\41b\";", "s:2:\"Ab\";"},
	{"object-without-a-count", "O:1:\"A\"::{}", "O:1:\"A\":0:{}"},
	{"overwritten-array-with-references-into-it", "a:3:{i:0;a:1:{i:0;i:7;}i:0;i:1;i:1;R:3;}",
		"a:2:{i:0;i:1;i:1;R:3;}"},
};

static void test_odd(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(PhpValue) value = php_unserialize(odd[i].text, strlen(odd[i].text), &error);
	g_assert_no_error(error);
	g_autoptr(GString) again = php_serialize(value);
	g_assert_cmpstr(again->str, ==, odd[i].serialized);
}

static GString *nested(unsigned depth)
{
	GString *text = g_string_new(NULL);
	for (unsigned i = 0; i < depth; i++)
		g_string_append(text, "a:1:{i:0;");
	g_string_append(text, "N;");
	for (unsigned i = 0; i < depth; i++)
		g_string_append_c(text, '}');
	return text;
}

static void test_depth(void)
{
	g_autoptr(GString) deepest = nested(4096);
	g_autoptr(PhpValue) value = php_unserialize(deepest->str, deepest->len, NULL);
	g_assert_nonnull(value);
	g_autoptr(GString) again = php_serialize(value);
	g_assert_cmpstr(again->str, ==, deepest->str);

	g_autoptr(GString) deeper = nested(50000);
	g_autoptr(GError) error = NULL;
	g_assert_null(php_unserialize(deeper->str, deeper->len, &error));
	g_assert_error(error, PHP_ERROR, PHP_ERROR_LIMIT);
}

static void test_reference_means_its_target(void)
{
	static const char text[] = "a:2:{s:1:\"x\";s:2:\"hi\";s:1:\"y\";R:2;}";
	g_autoptr(PhpValue) value = php_unserialize(text, strlen(text), NULL);
	g_assert_cmpstr(php_value_bytes(php_array_get(value, "y"), NULL), ==, "hi");
	g_assert_cmpuint(php_value_reference(php_array_get(value, "y")), ==, 2);
	g_assert_cmpuint(php_value_slot(php_array_get(value, "x")), ==, 2);
	g_assert_cmpuint(php_value_slot(php_array_get(value, "y")), ==, 0);
}

static void test_source(void)
{
	static const char text[] = "a:1:{s:1:\"x\";s:2:\"hi\";}rest";
	g_autoptr(PhpValue) value = php_unserialize(text, strlen(text), NULL);
	size_t offset = 0;
	size_t length = 0;
	g_assert_true(php_value_source(php_array_get(value, "x"), &offset, &length));
	g_assert_cmpmem(text + offset, length, "s:2:\"hi\";", 9);
	g_assert_true(php_value_source(value, &offset, &length));
	g_assert_cmpuint(offset + length, ==, strlen(text) - strlen("rest"));
	g_autoptr(PhpValue) made = php_int_new(1);
	g_assert_false(php_value_source(made, &offset, &length));
}

/* Every cut and every changed byte of a rich value is read or refused without a crash. */
static void test_damage(void)
{
	static const char text[] =
		"a:9:{s:1:\"x\";s:2:\"hi\";i:1;R:2;i:2;O:3:\"Foo\":1:{s:4:\"\0*\0y\";d:1.5E+30;}i:"
		"3;r:3;"
		"i:4;C:1:\"A\":2:{}}}i:5;E:3:\"A:B\";i:6;S:1:\"\\41\";i:2;a:1:{i:0;b:1;}i:8;R:4;}";
	size_t length = sizeof text - 1;
	for (size_t cut = 0; cut <= length; cut++) {
		/* An exact copy, so that a read past the end is seen. */
		g_autofree char *copy = g_memdup2(text, cut + (cut == 0));
		g_autoptr(PhpValue) value = php_unserialize(copy, cut, NULL);
		g_assert_true((value != NULL) == (cut == length));
	}
	static const char bytes[] = "0159:;\"{}aibdsSOCErRN+-.\\e\0\xff";
	unsigned accepted = 0;
	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			g_autofree char *copy = g_memdup2(text, length);
			copy[at] = bytes[i];
			g_autoptr(PhpValue) value = php_unserialize(copy, length, NULL);
			g_autoptr(GString) again = value == NULL ? NULL : php_serialize(value);
			accepted += again != NULL && again->len > 0;
		}
	g_assert_cmpuint(accepted, >, 0);
}

static const struct {
	const char *text;
	bool truthy;
	int64_t number;
	const char *string; /* NULL: has none */
} conversions[] = {
	{"N;", false, 0, ""},
	{"b:1;", true, 1, "1"},
	{"b:0;", false, 0, ""},
	{"i:-7;", true, -7, "-7"},
	{"d:0;", false, 0, "0"},
	{"d:12.9;", true, 12, "12.9"},
	{"d:1.0E+30;", true, INT64_MAX, "1.0E+30"},
	{"d:NAN;", true, 0, "NAN"},
	{"s:0:\"\";", false, 0, ""},
	{"s:1:\"0\";", false, 0, "0"},
	{"s:1:\"1\";", true, 1, "1"},
	{"s:3:\"0.0\";", true, 0, "0.0"},
	{"s:8:\" 90 days\";", true, 90, " 90 days"},
	{"s:4:\"1e3x\";", true, 1000, "1e3x"},
	{"s:4:\"0x1A\";", true, 0, "0x1A"},
	{"s:3:\"abc\";", true, 0, "abc"},
	{"s:20:\"99999999999999999999\";", true, INT64_MAX, "99999999999999999999"},
	{"a:0:{}", false, 0, NULL},
	{"a:1:{i:0;N;}", true, 1, NULL},
	{"O:1:\"A\":0:{}", true, 1, NULL},
};

static void test_conversions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(conversions); i++) {
		const char *text = conversions[i].text;
		g_autoptr(PhpValue) value = php_unserialize(text, strlen(text), NULL);
		g_assert_nonnull(value);
		g_test_message("%s", text);
		g_assert_true(php_value_truthy(value) == conversions[i].truthy);
		g_assert_cmpint(php_value_to_int(value), ==, conversions[i].number);
		g_autofree char *string = php_value_to_string(value);
		g_assert_cmpstr(string, ==, conversions[i].string);
	}
	g_assert_false(php_value_truthy(NULL));
}

static void test_keys(void)
{
	static const struct {
		const char *text;
		bool is_int;
	} cases[] = {{"0", true}, {"5", true}, {"-5", true}, {"9223372036854775807", true},
		{"-9223372036854775808", true}, {"9223372036854775808", false}, {"05", false},
		{"-0", false}, {"-", false}, {"", false}, {" 5", false}, {"5 ", false},
		{"1.5", false}, {"123456789012345678901", false}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		PhpKey key = php_key_from_text(cases[i].text, strlen(cases[i].text));
		g_test_message("%s", cases[i].text);
		g_assert_true(key.is_int == cases[i].is_int);
	}
}

static void test_editing(void)
{
	g_autoptr(PhpValue) array = php_array_new();
	php_array_append(array, php_string_new("a", 1));
	php_array_set(array, "x", php_null_new());
	php_array_append(array, php_bool_new(true));
	php_array_set(array, "x", php_int_new(3));
	php_array_set(array, "1", php_float_new(0.5));
	php_array_set(array, "7", php_array_new());
	php_array_append(array, php_null_new());
	g_autoptr(GString) text = php_serialize(array);
	g_assert_cmpstr(
		text->str, ==, "a:5:{i:0;s:1:\"a\";s:1:\"x\";i:3;i:1;d:0.5;i:7;a:0:{}i:8;N;}");
	g_assert_false(php_array_is_list(array));
	g_assert_null(php_array_get(array, "y"));
	g_assert_cmpint(php_value_to_int(php_array_get(array, "x")), ==, 3);
}

static void test_floats(void)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {{0.0001, "0.0001"}, {0.00001, "1.0E-5"}, {1e16, "10000000000000000"},
		{1e17, "1.0E+17"}, {123456789.12345679, "123456789.12345679"}, {-1.5e-7, "-1.5E-7"},
		{0x1p-44, "5.684341886080802E-14"},
		{1.7976931348623157e308, "1.7976931348623157E+308"}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		php_float_append(text, cases[i].number, 'E');
		g_assert_cmpstr(text->str, ==, cases[i].text);
	}
}

#define ADD_CASES(table, folder, function)                                                         \
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                         \
		g_autofree char *path = g_strconcat(folder, table[i].name, NULL);                  \
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                         \
	}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CASES(kept, "/php/value/round-trip-keeps/", test_kept)
	ADD_CASES(refused, "/php/value/refuses/", test_refused)
	ADD_CASES(odd, "/php/value/reads-as-php-does/", test_odd)
	g_test_add_func("/php/value/depth-is-limited-as-in-php", test_depth);
	g_test_add_func("/php/value/reference-means-its-target", test_reference_means_its_target);
	g_test_add_func("/php/value/knows-where-it-was-read", test_source);
	g_test_add_func("/php/value/damage-never-crashes", test_damage);
	g_test_add_func("/php/value/converts-as-php-does", test_conversions);
	g_test_add_func("/php/value/decimal-keys-are-ints", test_keys);
	g_test_add_func("/php/value/editing-keeps-order", test_editing);
	g_test_add_func("/php/value/floats-have-the-shortest-digits", test_floats);
	return g_test_run();
}
