/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading of Retry-After. */
#include "net/retry_after.h"

#include <curl/curl.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* "99999999999999999999" is a number too: one that is over any bound. */
static bool is_number(const char *text)
{
	if (*text == '-')
		text++;
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

int64_t retry_after_parse(const char *value, int64_t now_utc)
{
	g_autofree char *text = g_strstrip(g_strdup(value));
	gint64 secs = 0;

	if (is_number(text)) {
		if (!g_ascii_string_to_signed(text, 10, INT32_MIN, INT32_MAX, &secs, NULL))
			secs = *text == '-' ? 0 : INT32_MAX;
	} else {
		time_t date = curl_getdate(text, NULL);

		if (date == -1)
			return RETRY_AFTER_DEFAULT_SECS;
		secs = (int64_t)date - now_utc;
	}
	return CLAMP(secs, RETRY_AFTER_MIN_SECS, RETRY_AFTER_MAX_SECS);
}
