/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sync may spend on its server: a connection's own share, of what is left to its user. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "net/http.h"
#include "util/config.h"

HttpAllowance allowance_of_user(const Config *config);

/* For one connection of a user to whom so much is left. */
HttpAllowance allowance_of_connection(const Config *config, const HttpAllowance *left);

/* Takes away what was spent; nothing is left below nothing. */
void allowance_take(HttpAllowance *left, const HttpAllowance *spent);

/* Whether a part of it is used up. */
bool allowance_is_spent(const HttpAllowance *left);

/* For the calendar's owner: which part a sync had too little of, the connection's own or the user's
 * (`left`, as it was before). NULL when all of them last. Caller frees. */
char *allowance_complaint(
	const Config *config, const HttpAllowance *left, const HttpAllowance *spent);
