/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7616, 3.3 to 3.5; challenges by RFC 9110, 11.6.1. */
#include "net/http_digest.h"

#include <sodium.h>
#include <string.h>

#include "util/secret.h"

enum { CNONCE_BYTES = 16 };

/* What a challenge names and the answer takes up; NULL where it does not say. */
struct HttpDigest {
	char *realm;
	char *nonce;
	char *opaque;
	char *algorithm; /* as it was spelled */
	char *qop;       /* what may be chosen from */
	unsigned uses;   /* of the nonce */
};

void http_digest_free(HttpDigest *digest)
{
	if (digest == NULL)
		return;
	g_free(digest->realm);
	g_free(digest->nonce);
	g_free(digest->opaque);
	g_free(digest->algorithm);
	g_free(digest->qop);
	g_free(digest);
}

/* --- Challenges */

static bool is_token(char byte)
{
	return g_ascii_isalnum(byte) || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static char *read_token(const char **text)
{
	const char *start = *text;

	while (is_token(**text))
		(*text)++;
	return g_strndup(start, *text - start);
}

/* From behind the opening quote. */
static char *read_quoted(const char **text)
{
	GString *value = g_string_new(NULL);

	while (**text != '\0' && **text != '"') {
		if (**text == '\\' && (*text)[1] != '\0')
			(*text)++;
		g_string_append_c(value, **text);
		(*text)++;
	}
	if (**text == '"')
		(*text)++;
	return g_string_free(value, FALSE);
}

static void skip(const char **text, const char *bytes)
{
	*text += strspn(*text, bytes);
}

/* The next word: the name of a scheme, without a value, or of a parameter, with one. False at the
 * end, or where nobody can go on. */
static bool next_word(const char **text, char **ret_name, char **ret_value)
{
	skip(text, " \t,");
	*ret_value = NULL;
	*ret_name = read_token(text);
	if ((*ret_name)[0] == '\0') {
		g_clear_pointer(ret_name, g_free);
		return false;
	}
	skip(text, " \t");
	if (**text != '=')
		return true;
	/* What a scheme gives instead of parameters may end with several. */
	skip(text, "= \t");
	if (**text == '"') {
		(*text)++;
		*ret_value = read_quoted(text);
	} else {
		*ret_value = read_token(text);
	}
	return true;
}

/* Named twice, the first counts. */
static void take_parameter(HttpDigest *digest, const char *name, char *take_value)
{
	const struct {
		const char *name;
		char **place;
	} places[] = {
		{"realm", &digest->realm},
		{"nonce", &digest->nonce},
		{"opaque", &digest->opaque},
		{"algorithm", &digest->algorithm},
		{"qop", &digest->qop},
	};
	g_autofree char *value = take_value;

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		if (g_ascii_strcasecmp(name, places[i].name) == 0 && *places[i].place == NULL)
			*places[i].place = g_steal_pointer(&value);
	}
}

/* "-sess": what is hashed of the password holds the nonce, too. */
static bool read_algorithm(const HttpDigest *digest, GChecksumType *ret_type, bool *ret_is_session)
{
	const char *name = digest->algorithm != NULL ? digest->algorithm : "MD5";
	g_autofree char *base = g_ascii_strdown(name, -1);

	*ret_is_session = g_str_has_suffix(base, "-sess");
	if (*ret_is_session)
		base[strlen(base) - strlen("-sess")] = '\0';
	*ret_type = strcmp(base, "md5") == 0 ? G_CHECKSUM_MD5 : G_CHECKSUM_SHA256;
	return *ret_type == G_CHECKSUM_MD5 || strcmp(base, "sha-256") == 0;
}

/* Among the choices of qop. */
static bool offers_auth(const char *qop)
{
	g_auto(GStrv) choices = g_strsplit(qop, ",", -1);

	for (size_t i = 0; choices[i] != NULL; i++) {
		if (g_ascii_strcasecmp(g_strstrip(choices[i]), "auth") == 0)
			return true;
	}
	return false;
}

static bool is_of_one_line(const char *text)
{
	return text == NULL || strpbrk(text, "\r\n") == NULL;
}

static bool is_answerable(const HttpDigest *digest)
{
	GChecksumType type;
	bool is_session;

	return digest->realm != NULL && digest->nonce != NULL && is_of_one_line(digest->realm) &&
	       is_of_one_line(digest->nonce) && is_of_one_line(digest->opaque) &&
	       (digest->qop == NULL || offers_auth(digest->qop)) &&
	       read_algorithm(digest, &type, &is_session);
}

HttpDigest *http_digest_new(const char *challenges)
{
	g_autoptr(HttpDigest) digest = NULL; /* of the challenge in hand, if it is one */
	const char *text = challenges;
	char *name;
	char *value;

	while (next_word(&text, &name, &value)) {
		g_autofree char *word = name;

		if (value == NULL) {
			if (digest != NULL && is_answerable(digest))
				break;
			g_clear_pointer(&digest, http_digest_free);
			if (g_ascii_strcasecmp(word, "Digest") == 0)
				digest = g_new0(HttpDigest, 1);
		} else if (digest != NULL) {
			take_parameter(digest, word, value);
		} else {
			g_free(value);
		}
	}
	return digest != NULL && is_answerable(digest) ? g_steal_pointer(&digest) : NULL;
}

bool http_digest_is_plain_text(const char *text)
{
	for (const char *byte = text; *byte != '\0'; byte++) {
		if (*byte < ' ' || *byte > '~')
			return false;
	}
	return true;
}

bool http_digest_is_plain(const HttpDigest *digest, const char *user)
{
	return http_digest_is_plain_text(user) && http_digest_is_plain_text(digest->realm) &&
	       http_digest_is_plain_text(digest->nonce) &&
	       (digest->opaque == NULL || http_digest_is_plain_text(digest->opaque));
}

/* --- Answers */

/* Consumes the text, which may hold the password. Caller frees. */
static char *hash(GChecksumType type, char *take_text)
{
	char *sum = g_compute_checksum_for_string(type, take_text, -1);

	secret_free(take_text);
	return sum;
}

static char *random_hex(void)
{
	unsigned char bytes[CNONCE_BYTES];
	char hex[CNONCE_BYTES * 2 + 1];

	randombytes_buf(bytes, sizeof(bytes));
	return g_strdup(sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes)));
}

static void append_quoted(GString *header, const char *name, const char *value)
{
	g_string_append_printf(
		header, "%s%s=\"", header->len > strlen("Digest ") ? ", " : "", name);
	for (const char *byte = value; *byte != '\0'; byte++) {
		if (*byte == '"' || *byte == '\\')
			g_string_append_c(header, '\\');
		g_string_append_c(header, *byte);
	}
	g_string_append_c(header, '"');
}

char *http_digest_answer(HttpDigest *digest, const char *method, const char *target,
	const char *user, const char *password)
{
	g_autofree char *cnonce = random_hex();
	g_autofree char *count = g_strdup_printf("%08x", ++digest->uses);
	GString *header = g_string_new("Digest ");
	GChecksumType type = G_CHECKSUM_MD5;
	bool is_session = false;
	g_autofree char *secret = NULL;
	g_autofree char *asked = NULL;
	g_autofree char *response = NULL;

	(void)read_algorithm(digest, &type, &is_session);
	secret = hash(type, g_strjoin(":", user, digest->realm, password, NULL));
	if (is_session) {
		g_autofree char *plain = g_steal_pointer(&secret);

		secret = hash(type, g_strjoin(":", plain, digest->nonce, cnonce, NULL));
	}
	asked = hash(type, g_strjoin(":", method, target, NULL));
	response = hash(type,
		digest->qop != NULL
			? g_strjoin(":", secret, digest->nonce, count, cnonce, "auth", asked, NULL)
			: g_strjoin(":", secret, digest->nonce, asked, NULL));
	append_quoted(header, "username", user);
	append_quoted(header, "realm", digest->realm);
	append_quoted(header, "nonce", digest->nonce);
	append_quoted(header, "uri", target);
	append_quoted(header, "response", response);
	if (digest->qop != NULL || is_session)
		append_quoted(header, "cnonce", cnonce);
	if (digest->qop != NULL)
		g_string_append_printf(header, ", qop=auth, nc=%s", count);
	if (digest->opaque != NULL)
		append_quoted(header, "opaque", digest->opaque);
	if (digest->algorithm != NULL)
		g_string_append_printf(header, ", algorithm=%s", digest->algorithm);
	return g_string_free(header, FALSE);
}
