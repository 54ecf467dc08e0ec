/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a browser on this machine, or at the other end of `ssh -L`, brings an answer back to a
 * program that has no web page (RFC 8252, 7.3). */
#pragma once

#include <gio/gio.h>
#include <glib.h>

typedef struct Loopback Loopback;

/* Listens on 127.0.0.1 and nowhere else; port 0 is any that is free. NULL with a G_IO_ERROR, whose
 * message names the port. Caller frees. */
Loopback *loopback_open(unsigned port, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void loopback_free(Loopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Loopback, loopback_free)

/* "http://127.0.0.1:8765/". Borrowed. */
const char *loopback_url(const Loopback *loopback);

/* Waits for a request of "/?…" whose parameter `state` is this one, and shows whoever made it a
 * page that says to go back to the terminal. Returns its parameters, decoded: name -> value; caller
 * unrefs. Whatever else is asked for is refused and waited further. NULL with G_IO_ERROR_TIMED_OUT
 * after so many seconds, or with another G_IO_ERROR. */
GHashTable *loopback_wait(Loopback *loopback, const char *state, unsigned secs,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
