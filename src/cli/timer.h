/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls the program every 15 minutes: looked up in files, without asking systemd. */
#pragma once

#include <glib.h>

typedef enum {
	TIMER_UNKNOWN,     /* nothing was found that calls the program with this configuration */
	TIMER_NOT_ENABLED, /* the package's timer is there and would do so */
	TIMER_ENABLED,
	TIMER_CRON,
} TimerState;

/* The package's timer that calls the program with this ini, or NULL; caller frees. */
char *timer_of(const char *config_path);

/* Looks below `root` ("/"), whose units and crontabs are meant. `*ret_where` names the timer or the
 * crontab; NULL for TIMER_UNKNOWN. Caller frees. */
TimerState timer_look(const char *root, const char *config_path, char **ret_where);
