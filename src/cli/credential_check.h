/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether AUTH_KEY opens the credentials that people's connections have. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"
#include "site/site.h"

typedef struct CredentialCounts {
	unsigned connections;
	unsigned opened;
	unsigned locked;     /* made with another AUTH_KEY, or damaged */
	unsigned unreadable; /* users whose connections array cannot be read */
} CredentialCounts;

/* Opens each and forgets it; connections without credentials are neither opened nor locked. Errors:
 * DB_ERROR. */
bool credential_check(Db *db, const WpSite *site, CredentialCounts *ret_counts,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
