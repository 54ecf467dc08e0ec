/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: checks all that a person would check. */
#include <stdio.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/output.h"

static const CliOption doctor_options[] = {
	{"online", 0, CLI_OPTION_FLAG, offsetof(CliOptions, online), NULL,
		"ask each connection's calendar server, too"},
	{"wp-config", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wp_config), "PATH",
		"the site's wp-config.php, where the ini does not name it"},
	{"wordpress", 0, CLI_OPTION_TEXT, offsetof(CliOptions, wordpress), "DIR",
		"WordPress's folder, where wp-config.php does not tell"},
	{0},
};

/* In this order; a check that opens something stands before those that need it. */
static const struct {
	const char *name;
	DoctorNeed need;
	bool is_online;
	void (*run)(Doctor *doctor);
} checks[] = {
	{"configuration", DOCTOR_NEEDS_NOTHING, false, doctor_check_configuration},
	{"files", DOCTOR_NEEDS_CONFIG, false, doctor_check_files},
	{"database", DOCTOR_NEEDS_CONFIG, false, doctor_check_database},
	{"db.php", DOCTOR_NEEDS_CONFIG, false, doctor_check_db_drop_in},
	{"server", DOCTOR_NEEDS_DATABASE, false, doctor_check_server},
	{"tls", DOCTOR_NEEDS_DATABASE, false, doctor_check_tls},
	{"clock", DOCTOR_NEEDS_DATABASE, false, doctor_check_clock},
	{"privileges", DOCTOR_NEEDS_DATABASE, false, doctor_check_privileges},
	{"tables", DOCTOR_NEEDS_DATABASE, false, doctor_check_tables},
	{"own tables", DOCTOR_NEEDS_DATABASE, false, doctor_check_own_tables},
	{"engines", DOCTOR_NEEDS_TABLES, false, doctor_check_engines},
	{"character sets", DOCTOR_NEEDS_TABLES, false, doctor_check_character_sets},
	{"indexes", DOCTOR_NEEDS_TABLES, false, doctor_check_indexes},
	{"site", DOCTOR_NEEDS_TABLES, false, doctor_check_site},
	{"writes", DOCTOR_NEEDS_SITE, false, doctor_check_writes},
	{"theme", DOCTOR_NEEDS_SITE, false, doctor_check_theme},
	{"theme's sync", DOCTOR_NEEDS_SITE, false, doctor_check_theme_sync},
	{"other writers", DOCTOR_NEEDS_SITE, false, doctor_check_other_writers},
	{"object cache", DOCTOR_NEEDS_SITE, false, doctor_check_object_cache},
	{"credentials", DOCTOR_NEEDS_SITE, false, doctor_check_credentials},
	{"runs", DOCTOR_NEEDS_SITE, false, doctor_check_runs},
	{"timer", DOCTOR_NEEDS_NOTHING, false, doctor_check_timer},
	{"providers", DOCTOR_NEEDS_SITE, true, doctor_check_providers},
};

static const struct {
	const char *word; /* for machines */
	const char *label;
	const char *colour;
} statuses[] = {
	[DOCTOR_OK] = {"ok", "OK", "\033[32m"},
	[DOCTOR_WARN] = {"warn", "WARN", "\033[33m"},
	[DOCTOR_FAIL] = {"fail", "FAIL", "\033[31m"},
};

/* What stood in the way of a check: by what could not be reached. */
static const char *const obstacles[] = {
	[DOCTOR_NEEDS_CONFIG] = "the configuration cannot be read",
	[DOCTOR_NEEDS_DATABASE] = "there is no connection to the database",
	[DOCTOR_NEEDS_TABLES] = "tables are missing",
	[DOCTOR_NEEDS_SITE] = "the site cannot be read",
};

typedef struct {
	Doctor doctor;
	GPtrArray *left_out; /* names of checks that could not be made; static */
} Visit;

static void visit_clear(Visit *visit)
{
	doctor_clear(&visit->doctor);
	g_clear_pointer(&visit->left_out, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visit, visit_clear)

static void run_checks(Visit *visit)
{
	Doctor *doctor = &visit->doctor;

	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
		if (checks[i].is_online && !doctor->options->online)
			continue;
		if (checks[i].need > doctor->reached) {
			g_ptr_array_add(visit->left_out, (char *)checks[i].name);
			continue;
		}
		doctor->check = checks[i].name;
		checks[i].run(doctor);
	}
}

static unsigned count(const Doctor *doctor, DoctorStatus status)
{
	unsigned found = 0;

	for (guint i = 0; i < doctor->findings->len; i++) {
		const DoctorFinding *finding = g_ptr_array_index(doctor->findings, i);

		found += finding->status == status ? 1 : 0;
	}
	return found;
}

/* Why checks were left out; only where some were. */
static const char *obstacle(const Doctor *doctor)
{
	return obstacles[MIN(doctor->reached + 1, DOCTOR_NEEDS_SITE)];
}

static void print_json_visit(const Visit *visit)
{
	const Doctor *doctor = &visit->doctor;
	g_autoptr(Json) root = json_object_new();
	Json *list = json_add_list(root, "checks");
	Json *left_out = json_add_list(root, "not_checked");

	for (guint i = 0; i < doctor->findings->len; i++) {
		const DoctorFinding *finding = g_ptr_array_index(doctor->findings, i);
		Json *object = json_append_object(list);

		json_set_text(object, "check", finding->check);
		json_set_text(object, "status", statuses[finding->status].word);
		json_set_text(object, "message", finding->message);
		json_set_text(object, "remedy", finding->remedy);
	}
	for (guint i = 0; i < visit->left_out->len; i++) {
		Json *object = json_append_object(left_out);

		json_set_text(object, "check", g_ptr_array_index(visit->left_out, i));
		json_set_text(object, "reason", obstacle(doctor));
	}
	for (guint i = 0; i < doctor->gaps->len; i++) {
		const DoctorGap *gap = g_ptr_array_index(doctor->gaps, i);
		Json *object = json_append_object(left_out);

		json_set_text(object, "check", gap->check);
		json_set_text(object, "reason", gap->reason);
	}
	json_set_int(root, "warnings", count(doctor, DOCTOR_WARN));
	json_set_int(root, "failures", count(doctor, DOCTOR_FAIL));
	json_print(root);
}

static void print_finding(const DoctorFinding *finding)
{
	bool has_colour = output_has_colour();
	g_autofree char *message = printable(finding->message);
	g_autofree char *remedy = finding->remedy != NULL ? printable(finding->remedy) : NULL;

	printf("%s%-4s%s  %-14s  %s\n", has_colour ? statuses[finding->status].colour : "",
		statuses[finding->status].label, has_colour ? "\033[0m" : "", finding->check,
		message);
	if (remedy != NULL)
		printf("%22s→ %s\n", "", remedy);
}

static void print_gaps(const Doctor *doctor)
{
	for (guint i = 0; i < doctor->gaps->len; i++) {
		const DoctorGap *gap = g_ptr_array_index(doctor->gaps, i);
		g_autofree char *reason = printable(gap->reason);

		printf("\nNot checked: %s, for %s\n", gap->check, reason);
	}
}

static void print_left_out(const Visit *visit)
{
	if (visit->left_out->len == 0)
		return;
	printf("\nNot checked, for %s:", obstacle(&visit->doctor));
	for (guint i = 0; i < visit->left_out->len; i++)
		printf("%s %s", i == 0 ? "" : ",",
			(const char *)g_ptr_array_index(visit->left_out, i));
	putchar('\n');
}

static void print_visit(const Visit *visit)
{
	const Doctor *doctor = &visit->doctor;
	bool is_quiet = doctor->options->quiet;

	for (guint i = 0; i < doctor->findings->len; i++) {
		const DoctorFinding *finding = g_ptr_array_index(doctor->findings, i);

		if (!is_quiet || finding->status == DOCTOR_FAIL)
			print_finding(finding);
	}
	print_gaps(doctor);
	if (is_quiet)
		return;
	print_left_out(visit);
	printf("\n%u OK, %u WARN, %u FAIL\n", count(doctor, DOCTOR_OK), count(doctor, DOCTOR_WARN),
		count(doctor, DOCTOR_FAIL));
}

static ExitStatus run_doctor(const CliOptions *options)
{
	g_auto(Visit) visit = {0};

	app_setup_log(options);
	doctor_init(&visit.doctor, options, (int64_t)time(NULL));
	visit.left_out = g_ptr_array_new();
	run_checks(&visit);
	if (options->json)
		print_json_visit(&visit);
	else
		print_visit(&visit);
	if (count(&visit.doctor, DOCTOR_FAIL) > 0 || visit.doctor.gaps->len > 0)
		return EXIT_SOME_FAILED;
	return EXIT_ALL_WELL;
}

const Command command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "check everything and say what to do",
	.details =
		"Checks the configuration and its files, the database, its user's privileges and "
		"its\n"
		"tables, the site, its theme and cache, the stored credentials, the last syncs "
		"and the\n"
		"timer. Each line is OK, WARN (works, but look at it) or FAIL, with what to do. "
		"Changes\n"
		"nothing. Exit status 1 when something is FAIL, or gave no answer.\n\n"
		"Example: prm-calendar doctor --online",
	.options = doctor_options,
	.run = run_doctor,
};
