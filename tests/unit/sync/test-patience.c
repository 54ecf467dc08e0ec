/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a connection that failed is tried again. */
#include <glib.h>

#include "provider/provider.h"
#include "site/credentials.h"
#include "sync/patience.h"

#define NOW INT64_C(1768910400)
#define MINUTE 60
#define HOUR (60 * MINUTE)

static const char *const work[] = {"work", NULL};
static const uint8_t key[CREDENTIALS_KEY_BYTES] = {1};
static const PatienceSubject box = {"box", work, key};

static void fail(ConnectionState *state, int code, int64_t pause_secs, int64_t now_utc)
{
	g_autoptr(GError) failure = g_error_new_literal(PROVIDER_ERROR, code, "no");

	g_assert_true(patience_note(state, failure, &box, pause_secs, now_utc) ==
		      (code != PROVIDER_ERROR_SITE));
}

static bool waits(const ConnectionState *state, const char *credentials, int64_t now_utc)
{
	const PatienceSubject subject = {credentials, work, key};
	g_autofree char *reason = patience_reason(state, &subject, now_utc);

	return reason != NULL;
}

static void test_the_first_failure_costs_nothing(void)
{
	ConnectionState state = {0};

	g_assert_false(waits(&state, "box", NOW));
	fail(&state, PROVIDER_ERROR_TEMPORARY, 0, NOW);
	g_assert_false(waits(&state, "box", NOW));
}

static void test_each_further_one_waits_longer(void)
{
	static const int64_t longest[] = {0, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR,
		6 * HOUR, 6 * HOUR, 6 * HOUR};
	ConnectionState state = {0};

	for (size_t i = 0; i < G_N_ELEMENTS(longest); i++) {
		fail(&state, PROVIDER_ERROR_PERMANENT, 0, NOW);
		g_assert_false(waits(&state, "box", NOW + longest[i]));
		if (longest[i] > 0)
			g_assert_true(waits(&state, "box", NOW + longest[i] * 9 / 10 - 1));
	}
}

static void test_a_success_forgets_them(void)
{
	ConnectionState state = {0};

	g_assert_false(patience_note(&state, NULL, &box, 0, NOW));
	for (int i = 0; i < 5; i++)
		fail(&state, PROVIDER_ERROR_TEMPORARY, 0, NOW);
	g_assert_true(waits(&state, "box", NOW));
	g_assert_true(patience_note(&state, NULL, &box, 0, NOW));
	g_assert_false(waits(&state, "box", NOW));
	fail(&state, PROVIDER_ERROR_TEMPORARY, 0, NOW);
	g_assert_false(waits(&state, "box", NOW));
}

static void test_the_servers_word_counts_more(void)
{
	ConnectionState state = {0};

	fail(&state, PROVIDER_ERROR_TEMPORARY, 2 * HOUR, NOW);
	g_assert_true(waits(&state, "box", NOW + 2 * HOUR - 1));
	g_assert_false(waits(&state, "box", NOW + 2 * HOUR));
}

static void test_refused_credentials_wait_for_others(void)
{
	ConnectionState state = {0};

	fail(&state, PROVIDER_ERROR_AUTHENTICATION, 0, NOW);
	g_assert_true(waits(&state, "box", NOW + 24 * HOUR));
	g_assert_false(waits(&state, "another box", NOW));
	g_assert_false(waits(&state, "box", NOW + 7 * 24 * HOUR));
	/* Something else goes wrong with the next ones: the old word is no longer about them. */
	fail(&state, PROVIDER_ERROR_TEMPORARY, 0, NOW);
	g_assert_false(state.is_refused);
}

static void test_what_is_denied_waits_for_the_owner(void)
{
	static const char *const home[] = {"home", NULL};
	const PatienceSubject elsewhere = {"box", home, key};
	ConnectionState state = {0};
	g_autofree char *reason = NULL;

	fail(&state, PROVIDER_ERROR_DENIED, 0, NOW);
	g_assert_true(waits(&state, "box", NOW + 7 * 24 * HOUR - 1));
	g_assert_false(waits(&state, "box", NOW + 7 * 24 * HOUR));
	g_assert_false(waits(&state, "another box", NOW));
	reason = patience_reason(&state, &elsewhere, NOW);
	g_assert_null(reason);
}

static void test_another_key_of_the_site_opens_it_again(void)
{
	static const uint8_t right_key[CREDENTIALS_KEY_BYTES] = {2};
	const PatienceSubject mended = {"box", work, right_key};
	ConnectionState state = {0};
	g_autofree char *reason = NULL;

	fail(&state, PROVIDER_ERROR_AUTHENTICATION, 0, NOW);
	g_assert_true(waits(&state, "box", NOW));
	reason = patience_reason(&state, &mended, NOW);
	g_assert_null(reason);
}

/* It may come back, and a week later its events have to go. */
static void test_a_calendar_that_is_gone_is_looked_for(void)
{
	ConnectionState state = {0};

	for (int i = 0; i < 20; i++)
		fail(&state, PROVIDER_ERROR_GONE, 0, NOW);
	g_assert_true(waits(&state, "box", NOW + 5 * HOUR));
	g_assert_false(waits(&state, "box", NOW + 6 * HOUR));
}

static void test_the_sites_faults_are_nobodys(void)
{
	ConnectionState state = {0};
	g_autoptr(GError) other = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_IO, "disk");

	for (int i = 0; i < 5; i++)
		fail(&state, PROVIDER_ERROR_SITE, 0, NOW);
	g_assert_false(patience_note(&state, other, &box, 0, NOW));
	g_assert_false(waits(&state, "box", NOW));
}

static void test_a_clock_that_was_wrong_does_not_lock_for_ever(void)
{
	ConnectionState state = {.failures = 3, .retry_utc = NOW + 1000 * HOUR};

	g_assert_false(waits(&state, "box", NOW));
	fail(&state, PROVIDER_ERROR_AUTHENTICATION, 0, NOW + 1000 * HOUR);
	g_assert_false(waits(&state, "box", NOW));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func("/sync/patience/" name, function)
	ADD("the-first-failure-costs-nothing", test_the_first_failure_costs_nothing);
	ADD("each-further-one-waits-longer", test_each_further_one_waits_longer);
	ADD("a-success-forgets-them", test_a_success_forgets_them);
	ADD("the-servers-word-counts-more", test_the_servers_word_counts_more);
	ADD("refused-credentials-wait-for-others", test_refused_credentials_wait_for_others);
	ADD("what-is-denied-waits-for-the-owner", test_what_is_denied_waits_for_the_owner);
	ADD("a-calendar-that-is-gone-is-looked-for", test_a_calendar_that_is_gone_is_looked_for);
	ADD("another-key-of-the-site-opens-it-again", test_another_key_of_the_site_opens_it_again);
	ADD("the-sites-faults-are-nobodys", test_the_sites_faults_are_nobodys);
	ADD("a-clock-that-was-wrong-does-not-lock-for-ever",
		test_a_clock_that_was_wrong_does_not_lock_for_ever);
	return g_test_run();
}
