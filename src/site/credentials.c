/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens and makes the theme's credential boxes: base64 of a nonce and a libsodium secretbox. */
#include "site/credentials.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "php/json.h"
#include "util/secret.h"

G_STATIC_ASSERT(CREDENTIALS_KEY_BYTES == crypto_secretbox_KEYBYTES);
G_STATIC_ASSERT(CREDENTIALS_KEY_BYTES == crypto_hash_sha256_BYTES);
G_STATIC_ASSERT(CREDENTIALS_NONCE_BYTES == crypto_secretbox_NONCEBYTES);

enum {
	MIN_BOX_BYTES = CREDENTIALS_NONCE_BYTES + crypto_secretbox_MACBYTES,
	MAX_BOX_BYTES = 1 << 20
};

G_DEFINE_QUARK(prm - calendar - credentials, credentials_error)

void credentials_key(const char *auth_key, size_t auth_key_length, const char *salt,
	uint8_t ret_key[CREDENTIALS_KEY_BYTES])
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)auth_key, auth_key_length);
	crypto_hash_sha256_update(&state, (const uint8_t *)salt, strlen(salt));
	crypto_hash_sha256_final(&state, ret_key);
	sodium_memzero(&state, sizeof state);
}

/* PHP's base64_decode( $text, true ): white space is skipped, padding may be left out but not be
 * wrong, left-over bits may be set. GLib's decoder needs what is left in whole groups. NULL when
 * refused. */
static uint8_t *decode_base64(const char *text, size_t length, size_t *ret_length)
{
	enum { GROUP = 4, MAX_PADDING = 2 };
	g_autoptr(GString) digits = g_string_sized_new(length + GROUP);
	size_t padding = 0;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '=')
			padding++;
		else if (padding > 0 || !(g_ascii_isalnum(c) || c == '+' || c == '/'))
			return NULL;
		else
			g_string_append_c(digits, c);
	}
	if (digits->len == 0 || digits->len % GROUP == 1 ||
		(padding > 0 && (padding > MAX_PADDING || (digits->len + padding) % GROUP != 0)))
		return NULL;
	while (digits->len % GROUP != 0)
		g_string_append_c(digits, '=');
	return g_base64_decode(digits->str, ret_length);
}

/* Whether it is a JSON array or object as PHP reads it. */
static bool is_json_array(const char *text, size_t length)
{
	PhpValue *value = php_json_decode(text, length, NULL);
	bool is_array = php_value_is_array(value);
	php_value_free_secret(value);
	return is_array;
}

static char *open_box(const uint8_t *box, size_t length, const uint8_t *key, GError **error)
{
	size_t text_length = length - MIN_BOX_BYTES;
	char *text = g_malloc0(text_length + 1);
	if (crypto_secretbox_open_easy((uint8_t *)text, box + CREDENTIALS_NONCE_BYTES,
		    length - CREDENTIALS_NONCE_BYTES, box, key) != 0) {
		g_set_error_literal(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_KEY,
			"cannot decrypt the credentials: AUTH_KEY is not the one that they were "
			"saved "
			"with, or they were damaged; check AUTH_KEY, or connect the calendar "
			"again");
	} else if (!is_json_array(text, text_length)) {
		g_set_error_literal(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_CONTENT,
			"cannot read the decrypted credentials: they are no JSON object; connect "
			"the "
			"calendar again");
	} else {
		return text;
	}
	sodium_memzero(text, text_length);
	g_free(text);
	return NULL;
}

char *credentials_open_bytes(const char *box, size_t box_length,
	const uint8_t key[CREDENTIALS_KEY_BYTES], GError **error)
{
	if (box_length == 0) {
		g_set_error_literal(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_EMPTY,
			"cannot use the connection: it has no credentials; connect the calendar "
			"again");
		return NULL;
	}
	size_t length = 0;
	g_autofree uint8_t *bytes =
		box_length > MAX_BOX_BYTES ? NULL : decode_base64(box, box_length, &length);
	if (bytes == NULL || length < MIN_BOX_BYTES) {
		g_set_error(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_BOX,
			"cannot decrypt the credentials: their %zu bytes are not base64 of a "
			"secret box; "
			"connect the calendar again",
			box_length);
		return NULL;
	}
	return open_box(bytes, length, key, error);
}

char *credentials_open(const char *box, const uint8_t key[CREDENTIALS_KEY_BYTES], GError **error)
{
	return credentials_open_bytes(box, strlen(box), key, error);
}

char *credentials_seal(const char *json, const uint8_t key[CREDENTIALS_KEY_BYTES],
	const uint8_t nonce[CREDENTIALS_NONCE_BYTES])
{
	if (sodium_init() < 0)
		g_error("cannot make a nonce: this system gives no random numbers");
	size_t text_length = strlen(json);
	size_t length = MIN_BOX_BYTES + text_length;
	g_autofree uint8_t *box = g_malloc(length);
	if (nonce != NULL)
		memcpy(box, nonce, CREDENTIALS_NONCE_BYTES);
	else
		randombytes_buf(box, CREDENTIALS_NONCE_BYTES);
	crypto_secretbox_easy(
		box + CREDENTIALS_NONCE_BYTES, (const uint8_t *)json, text_length, box, key);
	return g_base64_encode(box, length);
}
