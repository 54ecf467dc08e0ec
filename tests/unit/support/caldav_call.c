/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a call of the CalDAV provider needs, for a server of our own on 127.0.0.1. */
#include "caldav_call.h"

/* 2026-01-01 and 2026-02-01, UTC. */
#define WINDOW                                                                                     \
	{                                                                                          \
		1767225600, 1769904000                                                             \
	}

static int64_t clock_utc;

void caldav_call_set_clock(int64_t now_utc)
{
	clock_utc = now_utc;
}

static int64_t read_clock(void)
{
	return clock_utc;
}

static void no_wait(void *data, unsigned msecs)
{
	(void)data, (void)msecs;
}

void caldav_call_begin(CalDavCall *call, const char *url, const char *user, const char *password)
{
	static const char *const allowed[] = {"127.0.0.1", NULL};
	static const HttpOptions options = {
		.connect_timeout_secs = 10,
		.request_timeout_secs = 60,
		.max_response_bytes = 16000000,
		.allow_http = true,
		.allow_private = allowed,
		.wait_msecs = no_wait,
	};

	caldav_call_set_clock(CALDAV_CALL_NOW);
	*call = (CalDavCall){
		.shared = http_shared_new(&options),
		.zone = g_time_zone_new_utc(),
		.credentials =
			g_strdup_printf("{\"url\":\"%s\",\"username\":\"%s\",\"password\":\"%s\"}",
				url, user, password),
	};
	call->http = http_client_new(call->shared);
	call->request = (ProviderRequest){
		.http = call->http,
		.credentials_json = call->credentials,
		.calendar_ids = call->ids,
		.window = WINDOW,
		.site_zone = call->zone,
		.now_utc = read_clock,
	};
}

void caldav_call_clear(CalDavCall *call)
{
	http_client_free(call->http);
	http_shared_free(call->shared);
	g_time_zone_unref(call->zone);
	g_free(call->credentials);
}

char *joined(const GPtrArray *texts)
{
	g_autoptr(GString) line = g_string_new(NULL);

	for (unsigned i = 0; i < texts->len; i++)
		g_string_append_printf(
			line, "%s%s", i > 0 ? " " : "", (const char *)g_ptr_array_index(texts, i));
	return g_strdup(line->str);
}
