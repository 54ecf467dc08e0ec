/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounds of the ini, and what is left of them. */
#include "sync/allowance.h"

enum { MSECS_PER_SEC = 1000, BYTES_PER_MB = 1024 * 1024 };

static HttpAllowance allowance_new(int secs, int requests, int mb)
{
	return (HttpAllowance){
		.msecs = (int64_t)secs * MSECS_PER_SEC,
		.requests = (uint64_t)requests,
		.bytes = (uint64_t)mb * BYTES_PER_MB,
	};
}

HttpAllowance allowance_of_user(const Config *config)
{
	return allowance_new(config->sync_max_secs_per_user, config->sync_max_requests_per_user,
		config->sync_max_mb_per_user);
}

static HttpAllowance own_allowance(const Config *config)
{
	return allowance_new(config->sync_max_secs, config->sync_max_requests, config->sync_max_mb);
}

HttpAllowance allowance_of_connection(const Config *config, const HttpAllowance *left)
{
	HttpAllowance own = own_allowance(config);

	return (HttpAllowance){
		.msecs = MIN(own.msecs, left->msecs),
		.requests = MIN(own.requests, left->requests),
		.bytes = MIN(own.bytes, left->bytes),
	};
}

void allowance_take(HttpAllowance *left, const HttpAllowance *spent)
{
	left->msecs -= MIN(left->msecs, spent->msecs);
	left->requests -= MIN(left->requests, spent->requests);
	left->bytes -= MIN(left->bytes, spent->bytes);
}

bool allowance_is_spent(const HttpAllowance *left)
{
	return left->msecs == 0 || left->requests == 0 || left->bytes == 0;
}

/* `key`: of the connection's bound in the ini; that of the user's has a longer name. */
static char *complain(const char *key, bool is_of_user, int number, const char *unit)
{
	return g_strdup_printf(
		"%s more than %d %s, the most that one sync may take. What has come so far is "
		"kept, and the next sync goes on. The site's administrator can allow more (%s%s in "
		"[sync]).",
		is_of_user ? "All calendars of one person together took" : "This calendar took",
		number, unit, key, is_of_user ? "_per_user" : "");
}

char *allowance_complaint(
	const Config *config, const HttpAllowance *left, const HttpAllowance *spent)
{
	HttpAllowance own = own_allowance(config);
	HttpAllowance most = allowance_of_connection(config, left);

	if (spent->msecs >= most.msecs)
		return most.msecs < own.msecs
			       ? complain("max_secs", true, config->sync_max_secs_per_user,
					 "seconds")
			       : complain("max_secs", false, config->sync_max_secs, "seconds");
	if (spent->requests >= most.requests)
		return most.requests < own.requests
			       ? complain("max_requests", true, config->sync_max_requests_per_user,
					 "requests")
			       : complain("max_requests", false, config->sync_max_requests,
					 "requests");
	if (spent->bytes >= most.bytes)
		return most.bytes < own.bytes
			       ? complain("max_mb", true, config->sync_max_mb_per_user, "MB")
			       : complain("max_mb", false, config->sync_max_mb, "MB");
	return NULL;
}
