/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "provider/google_consent.h"

#include <sodium.h>
#include <string.h>

#include "provider/google_oauth.h"
#include "util/secret.h"

/* As the theme asks: to read, and also while nobody is there. */
#define SCOPE "https://www.googleapis.com/auth/calendar.readonly"

enum { RANDOM_BYTES = 32 };

struct GoogleConsent {
	char *redirect_url;
	char *state;
	char *verifier; /* secret until it is redeemed */
	char *url;
};

/* Base64url without padding (RFC 7636, appendix A). Caller frees. */
static char *base64url(const unsigned char *bytes, size_t length)
{
	size_t size = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = g_malloc(size);

	return sodium_bin2base64(
		text, size, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static char *random_text(void)
{
	unsigned char bytes[RANDOM_BYTES];
	char *text;

	randombytes_buf(bytes, sizeof(bytes));
	text = base64url(bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
	return text;
}

static char *challenge_of(const char *verifier)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier));
	return base64url(hash, sizeof(hash));
}

static void append(GString *url, const char *name, const char *value)
{
	g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(url, "&%s=%s", name, escaped);
}

static char *url_of(const GoogleConsent *consent, const ProviderService *service)
{
	g_autofree char *challenge = challenge_of(consent->verifier);
	GString *url = g_string_new(service->auth_url);

	g_string_append(url, "?response_type=code");
	append(url, "client_id", service->client_id);
	append(url, "redirect_uri", consent->redirect_url);
	append(url, "scope", SCOPE);
	/* Else Google gives no refresh token to whoever agreed once before. */
	append(url, "access_type", "offline");
	append(url, "prompt", "consent");
	append(url, "state", consent->state);
	append(url, "code_challenge", challenge);
	append(url, "code_challenge_method", "S256");
	return g_string_free(url, FALSE);
}

GoogleConsent *google_consent_new(
	const ProviderService *service, const char *redirect_url, GError **error)
{
	GoogleConsent *consent;

	if (!google_client_check(service, error))
		return NULL;
	if (sodium_init() < 0)
		g_error("cannot ask Google: this system gives no random numbers");
	consent = g_new0(GoogleConsent, 1);
	consent->redirect_url = g_strdup(redirect_url);
	consent->state = random_text();
	consent->verifier = random_text();
	consent->url = url_of(consent, service);
	return consent;
}

void google_consent_free(GoogleConsent *consent)
{
	if (consent == NULL)
		return;
	g_free(consent->redirect_url);
	g_free(consent->state);
	secret_free(consent->verifier);
	g_free(consent->url);
	g_free(consent);
}

const char *google_consent_url(const GoogleConsent *consent)
{
	return consent->url;
}

const char *google_consent_state(const GoogleConsent *consent)
{
	return consent->state;
}

char *google_consent_redeem(const GoogleConsent *consent, const ProviderRequest *request,
	const char *code, GError **error)
{
	const GoogleCode given = {code, consent->verifier, consent->redirect_url};
	g_autoptr(GError) why = NULL;
	g_autoptr(GoogleTokens) tokens = google_tokens_redeem(&given, request, &why);

	if (tokens != NULL && json_string(tokens->json, "refresh_token") != NULL)
		return google_tokens_to_json(tokens);
	if (tokens != NULL)
		g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION,
			"Google gave access for an hour and none that lasts. Remove this site's "
			"access at https://myaccount.google.com/permissions and try again.");
	else if (g_error_matches(why, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION))
		g_set_error_literal(error, PROVIDER_ERROR, PROVIDER_ERROR_AUTHENTICATION,
			"Google does not take back the code that it gave: it was used before, or "
			"is "
			"too old. Try again.");
	else
		g_propagate_error(error, g_steal_pointer(&why));
	return NULL;
}
