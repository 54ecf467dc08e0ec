# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens on a site in a long time: people come and go with their calendars and contacts, meetings are planned, moved and
called off; and what must have been logged in the end. It knows calendars and clocks, and nothing of the program.

What a pass may have seen the end of is changed no more: what is logged stays so, whatever its calendar says later."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .google_story import guest
from .ics import vevent
from .story import HOME

ZONES = tuple(ZoneInfo(name) for name in ("Europe/Amsterdam", "America/New_York", "Asia/Tokyo"))
MARGIN = timedelta(days=1)
WEEKS = 20  # of a series


@dataclass
class Planned:
    """`starts` are the instants of its occurrences by number; a single meeting has one."""
    uid: str
    title: str
    zone: ZoneInfo
    starts: dict
    minutes: int
    guests: list  # people of the model
    is_series: bool = False
    is_private: bool = False
    is_day: bool = False
    moved: set = field(default_factory=set)
    plan: dict = field(default_factory=dict)  # what the rule gives: number -> instant

    def length(self):
        return timedelta(minutes=self.minutes)

    def end(self, number):
        """A day ends with the site's."""
        if self.is_day:
            return local_midnight(self.starts[number].astimezone(HOME).date() + timedelta(days=1))
        return self.starts[number] + self.length()


def local_midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=HOME).astimezone(timezone.utc)


def utc(when):
    return when.astimezone(timezone.utc)


@dataclass
class Contact:
    post: int
    email: str
    expected: dict = field(default_factory=dict)  # (uid, number) -> what must be logged


@dataclass
class Life:
    """One user; `calendar.store(planned)` and `calendar.remove(planned)` are the provider's."""
    user: int
    connection: dict
    calendar: object
    contacts: list = field(default_factory=list)
    meetings: dict = field(default_factory=dict)
    is_connected: bool = True
    made: int = 0

    def open_numbers(self, meeting, seen_until):
        """Of occurrences that no pass can have seen the end of, nor the owner hold for past."""
        return [number for number, start in meeting.starts.items() if start > seen_until + MARGIN]

    # --- what happens; `now` is the time, `seen_until` the latest that a pass took for it

    def plan(self, chance, now, seen_until):
        self.made += 1
        uid = f"u{self.user}m{self.made}"
        zone = chance.choice(ZONES)
        day = now + timedelta(days=chance.randint(0, 20))
        wall = datetime(day.year, day.month, day.day, chance.choice((0, 1, 2, 3, 9, 10, 14, 17, 23)),
                        chance.choice((0, 30)), tzinfo=zone)
        meeting = Planned(uid, f"Meeting {self.made} é of {self.user}", zone, {}, chance.choice((15, 30, 60, 90)),
                          chance.sample(self.contacts, min(len(self.contacts), chance.randint(0, 2))),
                          is_private=chance.random() < 0.1)
        kind = chance.random()
        if kind < 0.2:
            meeting.is_series = True
            for number in range(WEEKS):
                later = (wall.replace(tzinfo=None) + timedelta(weeks=number)).replace(tzinfo=zone)
                meeting.starts[number] = meeting.plan[number] = utc(later)
        elif kind < 0.3:
            meeting.is_day = True
            meeting.starts[0] = local_midnight(day.date())
        else:
            meeting.starts[0] = utc(wall)
        self.meetings[uid] = meeting
        self._changed(meeting)
        return meeting

    def move(self, chance, now, seen_until):
        found = self._some_open(chance, seen_until)
        if not found:
            return
        meeting, number = found
        if meeting.is_day:
            return
        later = meeting.starts[number] + timedelta(hours=chance.choice((1, 2, 5, 24)))
        if later.astimezone(meeting.zone).fold:
            return  # iCalendar cannot say which of both hours is meant
        meeting.starts[number] = later
        meeting.moved.add(number)
        self._changed(meeting)

    def call_off(self, chance, now, seen_until):
        found = self._some_open(chance, seen_until)
        if not found:
            return
        meeting, number = found
        del meeting.starts[number]
        meeting.moved.discard(number)
        if meeting.is_series:
            self._changed(meeting)
        else:
            self._forget(meeting)

    def _some_open(self, chance, seen_until):
        open_ones = [(meeting, number) for meeting in self.meetings.values()
                     for number in self.open_numbers(meeting, seen_until)]
        return chance.choice(open_ones) if open_ones else None

    def _forget(self, meeting):
        self.calendar.remove(meeting)
        del self.meetings[meeting.uid]
        self._expect(meeting)

    def _changed(self, meeting):
        self.calendar.store(meeting)
        self._expect(meeting)

    def _expect(self, meeting):
        """Anew for each contact, as the meeting is now."""
        for contact in self.contacts:
            for key in [key for key in contact.expected if key[0] == meeting.uid]:
                del contact.expected[key]
        if meeting.is_private or meeting.uid not in self.meetings:
            return
        for contact in meeting.guests:
            for number, start in meeting.starts.items():
                minutes = (meeting.end(number) - start) // timedelta(minutes=1)
                contact.expected[meeting.uid, number] = meeting.end(number), (
                    f"Meeting: {meeting.title}", f"{start:%Y-%m-%d %H:%M:%S}",
                    f"{start.astimezone(HOME):%Y-%m-%d %H:%M:%S}", str(minutes))

    # --- people

    def is_quiet(self, contact, now, seen_until):
        """Nothing with them is just going on."""
        edges = (now - 3 * MARGIN, seen_until + 3 * MARGIN)
        return all(not edges[0] < end < edges[1] for end, _ in contact.expected.values())

    def expected(self, contact, until):
        return sorted(what for end, what in contact.expected.values() if end < until)


class OnCalDav:
    def __init__(self, account):
        self._account = account

    def store(self, meeting):
        guests = [(contact.email, "Guest", "ACCEPTED") for contact in meeting.guests]
        private = ["CLASS:PRIVATE"] * meeting.is_private
        tzid = meeting.zone.key
        more = {"summary": meeting.title, "attendees": guests}
        if meeting.is_day:
            day = meeting.starts[0].astimezone(HOME).date()
            self._account.put(meeting.uid, vevent(meeting.uid, day, lines=private, **more))
            return
        if not meeting.is_series:
            start = meeting.starts[0].astimezone(meeting.zone)
            self._account.put(meeting.uid, vevent(meeting.uid, start, minutes=meeting.minutes, tzid=tzid, lines=private, **more))
            return
        walls = {number: start.astimezone(meeting.zone) for number, start in meeting.plan.items()}
        left_out = [f"EXDATE;TZID={tzid}:{wall:%Y%m%dT%H%M%S}" for number, wall in walls.items()
                    if number not in meeting.starts]
        parts = [vevent(meeting.uid, walls[0], minutes=meeting.minutes, tzid=tzid,
                        lines=[f"RRULE:FREQ=WEEKLY;COUNT={WEEKS}", *left_out, *private], **more)]
        parts += [vevent(meeting.uid, meeting.starts[number].astimezone(meeting.zone), minutes=meeting.minutes, tzid=tzid,
                         recurrence_id=walls[number], lines=private, **more) for number in sorted(meeting.moved)]
        self._account.put(meeting.uid, *parts)

    def remove(self, meeting):
        self._account.client.delete("work", meeting.uid)


class OnGoogle:
    def __init__(self, calendar):
        self._calendar = calendar
        self._there = {}

    def store(self, meeting):
        items = {f"{meeting.uid}n{number}": self._item(meeting, number) for number in meeting.starts}
        for event_id in [one for one in self._there if one.startswith(f"{meeting.uid}n") and one not in items]:
            self._calendar.cancel(event_id)
            del self._there[event_id]
        for event_id, item in items.items():
            if self._there.get(event_id) != item:
                self._calendar.put({"id": event_id, **item})
                self._there[event_id] = item

    @staticmethod
    def _item(meeting, number):
        start, end = meeting.starts[number], meeting.end(number)
        if meeting.is_day:
            edges = [{"date": f"{when.astimezone(HOME):%Y-%m-%d}"} for when in (start, end)]
        else:
            edges = [{"dateTime": when.astimezone(meeting.zone).isoformat(), "timeZone": meeting.zone.key}
                     for when in (start, end)]
        item = {"summary": meeting.title, "start": edges[0], "end": edges[1],
                "attendees": [guest(contact.email) for contact in meeting.guests]}
        if meeting.is_private:
            item["visibility"] = "private"
        if meeting.is_series:
            item["recurringEventId"] = meeting.uid
            item["originalStartTime"] = {"dateTime": meeting.plan[number].astimezone(meeting.zone).isoformat()}
        return item

    def remove(self, meeting):
        for event_id in [one for one in self._there if one.startswith(f"{meeting.uid}n")]:
            self._calendar.cancel(event_id)
            del self._there[event_id]
