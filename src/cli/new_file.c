/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes files that hold secrets or say where they are. */
#include "cli/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/config.h"

static bool write_all(int descriptor, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t written = write(descriptor, text, left);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			text += written;
			left -= (size_t)written;
		}
	}
	return true;
}

/* 0640 whatever the umask. A group is given only by root, who alone writes for others. */
static bool set_owner(int descriptor)
{
	const struct group *group = geteuid() == 0 ? getgrnam(NEW_FILE_GROUP) : NULL;

	if (group != NULL && fchown(descriptor, 0, group->gr_gid) != 0)
		return false;
	return fchmod(descriptor, S_IRUSR | S_IWUSR | S_IRGRP) == 0;
}

/* What to do about a file that cannot be made, behind the reason. */
static const char *remedy_for(int number)
{
	switch (number) {
	case EEXIST:
		return "; it is left as it is: move it away, or name another configuration with -c "
		       "FILE";
	case ENOENT:
		return "; make its folder first (install -d -m 750 FOLDER), or name a "
		       "configuration in another one with -c FILE";
	case EACCES:
		return "; run this as root";
	default:
		return "";
	}
}

bool new_file_write(const char *path, const char *text, GError **error)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	bool ok;
	int number;

	if (descriptor < 0) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "cannot make %s: %s%s", path,
			g_strerror(errno), remedy_for(errno));
		return false;
	}
	ok = set_owner(descriptor) && write_all(descriptor, text) && fsync(descriptor) == 0;
	number = errno;
	ok = close(descriptor) == 0 && ok;
	if (ok)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "cannot write %s: %s", path,
		g_strerror(number));
	unlink(path);
	return false;
}

bool new_file_replace(const char *path, const char *text, GError **error)
{
	g_autofree char *beside = g_strdup_printf("%s.new", path);

	/* Left behind by one that was killed: it never took the other's place. */
	if (unlink(beside) != 0 && errno != ENOENT) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "cannot remove %s: %s",
			beside, g_strerror(errno));
		return false;
	}
	if (!new_file_write(beside, text, error))
		return false;
	if (rename(beside, path) == 0)
		return true;
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID, "cannot replace %s: %s", path,
		g_strerror(errno));
	unlink(beside);
	return false;
}
