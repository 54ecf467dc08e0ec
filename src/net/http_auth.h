/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As whom a request is made: which scheme a server wants, and what to do about its refusals. */
#pragma once

#include <stdbool.h>

#include "net/http_transfer.h"

/* Sends the exchange, whose request is the journey's at one server, up to four times: `send` fills
 * `reply` anew each time, or sets its error, which is passed on. What worked is remembered for the
 * account. */
bool http_auth_send(HttpClient *client, HttpExchange *exchange, HttpReply *reply,
	bool (*send)(void *data, const HttpExchange *exchange, GError **error), void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
