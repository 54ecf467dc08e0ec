# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo's people and calendars, with dates around today."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from lib.ics import NEW_YORK, calendar, vevent

HOME = ZoneInfo("Europe/Amsterdam")
ABROAD = ZoneInfo("America/New_York")

# login, display name, contacts: (first name, last name, e-mail addresses)
PEOPLE = (
    ("anna", "Anna O'Brien", (
        ("José", "Núñez", ["Jose.Nunez@example.org"]),
        ("Zoë", "van den Berg", ["zoe@example.org", "zoe.vandenberg@example.com"]),
        ("Siobhán", "O'Connor", ["siobhan@example.org"]),
        ("健二", "田中", ["kenji@example.org"]),
        ("Jürgen", "Müller", []),
    )),
    ("bram", "Bram de Vries", (
        ("Chloé", "D'Amico", ["chloe@example.org"]),
        ("Katherine", "Johnson", []),
        ("Dwayne \"The Rock\"", "Johnson", ["dwayne@example.org"]),
    )),
)

# login, calendar, its display name
CALENDARS = (
    ("anna", "work", "Work & Travel"),
    ("anna", "home", "Privé 🏡"),
    ("bram", "agenda", "Bram's agenda"),
)

# Activities that each contact must have in the end.
MEETINGS = {"José Núñez": 2, "Zoë van den Berg": 3, "Siobhán O'Connor": 1, "健二 田中": 1,
            "Jürgen Müller": 1, "Chloé D'Amico": 1, "Katherine Johnson": 0,
            "Dwayne \"The Rock\" Johnson": 1}

# The one whose calendar is at Google, where that can be emulated.
GOOGLE_PERSON = ("chris", "Chris Jansen", (("Ada", "Lovelace", ["ada@example.org"]),))
GOOGLE_EMAIL = "chris@example.org"
GOOGLE_MEETINGS = {"Ada Lovelace": 1}


class Sample:
    """The objects of each calendar: (login, calendar) -> {name: iCalendar text}."""

    def __init__(self, now=None):
        self.today = (now or datetime.now(HOME)).date()

    def at(self, days, hour, minute=0, zone=HOME):
        """So many days from today, at a wall clock time."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), zone)

    def day(self, days):
        return self.today + timedelta(days=days)

    def objects(self):
        return {("anna", "work"): self._work(), ("anna", "home"): self._home(),
                ("bram", "agenda"): self._agenda()}

    def _work(self):
        local = lambda days, hour, minute=0: self.at(days, hour, minute).replace(tzinfo=None)
        standup = dict(tzid="Europe/Amsterdam", hours=0.5,
                       attendees=[("zoe@example.org", "Zoë van den Berg", "ACCEPTED")])
        return {
            "lunch": calendar(vevent(
                "lunch@demo", self.at(-1, 12, 30).astimezone(timezone.utc), hours=1.5,
                summary='Lunch at "Café Ω", R&D \\o/ 🎉', location="Café Ω; rear room, 1st floor",
                attendees=[("jose.nunez@example.org", "José Núñez", "ACCEPTED"),
                           ("nobody@example.net", "A Stranger", "ACCEPTED")])),
            "quarter": calendar(NEW_YORK, vevent(
                "quarter@demo", self.at(-5, 9, 0, ABROAD).replace(tzinfo=None),
                tzid="America/New_York", summary="Quarterly call with New York",
                description="Join: https://us02web.zoom.us/j/123456789?pwd=abc\nBring <numbers>.",
                attendees=[("siobhan@example.org", "Siobhán O'Connor", "ACCEPTED"),
                           ("jose.nunez@example.org", "José Núñez", "TENTATIVE")])),
            # Weekly, eight times: one was cancelled, one was moved to the next afternoon.
            "standup": calendar(
                vevent("standup@demo", local(-24, 9, 30), summary="Weekly with Zoë",
                       lines=["RRULE:FREQ=WEEKLY;COUNT=8",
                              f"EXDATE;TZID=Europe/Amsterdam:{local(-17, 9, 30):%Y%m%dT%H%M%S}"],
                       **standup),
                vevent("standup@demo", local(-9, 14), summary="Weekly with Zoë (moved)",
                       recurrence_id=local(-10, 9, 30), **standup)),
            "fair": calendar(vevent(
                "fair@demo", self.day(-4), end=self.day(-2), summary="Trade fair 見本市",
                location="東京", attendees=[("kenji@example.org", "田中 健二", "ACCEPTED")])),
            "plan": calendar(vevent(
                "plan@demo", self.at(6, 15), summary="Planning, next week",
                attendees=[("noone@example.net", "Müller, Jürgen", "ACCEPTED")])),
        }

    def _home(self):
        return {
            "walk": calendar(vevent(
                "walk@demo", self.at(-3, 18), hours=2, summary="Walk in the dunes",
                attendees=[("jm@example.net", "Müller, Jürgen", "ACCEPTED")])),
            "doctor": calendar(vevent(
                "doctor@demo", self.at(-2, 8), summary="Doctor (private: stored, never logged)",
                lines=["CLASS:PRIVATE"],
                attendees=[("siobhan@example.org", "Siobhán O'Connor", "ACCEPTED")])),
            "holiday": calendar(vevent(
                "holiday@demo", self.day(10), end=self.day(17), summary="Holiday 🏝️")),
        }

    def _agenda(self):
        return {
            "coffee": calendar(vevent(
                "coffee@demo", self.at(-6, 10), hours=0.75, summary="Coffee with Chloé",
                description="https://meet.google.com/abc-defg-hij",
                attendees=[("chloe@example.org", "Chloé D'Amico", "ACCEPTED"),
                           ("dwayne@example.org", 'Dwayne "The Rock" Johnson', "ACCEPTED")])),
            # A name off by one letter is matched, but too vaguely to be logged.
            "vague": calendar(vevent(
                "vague@demo", self.at(-7, 16), summary="Call with K. (a vague match)",
                attendees=[("kj@example.net", "Kathrine Johnson", "ACCEPTED")])),
            "dinner": calendar(vevent(
                "dinner@demo", self.at(2, 19), hours=3, summary="Dinner",
                attendees=[("chloe@example.org", "Chloé D'Amico", "NEEDS-ACTION")])),
        }

    def google(self):
        """What Google holds, in the language of @emulators/google."""
        def times(start, hours):
            return {f"{name}_date_time": moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                    for name, moment in (("start", start), ("end", start + timedelta(hours=hours)))}

        me = {"email": GOOGLE_EMAIL, "display_name": "Chris Jansen"}
        ada = {"email": "ada@example.org", "display_name": "Ada Lovelace"}
        events = [
            {"id": "engine", "summary": "Analytical engine, part 1", "location": "London", "attendees": [me, ada],
             "hangout_link": "https://meet.google.com/xyz-abcd-efg", **times(self.at(-3, 11), 1)},
            {"id": "notes", "summary": "Notes on the engine", "attendees": [me, ada], **times(self.at(4, 11), 1)},
            {"id": "fete", "summary": "Fête 🎂", "start_date": str(self.day(5)), "end_date": str(self.day(6))},
        ]
        return {
            "users": [{"email": GOOGLE_EMAIL, "name": "Chris Jansen"}],
            "calendars": [{"id": "primary", "user_email": GOOGLE_EMAIL, "summary": "Chris at Google", "primary": True,
                           "time_zone": "Europe/Amsterdam"}],
            "calendar_events": [{"user_email": GOOGLE_EMAIL, "calendar_id": "primary", **event} for event in events],
        }
