/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold secrets: closed to others, and read whole or not at all. */
#include "util/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/config_error.h"
#include "util/secret.h"

enum {
	SECRET_FILE_BYTES_MAX = 64 * 1024,
	OTHERS_MAY_ACCESS = S_IRWXO,
};

static bool examine(int descriptor, const char *path, struct stat *ret_status, GError **error)
{
	if (fstat(descriptor, ret_status) == 0)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "cannot examine %s: %s", path,
		g_strerror(errno));
	return false;
}

bool secret_file_check_writers(int descriptor, const char *path, GError **error)
{
	struct stat status;

	if (!examine(descriptor, path, &status, error))
		return false;
	if (!S_ISREG(status.st_mode))
		return true;
	if ((status.st_mode & S_IWOTH) != 0) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s may be changed by every user of this machine: run chmod o-w %s", path,
			path);
		return false;
	}
	if (status.st_uid != 0 && status.st_uid != geteuid()) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s belongs to another user, who may change it: run chown root %s", path,
			path);
		return false;
	}
	return true;
}

bool secret_file_check(int descriptor, const char *path, const char *what, GError **error)
{
	struct stat status;

	if (!examine(descriptor, path, &status, error))
		return false;
	if ((status.st_mode & OTHERS_MAY_ACCESS) != 0) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s %s and every user of this machine may open it: run chmod o= %s", path,
			what, path);
		return false;
	}
	if (status.st_uid != 0 && status.st_uid != geteuid()) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s %s but belongs to another user: run chown root %s", path, what, path);
		return false;
	}
	return true;
}

/* Opened without waiting for somebody at the other end of a pipe. */
static int open_regular(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (descriptor < 0 || (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)))
		return descriptor;
	close(descriptor);
	errno = EINVAL;
	return -1;
}

char *secret_file_read(const char *path, GError **ret_exposed, GError **error)
{
	g_auto(Secret) contents = g_malloc0(SECRET_FILE_BYTES_MAX + 1);
	int descriptor = open_regular(path);
	FILE *file;
	size_t length;

	if (descriptor < 0) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"cannot read %s: %s; put the secret into a file of that name, readable by "
			"the user who runs this, or name another",
			path, errno == EINVAL ? "it is no regular file" : g_strerror(errno));
		return NULL;
	}
	if (!secret_file_check(descriptor, path, "holds a secret",
		    ret_exposed != NULL ? ret_exposed : error) &&
		ret_exposed == NULL) {
		close(descriptor);
		return NULL;
	}
	file = fdopen(descriptor, "r");
	length = fread(contents, 1, SECRET_FILE_BYTES_MAX, file);
	if (ferror(file) || !feof(file) || strlen(contents) != length) {
		fclose(file);
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"%s is no secret's file: it cannot be read, holds a NUL byte or is larger "
			"than 64 KiB",
			path);
		return NULL;
	}
	fclose(file);
	while (length > 0 && strchr("\r\n", contents[length - 1]) != NULL)
		contents[--length] = '\0';
	return g_steal_pointer(&contents);
}
