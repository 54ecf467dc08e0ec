/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an HTTP answer or failure means for a CalDAV calendar, and for its owner: the only place
 * that looks at HTTP statuses for that (calendar-protocols A12). */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "net/http.h"

/* Errors within the CalDAV provider: finer than PROVIDER_ERROR, because discovery and fetching try
 * something else for some of them. The messages are already those for the calendar's owner. */
#define CALDAV_ERROR caldav_error_quark()
GQuark caldav_error_quark(void);

typedef enum {
	CALDAV_ERROR_UNAUTHORIZED, /* the credentials were refused */
	CALDAV_ERROR_GONE,         /* 404, 410 */
	CALDAV_ERROR_ABSENT,       /* the same, and the account does not list such a calendar */
	CALDAV_ERROR_FORBIDDEN,
	CALDAV_ERROR_UNSUPPORTED, /* the server does not know the method or the report */
	CALDAV_ERROR_NOT_DAV,     /* a web page, or anything else that is no DAV answer */
	CALDAV_ERROR_EMPTY,       /* a success without a body: a server that is half dead */
	CALDAV_ERROR_BUSY,        /* 429, 503 …: asks to be left alone for a while */
	CALDAV_ERROR_SERVER,      /* 500 …: may be because of what was asked */
	CALDAV_ERROR_TOO_LARGE,   /* the request (413) or the answer */
	CALDAV_ERROR_DAMAGED,     /* cut off, or not XML */
	CALDAV_ERROR_TIMEOUT,
	CALDAV_ERROR_NETWORK,
	CALDAV_ERROR_TLS,
	CALDAV_ERROR_ADDRESS, /* no http(s) URL, or a redirect that leads nowhere */
	CALDAV_ERROR_BLOCKED, /* by the site's address policy */
	CALDAV_ERROR_CANCELLED,
	CALDAV_ERROR_SPENT,      /* nothing more may be asked in this sync */
	CALDAV_ERROR_UNFINISHED, /* the server has more to tell than is asked for in one sync */
	CALDAV_ERROR_CHOICE,     /* the owner must choose a calendar */
} CalDavError;

/* Sets the error for a failed request to `url`; consumes `take_failure` (HTTP_ERROR). */
void caldav_error_set_http(GError **error, GError *take_failure, const char *url);

/* Sets the error for a status of `url` that is no success. */
void caldav_error_set_status(GError **error, int status, const char *url);

/* Sets the error for a body that cannot be read; consumes `take_failure` (MULTISTATUS_ERROR).
 * Errors of other domains are passed on as they are. */
void caldav_error_set_body(GError **error, GError *take_failure, const char *url);

/* True for failures that say nothing about what was asked: the same request may work later, and
 * another would fail just so. */
bool caldav_error_asks_for_patience(const GError *error);

/* Turns a CALDAV_ERROR into the PROVIDER_ERROR that the provider's callers know; errors of other
 * domains (the sink's) stay as they are. NULL is fine. */
void caldav_error_publish(GError **error);
