/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of all commands. */
#include "cli/commands.h"

#include <stddef.h>
#include <string.h>

const Command *const *commands_all(void)
{
	static const Command *const commands[] = {
		&command_init,
		&command_run,
		&command_sync,
		&command_log,
		&command_rematch,
		&command_status,
		&command_check,
		&command_why,
		&command_doctor,
		&command_connect,
		&command_connections,
		&command_calendars,
		&command_reconnect,
		&command_enable,
		&command_disable,
		&command_disconnect,
		&command_export,
		&command_erase,
		&command_explain,
		&command_takeover,
		&command_handback,
		&command_help,
		NULL,
	};

	return commands;
}

const Command *command_find(const char *name)
{
	for (const Command *const *command = commands_all(); *command != NULL; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
	}
	return NULL;
}
