# SPDX-License-Identifier: GPL-2.0-or-later
"""What always holds (design 6), whatever broke: one checker for every test that breaks things.

The sixth, that our own tables are only a cache, takes a run of the program: interruptions.py has it."""

from collections import Counter

OWN_FIELDS = ("last_sync", "last_error", "credentials")
ONCE_PER_EVENT = ("_connection_id", "_event_uid", "_calendar_id", "_start_time", "_end_time", "_all_day",
                  "_matched_people")
AS_OFTEN_AS_NEEDED = ("_wp_old_date", "_wp_old_slug")  # as WordPress remembers them


def violations(rows, calendar=None, connections_before=None):
    """Sentences about a SiteRows; none when all holds. `calendar` is {uid: (title, start, end, all day)}, as far as
    the tests know it; `connections_before` the same as SiteRows.connections."""
    found = [*_events_once(rows), *_activities_once(rows), *_counts(rows), *_orphans(rows),
             *_whole_events(rows), *_flags(rows)]
    if calendar is not None:
        found += _all_stored(rows, calendar)
    if connections_before is not None:
        found += _foreign_fields(connections_before, rows.connections)
    return found


def _several(names):
    return [(name, number) for name, number in Counter(names).items() if number > 1]


def _events_once(rows):
    """1: at most one live event per (user, connection, event uid)."""
    live = [rows.name_of(post) for post in rows.events if post["post_status"] not in ("trash", "auto-draft")]
    return [f"{name} is live {number} times" for name, number in _several(live)]


def _activities_once(rows):
    """2: at most one activity per (user, person, meeting)."""
    meetings, looks = [], []
    for comment in rows.activities:
        meta = dict(rows.comment_meta.get(comment["comment_ID"], ()))
        who = f"user {comment['user_id']}, person {comment['comment_post_ID']}"
        meetings.append(f"{who}, meeting {meta.get('calendar_event_uid')}")
        looks.append(f"{who}, {comment['comment_content']} at {comment['comment_date_gmt']} UTC")
    return [f"{name}: {number} activities" for name, number in _several(meetings) + _several(looks)]


def _all_stored(rows, calendar):
    """3: the cursor is never ahead: after a run that went well, what is in the calendar is stored."""
    live = rows.live_events()
    for uid in sorted(set(calendar) | set(live)):
        if calendar.get(uid) != live.get(uid):
            yield f"{uid}: the calendar has {calendar.get(uid)}, stored is {live.get(uid)}"


def _foreign_fields(before, after):
    """4: in the connections, only our own fields change."""
    def foreign(lists):
        return {user: [[(key, value) for key, value in entry.items() if key not in OWN_FIELDS]
                       for entry in entries] for user, entries in lists.items()}

    old, new = foreign(before), foreign(after)
    for user in sorted(set(old) | set(new)):
        if old.get(user) != new.get(user):
            yield f"the connections of {user} were {old.get(user)} and are {new.get(user)}"


def _counts(rows):
    """5: comment_count is WordPress's own: approved comments of every type but notes."""
    counts = Counter(comment["comment_post_ID"] for comment in rows.tables["comments"]
                     if comment["comment_approved"] == "1" and comment["comment_type"] != "note")
    for post in rows.tables["posts"]:
        if post["post_type"] == "person" and int(post["comment_count"]) != counts[post["ID"]]:
            yield f"person {post['ID']} counts {post['comment_count']} comments and has {counts[post['ID']]}"


def _orphans(rows):
    posts = {post["ID"] for post in rows.tables["posts"]}
    comments = {comment["comment_ID"] for comment in rows.tables["comments"]}
    for post_id in sorted(set(rows.meta) - posts):
        yield f"postmeta of post {post_id}, which is not there: {rows.meta[post_id][:3]}"
    for comment_id in sorted(set(rows.comment_meta) - comments):
        yield f"commentmeta of comment {comment_id}, which is not there"
    for comment in rows.activities:
        if comment["comment_post_ID"] not in posts:
            yield f"activity {comment['comment_ID']} on person {comment['comment_post_ID']}, who is not there"
        if comment["comment_ID"] not in rows.comment_meta:
            yield f"activity {comment['comment_ID']} has no meta"


def _whole_events(rows):
    for post in rows.events:
        keys = Counter(key for key, _ in rows.meta.get(post["ID"], ()))
        for key, number in keys.items():
            if number > 1 and key not in AS_OFTEN_AS_NEEDED:
                yield f"{rows.name_of(post)} has {number} rows of {key}"
        for key in ONCE_PER_EVENT:
            if not keys[key]:
                yield f"{rows.name_of(post)} has no {key}"


def _flags(rows):
    """An activity and its event's flag come together."""
    events = {post["ID"] for post in rows.events}
    logged = {dict(rows.comment_meta.get(comment["comment_ID"], ())).get("calendar_event_id")
              for comment in rows.activities}
    for event in sorted(logged & events):
        if rows.first_meta(event, "_logged_as_activity") != "1":
            yield f"event {event} has activities and is not flagged"
