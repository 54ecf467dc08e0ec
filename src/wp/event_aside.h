/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the event store only: writes that wait, and are too many for the memory, in a temporary file
 * that has no name. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wp/event_write.h"

typedef struct EventAside EventAside;

/* Opens nothing yet. */
EventAside *event_aside_new(void);
void event_aside_free(EventAside *aside);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventAside, event_aside_free)

/* Puts a copy of the write (a new event, with its row) aside; -1 where there is no room. */
int64_t event_aside_put(EventAside *aside, const EventWrite *write);

/* The write that was put there. Caller frees; NULL with a G_FILE_ERROR. */
EventWrite *event_aside_read(EventAside *aside, int64_t place, GError **error);
