/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognises attendees among one user's contacts (data-model 5). Built once per user, then
 * read-only. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

/* In the order in which they are tried; "email_exact" 100, "name_exact" 80, "name_partial" 60,
 * "name_fuzzy" 50. */
typedef enum {
	MATCH_EMAIL_EXACT,
	MATCH_NAME_EXACT,
	MATCH_NAME_PARTIAL,
	MATCH_NAME_FUZZY
} MatchType;

const char *match_type_name(MatchType type);
int match_confidence_percent(MatchType type);
/* False when the word is none of ours. */
bool match_type_parse(const char *name, MatchType *ret_type);

typedef struct Match {
	int64_t person_id;
	MatchType type;
	int confidence_percent;
	char *attendee_email; /* "" when the attendee has none */
} Match;

void match_free(Match *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Match, match_free)

typedef struct ContactIndex ContactIndex;
ContactIndex *contact_index_new(void);
void contact_index_free(ContactIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ContactIndex, contact_index_free)

/* Adds one contact. Call in ascending person_id: of two people with one address or one name the
 * newest wins, as in the theme, which asks for its people newest first. Names may be NULL or empty;
 * `emails` is NULL-terminated or NULL. Copies everything. */
void contact_index_add(ContactIndex *index, int64_t person_id, const char *first_name,
	const char *last_name, const char *const *emails);

size_t contact_index_size(const ContactIndex *index);

/* The matches of an event's attendees, and of its organizer where the list leaves them out, in that
 * order: one for each address that was recognised, so that a person who comes under two is known by
 * both; of those without an address one a person, the best. Rooms, resources and groups never
 * match. The owner's own contact matches like anyone: whether it is logged is decided later.
 * `by_name` false: addresses only. Returns an array of Match that frees its elements; caller
 * unrefs. */
GPtrArray *contact_index_match(const ContactIndex *index, const Event *event, bool by_name);
