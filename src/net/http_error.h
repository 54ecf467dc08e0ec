/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a request got no answer. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HTTP_ERROR http_error_quark()
GQuark http_error_quark(void);

/* Failures below the status code; a status, even 500, is a response and no error. */
typedef enum {
	HTTP_ERROR_URL,       /* not an http(s) URL */
	HTTP_ERROR_BLOCKED,   /* address policy: loopback, private, link-local, … */
	HTTP_ERROR_REDIRECT,  /* too many, a loop, https to http, or credentials would leave their
				 host */
	HTTP_ERROR_TLS,       /* certificate not valid */
	HTTP_ERROR_HANDSHAKE, /* no TLS connection: the server does not speak it, or not ours */
	HTTP_ERROR_NETWORK,   /* cannot resolve, connect, or the connection broke in mid-answer */
	HTTP_ERROR_TIMEOUT,
	HTTP_ERROR_TOO_LARGE, /* decoded body over the limit */
	HTTP_ERROR_CANCELLED,
	HTTP_ERROR_SPENT, /* nothing was asked: see http_client_allow() */
	/* This host's administrator has to act: http where only https is allowed, a certificate
	 * authority that is not known here, a clock that is wrong, a proxy that does not answer. */
	HTTP_ERROR_SETTINGS,
} HttpError;

/* True when the same request may work a little later; decided from domain and code alone. */
bool http_error_is_temporary(const GError *error);
