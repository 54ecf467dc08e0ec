/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the database server, and what its user may do. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/doctor.h"
#include "schema/grants_held.h"
#include "schema/server.h"

/* Leases and "is it over?" live by the clock: people notice minutes. */
enum { CLOCK_WARN_SECS = 60, CLOCK_FAIL_SECS = 15 * 60 };

#define SEE_GRANTS "run the statements of sql/grants.sql; prm-calendar init --dry-run shows them"

void doctor_check_database(Doctor *doctor)
{
	const Config *config = doctor->app.config;
	g_autoptr(GError) error = NULL;
	bool is_socket = config->database_socket[0] != '\0';

	if (!app_connect(&doctor->app, &error)) {
		doctor_add_message(doctor, DOCTOR_FAIL, error->message,
			"check section [database], and that the server runs");
		return;
	}
	doctor->reached = DOCTOR_NEEDS_DATABASE;
	doctor_ok(doctor, "'%s' at %s, as user '%s'", config->database_name,
		is_socket ? config->database_socket : config->database_host, config->database_user);
}

/* False where the server does not answer, which is then said. */
static bool load_facts(Doctor *doctor, ServerFacts *facts)
{
	g_autoptr(GError) error = NULL;

	if (server_facts_load(doctor->app.db, facts, &error))
		return true;
	doctor_add_gap(doctor, error);
	return false;
}

/* What the server's place among others means; caller frees. */
static char *role_of(const ServerFacts *facts)
{
	if (facts->is_galera)
		return g_strdup_printf(", a node of a Galera cluster of %" G_GINT64_FORMAT
				       " (%s, %s)",
			facts->galera_nodes,
			facts->galera_status != NULL ? facts->galera_status : "no status",
			facts->galera_state != NULL ? facts->galera_state : "no state");
	if (facts->group_state != NULL)
		return g_strdup_printf(", in the replication group %s (%s%s%s; %" G_GINT64_FORMAT
				       " of %" G_GINT64_FORMAT " members online)",
			facts->replica_group, facts->group_state,
			facts->group_role != NULL && facts->group_role[0] != '\0' ? ", " : "",
			facts->group_role != NULL ? facts->group_role : "", facts->group_online,
			facts->group_members);
	if (facts->replica_group != NULL)
		return g_strdup_printf(
			", in the replication group %s (its state is for those who may read "
			"performance_schema.replication_group_members)",
			facts->replica_group);
	return g_strdup("");
}

/* A node apart from the others refuses everything, or would have it thrown away. */
static bool is_apart(const ServerFacts *facts)
{
	if (facts->group_state != NULL)
		return strcmp(facts->group_state, "ONLINE") != 0 ||
		       facts->group_online * 2 <= facts->group_members;
	return facts->is_galera &&
	       (!facts->is_ready || g_strcmp0(facts->galera_status, "Primary") != 0);
}

void doctor_check_server(Doctor *doctor)
{
	g_auto(ServerFacts) facts = {0};
	g_autofree char *role = NULL;
	const char *name;

	if (!load_facts(doctor, &facts))
		return;
	name = facts.is_mariadb ? "MariaDB" : "MySQL";
	role = role_of(&facts);
	if (is_apart(&facts))
		doctor_add(doctor, DOCTOR_FAIL,
			"let it join the others again (its error log says why it left), or name "
			"another node in [database]: passes end with 69 meanwhile",
			"%s %s%s: it has no quorum or is not ready", name, facts.version, role);
	else if (facts.is_read_only)
		doctor_add(doctor, DOCTOR_FAIL, "name the primary in [database]",
			"%s %s%s: it is read-only", name, facts.version, role);
	else if (facts.is_older)
		doctor_add(doctor, DOCTOR_WARN, "upgrade it to MariaDB 10.11 or MySQL 8",
			"%s %s%s is older than what this program is tested with", name,
			facts.version, role);
	else
		doctor_ok(doctor, "%s %s%s%s", name, facts.version, role,
			facts.has_statement_log
				? "; it logs statements, so that writes use REPEATABLE READ"
				: "");
}

/* As the client library has it: localhost is a socket, and a socket stays on this machine. */
static bool is_on_this_machine(const Config *config)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "::1", NULL};

	return config->database_socket[0] != '\0' || g_strv_contains(names, config->database_host);
}

void doctor_check_tls(Doctor *doctor)
{
	const Config *config = doctor->app.config;
	g_auto(ServerFacts) facts = {0};

	if (!load_facts(doctor, &facts))
		return;
	if (facts.tls_cipher != NULL && config->database_tls_ca[0] == '\0' &&
		(!is_on_this_machine(config) || config->database_tls == CONFIG_TLS_REQUIRED))
		doctor_add(doctor, DOCTOR_WARN,
			"name the authority of its certificate in tls_ca of section [database]; "
			"for "
			"one that signs for everybody, /etc/ssl/certs/ca-certificates.crt",
			"encrypted (%s), but without tls_ca any certificate is taken, of a wrong "
			"host, expired or of an unknown authority: whoever is between can pose as "
			"the server",
			facts.tls_cipher);
	else if (facts.tls_cipher != NULL)
		doctor_ok(doctor, "encrypted (%s)", facts.tls_cipher);
	else if (is_on_this_machine(config))
		doctor_ok(doctor, "not encrypted, but the server is on this machine");
	else
		doctor_add(doctor, DOCTOR_WARN,
			"let the server offer TLS, then set tls = required and tls_ca in section "
			"[database]",
			"the connection to %s is not encrypted: calendars and the database "
			"password's proof cross the network in the clear",
			config->database_host);
}

void doctor_check_clock(Doctor *doctor)
{
	g_auto(ServerFacts) facts = {0};
	int64_t ahead_secs;
	int64_t apart_secs;

	if (!load_facts(doctor, &facts))
		return;
	/* Not the time at which the doctor began: other checks may have waited. */
	ahead_secs = (int64_t)time(NULL) - facts.clock_utc;
	apart_secs = ABS(ahead_secs);
	if (apart_secs < CLOCK_WARN_SECS)
		doctor_ok(doctor, "agrees with the database server's");
	else
		doctor_add(doctor, apart_secs < CLOCK_FAIL_SECS ? DOCTOR_WARN : DOCTOR_FAIL,
			"let both hosts get their time from NTP (timedatectl set-ntp true)",
			"this host's clock is %" G_GINT64_FORMAT
			" seconds %s the database server's: meetings are logged, and locks end, "
			"too %s",
			apart_secs, ahead_secs > 0 ? "ahead of" : "behind",
			ahead_secs > 0 ? "early" : "late");
}

static void add_missing(Doctor *doctor, const GrantsVerdict *verdict)
{
	g_autofree char *roles = NULL;

	if (verdict->roles != NULL)
		roles = g_strdup_printf(
			"; granted roles count only when they are active (%s): SET DEFAULT ROLE",
			verdict->roles);
	doctor_add(doctor, DOCTOR_FAIL, SEE_GRANTS, "missing: %s%s", verdict->missing,
		roles != NULL ? roles : "");
}

void doctor_check_privileges(Doctor *doctor)
{
	bool keeps_posts = doctor->app.config->sync_gone == CONFIG_GONE_TRASH;
	g_autoptr(GError) error = NULL;
	g_auto(GrantsVerdict) verdict = {0};
	g_autoptr(GPtrArray) lines = grants_held_load(doctor->app.db, &error);

	if (lines == NULL) {
		doctor_add_gap(doctor, error);
		return;
	}
	grants_held_judge(lines, &doctor->app.db_options, keeps_posts, &verdict);
	if (verdict.missing != NULL)
		add_missing(doctor, &verdict);
	if (verdict.excess != NULL)
		doctor_add(doctor, DOCTOR_WARN,
			"give the program a user of its own with the statements of sql/grants.sql; "
			"prm-calendar init --dry-run shows them",
			"user '%s' may do more than is needed: %s",
			doctor->app.config->database_user, verdict.excess);
	if (verdict.missing == NULL && verdict.excess == NULL)
		doctor_ok(doctor, "what is needed, and no more");
}
