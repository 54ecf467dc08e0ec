/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules by which meetings are logged. */
#include "sync/log_reasons.h"

static bool is_own_address(const char *email, const PastEvent *event, const WpUser *user)
{
	return email[0] != '\0' && (g_ascii_strcasecmp(email, user->email) == 0 ||
					   g_strcmp0(email, event->owner_email) == 0);
}

static bool owner_declined(const PastEvent *event, const WpUser *user)
{
	if (event->owner_declined)
		return true;
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];

		if (attendee->status == ATTENDEE_DECLINED &&
			is_own_address(attendee->email, event, user))
			return true;
	}
	return false;
}

static bool contains_id(const GArray *ids, int64_t id)
{
	for (guint i = 0; i < ids->len; i++) {
		if (g_array_index(ids, int64_t, i) == id)
			return true;
	}
	return false;
}

/* Who of the matched is the owner: the contact that the user named, and those who came under an
 * address of the owner's, whatever else they came under. Caller unrefs. */
static GArray *find_own_people(const LogQuestion *question)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));

	if (question->owner->person_id != 0)
		g_array_append_val(people, question->owner->person_id);
	for (guint i = 0; i < question->event->matches->len; i++) {
		const PastEventMatch *match =
			&g_array_index(question->event->matches, PastEventMatch, i);

		if (is_own_address(match->attendee_email, question->event, question->owner->user))
			g_array_append_val(people, match->person_id);
	}
	return people;
}

/* The people of the event who get an activity when their match is above this, each once. Caller
 * unrefs. */
static GArray *choose_people_above(const LogQuestion *question, int min_percent)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) own = find_own_people(question);

	for (guint i = 0; i < question->event->matches->len; i++) {
		const PastEventMatch *match =
			&g_array_index(question->event->matches, PastEventMatch, i);

		if (match->confidence_percent <= min_percent ||
			(!question->options->log_self && contains_id(own, match->person_id)))
			continue;
		if (!contains_id(people, match->person_id))
			g_array_append_val(people, match->person_id);
	}
	return people;
}

GArray *log_reasons_people(const LogQuestion *question)
{
	int min_percent = question->is_asked_for ? -1 : question->options->min_confidence_percent;

	return choose_people_above(question, min_percent);
}

static bool is_to_come(const LogQuestion *question)
{
	return question->event->end_utc >= question->options->now_utc;
}

static bool is_cancelled(const LogQuestion *question)
{
	return question->event->is_cancelled;
}

static bool is_declined(const LogQuestion *question)
{
	return !question->options->log_declined &&
	       owner_declined(question->event, question->owner->user);
}

static bool is_private(const LogQuestion *question)
{
	return !question->options->log_private && question->event->is_private;
}

static bool has_weak_match(const LogQuestion *question)
{
	g_autoptr(GArray) strong =
		choose_people_above(question, question->options->min_confidence_percent);
	g_autoptr(GArray) all = log_reasons_people(question);

	return strong->len < all->len;
}

/* What keeps a meeting from being logged by itself, though a person may wish it. */
typedef struct {
	bool (*holds)(const LogQuestion *question);
	const char *text;
	WaitingState until; /* when it is looked at again: with time, or the event, or the rules */
} Rule;

static const Rule rules[] = {
	{is_to_come, "it has not ended yet", WAITING},
	{is_cancelled, "it was cancelled", WAITING_DONE},
	{is_declined,
		"the calendar's owner declined it (log_declined = yes in [log] logs such "
		"events)",
		WAITING_SET_ASIDE},
	{is_private, "it is private (log_private = yes in [log] logs such events)",
		WAITING_SET_ASIDE},
	{has_weak_match,
		"not everyone was recognised with enough confidence (min_confidence in "
		"[log])",
		WAITING_SET_ASIDE},
};

/* What nobody has read from the calendar says nothing by what it leaves out (design 6). */
static const char not_verified[] =
	"not yet: its row was written by something else than this program, or changed since, so "
	"that nobody knows whether it is private, cancelled or declined; the next sync of its "
	"connection reads it from the calendar";

const char *log_reasons_against(
	const LogQuestion *question, const GArray *people, WaitingState *ret_until)
{
	*ret_until = WAITING;
	if (!g_str_equal(question->event->post_status, "publish") &&
		!g_str_equal(question->event->post_status, "future"))
		return "it is in the trash or not published";
	if (question->event->is_logged)
		return "it has been logged already";
	for (size_t i = 0; i < G_N_ELEMENTS(rules) && !question->is_asked_for; i++) {
		*ret_until = rules[i].until;
		if (rules[i].holds(question))
			return rules[i].text;
	}
	*ret_until = WAITING_DONE;
	if (question->event->matches->len == 0)
		return "none of its attendees is a contact";
	*ret_until = WAITING_SET_ASIDE;
	if (people->len == 0 && question->is_asked_for)
		return "no attendee other than the owner is a contact (log_self = yes in [log] "
		       "logs on the owner's own contact, too)";
	if (people->len == 0)
		return "no attendee other than the owner was recognised with enough confidence "
		       "(min_confidence in [log])";
	*ret_until = WAITING;
	if (!question->event->is_verified)
		return not_verified;
	return NULL;
}

bool log_reasons_is_unverified(const char *reason)
{
	return reason == not_verified;
}

void log_reasons_overruled(const LogQuestion *question,
	void (*each)(const PastEvent *event, const char *rule, void *data), void *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (rules[i].holds(question))
			each(question->event, rules[i].text, data);
	}
}

GArray *log_reasons_all_people(const PastEvent *event)
{
	GArray *people = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < event->matches->len; i++) {
		int64_t id = g_array_index(event->matches, PastEventMatch, i).person_id;

		if (!contains_id(people, id))
			g_array_append_val(people, id);
	}
	return people;
}
