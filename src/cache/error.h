/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a cache server could not be used: always a warning for the person who runs us. */
#pragma once

#include <glib.h>

#define CACHE_ERROR cache_error_quark()
GQuark cache_error_quark(void);

typedef enum {
	CACHE_ERROR_UNREACHABLE, /* no connection, or it broke off: another may go well */
	CACHE_ERROR_REFUSED,     /* password, database number, a read-only replica … */
} CacheError;
