/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: PHP's serialize format; what is written must read back to the same bytes. */
#include "php/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(PhpValue) value = php_unserialize((const char *)data, size, NULL);
	if (value == NULL)
		return 0;
	g_autoptr(GString) text = php_serialize(value);
	g_autoptr(PhpValue) again = php_unserialize(text->str, text->len, NULL);
	/* A later duplicate key takes a number away from the references behind it. */
	if (again == NULL)
		return 0;
	g_autoptr(GString) text_again = php_serialize(again);
	g_assert_true(g_string_equal(text, text_again));
	return 0;
}
