/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Google's answers mean: decided from status and reason, never from message texts
 * (calendar-protocols C4, C5). Messages are sentences for the calendar's owner. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "net/http.h"

/* The credentials are refused for good: the owner must connect again. */
void google_error_set_reconnect(GError **error);

/* The calendar API answered with another status than 200; PROVIDER_ERROR. `what` names what was
 * asked for, in mid-sentence: "the calendar 'primary'". */
void google_error_set_answer(GError **error, const HttpResponse *response, const char *what);

/* The token endpoint answered with another status than 200, or with no token; PROVIDER_ERROR. */
void google_error_set_token_answer(GError **error, const HttpResponse *response);

/* The request failed below the status (HTTP_ERROR, consumed); PROVIDER_ERROR. */
void google_error_set_http(GError **error, GError *take_failure);

/* A 200 whose body is not what was asked for: cut off, a web page. PROVIDER_ERROR_TEMPORARY. */
void google_error_set_unreadable(GError **error, const char *what);

/* A list whose last page does not say that it is the last. PROVIDER_ERROR_TEMPORARY. */
void google_error_set_cut_short(GError **error, const char *what);

/* Google does not find a calendar that it may still list: nothing is concluded from that.
 * PROVIDER_ERROR_TEMPORARY. */
void google_error_set_missing(GError **error, const char *what);

/* True for a quota that is used up for the moment, told with a status (403) after which the HTTP
 * client would not try again by itself. */
bool google_error_is_rate_limit(const HttpResponse *response);

/* True when the failure of one calendar is that of the whole connection. */
bool google_error_ends_connection(const GError *failure);
