/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Google Calendar provider (API v3). */
#pragma once

#include "provider/provider.h"

extern const Provider google_provider;
