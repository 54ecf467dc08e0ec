/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the rows that we write against those that WordPress writes. */
#include "check.h"

const VectorCheck store_checks[] = {{0}};
