/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of an account's calendars are to be synced: as the options say, or asked for. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/options.h"
#include "provider/provider.h"

/* The calendars (of ProviderCalendar, borrowed) that --calendar names by id, by the end of their
 * address, or by name; without it the only one with events, or the one that is picked on a
 * terminal. Caller unrefs. NULL with CONFIG_ERROR, whose message lists them. */
GPtrArray *calendar_choice_make(const CliOptions *options, const GPtrArray *calendars,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
