/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar doctor`: the configuration and the files that it consists of. */
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/site_config.h"

#define SERVICE_USER "prm-calendar" /* of the package's units */
#define SERVICE_FOLDER "/etc/prm-calendar/"

static void add_all(Doctor *doctor, const GPtrArray *messages, const char *remedy)
{
	for (guint i = 0; i < messages->len; i++)
		doctor_add_message(doctor, DOCTOR_FAIL, g_ptr_array_index(messages, i), remedy);
}

void doctor_check_configuration(Doctor *doctor)
{
	g_autoptr(GError) error = NULL;

	doctor->app.config = config_examine(
		doctor->config_path, site_config_complete, &doctor->problems, &error);
	if (doctor->app.config == NULL) {
		doctor_add_message(
			doctor, DOCTOR_FAIL, error->message, "make one with prm-calendar init");
		return;
	}
	doctor->reached = DOCTOR_NEEDS_CONFIG;
	add_all(doctor, doctor->problems.invalid, "correct this line; man prm-calendar.ini");
	if (doctor->problems.invalid->len == 0)
		doctor_ok(doctor, "%s%s%s", doctor->config_path,
			doctor->app.config->wordpress_wp_config[0] != '\0' ? ", completed from "
									   : "",
			doctor->app.config->wordpress_wp_config);
}

/* Whether a user, through its own group too, may read a file; root may read all. */
static bool may_read(const struct passwd *user, const struct stat *status)
{
	if (user->pw_uid == status->st_uid)
		return (status->st_mode & S_IRUSR) != 0;
	if (user->pw_gid == status->st_gid)
		return (status->st_mode & S_IRGRP) != 0;
	return (status->st_mode & S_IROTH) != 0;
}

/* As root everything can be read, but the timer's service is not root. Its secrets may be root's
 * alone where systemd hands them over (LoadCredential=), so only the ini is certain. */
static bool check_service_may_read(Doctor *doctor, const char *path)
{
	const struct passwd *user = geteuid() == 0 ? getpwnam(SERVICE_USER) : NULL;
	struct stat status;

	if (user == NULL || !g_str_has_prefix(path, SERVICE_FOLDER) || stat(path, &status) != 0 ||
		may_read(user, &status))
		return true;
	if (strcmp(path, doctor->config_path) == 0) {
		g_autofree char *remedy = g_strdup_printf(
			"run: chgrp " SERVICE_USER " %s && chmod 640 %s", path, path);

		doctor_add(doctor, DOCTOR_FAIL, remedy,
			"%s cannot be read by " SERVICE_USER ", as whom the service runs", path);
	} else {
		g_autofree char *remedy = g_strdup_printf("run: chgrp " SERVICE_USER
							  " %s && chmod 640 %s; or let it be a "
							  "credential of the service, see man 7 "
							  "prm-calendar",
			path, path);

		doctor_add(doctor, DOCTOR_WARN, remedy,
			"%s cannot be read by " SERVICE_USER ", as whom the service runs", path);
	}
	return false;
}

void doctor_check_files(Doctor *doctor)
{
	const GPtrArray *files = doctor->problems.files;
	bool all_readable = true;

	add_all(doctor, doctor->problems.exposed, "make it root's, mode 0640");
	for (guint i = 0; i < files->len; i++)
		all_readable =
			check_service_may_read(doctor, g_ptr_array_index(files, i)) && all_readable;
	if (doctor->problems.exposed->len > 0 || !all_readable)
		return;
	doctor_ok(doctor, "the configuration and %u %s of secrets are closed to others",
		files->len - 1, files->len == 2 ? "file" : "files");
}
