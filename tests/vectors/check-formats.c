/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks PHP's value formats and the credential box. */
#include "check.h"

const VectorCheck format_checks[] = {{0}};
