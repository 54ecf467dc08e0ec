/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `prm-calendar connect`: one for each service. */
#pragma once

#include <glib.h>

#include "cli/chosen.h"

/* The connections to be made (of Connection), whose accounts were tried; caller unrefs. NULL with
 * CONFIG_ERROR, PROVIDER_ERROR or SYNC_ERROR. */
GPtrArray *connect_caldav(const Chosen *chosen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same; waits for a browser. */
GPtrArray *connect_google(const Chosen *chosen, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The access that somebody gives in a browser, sealed as the theme does. Caller frees. */
char *connect_google_box(const Chosen *chosen, GError **error) G_GNUC_WARN_UNUSED_RESULT;
