/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hrefs of DAV answers: one key for all spellings of a path, and what to send in a request. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The path of `href` (an absolute URL, an absolute path, or a path relative to `base_url`), spelled
 * as the server spelled it: what a multiget must name. White space around it is dropped. A colon in
 * a path makes no scheme ("a:b.ics" is a name). A leading "//" is a careless path, not a host.
 * NULL when the href is empty, absurdly long, or a URL that is not http(s). Caller frees. */
char *href_path(const char *base_url, const char *href);

/* The canonical spelling of href_path(), by which hrefs are compared and remembered: escapes
 * decoded exactly once and written again in one way, "//" collapsed, dot segments resolved, no
 * slash at the end (the root is "/"). "@" and "%40", " " and "%20", "+" and "%2B", "%c3" and "%C3"
 * are equal; a plus is no space, "%2F" is no slash, and a "%" that begins no escape stands for
 * itself. NULL as above. Caller frees. */
char *href_key(const char *base_url, const char *href);

/* The URL by which to ask for `href`: absolute ones keep their host, others get that of `base_url`;
 * bytes that no request line may hold are escaped, the rest stays as spelled. A server behind a TLS
 * proxy may write "http://" before its own name: that stays https (calendar-protocols A3). NULL as
 * above, and where a host's name holds control characters or blanks. Caller frees. */
char *href_url(const char *base_url, const char *href);

/* The URL for a path as href_path() gave it, at the host of `base_url`. Caller frees. */
char *href_path_url(const char *base_url, const char *path);

/* True when both URLs are at one host, whatever their ports. */
bool href_same_host(const char *url, const char *other_url);

/* True when `key` lies below `collection_key`; both from href_key(). */
bool href_key_is_below(const char *key, const char *collection_key);

/* The last segment of a path, decoded, as valid UTF-8: a name for what has no other. Caller frees.
 */
char *href_last_segment(const char *base_url, const char *href);

/* A URL or a path for messages and logs: whoever has it may be let in by a part of its path alone
 * (a shared calendar's token), so each part that is long and made of letters and digits shows its
 * beginning only. `keeps_last` leaves the last one, the name of an object, by which it can be
 * found. Caller frees. */
char *href_shown(const char *href, bool keeps_last);
