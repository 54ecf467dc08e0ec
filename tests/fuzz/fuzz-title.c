/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: texts of strangers on their way into WordPress; no browser finds HTML in what is
 * shown as it is. */
#include <stdint.h>
#include <string.h>

#include "text/esc.h"
#include "text/html_entities.h"
#include "text/kses.h"
#include "text/markup.h"
#include "text/sanitize.h"
#include "text/script_scheme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void free_text(GString *take_text)
{
	g_string_free(take_text, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	g_autoptr(GString) decoded = html_entity_decode(bytes, size);
	g_autoptr(GString) line = sanitize_text_field(decoded->str, decoded->len);
	g_autoptr(GString) title = markup_strip(line->str, line->len);
	g_autoptr(GString) lines = sanitize_textarea_field(bytes, size);
	g_autoptr(GString) escaped = esc_html(bytes, size);

	g_assert_false(markup_is_in(title->str, title->len));
	g_assert_null(memchr(line->str, '\n', line->len));
	g_assert_true(g_utf8_validate_len(lines->str, lines->len, NULL) ||
		      memchr(lines->str, '\0', lines->len) != NULL);
	g_assert_null(memchr(escaped->str, '<', escaped->len));
	g_assert_null(memchr(escaped->str, '"', escaped->len));
	g_assert_true(g_utf8_validate(line->str, -1, NULL));
	free_text(sanitize_email(bytes, size));
	free_text(kses_normalize_entities(bytes, size));
	free_text(kses_bad_protocol(bytes, size));
	free_text(esc_url(bytes, size));
	free_text(esc_url_raw(bytes, size));
	free_text(script_scheme_strip(bytes, size));
	return 0;
}
