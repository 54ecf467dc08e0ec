/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: lines of SHOW GRANTS, and the patterns in them. */
#include <stdint.h>

#include "schema/grant_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GrantLine) line = grant_line_parse(text);
	g_autoptr(GPtrArray) privileges = grant_privileges_parse(text, NULL);

	for (guint i = 0; privileges != NULL && i < privileges->len; i++)
		g_assert_nonnull(((const GrantPrivilege *)privileges->pdata[i])->name);
	if (line->database != NULL)
		(void)grant_pattern_matches(line->database, "wordpress");
	(void)grant_pattern_matches(text, "wordpress");
	return 0;
}
