/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the link of a video meeting in text that people and calendar programs wrote. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The first http(s) link in `text`, plain or HTML, that leads to a meeting on Zoom, Microsoft
 * Teams, Google Meet or Webex; `&amp;` is undone, and quotes or punctuation around the link are
 * left out. Hosts that only look alike (zoom.us.example.org) do not count, nor do the services'
 * home and help pages. A link that a
 * mail filter has wrapped (Safe Links) is unwrapped. Looks at the first MiB only. NULL when there
 * is none or `text` is NULL; caller frees. */
char *meeting_link_find(const char *text);

/* True for an absolute http or https URL with a host, and without spaces, control characters or a
 * user before the host, which makes "https://zoom.us@example.org/" look like what it is not. */
bool meeting_link_is_http(const char *url);

/* The link of an event (data-model 4): the first of the provider's own fields that is http(s), else
 * the first link to a meeting service in the texts. Entries may be NULL. Caller frees; NULL when
 * there is none. */
char *meeting_link_choose(
	const char *const *fields, size_t field_count, const char *const *texts, size_t text_count);
