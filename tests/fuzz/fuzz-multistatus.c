/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: any bytes as a multistatus answer, and its hrefs. */
#include <stdint.h>

#include "net/href.h"
#include "net/multistatus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool use_response(void *data, DavResponse *take_response, GError **error)
{
	g_autoptr(DavResponse) response = take_response;

	(void)data, (void)error;
	g_free(dav_response_text(response, DAV_NS_DAV, "getetag"));
	for (unsigned i = 0; i < response->hrefs->len; i++) {
		const char *href = g_ptr_array_index(response->hrefs, i);
		g_autofree char *key = href_key("https://dav.example/c/", href);
		g_autofree char *again = key != NULL ? href_key("https://x/", key) : NULL;

		g_free(href_url("https://dav.example/c/", href));
		/* A key is canonical: its own key is itself. */
		g_assert_cmpstr(key, ==, again);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	g_autoptr(GError) error = NULL;
	bool ok = multistatus_read((const char *)data, bytes, use_response, NULL, NULL, &error);

	g_assert(ok == (error == NULL));
	return 0;
}
