/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the vectors' files, runs their cases, prints what differs and counts. */
#include "check.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_INPUT_BYTES = 160, SHOWN_VALUE_BYTES = 400, MAX_TEXT_BYTES = 64 << 20 };

typedef struct {
	unsigned passed;
	unsigned failed;
	unsigned skipped;
} Counts;

struct Check {
	char *mysql_socket;
	Counts total;
	Counts file;
	GHashTable *reasons; /* why cases of this file were skipped */
	char *case_id;
	char *case_input;
	bool case_failed;
	bool case_skipped;
};

Check *check_new(const char *mysql_socket)
{
	Check *check = g_new0(Check, 1);
	check->mysql_socket = g_strdup(mysql_socket);
	check->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return check;
}

void check_free(Check *check)
{
	if (check == NULL)
		return;
	g_hash_table_unref(check->reasons);
	g_free(check->mysql_socket);
	g_free(check->case_id);
	g_free(check->case_input);
	g_free(check);
}

const char *check_mysql_socket(const Check *check)
{
	return check->mysql_socket;
}

/* Caller frees. */
static char *printable(const char *data, size_t length, size_t limit)
{
	g_autoptr(GString) shown = g_string_new(NULL);
	bool is_text = g_utf8_validate(data, (gssize)length, NULL);
	for (size_t i = 0; i < length && shown->len < limit; i++) {
		unsigned char byte = (unsigned char)data[i];
		if (byte == '\n')
			g_string_append(shown, "\\n");
		else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_text))
			g_string_append_printf(shown, "\\x%02x", byte);
		else
			g_string_append_c(shown, data[i]);
	}
	if (shown->len >= limit)
		g_string_append_printf(shown, "... (%zu bytes)", length);
	return g_strdup(shown->str);
}

void check_case_begin(Check *check, const char *id, const char *input)
{
	g_assert(check->case_id == NULL);
	check->case_id = g_strdup(id);
	check->case_input =
		input == NULL ? NULL : printable(input, strlen(input), SHOWN_INPUT_BYTES);
	check->case_failed = false;
	check->case_skipped = false;
}

void check_case_end(Check *check)
{
	g_assert(check->case_id != NULL);
	if (check->case_failed)
		check->file.failed++;
	else if (check->case_skipped)
		check->file.skipped++;
	else
		check->file.passed++;
	g_clear_pointer(&check->case_id, g_free);
	g_clear_pointer(&check->case_input, g_free);
}

static void print_mismatch(Check *check, const char *what, const char *expected, const char *got)
{
	g_assert(check->case_id != NULL);
	if (!check->case_failed)
		printf("FAIL %s%s%s\n", check->case_id,
			check->case_input == NULL ? "" : "  input: ",
			check->case_input == NULL ? "" : check->case_input);
	check->case_failed = true;
	if (what != NULL)
		printf("  %s\n", what);
	printf("    expected: %s\n    got:      %s\n", expected, got);
}

void check_mismatch(Check *check, const char *what, const char *expected, const char *got)
{
	g_autofree char *shown_expected = printable(expected == NULL ? "(none)" : expected,
		strlen(expected == NULL ? "(none)" : expected), SHOWN_VALUE_BYTES);
	g_autofree char *shown_got = printable(got == NULL ? "(none)" : got,
		strlen(got == NULL ? "(none)" : got), SHOWN_VALUE_BYTES);
	print_mismatch(check, what, shown_expected, shown_got);
}

void check_mismatch_bytes(
	Check *check, const char *what, const GString *expected, const GString *got)
{
	g_autofree char *shown_expected =
		expected == NULL ? g_strdup("(none)")
				 : printable(expected->str, expected->len, SHOWN_VALUE_BYTES);
	g_autofree char *shown_got =
		got == NULL ? g_strdup("(none)") : printable(got->str, got->len, SHOWN_VALUE_BYTES);
	print_mismatch(check, what, shown_expected, shown_got);
}

void check_equal(Check *check, const char *what, const char *expected, const char *got)
{
	if (g_strcmp0(expected, got) != 0)
		check_mismatch(check, what, expected, got);
}

void check_equal_bytes(Check *check, const char *what, const GString *expected, const GString *got)
{
	if (expected == NULL && got == NULL)
		return;
	if (expected == NULL || got == NULL || !g_string_equal(expected, got))
		check_mismatch_bytes(check, what, expected, got);
}

void check_equal_bool(Check *check, const char *what, bool expected, bool got)
{
	check_equal(check, what, expected ? "true" : "false", got ? "true" : "false");
}

void check_equal_int(Check *check, const char *what, gint64 expected, gint64 got)
{
	g_autofree char *expected_digits = g_strdup_printf("%" G_GINT64_FORMAT, expected);
	g_autofree char *got_digits = g_strdup_printf("%" G_GINT64_FORMAT, got);
	check_equal(check, what, expected_digits, got_digits);
}

void check_skip(Check *check, const char *reason)
{
	check->case_skipped = true;
	if (g_hash_table_add(check->reasons, g_strdup(reason)))
		printf("  skipping: %s\n", reason);
}

static GString *repeated(const cJSON *item)
{
	const cJSON *times = cJSON_GetObjectItemCaseSensitive(item, "times");
	g_autoptr(GString) prefix = check_member(item, "prefix");
	g_autoptr(GString) core = check_member(item, "core");
	g_autoptr(GString) suffix = check_member(item, "suffix");
	if (prefix == NULL || core == NULL || suffix == NULL || !cJSON_IsNumber(times) ||
		times->valuedouble < 0 ||
		times->valuedouble * (double)(prefix->len + suffix->len) > MAX_TEXT_BYTES)
		return NULL;
	GString *text = g_string_new(NULL);
	size_t count = (size_t)times->valuedouble;
	for (size_t i = 0; i < count; i++)
		g_string_append_len(text, prefix->str, (gssize)prefix->len);
	g_string_append_len(text, core->str, (gssize)core->len);
	for (size_t i = 0; i < count; i++)
		g_string_append_len(text, suffix->str, (gssize)suffix->len);
	return text;
}

GString *check_text(const cJSON *item)
{
	if (cJSON_IsString(item))
		return g_string_new(item->valuestring);
	if (!cJSON_IsObject(item))
		return NULL;
	const cJSON *encoded = cJSON_GetObjectItemCaseSensitive(item, "b64");
	if (cJSON_IsString(encoded)) {
		size_t length = 0;
		g_autofree guchar *data = g_base64_decode(encoded->valuestring, &length);
		return g_string_new_len((const char *)data, (gssize)length);
	}
	return repeated(item);
}

GString *check_member(const cJSON *object, const char *name)
{
	return check_text(cJSON_GetObjectItemCaseSensitive(object, name));
}

GString *check_input(const cJSON *in)
{
	GString *text = check_member(in, "text");
	return text != NULL ? text : check_member(in, "repeat");
}

const char *check_kind(const cJSON *in)
{
	const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(in, "kind"));
	return kind == NULL ? "" : kind;
}

static void run_line(
	Check *check, const VectorCheck *row, const char *line, size_t length, unsigned number)
{
	cJSON *json = cJSON_ParseWithLength(line, length);
	const cJSON *in = cJSON_GetObjectItemCaseSensitive(json, "in");
	const cJSON *out = cJSON_GetObjectItemCaseSensitive(json, "out");
	g_autofree char *id = g_strdup_printf("%s:%u", row->name, number);
	char *input = in == NULL ? NULL : cJSON_PrintUnformatted(in);
	check_case_begin(check, id, input);
	if (in == NULL || out == NULL)
		check_mismatch(check, NULL, "a line with \"in\" and \"out\"", "something else");
	else
		row->check_case(check, in, out);
	check_case_end(check);
	cJSON_free(input);
	cJSON_Delete(json);
}

static void run_lines(Check *check, const VectorCheck *row, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	size_t length = 0;
	if (!g_file_get_contents(path, &text, &length, &error)) {
		check_case_begin(check, row->name, NULL);
		check_mismatch(check, NULL, "a readable file", error->message);
		check_case_end(check);
		return;
	}
	unsigned number = 1;
	for (const char *line = text; line < text + length; number++) {
		const char *end = memchr(line, '\n', (size_t)(text + length - line));
		if (end == NULL)
			end = text + length;
		if (end > line)
			run_line(check, row, line, (size_t)(end - line), number);
		line = end + 1;
	}
}

static void run_row(Check *check, const VectorCheck *row, const char *vectors, const char *corpus)
{
	const char *folder = row->check_corpus != NULL ? corpus : vectors;
	g_autofree char *path = folder == NULL ? NULL : g_build_filename(folder, row->name, NULL);
	if (folder == NULL) {
		printf("%s: left alone: no folder was given for it\n", row->name);
	} else if (row->left_alone != NULL) {
		printf("%s: left alone: %s\n", row->name, row->left_alone);
	} else if (row->check_corpus != NULL) {
		row->check_corpus(check, corpus);
	} else if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		printf("%s: left alone: %s has no such file\n", row->name, folder);
	} else if (row->check_case != NULL) {
		run_lines(check, row, path);
	} else {
		row->check_file(check, path);
	}
}

void check_run(Check *check, const VectorCheck *row, const char *vectors, const char *corpus)
{
	check->file = (Counts){0};
	g_hash_table_remove_all(check->reasons);
	run_row(check, row, vectors, corpus);

	if (check->file.passed + check->file.failed + check->file.skipped > 0) {
		printf("%s: %u passed, %u failed", row->name, check->file.passed,
			check->file.failed);
		if (check->file.skipped > 0)
			printf(", %u skipped", check->file.skipped);
		printf("\n");
	}
	check->total.passed += check->file.passed;
	check->total.failed += check->file.failed;
	check->total.skipped += check->file.skipped;
	fflush(stdout);
}

bool check_finish(const Check *check)
{
	printf("%u passed, %u failed, %u skipped\n", check->total.passed, check->total.failed,
		check->total.skipped);
	return check->total.failed == 0 && check->total.passed > 0;
}
