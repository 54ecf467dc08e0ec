/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of all commands. */
#include "cli/commands.h"

#include <stddef.h>

const Command *const *commands_all(void)
{
	static const Command *const commands[] = {
		&command_init,
		&command_run,
		&command_sync,
		&command_log,
		&command_rematch,
		&command_status,
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
		NULL,
	};

	return commands;
}
