/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Google's answers mean, by status and reason (calendar-protocols C4, C5). */
#include "provider/google_error.h"

#include <string.h>

#include "provider/provider.h"

#define HTML "<html><title>Sorry</title></html>"
#define REASON(reason) "{\"error\":{\"code\":0,\"errors\":[{\"reason\":\"" reason "\"}]}}"
#define TOKEN_ERROR(name) "{\"error\":\"" name "\",\"error_description\":\"secret\"}"

static HttpResponse *answer(int status, const char *body)
{
	HttpResponse *response = g_new0(HttpResponse, 1);

	response->status = status;
	response->retry_after_secs = -1;
	response->body = g_string_new(body);
	return response;
}

static const struct {
	int status;
	const char *body;
	ProviderError code;
	const char *holds;
} answers[] = {
	{400, REASON("failedPrecondition"), PROVIDER_ERROR_TEMPORARY, "next sync"},
	{400, REASON("badRequest"), PROVIDER_ERROR_PERMANENT, "(400 badRequest)"},
	{400, REASON("timeRangeEmpty"), PROVIDER_ERROR_PERMANENT, "timeRangeEmpty"},
	{401, REASON("authError"), PROVIDER_ERROR_AUTHENTICATION, "Please reconnect"},
	{401, HTML, PROVIDER_ERROR_AUTHENTICATION, "Please reconnect"},
	{403, REASON("rateLimitExceeded"), PROVIDER_ERROR_TEMPORARY, "slow down"},
	{403, REASON("userRateLimitExceeded"), PROVIDER_ERROR_TEMPORARY, "slow down"},
	{403, REASON("quotaExceeded"), PROVIDER_ERROR_TEMPORARY, "slow down"},
	{403, REASON("dailyLimitExceeded"), PROVIDER_ERROR_TEMPORARY, "today"},
	{403, REASON("accessNotConfigured"), PROVIDER_ERROR_SITE, "administrator"},
	{403, REASON("insufficientPermissions"), PROVIDER_ERROR_AUTHENTICATION, "every box"},
	{403, REASON("forbidden"), PROVIDER_ERROR_DENIED, "(403 forbidden)"},
	{403, REASON("domainPolicy"), PROVIDER_ERROR_DENIED, "organisation"},
	{403, REASON("notACalendarUser"), PROVIDER_ERROR_DENIED, "no Calendar service"},
	{403, "{\"error\":{\"status\":\"PERMISSION_DENIED\"}}", PROVIDER_ERROR_DENIED,
		"PERMISSION_DENIED"},
	{403, HTML, PROVIDER_ERROR_TEMPORARY, "(403)"},
	{404, REASON("notFound"), PROVIDER_ERROR_PERMANENT, "does not find the calendar"},
	{410, REASON("fullSyncRequired"), PROVIDER_ERROR_TEMPORARY, "anew"},
	{418, HTML, PROVIDER_ERROR_PERMANENT, "(418)"},
	{429, REASON("rateLimitExceeded"), PROVIDER_ERROR_TEMPORARY, "slow down"},
	{500, REASON("backendError"), PROVIDER_ERROR_TEMPORARY, "(500 backendError)"},
	{502, HTML, PROVIDER_ERROR_TEMPORARY, "(502)"},
	{503, "", PROVIDER_ERROR_TEMPORARY, "busy"},
	{204, "", PROVIDER_ERROR_TEMPORARY, "(204)"},
	{403, REASON("<script>"), PROVIDER_ERROR_TEMPORARY, "(403)"},
	{400, "{\"error\":[]}", PROVIDER_ERROR_PERMANENT, "(400)"},
	{400, "{\"error\":{\"errors\":{\"reason\":\"x\"}}}", PROVIDER_ERROR_PERMANENT, "(400"},
};

static void test_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(HttpResponse) response = answer(answers[i].status, answers[i].body);
		g_autoptr(GError) error = NULL;

		google_error_set_answer(&error, response, "the calendar 'x'");
		g_test_message("%d %s: %s", answers[i].status, answers[i].body, error->message);
		g_assert_error(error, PROVIDER_ERROR, (int)answers[i].code);
		g_assert_nonnull(strstr(error->message, answers[i].holds));
	}
}

static const struct {
	int status;
	const char *body;
	ProviderError code;
} token_answers[] = {
	{400, TOKEN_ERROR("invalid_grant"), PROVIDER_ERROR_AUTHENTICATION},
	{400, TOKEN_ERROR("admin_policy_enforced"), PROVIDER_ERROR_AUTHENTICATION},
	{401, TOKEN_ERROR("invalid_client"), PROVIDER_ERROR_SITE},
	{400, TOKEN_ERROR("unauthorized_client"), PROVIDER_ERROR_SITE},
	{400, TOKEN_ERROR("invalid_request"), PROVIDER_ERROR_SITE},
	{400, TOKEN_ERROR("something_new"), PROVIDER_ERROR_TEMPORARY},
	{403, TOKEN_ERROR("rate_limit_exceeded"), PROVIDER_ERROR_TEMPORARY},
	{429, TOKEN_ERROR("invalid_grant"), PROVIDER_ERROR_TEMPORARY},
	{500, TOKEN_ERROR("invalid_grant"), PROVIDER_ERROR_TEMPORARY},
	{503, "", PROVIDER_ERROR_TEMPORARY},
	{400, HTML, PROVIDER_ERROR_TEMPORARY},
	{401, HTML, PROVIDER_ERROR_TEMPORARY},
	{200, HTML, PROVIDER_ERROR_TEMPORARY},
	{200, "{}", PROVIDER_ERROR_TEMPORARY},
	{400, "{\"error\":{\"a\":1}}", PROVIDER_ERROR_TEMPORARY},
};

static void test_token_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(token_answers); i++) {
		g_autoptr(HttpResponse) response =
			answer(token_answers[i].status, token_answers[i].body);
		g_autoptr(GError) error = NULL;

		google_error_set_token_answer(&error, response);
		g_test_message("%d %s", token_answers[i].status, token_answers[i].body);
		g_assert_error(error, PROVIDER_ERROR, (int)token_answers[i].code);
		g_assert_null(strstr(error->message, "secret\""));
		if (error->code == PROVIDER_ERROR_AUTHENTICATION)
			g_assert_cmpstr(error->message, ==,
				"Authentication required. Please reconnect your Google Calendar.");
	}
}

static void test_failures_below_the_status(void)
{
	static const struct {
		HttpError failure;
		ProviderError code;
	} failures[] = {
		{HTTP_ERROR_URL, PROVIDER_ERROR_SITE},
		{HTTP_ERROR_BLOCKED, PROVIDER_ERROR_SITE},
		{HTTP_ERROR_REDIRECT, PROVIDER_ERROR_TEMPORARY},
		{HTTP_ERROR_TLS, PROVIDER_ERROR_TEMPORARY},
		{HTTP_ERROR_HANDSHAKE, PROVIDER_ERROR_TEMPORARY},
		{HTTP_ERROR_NETWORK, PROVIDER_ERROR_TEMPORARY},
		{HTTP_ERROR_TIMEOUT, PROVIDER_ERROR_TEMPORARY},
		{HTTP_ERROR_TOO_LARGE, PROVIDER_ERROR_SITE},
		{HTTP_ERROR_CANCELLED, PROVIDER_ERROR_STOPPED},
		{HTTP_ERROR_SETTINGS, PROVIDER_ERROR_SITE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_autoptr(GError) error = NULL;

		google_error_set_http(
			&error, g_error_new(HTTP_ERROR, (int)failures[i].failure, "what happened"));
		g_assert_error(error, PROVIDER_ERROR, (int)failures[i].code);
		g_assert_nonnull(strstr(error->message, "what happened"));
	}
}

static void test_only_short_waits_are_worth_it(void)
{
	g_autoptr(HttpResponse) user = answer(403, REASON("userRateLimitExceeded"));
	g_autoptr(HttpResponse) project = answer(403, REASON("rateLimitExceeded"));
	g_autoptr(HttpResponse) daily = answer(403, REASON("dailyLimitExceeded"));
	g_autoptr(HttpResponse) busy = answer(429, REASON("rateLimitExceeded"));

	g_assert_true(google_error_is_rate_limit(user));
	g_assert_true(google_error_is_rate_limit(project));
	g_assert_false(google_error_is_rate_limit(daily));
	g_assert_false(google_error_is_rate_limit(busy));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/provider/google_error/answers", test_answers);
	g_test_add_func("/provider/google_error/token-answers", test_token_answers);
	g_test_add_func(
		"/provider/google_error/failures-below-the-status", test_failures_below_the_status);
	g_test_add_func("/provider/google_error/only-short-waits-are-worth-it",
		test_only_short_waits_are_worth_it);
	return g_test_run();
}
