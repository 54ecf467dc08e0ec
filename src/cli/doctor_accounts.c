/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: people's connections, their credentials and their servers. */
#include <string.h>

#include "cli/connection_problems.h"
#include "cli/credential_check.h"
#include "cli/doctor.h"
#include "cli/output.h"
#include "sync/inquiry.h"
#include "user/connections_row.h"

enum { ONLINE_MAX = 200 /* connections that are asked */, PROBLEMS_MAX = 20 /* told */ };

bool doctor_visit_connections(Doctor *doctor, DoctorVisitor visit, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows =
		connections_rows_load(doctor->app.db, doctor->app.site, NULL, &error);

	if (rows == NULL) {
		doctor_add_gap(doctor, error);
		return false;
	}
	for (guint i = 0; i < rows->len; i++) {
		const UserConnections *row = g_ptr_array_index(rows, i);
		size_t length = 0;
		const char *stored = g_bytes_get_data(row->stored, &length);
		g_autoptr(ConnectionList) list = connections_parse(stored, length, NULL);

		for (guint j = 0; list != NULL && j < list->connections->len; j++) {
			const Connection *connection = g_ptr_array_index(list->connections, j);

			if (connection->sync_enabled)
				visit(doctor, row->user, connection, data);
		}
	}
	return true;
}

/* Those of whole users are counted by credential_check() as well, which cannot say why. */
static bool tell_problems(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) problems =
		connection_problems_load(doctor->app.db, doctor->app.site, &error);

	if (problems == NULL) {
		doctor_add_gap(doctor, error);
		return false;
	}
	for (guint i = 0; i < MIN(problems->len, PROBLEMS_MAX); i++) {
		const ConnectionProblem *problem = g_ptr_array_index(problems, i);
		g_autofree char *login = printable(problem->user_login);
		g_autofree char *text = printable(problem->text);

		doctor_add(doctor, DOCTOR_WARN,
			"let its owner remove and connect this calendar again in the theme",
			"user %" G_GINT64_FORMAT " (%s): %s; it is left as it is, and not synced",
			problem->user_id, login, text);
	}
	if (problems->len > PROBLEMS_MAX)
		doctor_add(doctor, DOCTOR_WARN, "see prm-calendar status for all",
			"%u more entries cannot be understood", problems->len - PROBLEMS_MAX);
	return true;
}

void doctor_check_credentials(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;
	CredentialCounts counts = {0};

	if (doctor->app.config->changed_auth_key != NULL)
		doctor_add(doctor, DOCTOR_WARN,
			"set auth_key to AUTH_KEY of that file when all calendars were connected "
			"again (a plugin may change it by itself: then leave auth_key out)",
			"AUTH_KEY of %s is no longer the auth_key of this configuration; both are "
			"tried",
			doctor->app.config->wordpress_wp_config);
	if (doctor->app.kept_auth_key != NULL)
		doctor_ok(doctor, "%s", APP_KEPT_KEY_TEXT);
	if (!tell_problems(doctor))
		return;
	if (!credential_check(doctor->app.db, doctor->app.site, &counts, &error)) {
		doctor_add_gap(doctor, error);
		return;
	}
	if (counts.unreadable > 0)
		doctor_add(doctor, DOCTOR_WARN,
			"find them in the log of prm-calendar sync --all, and restore their rows "
			"in "
			"the table usermeta from a backup",
			"the connections of %u %s cannot be read", counts.unreadable,
			counts.unreadable == 1 ? "user" : "users");
	if (counts.locked > 0)
		doctor_add(doctor, counts.opened == 0 ? DOCTOR_FAIL : DOCTOR_WARN,
			counts.opened == 0 ? "set auth_key to AUTH_KEY of the site's wp-config.php"
					   : "let their owners connect these calendars again",
			"AUTH_KEY opens the stored credentials of %u of %u connections",
			counts.opened, counts.opened + counts.locked);
	else if (counts.unreadable == 0)
		doctor_ok(doctor, "AUTH_KEY opens the stored credentials of %u of %u connections",
			counts.opened, counts.opened);
}

typedef struct {
	SyncContext context;
	HttpClient *http;
	unsigned asked;
	unsigned answered;    /* every calendar of theirs */
	unsigned unreached;   /* nothing said a word of a calendar of theirs */
	unsigned passed_over; /* beyond ONLINE_MAX */
} Round;

/* One connection. */
typedef struct {
	Doctor *doctor;
	const char *login;
	const Connection *connection;
	unsigned failures;
	bool is_reached;
} Asked;

/* Whom the failure waits for. */
static const char *remedy_of(const GError *failure)
{
	if (g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY))
		return "try again later; if it stays, look at the network and at [network]";
	if (g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE))
		return "see sections [network] and [google]";
	return "let the calendar's owner connect it again in the theme";
}

static bool is_refusal(const GError *failure)
{
	return g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_GONE) ||
	       g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_DENIED) ||
	       g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_PERMANENT);
}

static void tell_failure(void *data, const char *calendar_id, const GError *failure)
{
	Asked *asked = data;
	const Connection *connection = asked->connection;
	g_autofree char *name = printable(connection->name);
	g_autofree char *message = printable(failure->message);
	g_autofree char *id = printable(calendar_id != NULL ? calendar_id : "");
	bool is_for_us = g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE);

	asked->failures++;
	asked->is_reached = asked->is_reached || (calendar_id != NULL && is_refusal(failure));
	doctor_add(asked->doctor, is_for_us ? DOCTOR_FAIL : DOCTOR_WARN, remedy_of(failure),
		"%s: %s (%s, %s)%s%s: %s", asked->login, name, connection->provider, connection->id,
		calendar_id != NULL ? ", calendar " : "", id, message);
}

static void ask_provider(
	Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	Round *round = data;
	g_autofree char *login = printable(user->login);
	Asked asked = {.doctor = doctor, .login = login, .connection = connection};

	if (round->asked == ONLINE_MAX) {
		round->passed_over++;
		return;
	}
	round->asked++;
	if (inquiry_ask(&round->context, doctor->app.db, round->http, user->id, connection,
		    tell_failure, &asked))
		asked.is_reached = true;
	if (asked.failures == 0)
		round->answered++;
	if (!asked.is_reached)
		round->unreached++;
}

/* Writes nothing: in a dry run, a token that had to be renewed is not stored. */
void doctor_check_providers(Doctor *doctor)
{
	g_autoptr(HttpClient) http = NULL;
	Round round = {0};

	app_open_http(&doctor->app);
	http = http_client_new(doctor->app.http);
	round.http = http;
	round.context = app_sync_context(&doctor->app, doctor->options);
	round.context.dry_run = true;
	if (!doctor_visit_connections(doctor, ask_provider, &round))
		return;
	if (round.passed_over > 0)
		doctor_add(doctor, DOCTOR_WARN, "see prm-calendar status for the others",
			"only the first %u connections were asked, not %u more", round.asked,
			round.passed_over);
	if (round.answered == round.asked)
		doctor_ok(doctor, "%u of %u connections answer", round.answered, round.asked);
	else if (round.unreached == round.asked)
		doctor_add(doctor, DOCTOR_FAIL,
			"look at this host's network, and at section [network]",
			"none of %u connections answers", round.asked);
}
