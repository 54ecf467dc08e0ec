/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, one file each. */
#pragma once

#include "cli/options.h"

extern const Command command_calendars;
extern const Command command_check;
extern const Command command_connect;
extern const Command command_connections;
extern const Command command_disable;
extern const Command command_disconnect;
extern const Command command_doctor;
extern const Command command_enable;
extern const Command command_erase;
extern const Command command_explain;
extern const Command command_export;
extern const Command command_handback;
extern const Command command_help;
extern const Command command_init;
extern const Command command_log;
extern const Command command_reconnect;
extern const Command command_rematch;
extern const Command command_run;
extern const Command command_status;
extern const Command command_sync;
extern const Command command_takeover;
extern const Command command_why;

/* All commands in the order of --help; NULL-terminated. */
const Command *const *commands_all(void);

/* The command of that name, or NULL. */
const Command *command_find(const char *name);
