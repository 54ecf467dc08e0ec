/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounds on what a client spends altogether. */
#include "net/http_allowance.h"

#include "net/http_transfer.h"

/* In less time no request is worth beginning; and an exchange that was cut off at the end may have
 * ended a little before it. */
enum { LEAST_MSECS = 50 };

void http_client_allow(HttpClient *client, const HttpAllowance *allowance)
{
	client->has_allowance = allowance != NULL;
	client->allowance = allowance != NULL ? *allowance : (HttpAllowance){0};
	client->spent = (HttpAllowance){0};
	client->began_usecs = g_get_monotonic_time();
}

HttpAllowance http_client_spent(const HttpClient *client)
{
	HttpAllowance spent = client->spent;

	spent.msecs = (g_get_monotonic_time() - client->began_usecs) / 1000;
	return spent;
}

static bool refuse(GError **error, const char *what)
{
	g_set_error(error, HTTP_ERROR, HTTP_ERROR_SPENT, "no more %s may be spent on it", what);
	return false;
}

bool http_client_may_ask(const HttpClient *client, GError **error)
{
	HttpAllowance spent = http_client_spent(client);

	if (!client->has_allowance)
		return true;
	if (spent.msecs + LEAST_MSECS >= client->allowance.msecs)
		return refuse(error, "time");
	if (spent.requests >= client->allowance.requests)
		return refuse(error, "requests");
	return spent.bytes < client->allowance.bytes || refuse(error, "data");
}

bool http_client_is_half_spent(const HttpClient *client)
{
	HttpAllowance spent = http_client_spent(client);
	const HttpAllowance *most = &client->allowance;

	return client->has_allowance &&
	       (spent.msecs >= most->msecs / 2 || spent.requests >= most->requests / 2 ||
		       spent.bytes >= most->bytes / 2);
}
