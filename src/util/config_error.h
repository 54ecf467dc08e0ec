/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with the ini, or with a file that it names. */
#pragma once

#include <glib.h>

#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

typedef enum {
	CONFIG_ERROR_INVALID, /* file, line, key and remedy are in the message */
} ConfigErrorCode;
