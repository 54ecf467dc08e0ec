/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain of errors below the status code. */
#include "net/http_error.h"

G_DEFINE_QUARK(prm_calendar_http_error, http_error)

bool http_error_is_temporary(const GError *error)
{
	return g_error_matches(error, HTTP_ERROR, HTTP_ERROR_NETWORK) ||
	       g_error_matches(error, HTTP_ERROR, HTTP_ERROR_HANDSHAKE) ||
	       g_error_matches(error, HTTP_ERROR, HTTP_ERROR_TIMEOUT);
}
