/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google's tokens: read from the stored credentials, and renewed (calendar-protocols C5). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "provider/json.h"
#include "provider/provider.h"

/* The stored credentials, of which we own only the fields that a refresh changes (data-model 3). */
typedef struct GoogleTokens {
	JsonSecret *json;
} GoogleTokens;

/* Reads stored credentials; PROVIDER_ERROR_AUTHENTICATION when nothing can be made of them. Caller
 * frees. */
GoogleTokens *google_tokens_new(const char *credentials_json, GError **error);
void google_tokens_free(GoogleTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoogleTokens, google_tokens_free)

/* The access token, or NULL where there is none that could stand in a header. Borrowed; true until
 * the tokens are refreshed. */
const char *google_tokens_access(const GoogleTokens *tokens);

/* True when the access token is good for five minutes more. */
bool google_tokens_are_fresh(const GoogleTokens *tokens, int64_t now_utc);

/* A hash of the refresh token: another consent, perhaps of another account, has another one. Caller
 * frees. */
char *google_tokens_consent(const GoogleTokens *tokens);

/* Gets a new access token for the refresh token, which is kept unless Google gives a new one. The
 * tokens are unchanged on failure; PROVIDER_ERROR. */
bool google_tokens_refresh(GoogleTokens *tokens, const ProviderRequest *request,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What Google gave a person who agreed, to be redeemed by whoever asked. All borrowed. */
typedef struct GoogleCode {
	const char *code;
	const char *verifier;     /* of PKCE (RFC 7636) */
	const char *redirect_url; /* that the code came to */
} GoogleCode;

/* The tokens for a code, which is good once. NULL with PROVIDER_ERROR. Caller frees. */
GoogleTokens *google_tokens_redeem(const GoogleCode *code, const ProviderRequest *request,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the site has a client with Google; else PROVIDER_ERROR_SITE. */
bool google_client_check(const ProviderService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is to be stored: everything that was read, with the fields that changed. Caller frees with
 * secret_free(). */
char *google_tokens_to_json(const GoogleTokens *tokens);
