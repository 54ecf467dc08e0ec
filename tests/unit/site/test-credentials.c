/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Credential boxes: opened, refused, made. */
#include "site/credentials.h"

#include <string.h>

#include "util/secret.h"

/* Made by PHP with AUTH_KEY "k" (vectors/secretbox.jsonl). */
static const char php_box[] = "6InTC4VCHozIMNFfO1AIwYlmAOmpEp4JqdtYTa2OF2oQ7IZ9Grpkvy0dXPdtRfDRWDB+"
			      "rVD2Utnwt0OYQ29obCPaAl/"
			      "aW+jR11BHaAnnRj8Ee+LA+x7xRFnLgBBqL1CRwdtfn/we5w==";
static const char php_json[] =
	"{\"username\":\"ana@example.org\",\"password\":\"abcd-efgh-ijkl-mnop\"}";

static void key_of(const char *auth_key, uint8_t ret_key[CREDENTIALS_KEY_BYTES])
{
	credentials_key(auth_key, strlen(auth_key), "prm_calendar", ret_key);
}

static void test_opens_php_box(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	g_autoptr(GError) error = NULL;
	g_auto(Secret) json = credentials_open(php_box, key, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(json, ==, php_json);
}

static void test_makes_php_box(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	size_t length = 0;
	g_autofree guchar *bytes = g_base64_decode(php_box, &length);
	g_autofree char *box = credentials_seal(php_json, key, bytes);
	g_assert_cmpstr(box, ==, php_box);
}

static void test_nonce_is_fresh(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	g_autofree char *first = credentials_seal("{}", key, NULL);
	g_autofree char *second = credentials_seal("{}", key, NULL);
	g_assert_cmpstr(first, !=, second);
	g_auto(Secret) opened = credentials_open(second, key, NULL);
	g_assert_cmpstr(opened, ==, "{}");
}

static void test_salt_is_part_of_the_key(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	credentials_key("k", 1, "rondo_calendar", key);
	g_autoptr(GError) error = NULL;
	g_assert_null(credentials_open(php_box, key, &error));
	g_assert_error(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_KEY);
}

static void test_every_changed_byte_is_refused(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	for (size_t i = 0; i + strlen("==") < strlen(php_box) - 1; i++) {
		g_autofree char *box = g_strdup(php_box);
		box[i] = box[i] == 'A' ? 'B' : 'A';
		g_autoptr(GError) error = NULL;
		g_assert_null(credentials_open(box, key, &error));
		g_assert_error(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_KEY);
		g_assert_null(strstr(error->message, "mnop"));
	}
}

static void test_every_cut_is_refused(void)
{
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	for (size_t cut = 0; cut < strlen(php_box) - strlen("=="); cut++) {
		g_autofree char *box = g_strndup(php_box, cut);
		g_autoptr(GError) error = NULL;
		g_assert_null(credentials_open(box, key, &error));
		g_assert_nonnull(error);
	}
}

static const struct {
	const char *name;
	const char *box;
	CredentialsError error;
} refused[] = {
	{"empty", "", CREDENTIALS_ERROR_EMPTY},
	{"words", "not base64 at all", CREDENTIALS_ERROR_BOX},
	{"too-short", "c2hvcnQ=", CREDENTIALS_ERROR_BOX},
	{"only-padding", "====", CREDENTIALS_ERROR_BOX},
	{"data-behind-padding", "AA==AA==", CREDENTIALS_ERROR_BOX},
	{"url-alphabet", "6InTC4VCHozIMNFfO1AIwYlmAOmpEp4JqdtYTa2OF2oQ7IZ9Grpkvy0dXPdtRfDRWDB-rVD2",
		CREDENTIALS_ERROR_BOX},
};

static void test_refused(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	g_autoptr(GError) error = NULL;
	g_assert_null(credentials_open(refused[i].box, key, &error));
	g_assert_error(error, CREDENTIALS_ERROR, (int)refused[i].error);
}

static const struct {
	const char *name;
	const char *json;
} no_content[] = {
	{"null", "null"},
	{"text", "\"text\""},
	{"number", "0"},
	{"nothing", ""},
	{"rubbish-behind", "{\"a\":1}x"},
	{"control-character", "{\"a\":\"x\ny\"}"},
};

static void test_no_content(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	uint8_t key[CREDENTIALS_KEY_BYTES];
	key_of("k", key);
	g_autofree char *box = credentials_seal(no_content[i].json, key, NULL);
	g_autoptr(GError) error = NULL;
	g_assert_null(credentials_open(box, key, &error));
	g_assert_error(error, CREDENTIALS_ERROR, CREDENTIALS_ERROR_CONTENT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/site/credentials/opens-what-php-made", test_opens_php_box);
	g_test_add_func("/site/credentials/makes-what-php-makes", test_makes_php_box);
	g_test_add_func("/site/credentials/nonce-is-fresh", test_nonce_is_fresh);
	g_test_add_func("/site/credentials/salt-is-part-of-the-key", test_salt_is_part_of_the_key);
	g_test_add_func("/site/credentials/every-changed-byte-is-refused",
		test_every_changed_byte_is_refused);
	g_test_add_func("/site/credentials/every-cut-is-refused", test_every_cut_is_refused);
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *path =
			g_strconcat("/site/credentials/no-box/", refused[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(no_content); i++) {
		g_autofree char *path =
			g_strconcat("/site/credentials/no-object/", no_content[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_no_content);
	}
	return g_test_run();
}
