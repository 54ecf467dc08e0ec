# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar that knows which events it has: random changes go to a real server, and what should be stored comes out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .ics import vevent
from .story import HOME

ZONE = {"tzid": "Europe/Amsterdam"}
GUEST = ("jose@example.org", "José", "ACCEPTED")
# Well inside the window of 90 and 30 days, whatever is moved.
FIRST_DAY, LAST_DAY = -40, 10
CANCELLED = "STATUS:CANCELLED"


@dataclass
class Meeting:
    """One object. `count` 0: no series; `changed` holds (start, title) of changed instances, None of cancelled ones."""
    uid: str
    start: datetime  # a wall clock
    title: str
    count: int = 0
    is_cancelled: bool = False
    left_out: set = field(default_factory=set)
    changed: dict = field(default_factory=dict)

    def starts(self):
        return [self.start + timedelta(weeks=number) for number in range(self.count)]

    def components(self):
        rule = [f"RRULE:FREQ=WEEKLY;COUNT={self.count}"] if self.count else []
        rule += [f"EXDATE;TZID=Europe/Amsterdam:{self.starts()[number]:%Y%m%dT%H%M%S}"
                 for number in sorted(self.left_out)]
        state = [CANCELLED] * self.is_cancelled
        yield self._component(self.start, self.title, lines=rule + state)
        for number, change in sorted(self.changed.items()):
            original = self.starts()[number]
            start, title = change or (original, self.title)
            yield self._component(start, title, recurrence_id=original, lines=state if change else [CANCELLED])

    def _component(self, start, title, **more):
        return vevent(self.uid, start, summary=title, attendees=[GUEST], **ZONE, **more)

    def events(self):
        """(uid, (title, start, end, all day)) of all that is to be stored."""
        if self.is_cancelled:
            return
        if not self.count:
            yield self.uid, _event(self.title, self.start)
        for number, original in enumerate(self.starts()):
            if number in self.left_out and number not in self.changed:
                continue
            change = self.changed.get(number, (original, self.title))
            if change:
                utc = original.replace(tzinfo=HOME).astimezone(timezone.utc)
                yield f"{self.uid}_{utc:%Y%m%dT%H%M%SZ}", _event(change[1], change[0])


def _event(title, start):
    return title, f"{start:%Y-%m-%d %H:%M:%S}", f"{start + timedelta(hours=1):%Y-%m-%d %H:%M:%S}", "0"


class CalendarModel:
    """`change()` does one random thing to the calendar of an account, and says what."""

    def __init__(self, account, random):
        self._account = account
        self._random = random
        self._meetings = {}
        self._made = 0
        self._today = datetime.now(HOME).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    def events(self):
        return dict(event for meeting in self._meetings.values() for event in meeting.events())

    def change(self):
        doing = self._random.choice((
            self.create, self.create, self.create_series, self.move, self.rename, self.cancel, self.delete,
            self.leave_out, self.change_instance, self.change_instance, self.cancel_instance, self.as_planned,
            self.become_other_kind, self.shift, self.shift))
        if not self._meetings:
            doing = self.create
        meeting = self._random.choice(list(self._meetings.values())) if self._meetings else None
        meeting = doing(meeting) or meeting
        if meeting.uid in self._meetings:
            self._account.put(meeting.uid, *meeting.components())
        return f"{doing.__name__} {meeting.uid}"

    def _moment(self):
        return self._today + timedelta(days=self._random.randint(FIRST_DAY, LAST_DAY - 21),
                                       hours=self._random.randint(8, 17))

    def create(self, _meeting=None):
        self._made += 1
        # Some come back under the uid of one that went.
        uid = f"meeting{self._random.randint(1, self._made)}"
        meeting = self._meetings[uid] = Meeting(uid, self._moment(), f"Meeting {self._made} é")
        return meeting

    def create_series(self, _meeting):
        meeting = self.create()
        meeting.count = 3
        return meeting

    def move(self, meeting):
        meeting.start = self._moment()
        meeting.left_out, meeting.changed = set(), {}

    def shift(self, meeting):
        """A whole series, by hours or days; what was changed in it goes along, or not."""
        meeting.start += timedelta(hours=self._random.choice((-2, 1, 24, 48)))
        meeting.left_out = set()
        if self._random.random() < 0.7:
            meeting.changed = {}

    def rename(self, meeting):
        meeting.title += self._random.choice("wxyz")

    def cancel(self, meeting):
        """Or no longer."""
        meeting.is_cancelled = not meeting.is_cancelled

    def delete(self, meeting):
        del self._meetings[meeting.uid]
        self._account.client.delete("work", meeting.uid)

    def _instance(self, meeting):
        return self._random.randrange(meeting.count)

    def leave_out(self, meeting):
        if meeting.count:
            number = self._instance(meeting)
            meeting.changed.pop(number, None)
            meeting.left_out.add(number)

    def change_instance(self, meeting):
        if meeting.count:
            number = self._instance(meeting)
            meeting.left_out.discard(number)
            later = meeting.starts()[number] + timedelta(hours=self._random.randint(-5, 30))
            meeting.changed[number] = (later, f"{meeting.title}, changed")

    def cancel_instance(self, meeting):
        if meeting.count:
            number = self._instance(meeting)
            meeting.left_out.discard(number)
            meeting.changed[number] = None

    def as_planned(self, meeting):
        meeting.left_out, meeting.changed = set(), {}

    def become_other_kind(self, meeting):
        """A series becomes a single meeting, and back."""
        meeting.count = 0 if meeting.count else 3
        self.as_planned(meeting)
