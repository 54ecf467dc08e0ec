/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a file of SQL apart into the statements that db_prepare() understands. */
#pragma once

#include <glib.h>

/* The statements of a script as the mysql client would send them, comments left out. Names that
 * begin with "wp_" become "{…}", which stands for the table with the site's own prefix; what is in
 * quotes stays. Caller frees. */
GStrv sql_script_statements(const char *script);
