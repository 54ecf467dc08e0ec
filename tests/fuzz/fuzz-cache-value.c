/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: values of a site's object cache, in every form; what is a text there can be written
 * so that it reads alike. */
#include <stdint.h>

#include "cache/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_form(CacheValueForm form, const char *data, size_t size, uint32_t flags)
{
	g_autofree char *text = cache_value_decode(form, data, size, flags);
	g_autofree char *again = NULL;
	g_autoptr(GBytes) bytes = NULL;
	const char *written;
	gsize length;

	(void)cache_value_is_compressed(form, flags);
	if (text == NULL)
		return;
	bytes = cache_value_encode(form, text, &flags);
	written = g_bytes_get_data(bytes, &length);
	again = cache_value_decode(form, written != NULL ? written : "", length, flags);
	g_assert_cmpstr(again, ==, text);
}

/* The first octet says the flags. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	for (int form = CACHE_VALUE_PLAIN; form <= CACHE_VALUE_MEMCACHED; form++)
		try_form((CacheValueForm)form, (const char *)data + 1, size - 1, data[0]);
	return 0;
}
