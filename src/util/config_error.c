/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain of errors of the configuration. */
#include "util/config_error.h"

G_DEFINE_QUARK(prm_calendar_config_error, config_error)
