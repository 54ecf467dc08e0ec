/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks text sanitising, names and site time. */
#include "check.h"

const VectorCheck text_checks[] = {{0}};
