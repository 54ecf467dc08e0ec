/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sanitising, step by step as WordPress does it. */
#include "text/sanitize.h"

#include <stdbool.h>
#include <string.h>

#include "php/text.h"
#include "text/esc.h"
#include "text/strip_tags.h"
#include "text/utf8.h"

#define EMAIL_MIN_BYTES 6

/* wp_pre_kses_less_than(): a < that no > follows before the next < or the end is text. As in PCRE
 * the end is also the place before a last line feed. */
static GString *escape_unclosed(const GString *text)
{
	GString *escaped = g_string_sized_new(text->len);
	size_t end = text->len > 0 && text->str[text->len - 1] == '\n' ? text->len - 1 : text->len;
	size_t at = 0;

	while (at < text->len) {
		size_t stop = at + 1;

		if (text->str[at] != '<') {
			g_string_append_c(escaped, text->str[at++]);
			continue;
		}
		while (stop < end && text->str[stop] != '<' && text->str[stop] != '>')
			stop++;
		if (stop < text->len && text->str[stop] == '>') {
			stop++;
			g_string_append_len(escaped, text->str + at, (gssize)(stop - at));
		} else {
			g_autoptr(GString) html = esc_html(text->str + at, stop - at);

			g_string_append_len(escaped, html->str, (gssize)html->len);
		}
		at = stop;
	}
	return escaped;
}

/* The place behind `</name>` from `at` on, in any case; NULL when it does not come. */
static const char *find_end_tag(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);

	for (; (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
		if ((size_t)(end - at) >= length + 3 && at[1] == '/' &&
			g_ascii_strncasecmp(at + 2, name, length) == 0 && at[2 + length] == '>')
			return at + length + 3;
	}
	return NULL;
}

typedef struct {
	const char *name;
	bool has_no_end; /* from here on: looked for in vain before */
} HiddenElement;

/* The place behind the element that begins at `at`, or NULL when none does. */
static const char *find_hidden_end(const char *at, const char *end, HiddenElement *element)
{
	size_t length = strlen(element->name);
	const char *close;
	const char *behind;

	if (element->has_no_end || (size_t)(end - at) <= length ||
		g_ascii_strncasecmp(at + 1, element->name, length) != 0)
		return NULL;
	close = memchr(at, '>', (size_t)(end - at));
	behind = close != NULL ? find_end_tag(close + 1, end, element->name) : NULL;
	element->has_no_end = behind == NULL;
	return behind;
}

/* The first step of wp_strip_all_tags(): scripts and styles go with what is in them. */
static GString *without_scripts(const GString *text)
{
	GString *rest = g_string_sized_new(text->len);
	const char *end = text->str + text->len;
	const char *at = text->str;
	HiddenElement elements[] = {{.name = "script"}, {.name = "style"}};

	while (at < end) {
		const char *behind = NULL;

		for (size_t i = 0; *at == '<' && behind == NULL && i < G_N_ELEMENTS(elements); i++)
			behind = find_hidden_end(at, end, &elements[i]);
		if (behind != NULL)
			at = behind;
		else
			g_string_append_c(rest, *at++);
	}
	return rest;
}

/* One blank for each run of the bytes in `blanks`; in place. */
static void collapse(GString *text, const char *blanks)
{
	size_t kept = 0;

	for (size_t i = 0; i < text->len; i++) {
		bool is_blank = text->str[i] != '\0' && strchr(blanks, text->str[i]) != NULL;

		if (is_blank && kept > 0 && text->str[kept - 1] == ' ')
			continue;
		text->str[kept++] = is_blank ? ' ' : text->str[i];
	}
	g_string_truncate(text, kept);
}

/* Takes out %41 and the like, also those that come together when others go. WordPress looks again
 * and again from the beginning; no two octets overlap, so one pass that looks back leaves the same.
 * True when there were any. */
static bool drop_octets(GString *text)
{
	size_t kept = 0;

	for (size_t i = 0; i < text->len; i++) {
		text->str[kept++] = text->str[i];
		if (kept >= 3 && text->str[kept - 3] == '%' &&
			g_ascii_isxdigit(text->str[kept - 2]) &&
			g_ascii_isxdigit(text->str[kept - 1]))
			kept -= 3;
	}
	if (kept == text->len)
		return false;
	g_string_truncate(text, kept);
	return true;
}

static GString *without_tags(const GString *text)
{
	g_autoptr(GString) closed = escape_unclosed(text);
	g_autoptr(GString) visible = without_scripts(closed);
	GString *plain = strip_tags(visible->str, visible->len);

	php_trim(plain);
	g_string_replace(plain, "<\n", "&lt;\n", 0);
	return plain;
}

/* _sanitize_text_fields() */
static GString *sanitize(const char *bytes, size_t length, bool keep_lines)
{
	g_autoptr(GString) text = NULL;

	if (!text_is_utf8(bytes, length))
		return g_string_new(NULL);
	text = g_string_new_len(bytes, (gssize)length);
	if (memchr(text->str, '<', text->len) != NULL) {
		GString *plain = without_tags(text);

		g_string_free(text, TRUE);
		text = plain;
	}
	if (!keep_lines)
		collapse(text, "\r\n\t ");
	php_trim(text);
	if (drop_octets(text)) {
		collapse(text, " ");
		php_trim(text);
	}
	return g_steal_pointer(&text);
}

GString *sanitize_text_field(const char *bytes, size_t length)
{
	return sanitize(bytes, length, false);
}

GString *sanitize_textarea_field(const char *bytes, size_t length)
{
	return sanitize(bytes, length, true);
}

/* The bytes of `text` that are letters, digits or in `others`. */
static GString *filter(const char *bytes, size_t length, const char *others)
{
	GString *kept = g_string_sized_new(length);

	for (size_t i = 0; i < length; i++) {
		if (g_ascii_isalnum(bytes[i]) ||
			(bytes[i] != '\0' && strchr(others, bytes[i]) != NULL))
			g_string_append_c(kept, bytes[i]);
	}
	return kept;
}

/* The text without what PHP trims, and without `extra` at both ends. */
static void trim_with(GString *text, char extra)
{
	size_t begin = 0;

	while (text->len > 0 &&
		(php_is_trimmed(text->str[text->len - 1]) || text->str[text->len - 1] == extra))
		g_string_truncate(text, text->len - 1);
	while (begin < text->len && (php_is_trimmed(text->str[begin]) || text->str[begin] == extra))
		begin++;
	g_string_erase(text, 0, (gssize)begin);
}

/* Runs of two and more periods go. */
static GString *without_period_runs(const char *bytes, size_t length)
{
	GString *kept = g_string_sized_new(length);
	size_t at = 0;

	while (at < length) {
		size_t run = 0;

		while (at + run < length && bytes[at + run] == '.')
			run++;
		if (run < 2)
			g_string_append_c(kept, bytes[at]);
		at += MAX(run, 1);
	}
	return kept;
}

/* The labels of a domain without what they cannot have; NULL when fewer than two are left. */
static GString *sanitize_domain(const char *bytes, size_t length)
{
	g_autoptr(GString) domain = without_period_runs(bytes, length);
	g_autoptr(GString) clean = g_string_new(NULL);
	size_t labels = 0;
	size_t begin = 0;

	trim_with(domain, '.');
	for (size_t at = 0; at <= domain->len; at++) {
		g_autoptr(GString) label = NULL;
		g_autoptr(GString) kept = NULL;

		if (at < domain->len && domain->str[at] != '.')
			continue;
		label = g_string_new_len(domain->str + begin, (gssize)(at - begin));
		begin = at + 1;
		trim_with(label, '-');
		kept = filter(label->str, label->len, "-");
		if (kept->len > 0)
			g_string_append_printf(clean, "%s%s", labels++ > 0 ? "." : "", kept->str);
	}
	return labels >= 2 ? g_steal_pointer(&clean) : NULL;
}

GString *sanitize_email(const char *bytes, size_t length)
{
	const char *at_sign = length >= EMAIL_MIN_BYTES ? memchr(bytes, '@', length) : NULL;
	g_autoptr(GString) email = NULL;
	g_autoptr(GString) domain = NULL;

	if (at_sign == NULL)
		return g_string_new(NULL);
	email = filter(bytes, (size_t)(at_sign - bytes), "!#$%&'*+/=?^_`{|}~.-");
	domain = sanitize_domain(at_sign + 1, (size_t)(bytes + length - at_sign - 1));
	if (email->len == 0 || domain == NULL)
		return g_string_new(NULL);
	g_string_append_printf(email, "@%s", domain->str);
	return g_steal_pointer(&email);
}
