/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dry run would store, as auto-logging would then find it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "site/site.h"
#include "wp/event_store.h"
#include "wp/past_event.h"

typedef struct Forecast Forecast;

/* `now_utc`: what has not ended by then is of no interest. The site is borrowed. */
Forecast *forecast_new(const WpSite *site, int64_t now_utc);
void forecast_free(Forecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forecast, forecast_free)

/* A change that a real run would make to an event of this user. */
void forecast_note(Forecast *forecast, int64_t user_id, const EventNotice *notice);

/* Whether a real run would find another row in this post's place, or none. */
bool forecast_replaces(const Forecast *forecast, int64_t post_id);

/* The events that a real run would have stored and that have ended, of PastEvent, the oldest end
 * first. The caller takes them; a second call returns none. Caller unrefs. */
GPtrArray *forecast_take(Forecast *forecast);
