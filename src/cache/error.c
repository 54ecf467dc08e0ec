/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain of what cache servers refuse. */
#include "cache/error.h"

G_DEFINE_QUARK(cache - error - quark, cache_error)
