/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the Google provider against scripted answers. */
#pragma once

#include "collecting_sink.h"
#include "fake_server.h"
#include "provider/provider.h"

#define GOOGLE_NOW INT64_C(1768467600) /* 2026-01-15 09:00:00 UTC */

#define NAMES                                                                                      \
	"{'kind':'calendar#calendarList','nextSyncToken':'n','items':[{'id':'anna@x.org',"         \
	"'summary':'Anna','primary':true}]}"
#define ITEM(id) "{'id':'" id "','start':{'date':'2026-01-15'},'end':{'date':'2026-01-16'}}"
#define PAGE(next, items)                                                                          \
	"{'kind':'calendar#events','summary':'S','nextPageToken':'" next "','items':[" items "]}"
#define LAST(items)                                                                                \
	"{'kind':'calendar#events','summary':'S','nextSyncToken':'s','items':[" items "]}"

/* Good until an hour from now. */
#define FRESH "{\"access_token\":\"old\",\"refresh_token\":\"r/1\",\"expires_at\":1768471200}"

/* One answer of the server, whatever it is asked. */
typedef struct {
	int status;
	const char *body; /* with ' for " */
} GoogleAnswer;

typedef struct {
	FakeServer *server;
	HttpShared *shared;
	HttpClient *http;
	GTimeZone *zone;
	char *api_base;
	char *token_url;
	ProviderService google;
	ProviderRequest request;
	CollectingSink *sink;
	GPtrArray *stored; /* of char *: each time */
	const char *newer; /* what somebody else stored meanwhile, or NULL */
} GoogleCall;

/* The answers come in this order, up to one without a status; the last one stays. The sink has no
 * memory. */
void google_call_begin(GoogleCall *call, const GoogleAnswer *answers, const char *credentials);
void google_call_clear(GoogleCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GoogleCall, google_call_clear)

bool google_call_sync(GoogleCall *call, GError **error);

/* Texts with blanks between them. Caller frees. */
char *google_call_joined(const GPtrArray *texts);
