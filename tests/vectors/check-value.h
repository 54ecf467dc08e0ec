/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors' typed values as PhpValue, and comparing with them. */
#pragma once

#include "check.h"
#include "php/value.h"

/* Makes the value that {"t", "v"} spells out. NULL for what is only described in words, or for what
 * is no typed value. Caller frees. */
PhpValue *check_value_new(const cJSON *typed);

/* Compares by type and order; a reference counts as what it means. A bare null (`"value": null`)
 * means "not shown" and equals anything. */
void check_equal_value(Check *check, const char *what, const cJSON *typed, const PhpValue *got);
