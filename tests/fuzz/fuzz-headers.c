/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: what a server says in single lines: hrefs, Retry-After. */
#include <stdint.h>

#include "net/href.h"
#include "net/retry_after.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_href(const char *href)
{
	static const char base[] = "https://dav.example/c/";
	g_autofree char *key = href_key(base, href);
	g_autofree char *path = href_path(base, href);
	g_autofree char *url = href_url(base, href);
	g_autofree char *last = href_last_segment(base, href);
	g_autofree char *again = key == NULL ? NULL : href_key(base, key);
	g_autofree char *of_path = path == NULL ? NULL : href_path_url(base, path);

	g_assert_cmpstr(key, ==, again);
	g_assert_true((key == NULL) == (path == NULL));
	g_assert_true((of_path == NULL) == (path == NULL));
	if (last != NULL)
		g_assert_true(g_utf8_validate(last, -1, NULL));
	for (const char *at = url; at != NULL && *at != '\0'; at++)
		g_assert_false(g_ascii_iscntrl(*at) || *at == ' ');
	(void)href_same_host(base, href);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	int64_t secs = retry_after_parse(text, INT64_C(1767225600));

	g_assert_cmpint(secs, >=, RETRY_AFTER_MIN_SECS);
	g_assert_cmpint(secs, <=, RETRY_AFTER_MAX_SECS);
	try_href(text);
	return 0;
}
