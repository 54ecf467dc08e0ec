/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: a server's challenges (WWW-Authenticate), and what is answered to them. */
#include <stdint.h>
#include <string.h>

#include "net/http_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(HttpDigest) digest = http_digest_new(text);
	g_autoptr(HttpDigest) again = NULL;
	g_autofree char *answer = NULL;

	if (digest == NULL)
		return 0;
	(void)http_digest_is_plain(digest, "zoë");
	answer = http_digest_answer(digest, "REPORT", "/c/?a=b", "zoë \"\\", "secret");
	/* One header, which says what was asked: as a challenge it can be answered, too. */
	g_assert_null(strpbrk(answer, "\r\n"));
	again = http_digest_new(answer);
	g_assert_nonnull(again);
	return 0;
}
