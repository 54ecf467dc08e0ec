/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP over libcurl with the policy of design 9: hostile URLs, bounded answers, verified TLS. */
#pragma once

#include <gio/gio.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/http_allowance.h"
#include "net/http_error.h"

typedef struct HttpOptions {
	unsigned connect_timeout_secs;
	unsigned request_timeout_secs;
	unsigned stall_secs;       /* how long an answer that has begun may pause; 0: a minute */
	size_t max_response_bytes; /* of the decoded body */
	bool allow_http;           /* else only https */
	const char *const
		*allow_private; /* NULL-terminated hosts or CIDRs exempt from the address policy */
	const char *ca_file;    /* or NULL: the system's */
	const char *proxy;      /* or NULL: none; the environment's proxies are ignored */
	/* For tests: waits this long between retries. NULL: really waits. */
	void (*wait_msecs)(void *data, unsigned msecs);
	void *wait_data;
	/* For tests: unix seconds, for Retry-After. NULL: the system's clock. */
	int64_t (*now_utc)(void *data);
	void *now_data;
} HttpOptions;

/* What all clients of a process share: per-host limits and Retry-After marks, learned
 * authentication schemes, DNS and TLS caches. Thread-safe. */
typedef struct HttpShared HttpShared;
HttpShared *http_shared_new(const HttpOptions *options); /* copies the options */
void http_shared_free(HttpShared *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpShared, http_shared_free)

/* One client per thread. `shared` must outlive it. */
HttpClient *http_client_new(HttpShared *shared);
void http_client_free(HttpClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpClient, http_client_free)

/* Credentials, and the origin that they were given for; borrowed by requests. They are sent to that
 * origin's host and to hosts of the same registrable domain over the same scheme, never elsewhere.
 */
typedef struct HttpAuth {
	const char *origin_url; /* what the person entered; https unless allow_http */
	const char *user;       /* Basic or Digest, as the server asks */
	const char *password;
	const char *bearer; /* or a bearer token instead of both */
} HttpAuth;

typedef struct HttpRequest {
	const char *method; /* "PROPFIND" … ; kept, with its body, across redirects */
	const char *url;
	const HttpAuth *auth;       /* or NULL */
	const char *const *headers; /* NULL-terminated "Name: value" lines, or NULL */
	const char *content_type;   /* or NULL */
	const char *body;           /* or NULL */
	size_t body_bytes;
	GCancellable *cancellable; /* or NULL */
} HttpRequest;

typedef struct HttpResponse {
	int status;
	char *url;                /* that answered, after redirects */
	char *permanent_url;      /* after a chain of only 301 and 308; else NULL */
	char *content_type;       /* or NULL */
	char *etag;               /* as it stands, with its quotes; or NULL */
	char *last_modified;      /* or NULL */
	int64_t retry_after_secs; /* clamped to 1 min … 2 h (15 min for a 429 or 503 without one);
				     -1 when there is no need to wait */
	GString *body;            /* decoded bytes, NUL-terminated beyond their length */
} HttpResponse;

void http_response_free(HttpResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpResponse, http_response_free)

/* Performs one safe (reading) request: follows redirects, answers one authentication challenge,
 * tries 500, 502, 504 and broken connections again at most twice with jitter. Returns the final
 * response whatever its status, or NULL with HTTP_ERROR. While a host's Retry-After runs, returns a
 * 429 or 503 of our own without asking it. Once the client's allowance is spent:
 * HTTP_ERROR_SPENT. */
HttpResponse *http_perform(HttpClient *client, const HttpRequest *request, GError **error);

/* Whether the server of `url` has last taken these credentials by the Basic scheme. */
bool http_client_knows_basic(HttpClient *client, const char *url, const HttpAuth *auth);

/* Believes that it does, as another process has seen: then not even the first request needs a
 * challenge. A server that wants another scheme by now is answered as it wants. */
void http_client_assume_basic(HttpClient *client, const char *url, const HttpAuth *auth);

/* How long the servers that were asked since the last call want to be left alone, the longest of
 * their Retry-After in seconds; 0: nobody said so. */
int64_t http_client_take_pause(HttpClient *client);

/* Waits between two tries of the caller's own, as http_perform() does between its: returns early
 * when cancelled; in tests, as HttpOptions.wait_msecs says. */
void http_client_wait(HttpClient *client, unsigned msecs, GCancellable *cancellable);
