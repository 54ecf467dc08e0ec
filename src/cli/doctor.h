/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of `prm-calendar doctor` share: what was opened so far, and what they found. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/app.h"
#include "cli/options.h"
#include "user/connection.h"
#include "user/user.h"
#include "util/config.h"

typedef enum { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL } DoctorStatus;

typedef struct DoctorFinding {
	const char *check; /* static */
	DoctorStatus status;
	char *message;
	char *remedy; /* NULL where all is well */
} DoctorFinding;

/* A check that could be begun and gave no answer: nothing is known of what it is about. */
typedef struct DoctorGap {
	const char *check; /* static */
	char *reason;
} DoctorGap;

/* What a check needs: each of these includes those before it. */
typedef enum {
	DOCTOR_NEEDS_NOTHING,
	DOCTOR_NEEDS_CONFIG,
	DOCTOR_NEEDS_DATABASE,
	DOCTOR_NEEDS_TABLES, /* WordPress's, with the columns that we use */
	DOCTOR_NEEDS_SITE,   /* names and keys; its options as far as they can be read */
} DoctorNeed;

typedef struct Doctor {
	const CliOptions *options;
	char *config_path; /* absolute */
	int64_t now_utc;
	App app;
	ConfigProblems problems; /* of the configuration */
	DoctorNeed reached;
	const char *check;   /* that runs now */
	GPtrArray *findings; /* of DoctorFinding */
	GPtrArray *gaps;     /* of DoctorGap */
} Doctor;

void doctor_init(Doctor *doctor, const CliOptions *options, int64_t now_utc);
void doctor_clear(Doctor *doctor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Doctor, doctor_clear)

/* Adds a finding of the check that runs; a check may have several. */
void doctor_ok(Doctor *doctor, const char *format, ...) G_GNUC_PRINTF(2, 3);
void doctor_add(Doctor *doctor, DoctorStatus status, const char *remedy, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* "run: prm-calendar COMMAND", with the configuration's path where it is not the default. Caller
 * frees. */
char *doctor_run(const Doctor *doctor, const char *command);

/* Adds a message of ours, which ends in "; REMEDY" or ": run COMMAND" where one is known; where it
 * does not, `remedy` is. */
void doctor_add_message(
	Doctor *doctor, DoctorStatus status, const char *message, const char *remedy);

/* Notes that the check which runs came to no end, for an error that nobody could foresee: that is
 * no finding, and has no remedy but to see to the error. */
void doctor_add_gap(Doctor *doctor, const GError *error);

/* Calls `visit` for each connection that is switched on, user by user. False with a gap
 * noted.
 */
typedef void (*DoctorVisitor)(
	Doctor *doctor, const WpUser *user, const Connection *connection, void *data);
bool doctor_visit_connections(Doctor *doctor, DoctorVisitor visit, void *data);

/* The checks, one file for a subject. */
void doctor_check_configuration(Doctor *doctor);
void doctor_check_files(Doctor *doctor);
void doctor_check_timer(Doctor *doctor);
void doctor_check_database(Doctor *doctor);
void doctor_check_server(Doctor *doctor);
void doctor_check_tls(Doctor *doctor);
void doctor_check_clock(Doctor *doctor);
void doctor_check_privileges(Doctor *doctor);
void doctor_check_tables(Doctor *doctor);
void doctor_check_engines(Doctor *doctor);
void doctor_check_character_sets(Doctor *doctor);
void doctor_check_indexes(Doctor *doctor);
void doctor_check_own_tables(Doctor *doctor);
void doctor_check_writes(Doctor *doctor);
void doctor_check_site(Doctor *doctor);
void doctor_check_theme(Doctor *doctor);
void doctor_check_theme_sync(Doctor *doctor);
void doctor_check_other_writers(Doctor *doctor);
void doctor_check_object_cache(Doctor *doctor);
void doctor_check_db_drop_in(Doctor *doctor);
void doctor_check_credentials(Doctor *doctor);
void doctor_check_runs(Doctor *doctor);
void doctor_check_providers(Doctor *doctor);
