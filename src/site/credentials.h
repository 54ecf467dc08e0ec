/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The theme's credential boxes: JSON under a key made of AUTH_KEY (data-model 3). */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

enum { CREDENTIALS_KEY_BYTES = 32, CREDENTIALS_NONCE_BYTES = 24 };

typedef enum {
	CREDENTIALS_ERROR_EMPTY,   /* no credentials were saved */
	CREDENTIALS_ERROR_BOX,     /* no box at all: bad base64, or too short */
	CREDENTIALS_ERROR_KEY,     /* does not open: another AUTH_KEY, or it was changed */
	CREDENTIALS_ERROR_CONTENT, /* opens, but holds no JSON array or object */
} CredentialsError;
#define CREDENTIALS_ERROR (credentials_error_quark())
GQuark credentials_error_quark(void);

/* SHA-256 over AUTH_KEY followed by the salt ("prm_calendar"). The caller wipes the key. */
void credentials_key(const char *auth_key, size_t auth_key_length, const char *salt,
	uint8_t ret_key[CREDENTIALS_KEY_BYTES]);

/* Opens a box: the JSON text, which is an array or object as PHP reads it. The caller frees with
 * secret_free(). NULL and CREDENTIALS_ERROR otherwise; no message tells any of the content. */
char *credentials_open(const char *box, const uint8_t key[CREDENTIALS_KEY_BYTES],
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for bytes that may hold NUL, which no box does. */
char *credentials_open_bytes(const char *box, size_t box_length,
	const uint8_t key[CREDENTIALS_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes a box of a JSON text. `nonce` is NULL, for a fresh one, but in tests. Caller frees. */
char *credentials_seal(const char *json, const uint8_t key[CREDENTIALS_KEY_BYTES],
	const uint8_t nonce[CREDENTIALS_NONCE_BYTES]);
