# SPDX-License-Identifier: GPL-2.0-or-later
"""A person's two calendars, to which random things happen, and what a site that shows them has to hold:
what the person sees there, under the names of src/README.md, "What a meeting is"."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .story import HOME

GUEST = ("jose@example.org", "José", "ACCEPTED")
# Well inside the window of 90 and 30 days, whatever is moved.
FIRST_DAY, LAST_DAY = -40, 10
CALENDARS = ("work", "team")
LENGTH = 3  # of a series, in weeks


@dataclass
class Meeting:
    """`count` 0: no series; `changed` holds (start, title) of changed instances, None of cancelled ones."""
    uid: str
    start: datetime  # a wall clock
    title: str
    calendars: set
    count: int = 0
    ends_by_date: bool = False  # UNTIL, as clients write it who cut off a tail
    sibling: str = None  # the uid of the meeting that it says to go on with
    is_scattered: bool = False  # each changed instance lies in an object of its own
    is_cancelled: bool = False
    left_out: set = field(default_factory=set)
    changed: dict = field(default_factory=dict)

    def starts(self):
        return [self.start + timedelta(weeks=number) for number in range(self.count)]

    def events(self):
        """(number, event uid, (title, start, end, all day)) of all that is to be seen; a single meeting's number is None."""
        if self.is_cancelled:
            return
        if not self.count:
            yield None, self.uid, _event(self.title, self.start)
        for number, original in enumerate(self.starts()):
            if number in self.left_out and number not in self.changed:
                continue
            change = self.changed.get(number, (original, self.title))
            if change:
                yield number, f"{self.uid}_{utc_digits(original)}", _event(change[1], change[0])


def utc_digits(wall_clock):
    return f"{wall_clock.replace(tzinfo=HOME).astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"


def _event(title, start):
    return title, f"{start:%Y-%m-%d %H:%M:%S}", f"{start + timedelta(hours=1):%Y-%m-%d %H:%M:%S}", "0"


class CalendarModel:
    """`change()` does one random thing to the calendars at `places` (model_places.py), and says what."""

    def __init__(self, places, chance, actions):
        self._places = places
        self.chance = chance  # another one for each step
        self._actions = actions
        self.meetings = {}
        self.selected = ["work"]
        self._made = 0
        self.tail = None  # (uid, number): what the last change cut off from there on, as the same meetings
        self._today = datetime.now(HOME).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    # --- what is to be seen

    def seen(self):
        """The meetings that are in a calendar that was chosen."""
        return [meeting for meeting in self.meetings.values() if meeting.calendars & set(self.selected)]

    def occurrences(self):
        """{(uid, number): event uid}."""
        return {(meeting.uid, number): uid for meeting in self.seen() for number, uid, _ in meeting.events()}

    def events(self):
        return {uid: event for meeting in self.seen() for _, uid, event in meeting.events()}

    # --- what happens

    def change(self):
        self.tail = None
        doing = self.chance.choice(self._actions) if self.meetings else "create"
        meeting = self.chance.choice(list(self.meetings.values())) if self.meetings else None
        meeting = getattr(self, doing)(meeting) or meeting
        self.store()
        return doing, meeting.uid

    def store(self):
        self._places.store(self.meetings.values())

    def _moment(self):
        return self._today + timedelta(days=self.chance.randint(FIRST_DAY, LAST_DAY - 7 * LENGTH),
                                       hours=self.chance.randint(8, 17))

    def create(self, _meeting=None):
        """Some come back under the uid of one that went, or in place of one that is there."""
        self._made += 1
        uid = f"meeting{self.chance.randint(1, self._made)}"
        meeting = self.meetings[uid] = Meeting(uid, self._moment(), f"Meeting {self._made} é",
                                               {self.chance.choice(("work", "work", "team"))})
        return meeting

    def create_series(self, _meeting):
        meeting = self.create()
        meeting.count = LENGTH
        return meeting

    def move(self, meeting):
        meeting.start = self._moment()
        self.as_planned(meeting)

    def shift(self, meeting):
        """A whole series, by hours or days; what was changed in it goes along, or not."""
        meeting.start += timedelta(hours=self.chance.choice((-2, 1, 24, 48)))
        meeting.left_out = set()
        if self.chance.random() < 0.7:
            meeting.changed = {}

    def cut_off(self, meeting):
        """This and following, as most clients write it: the old series ends, and a new one under another UID goes on.
        Some say where it comes from, some give it another title."""
        if meeting.count < 2:
            return meeting
        keeps = self.chance.randrange(1, meeting.count)
        self._made += 1
        rest = Meeting(f"{meeting.uid}-{self._made}", meeting.starts()[keeps] + timedelta(hours=self.chance.choice((-1, 2, 24))),
                       meeting.title + self.chance.choice(("", "", ", later")), set(meeting.calendars), count=meeting.count - keeps,
                       sibling=self.chance.choice((meeting.uid, None)))
        if self._goes_on(meeting, rest, keeps):
            self.tail = rest.uid, keeps
        meeting.count, meeting.ends_by_date = keeps, True
        meeting.left_out = {number for number in meeting.left_out if number < keeps}
        meeting.changed = {number: change for number, change in meeting.changed.items() if number < keeps}
        self.meetings[rest.uid] = rest
        return meeting

    def _goes_on(self, meeting, rest, keeps):
        """Whether it is plain that these are the same meetings, one by one."""
        seen = {number for number, _, _ in meeting.events()}
        is_whole = all(number in seen and number not in meeting.changed for number in range(keeps, meeting.count))
        is_named = rest.sibling and self._places.tells_siblings
        return is_whole and (is_named or rest.title == meeting.title and bool(seen & set(range(keeps))))

    def rename(self, meeting):
        meeting.title += self.chance.choice("wxyz")

    def cancel(self, meeting):
        """Or no longer."""
        meeting.is_cancelled = not meeting.is_cancelled

    def delete(self, meeting):
        del self.meetings[meeting.uid]

    def carry(self, meeting):
        """Into the other calendar."""
        meeting.calendars = {self.chance.choice([name for name in CALENDARS if {name} != meeting.calendars])}

    def share(self, meeting):
        """Into both calendars."""
        meeting.calendars = set(CALENDARS)

    def scatter(self, meeting):
        """Or put everything into one object again."""
        meeting.is_scattered = not meeting.is_scattered

    def _instance(self, meeting):
        return self.chance.randrange(meeting.count)

    def leave_out(self, meeting):
        if meeting.count:
            number = self._instance(meeting)
            meeting.changed.pop(number, None)
            meeting.left_out.add(number)

    def change_instance(self, meeting):
        if meeting.count:
            number = self._instance(meeting)
            meeting.left_out.discard(number)
            later = meeting.starts()[number] + timedelta(hours=self.chance.randint(-5, 30))
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
        meeting.count = 0 if meeting.count else LENGTH
        self.as_planned(meeting)

    # --- what happens to calendars

    def lose(self, calendar):
        self._places.lose(calendar)

    def make_again(self, calendar, is_empty):
        """Under the same name, with what was in it or with nothing."""
        self._places.make_again(calendar)
        if is_empty:
            for meeting in list(self.meetings.values()):
                meeting.calendars.discard(calendar)
                if not meeting.calendars:
                    del self.meetings[meeting.uid]
        self.store()

    def choose(self):
        """One calendar or both."""
        self.selected = self.chance.choice((["work"], ["team"], ["work", "team"], ["team", "work"]))
