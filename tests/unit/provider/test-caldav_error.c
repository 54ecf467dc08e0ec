/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the owner of a calendar is told, and what the program does about it. */
#include "provider/caldav_error.h"

#include <string.h>

#include "net/multistatus.h"
#include "provider/provider.h"

#define URL "https://dav.example/cal/"

static void assert_published(GError *take_error, ProviderError code, const char *holds)
{
	g_autoptr(GError) error = take_error;

	g_assert_true(error->domain == CALDAV_ERROR);
	caldav_error_publish(&error);
	g_assert_error(error, PROVIDER_ERROR, (int)code);
	/* What is the site's fault names the server alone. */
	g_assert_nonnull(
		strstr(error->message, code == PROVIDER_ERROR_SITE ? "https://dav.example" : URL));
	if (strstr(error->message, holds) == NULL)
		g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, holds));
	/* A sentence, and a second one that says what happens or what to do. */
	g_assert_true(
		g_ascii_isupper(error->message[0]) || g_str_has_prefix(error->message, "https://"));
	g_assert_nonnull(strstr(error->message, ". "));
}

static const struct {
	int status;
	ProviderError code;
	const char *holds;
} statuses[] = {
	{200, PROVIDER_ERROR_PERMANENT, "no calendar"},
	{302, PROVIDER_ERROR_PERMANENT, "sends us on"},
	{400, PROVIDER_ERROR_PERMANENT, "refuses our request"},
	{401, PROVIDER_ERROR_AUTHENTICATION, "Please reconnect"},
	{403, PROVIDER_ERROR_PERMANENT, "shared with you"},
	{404, PROVIDER_ERROR_PERMANENT, "There is no calendar at " URL " (404)"},
	{405, PROVIDER_ERROR_PERMANENT, "Check the CalDAV address"},
	{408, PROVIDER_ERROR_TEMPORARY, "too long"},
	{410, PROVIDER_ERROR_PERMANENT, "no longer"},
	{413, PROVIDER_ERROR_SITE, "too large"},
	{418, PROVIDER_ERROR_TEMPORARY, "next sync"},
	{420, PROVIDER_ERROR_TEMPORARY, "slow down"},
	{423, PROVIDER_ERROR_TEMPORARY, "lock"},
	{429, PROVIDER_ERROR_TEMPORARY, "slow down"},
	{499, PROVIDER_ERROR_PERMANENT, "(499)"},
	{500, PROVIDER_ERROR_TEMPORARY, "(500)"},
	{501, PROVIDER_ERROR_PERMANENT, "Check the CalDAV address"},
	{503, PROVIDER_ERROR_TEMPORARY, "busy"},
	{507, PROVIDER_ERROR_TEMPORARY, "room"},
	{599, PROVIDER_ERROR_TEMPORARY, "(599)"},
	{999, PROVIDER_ERROR_TEMPORARY, "(999)"},
	{0, PROVIDER_ERROR_TEMPORARY, "(0)"},
};

static void test_statuses(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		GError *error = NULL;

		g_test_message("%d", statuses[i].status);
		caldav_error_set_status(&error, statuses[i].status, URL);
		assert_published(error, statuses[i].code, statuses[i].holds);
	}
}

static const struct {
	HttpError failure;
	ProviderError code;
	const char *holds;
} failures[] = {
	{HTTP_ERROR_URL, PROVIDER_ERROR_PERMANENT, "reconnect"},
	{HTTP_ERROR_BLOCKED, PROVIDER_ERROR_SITE, "allow_private"},
	{HTTP_ERROR_REDIRECT, PROVIDER_ERROR_PERMANENT, "reconnect"},
	{HTTP_ERROR_TLS, PROVIDER_ERROR_PERMANENT, "certificate"},
	{HTTP_ERROR_HANDSHAKE, PROVIDER_ERROR_TEMPORARY, "https://"},
	{HTTP_ERROR_NETWORK, PROVIDER_ERROR_TEMPORARY, "next sync"},
	{HTTP_ERROR_TIMEOUT, PROVIDER_ERROR_TEMPORARY, "too long"},
	{HTTP_ERROR_TOO_LARGE, PROVIDER_ERROR_SITE, "max_response_mb"},
	{HTTP_ERROR_CANCELLED, PROVIDER_ERROR_STOPPED, "stopped"},
	{HTTP_ERROR_SETTINGS, PROVIDER_ERROR_SITE, "nothing that you have to do"},
};

static void test_failures_below_the_status(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
		GError *error = NULL;

		g_test_message("%d", (int)failures[i].failure);
		caldav_error_set_http(&error,
			g_error_new(HTTP_ERROR, (int)failures[i].failure, "what happened"), URL);
		assert_published(error, failures[i].code, failures[i].holds);
	}
}

static void test_the_sites_fault_is_one_for_all_calendars_of_a_server(void)
{
	g_autoptr(GError) one = NULL;
	g_autoptr(GError) another = NULL;

	caldav_error_set_http(&one, g_error_new(HTTP_ERROR, HTTP_ERROR_BLOCKED, "private"), URL);
	caldav_error_set_http(&another, g_error_new(HTTP_ERROR, HTTP_ERROR_BLOCKED, "private"),
		"https://dav.example/another/");
	g_assert_cmpstr(one->message, ==, another->message);
}

static void test_bodies(void)
{
	GError *page = NULL;
	GError *nothing = NULL;
	GError *cut = NULL;

	caldav_error_set_body(
		&page, g_error_new(MULTISTATUS_ERROR, MULTISTATUS_ERROR_NOT_DAV, "x"), URL);
	assert_published(page, PROVIDER_ERROR_PERMANENT, "web page");
	caldav_error_set_body(
		&nothing, g_error_new(MULTISTATUS_ERROR, MULTISTATUS_ERROR_EMPTY, "x"), URL);
	assert_published(nothing, PROVIDER_ERROR_TEMPORARY, "answered with nothing");
	caldav_error_set_body(
		&cut, g_error_new(MULTISTATUS_ERROR, MULTISTATUS_ERROR_DAMAGED, "it ends"), URL);
	assert_published(cut, PROVIDER_ERROR_TEMPORARY, "it ends");
}

static void test_other_errors_pass_through(void)
{
	GError *error = g_error_new(G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
	GError *passed = NULL;
	GError *none = NULL;

	caldav_error_set_body(&passed, error, URL);
	caldav_error_publish(&passed);
	g_assert_error(passed, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
	g_error_free(passed);
	caldav_error_publish(&none);
	g_assert_null(none);
}

static void test_urls_are_shown_without_users_and_not_at_length(void)
{
	g_autofree char *tail = g_strnfill(5000, 'a');
	g_autofree char *url = g_strconcat("https://anna:secret@dav.example/\r\n", tail, NULL);
	g_autoptr(GError) error = NULL;

	caldav_error_set_status(&error, 404, url);
	g_assert_null(strstr(error->message, "secret"));
	g_assert_null(strstr(error->message, "\n"));
	g_assert_cmpuint(strlen(error->message), <, 400);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/caldav_error/statuses", test_statuses);
	g_test_add_func(
		"/provider/caldav_error/failures-below-the-status", test_failures_below_the_status);
	g_test_add_func(
		"/provider/caldav_error/the-sites-fault-is-one-for-all-calendars-of-a-server",
		test_the_sites_fault_is_one_for_all_calendars_of_a_server);
	g_test_add_func("/provider/caldav_error/bodies", test_bodies);
	g_test_add_func(
		"/provider/caldav_error/other-errors-pass-through", test_other_errors_pass_through);
	g_test_add_func("/provider/caldav_error/urls-are-shown-without-users-and-not-at-length",
		test_urls_are_shown_without_users_and_not_at_length);
	return g_test_run();
}
