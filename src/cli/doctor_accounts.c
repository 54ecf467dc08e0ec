/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: people's connections, their credentials and their servers. */
#include <string.h>

#include "cli/connection_problems.h"
#include "cli/credential_check.h"
#include "cli/doctor.h"
#include "cli/output.h"
#include "sync/account.h"
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
	unsigned answered;
	unsigned passed_over; /* beyond ONLINE_MAX */
} Inquiry;

/* Whom the failure waits for. */
static const char *remedy_of(const GError *failure)
{
	if (g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_TEMPORARY))
		return "try again later; if it stays, look at the network and at [network]";
	if (g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE))
		return "see sections [network] and [google]";
	return "let the calendar's owner connect it again in the theme";
}

static void ask_provider(
	Doctor *doctor, const WpUser *user, const Connection *connection, void *data)
{
	Inquiry *inquiry = data;
	g_autoptr(GError) failure = NULL;
	g_autofree char *login = printable(user->login);
	g_autofree char *name = printable(connection->name);
	g_autofree char *message = NULL;
	g_autoptr(GPtrArray) calendars = NULL;
	bool is_for_us;

	if (inquiry->asked == ONLINE_MAX) {
		inquiry->passed_over++;
		return;
	}
	inquiry->asked++;
	calendars = account_calendars(
		&inquiry->context, doctor->app.db, inquiry->http, user->id, connection, &failure);
	if (calendars != NULL) {
		inquiry->answered++;
		return;
	}
	message = printable(failure->message);
	is_for_us = g_error_matches(failure, PROVIDER_ERROR, PROVIDER_ERROR_SITE);
	doctor_add(doctor, is_for_us ? DOCTOR_FAIL : DOCTOR_WARN, remedy_of(failure),
		"%s: %s (%s, %s): %s", login, name, connection->provider, connection->id, message);
}

/* Writes nothing: in a dry run, a token that had to be renewed is not stored. */
void doctor_check_providers(Doctor *doctor)
{
	g_autoptr(HttpClient) http = NULL;
	Inquiry inquiry = {0};

	app_open_http(&doctor->app);
	http = http_client_new(doctor->app.http);
	inquiry.http = http;
	inquiry.context = app_sync_context(&doctor->app, doctor->options);
	inquiry.context.dry_run = true;
	if (!doctor_visit_connections(doctor, ask_provider, &inquiry))
		return;
	if (inquiry.passed_over > 0)
		doctor_add(doctor, DOCTOR_WARN, "see prm-calendar status for the others",
			"only the first %u connections were asked, not %u more", inquiry.asked,
			inquiry.passed_over);
	if (inquiry.answered == inquiry.asked)
		doctor_ok(doctor, "%u of %u connections answer", inquiry.answered, inquiry.asked);
	else if (inquiry.answered == 0)
		doctor_add(doctor, DOCTOR_FAIL,
			"look at this host's network, and at section [network]",
			"none of %u connections answers", inquiry.asked);
}
