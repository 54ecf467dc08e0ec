/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digest authentication (RFC 7616) for names that libcurl does not spell as servers know them: from
 * 8.21 on it percent-encodes letters beyond ASCII in what it sends, though not in what it hashes.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct HttpDigest HttpDigest;

/* The first Digest challenge that can be answered (MD5 or SHA-256, also -sess; qop "auth" or none)
 * in the values of all WWW-Authenticate headers, joined with commas; NULL: there is none. Caller
 * frees. */
HttpDigest *http_digest_new(const char *challenges);
void http_digest_free(HttpDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpDigest, http_digest_free)

/* Whether libcurl answers it to the letter for this user. */
bool http_digest_is_plain(const HttpDigest *digest, const char *user);

/* The value of the Authorization header, another one for each request of the nonce. `target` is
 * path and query. Name, realm and password go as they are: in UTF-8. Caller frees. */
char *http_digest_answer(HttpDigest *digest, const char *method, const char *target,
	const char *user, const char *password);

/* True for text without bytes that libcurl would encode. */
bool http_digest_is_plain_text(const char *text);
