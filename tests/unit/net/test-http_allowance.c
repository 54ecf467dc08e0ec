/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client may spend altogether, each part at its edge. */
#include <glib.h>
#include <string.h>

#include "../support/fake_server.h"
#include "net/http.h"

#define PLENTY                                                                                     \
	{                                                                                          \
		.msecs = 60000, .requests = 1000, .bytes = 1 << 30                                 \
	}

static const char *const ALLOW_HERE[] = {"127.0.0.0/8", NULL};

typedef struct {
	FakeServer *server;
	HttpShared *shared;
	HttpClient *client;
} Fixture;

static void no_wait(void *data, unsigned msecs)
{
	(void)data;
	(void)msecs;
}

static void start(Fixture *fixture, const char *routes)
{
	const HttpOptions options = {
		.connect_timeout_secs = 5,
		.request_timeout_secs = 30,
		.max_response_bytes = 1 << 20,
		.allow_http = true,
		.allow_private = ALLOW_HERE,
		.wait_msecs = no_wait,
	};

	fixture->server = fake_server_new(routes);
	fixture->shared = http_shared_new(&options);
	fixture->client = http_client_new(fixture->shared);
}

static void fixture_clear(Fixture *fixture)
{
	http_client_free(fixture->client);
	http_shared_free(fixture->shared);
	fake_server_free(fixture->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* The status, or 0 with error set. */
static int ask(Fixture *fixture, GError **error)
{
	g_autofree char *url = fake_server_url(fixture->server, "/");
	const HttpRequest request = {.method = "GET", .url = url};
	g_autoptr(HttpResponse) response = http_perform(fixture->client, &request, error);

	return response != NULL ? response->status : 0;
}

static void assert_spent(Fixture *fixture, const char *part)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(ask(fixture, &error), ==, 0);
	g_assert_error(error, HTTP_ERROR, HTTP_ERROR_SPENT);
	g_assert_nonnull(strstr(error->message, part));
	g_assert_false(http_client_may_ask(fixture->client, NULL));
	g_assert_true(http_client_is_half_spent(fixture->client));
}

static void test_requests(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};

	allowance.requests = 3;
	start(&fixture, "{'/': [{}]}");
	http_client_allow(fixture.client, &allowance);
	g_assert_false(http_client_is_half_spent(fixture.client));
	for (unsigned i = 0; i < 3; i++)
		g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	assert_spent(&fixture, "requests");
	g_assert_cmpuint(http_client_spent(fixture.client).requests, ==, 3);
	g_assert_cmpuint(fake_server_count(fixture.server, NULL), ==, 3);
	/* The next one begins anew. */
	http_client_allow(fixture.client, &allowance);
	g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	http_client_allow(fixture.client, NULL);
	for (unsigned i = 0; i < 5; i++)
		g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	g_assert_true(http_client_may_ask(fixture.client, NULL));
	g_assert_false(http_client_is_half_spent(fixture.client));
}

static void test_further_tries_count(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};

	allowance.requests = 2;
	start(&fixture, "{'/': [{'status': 500}]}");
	http_client_allow(fixture.client, &allowance);
	/* The second is the last: its answer counts, and a third is not made. */
	g_assert_cmpint(ask(&fixture, NULL), ==, 500);
	g_assert_cmpuint(fake_server_count(fixture.server, NULL), ==, 2);
	assert_spent(&fixture, "requests");
}

static void test_a_redirect_counts(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};

	allowance.requests = 1;
	start(&fixture, "{'/': [{'status': 301, 'headers': {'Location': '/b'}}], '/b': [{}]}");
	http_client_allow(fixture.client, &allowance);
	assert_spent(&fixture, "requests");
	g_assert_cmpuint(fake_server_count(fixture.server, NULL), ==, 1);
}

static void test_bytes(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};

	allowance.bytes = 3000;
	start(&fixture, "{'/': [{'body': 'x', 'repeat': 1500}]}");
	http_client_allow(fixture.client, &allowance);
	g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	g_assert_true(http_client_may_ask(fixture.client, NULL));
	g_assert_true(http_client_is_half_spent(fixture.client));
	g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	g_assert_cmpuint(http_client_spent(fixture.client).bytes, ==, 3000);
	assert_spent(&fixture, "data");
	allowance.bytes = 3001;
	http_client_allow(fixture.client, &allowance);
	for (unsigned i = 0; i < 3; i++)
		g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	assert_spent(&fixture, "data");
}

static void test_bytes_are_unpacked_ones(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};

	allowance.bytes = 1 << 16;
	start(&fixture, "{'/': [{'body': 'x', 'repeat': 70000, 'gzip': true}]}");
	http_client_allow(fixture.client, &allowance);
	g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	assert_spent(&fixture, "data");
}

/* Each try sends 900 octets of the 1,000 that it announces. */
static void test_bytes_of_broken_answers_count(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};
	g_autoptr(GError) error = NULL;

	start(&fixture, "{'/': [{'body': 'x', 'repeat': 900, 'length': 1000}]}");
	http_client_allow(fixture.client, &allowance);
	g_assert_cmpint(ask(&fixture, &error), ==, 0);
	g_assert_error(error, HTTP_ERROR, HTTP_ERROR_NETWORK);
	g_assert_cmpuint(http_client_spent(fixture.client).bytes, ==, 2700);
}

static void test_time_ends_a_request_under_way(void)
{
	HttpAllowance allowance = PLENTY;
	g_auto(Fixture) fixture = {0};
	int64_t began_usecs;

	allowance.msecs = 300;
	start(&fixture, "{'/': [{}, {'stall': true}]}");
	http_client_allow(fixture.client, &allowance);
	g_assert_cmpint(ask(&fixture, NULL), ==, 200);
	began_usecs = g_get_monotonic_time();
	/* No fault of the server's. */
	assert_spent(&fixture, "time");
	g_assert_cmpint(g_get_monotonic_time() - began_usecs, <, 10 * G_USEC_PER_SEC);
	g_assert_cmpint(http_client_spent(fixture.client).msecs, >=, 300);
	g_assert_cmpuint(fake_server_count(fixture.server, NULL), ==, 2);
	/* Nobody is asked any more. */
	assert_spent(&fixture, "time");
	g_assert_cmpuint(fake_server_count(fixture.server, NULL), ==, 2);
}

#define ADD(name, test) g_test_add_func("/net/http_allowance/" name, test)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("requests", test_requests);
	ADD("further-tries-count", test_further_tries_count);
	ADD("redirects-count", test_a_redirect_counts);
	ADD("bytes", test_bytes);
	ADD("bytes-are-unpacked-ones", test_bytes_are_unpacked_ones);
	ADD("bytes-of-broken-answers-count", test_bytes_of_broken_answers_count);
	ADD("time-ends-a-request-under-way", test_time_ends_a_request_under_way);
	return g_test_run();
}
