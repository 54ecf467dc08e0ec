/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that wp-config.php calls for data: dirname(), getenv(), and what frameworks have
 * for the environment. */
#pragma once

#include <stdbool.h>

#include "site/wp_config_operand.h"
#include "site/wp_config_scope.h"

enum { WP_CONFIG_ARGUMENTS_MAX = 4 };

/* Whether a function of this name means here what is known of it. */
bool wp_config_call_is_known(const WpConfigReader *reader, const char *name);

/* What it returns; false where its arguments are none that are understood. */
bool wp_config_call(WpConfigReader *reader, const char *name, Operand *arguments, size_t count,
	Operand *ret_operand);
