/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a person for access to their Google calendars, from a program without a web page of its
 * own: a browser comes back to this machine's loopback (RFC 8252) with a code that nobody else can
 * redeem (RFC 7636, PKCE). */
#pragma once

#include <glib.h>

#include "provider/provider.h"

typedef struct GoogleConsent GoogleConsent;

/* `redirect_url` is where the browser is sent back to. PROVIDER_ERROR_SITE where the site has no
 * client. Caller frees. */
GoogleConsent *google_consent_new(const ProviderService *service, const char *redirect_url,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void google_consent_free(GoogleConsent *consent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoogleConsent, google_consent_free)

/* The address to be opened in the person's browser. It holds no secret. Borrowed. */
const char *google_consent_url(const GoogleConsent *consent);

/* What comes back with the answer to this asking, and no other. Borrowed. */
const char *google_consent_state(const GoogleConsent *consent);

/* The credentials for the code that came back, as they are stored (data-model 3). Caller frees with
 * secret_free(). NULL with PROVIDER_ERROR, also when they would not last. */
char *google_consent_redeem(const GoogleConsent *consent, const ProviderRequest *request,
	const char *code, GError **error) G_GNUC_WARN_UNUSED_RESULT;
