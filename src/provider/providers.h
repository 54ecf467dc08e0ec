/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which providers there are. */
#pragma once

#include "provider/provider.h"

/* The provider of that name, or NULL. */
const Provider *provider_find(const char *name);
