/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of one meeting: each guest's calendar holds its own, and what they say differs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

/* Whose calendar a copy lies in, from the farthest to the nearest to the connection's owner. */
typedef enum {
	COPY_OF_READER,  /* somebody else's, who lets the owner look at it */
	COPY_OF_WRITER,  /* somebody else's, in which the owner may write */
	COPY_OF_OWNER,   /* a further one of the owner's, or a group's */
	COPY_OF_ACCOUNT, /* the one that the account is named after */
} CopyHolder;

/* How much a copy counts beside others of the same meeting (Event.worth), never 0: the row in
 * WordPress is made of the one that counts most (calendar-protocols C2).
 * 1. Whose calendar it is. The owner's answer, alarms and private notes stand in the account's own
 *    copy alone, and with the right to write, nothing is kept back.
 * 2. Whether its details are shown. Of a private meeting a reader learns when it is and no more: no
 *    title, nobody who could be logged.
 * 3. How many of its guests it names: all, some, none. Organizers may hide them from each other. */
uint8_t event_copy_worth(const Event *event, CopyHolder holder);

/* The same where nobody knows whose calendar it is (iCalendar). SEQUENCE goes up whenever a meeting
 * is moved (RFC 5545, 3.8.7.4), so that a copy with a lower one tells of another time; but one that
 * shows no details says nothing else. Beyond REVISIONS_MAX they count alike.
 * 1. Whether its details are shown.
 * 2. Its SEQUENCE (calendar-protocols B2).
 * 3. How many of its guests it names. */
#define REVISIONS_MAX 40
uint8_t event_copy_worth_of_revision(const Event *event, int64_t sequence);
