/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which variables a token of code that is not followed may change. Only for the files of the
 * reader.
 */
#pragma once

#include "site/wp_config_scope.h"

/* =, .= or ??= and the like, that many tokens ahead, but neither == nor =>. */
bool wp_config_is_assignment(const WpConfigReader *reader, guint ahead);

/* Of the token where the reader is. */
void wp_config_note_variable(WpConfigReader *reader);
