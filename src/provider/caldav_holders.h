/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which objects of a calendar hold which UID. One object a UID is the rule (RFC 4791, 4.1), and
 * imports, migrations and clients break it: an override lies in an object of its own, or a series
 * is there twice. What shares a UID is expanded together (calendar-protocols B2). */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* UIDs are kept as marks of 64 bits. Two that have the same cost a needless request, no more: what
 * is expanded together is told apart by the UIDs themselves. */
typedef struct CalDavHolders CalDavHolders;

/* As they were remembered: `known` is what ProviderSink.objects() gives, borrowed for the call. */
CalDavHolders *caldav_holders_new(GHashTable *known);
void caldav_holders_free(CalDavHolders *holders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CalDavHolders, caldav_holders_free)

/* The object holds these UIDs (of char *), whatever it held before. */
void caldav_holders_put(CalDavHolders *holders, const char *key, const GPtrArray *uids);
/* It is not there any more. Unknown ones are fine. */
void caldav_holders_drop(CalDavHolders *holders, const char *key);

bool caldav_holders_knows(const CalDavHolders *holders, const char *key);

/* True when no other object holds any of its UIDs. */
bool caldav_holders_is_alone(const CalDavHolders *holders, const char *key);
/* The keys of all that share UIDs with the object, directly or through others, it among them;
 * sorted. Borrowed, until one of them is put or dropped; caller unrefs. */
GPtrArray *caldav_holders_unit(const CalDavHolders *holders, const char *key);

/* For each of its UIDs that others hold, too, the key of one of these. Borrowed likewise; caller
 * unrefs. */
GPtrArray *caldav_holders_others(const CalDavHolders *holders, const char *key);

/* For ProviderObject.uids: what caldav_holders_new() reads again. NULL: unknown, or too much to be
 * remembered. Caller frees. */
char *caldav_holders_note(const CalDavHolders *holders, const char *key);
