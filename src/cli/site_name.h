/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of several sites on one host a configuration is for. */
#pragma once

#include <glib.h>

/* NAME of /etc/prm-calendar/sites/NAME.ini, of which there may be several; else NULL. Caller frees.
 */
char *site_name_of(const char *config_path);
