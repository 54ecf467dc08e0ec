/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects what the checks of `prm-calendar doctor` find. */
#include "cli/doctor.h"

#include <string.h>

static void doctor_finding_free(DoctorFinding *finding)
{
	g_free(finding->message);
	g_free(finding->remedy);
	g_free(finding);
}

static void doctor_gap_free(DoctorGap *gap)
{
	g_free(gap->reason);
	g_free(gap);
}

void doctor_init(Doctor *doctor, const CliOptions *options, int64_t now_utc)
{
	const char *path = options->config_path != NULL ? options->config_path : APP_CONFIG_PATH;

	*doctor = (Doctor){
		.options = options,
		.config_path = g_canonicalize_filename(path, NULL),
		.now_utc = now_utc,
		.findings = g_ptr_array_new_with_free_func((GDestroyNotify)doctor_finding_free),
		.gaps = g_ptr_array_new_with_free_func((GDestroyNotify)doctor_gap_free),
	};
	config_problems_init(&doctor->problems);
}

void doctor_clear(Doctor *doctor)
{
	app_clear(&doctor->app);
	config_problems_clear(&doctor->problems);
	g_clear_pointer(&doctor->findings, g_ptr_array_unref);
	g_clear_pointer(&doctor->gaps, g_ptr_array_unref);
	g_clear_pointer(&doctor->config_path, g_free);
}

static void add_finding(Doctor *doctor, DoctorStatus status, char *take_message, char *take_remedy)
{
	DoctorFinding *finding = g_new0(DoctorFinding, 1);

	finding->check = doctor->check;
	finding->status = status;
	finding->message = take_message;
	finding->remedy = take_remedy;
	g_ptr_array_add(doctor->findings, finding);
}

void doctor_ok(Doctor *doctor, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_finding(doctor, DOCTOR_OK, g_strdup_vprintf(format, arguments), NULL);
	va_end(arguments);
}

void doctor_add(Doctor *doctor, DoctorStatus status, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_finding(doctor, status, g_strdup_vprintf(format, arguments), g_strdup(remedy));
	va_end(arguments);
}

/* Where the remedy of one of our messages begins: "…; REMEDY", "…: run COMMAND"; NULL without one.
 * `*ret_end` is where what comes before it ends. */
static const char *find_remedy(const char *message, const char **ret_end)
{
	static const char *const separators[] = {"; ", ": run "};

	for (size_t i = 0; i < G_N_ELEMENTS(separators); i++) {
		*ret_end = g_strrstr(message, separators[i]);
		if (*ret_end != NULL)
			return *ret_end + strlen("; ");
	}
	return NULL;
}

char *doctor_run(const Doctor *doctor, const char *command)
{
	bool is_default = strcmp(doctor->config_path, APP_CONFIG_PATH) == 0;

	return is_default ? g_strdup_printf("run: prm-calendar %s", command)
			  : g_strdup_printf(
				    "run: prm-calendar %s -c %s", command, doctor->config_path);
}

void doctor_add_message(
	Doctor *doctor, DoctorStatus status, const char *message, const char *remedy)
{
	const char *end = NULL;
	const char *own = find_remedy(message, &end);

	if (own == NULL)
		add_finding(doctor, status, g_strdup(message), g_strdup(remedy));
	else
		add_finding(
			doctor, status, g_strndup(message, (size_t)(end - message)), g_strdup(own));
}

void doctor_add_gap(Doctor *doctor, const GError *error)
{
	DoctorGap *gap = g_new0(DoctorGap, 1);

	gap->check = doctor->check;
	gap->reason = g_strdup(error->message);
	g_ptr_array_add(doctor->gaps, gap);
}
