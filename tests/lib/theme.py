# SPDX-License-Identifier: GPL-2.0-or-later
"""The theme's own sync, let loose on rows of ours between two passes: what it writes, by WordPress's own functions.

Events are as the theme's reader makes them; `theme_event` writes one down."""


def theme_event(uid, start, title, *, hours=1, guests=(), matched=(), **more):
    """`start` is the wall clock that the calendar names, in whatever zone; `guests` are (email, name, status), `matched`
    (person, email). Further fields as theme_sync.php lists them."""
    end = start.replace(hour=start.hour + hours) if start.hour + hours < 24 else start
    return {
        "uid": uid, "title": title, "start": f"{start:%Y-%m-%d %H:%M:%S}", "end": f"{end:%Y-%m-%d %H:%M:%S}",
        "attendees": [{"email": email, "name": name, "status": status} for email, name, status in guests],
        "matched": [{"person_id": person, "match_type": "email_exact", "confidence": 100, "attendee_email": email}
                    for person, email in matched], **more}


class Theme:
    """Of one user and connection."""

    def __init__(self, wp, user, connection_id):
        self._wp, self._user, self._connection_id = wp, user, connection_id

    def _sync(self, function, events):
        return self._wp.call(function, self._user, self._connection_id, list(events))

    def old_caldav(self, *events):
        """Each object is one post under its UID, a series too."""
        self._sync("theme_sync_old_caldav", events)

    def new_caldav(self, *events):
        """The same; and what it did not find it deletes for good. False when it found the connection locked."""
        return self._sync("theme_sync_new_caldav", events)

    def google(self, *events):
        self._sync("theme_sync_google", events)
