/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value of an expression of wp-config.php, where it is data and no program: literals joined,
 * __DIR__, constants, variables and the environment. */
#pragma once

#include <stdbool.h>

#include "site/wp_config_operand.h"
#include "site/wp_config_scope.h"

/* Reads from where the reader is; afterwards it is behind the expression. False where this is no
 * expression that can be read: then the reader is where it was, and the operand is unknown. */
bool wp_config_evaluate(WpConfigReader *reader, Operand *ret_operand);
