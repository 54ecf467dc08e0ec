# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the calendars of a CalendarModel lie: `store(meetings)` makes them hold these, `lose(calendar)` deletes one,
`make_again(calendar)` makes it anew, empty."""

from datetime import datetime

from . import ics
from .calendar_model import GUEST, utc_digits
from .google_story import guest
from .ics import vevent
from .scattered import cover
from .story import HOME

ZONE = {"tzid": "Europe/Amsterdam"}
CANCELLED = "STATUS:CANCELLED"


class CalDavPlaces:
    """Calendars of a real server; `account` is Story.account()'s."""

    tells_siblings = True

    def __init__(self, account):
        self._account = account
        self._there = {}  # {(calendar, name): text} of the server

    def store(self, meetings):
        wanted = {(calendar, name): text for meeting in meetings for calendar in meeting.calendars
                  for name, text in _objects(meeting).items()}
        for calendar, name in sorted(set(self._there) - set(wanted)):
            self._account.client.delete(calendar, name)
        for (calendar, name), text in sorted(wanted.items()):
            if self._there.get((calendar, name)) != text:
                self._account.client.put(calendar, name, text)
        self._there = wanted

    def lose(self, calendar):
        self._account.client.delete_calendar(calendar)
        self._there = {place: text for place, text in self._there.items() if place[0] != calendar}

    def make_again(self, calendar):
        self._account.calendar(calendar)


def _objects(meeting):
    """{name: iCalendar text}. A name is the UID, and of a scattered instance that and its number."""
    master, changes = _master(meeting), dict(_changes(meeting))
    if not meeting.is_scattered:
        return {meeting.uid: ics.calendar(master, *changes.values())}
    return {meeting.uid: ics.calendar(master), **{
        f"{meeting.uid}-{number}": cover(f"{meeting.uid}-{number}", ics.calendar(change))
        for number, change in changes.items()}}


def _master(meeting):
    end = f"UNTIL={utc_digits(meeting.starts()[-1])}" if meeting.count and meeting.ends_by_date else f"COUNT={meeting.count}"
    rule = [f"RRULE:FREQ=WEEKLY;{end}"] if meeting.count else []
    rule += [f"EXDATE;TZID=Europe/Amsterdam:{meeting.starts()[number]:%Y%m%dT%H%M%S}"
             for number in sorted(meeting.left_out)]
    return _component(meeting, meeting.start, meeting.title, lines=rule + _state(meeting))


def _changes(meeting):
    for number, change in sorted(meeting.changed.items()):
        original = meeting.starts()[number]
        start, title = change or (original, meeting.title)
        yield number, _component(meeting, start, title, recurrence_id=original,
                                 lines=_state(meeting) if change else [CANCELLED])


def _state(meeting):
    sibling = [f"RELATED-TO;RELTYPE=SIBLING:{meeting.sibling}"] if meeting.sibling else []
    return [CANCELLED] * meeting.is_cancelled + sibling


def _component(meeting, start, title, **more):
    return vevent(meeting.uid, start, summary=title, attendees=[GUEST], **ZONE, **more)


class GooglePlaces:
    """Calendars of the scripted Google, by the model's names; what it stores are events and instances of series."""

    tells_siblings = False

    def __init__(self, account, ids):
        self._account, self._ids = account, ids
        self._there = {}  # {(calendar, event id): item}
        self._lost = {}

    def store(self, meetings):
        wanted = {(calendar, uid): item for meeting in meetings for calendar in meeting.calendars
                  for uid, item in _items(meeting)}
        for calendar, uid in sorted(set(self._there) - set(wanted)):
            self._calendar(calendar).cancel(uid)
        for (calendar, uid), item in sorted(wanted.items()):
            if self._there.get((calendar, uid)) != item:
                self._calendar(calendar).put({"id": uid, **item})
        self._there = wanted

    def _calendar(self, name):
        return self._account.calendars[self._ids[name]]

    def lose(self, calendar):
        """No longer shared with her."""
        self._lost[calendar] = self._account.calendars.pop(self._ids[calendar])
        self._there = {place: item for place, item in self._there.items() if place[0] != calendar}

    def make_again(self, calendar):
        """Shared again, under its id, empty and without a memory of what was told."""
        former = self._lost.pop(calendar)
        former.items.clear()
        former.forget_changes()
        self._account.calendars[self._ids[calendar]] = former


def _items(meeting):
    for number, uid, (title, start, end, _) in meeting.events():
        item = {"summary": title, "start": _moment(start), "end": _moment(end),
                "attendees": [guest(GUEST[0], GUEST[1])]}
        if number is not None:
            item["recurringEventId"] = meeting.uid
            item["originalStartTime"] = _moment(str(meeting.starts()[number]))
        yield uid, item


def _moment(wall_clock):
    return {"dateTime": datetime.fromisoformat(wall_clock).replace(tzinfo=HOME).isoformat()}
