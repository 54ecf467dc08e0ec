/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One exchange with one server over libcurl, bounded in size and time; no policy beyond addresses.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

#include "net/http.h"
#include "net/http_digest.h"
#include "net/http_url.h"

struct HttpClient {
	HttpShared *shared;
	CURL *curl; /* NULL where libcurl could not be set up */
	/* Whose authentication state (a Digest nonce) the handle carries, and by which scheme. */
	char *account;
	unsigned long auth_scheme;
	/* The challenge that is answered without libcurl, and whose: http_auth.c's alone. */
	HttpDigest *digest;
	char *digest_account;
	int64_t pause_secs; /* http_client_take_pause() */
	bool has_allowance;
	HttpAllowance allowance;
	HttpAllowance spent; /* but its time */
	int64_t began_usecs; /* monotonic: http_client_allow() */
};

typedef struct HttpReply {
	int status;
	char *location;      /* or NULL */
	char *retry_after;   /* or NULL */
	char *content_type;  /* or NULL */
	char *etag;          /* or NULL */
	char *last_modified; /* or NULL */
	GString *body;
	unsigned long offered_auth; /* CURLAUTH_ bits of a 401 met on the way */
	char *challenges; /* of this answer: all WWW-Authenticate, joined with commas; or NULL */
} HttpReply;

void http_reply_clear(HttpReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpReply, http_reply_clear)

typedef struct HttpExchange {
	const HttpRequest *request; /* its URL and credentials are not looked at */
	const HttpUrl *url;
	const HttpAuth *auth; /* credentials that may be sent there, or NULL */
	const char *account;  /* names origin and user; NULL without `auth` */
	unsigned long auth_schemes;
	/* Sent as it is, and libcurl gets no credentials; "": none is sent. NULL: by libcurl. */
	const char *authorization;
	unsigned timeout_msecs;
} HttpExchange;

/* Sends and receives. Several schemes in `auth_schemes` ask without credentials and answer a
 * challenge; one alone is used at once. Fills an empty reply, or sets HTTP_ERROR; then
 * *ret_is_broken tells a connection that broke from one that could not be made. */
bool http_transfer(HttpClient *client, const HttpExchange *exchange, HttpReply *ret_reply,
	bool *ret_is_broken, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets the authentication state of the handle; connections stay open. */
void http_transfer_forget_auth(HttpClient *client);
