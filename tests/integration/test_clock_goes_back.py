# SPDX-License-Identifier: GPL-2.0-or-later
"""The night in which the clocks go back: local times come twice, and a meeting is an instant all the same."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from lib.google_story import OnGoogle, guest
from lib.ics import vevent
from lib.story import HOME, Story

# Amsterdam's clocks show 02:00 to 02:59 before one o'clock UTC, and again after it.
TURN = datetime(2026, 10, 25, 1, 0, tzinfo=timezone.utc)
EARLY, LATE = TURN - timedelta(minutes=30), TURN + timedelta(minutes=30)
HALF_AN_HOUR, A_QUARTER = 0.5, 0.25
NEW_YORK = ZoneInfo("America/New_York")


class TheNight:
    """`put(uid, start, hours, title)` and `self.connect_calendar(number)` are of the provider."""

    def at_turn(self, minutes):
        """A pass with the clock that far from the turn."""
        self.clock = TURN + timedelta(minutes=minutes)
        self.sync()

    def logged(self):
        """(title, UTC, local, minutes) of each activity."""
        return sorted((one["comment_content"].removeprefix("Meeting: "), one["comment_date_gmt"][11:16],
                       one["comment_date"][11:16], one["meta"]["activity_time"], one["meta"]["duration_minutes"])
                      for one in self.activities(self.jose))

    def test_two_watches_at_the_same_local_time(self):
        self.put("early", EARLY, HALF_AN_HOUR, "Watch")
        self.put("late", LATE, HALF_AN_HOUR, "Watch")
        early = ("Watch", "00:30", "02:30", "02:30", "30")
        late = ("Watch", "01:30", "02:30", "02:30", "30")
        self.connect_calendar()
        self.at_turn(-45)
        events = [(event["post_date"], event["post_date_gmt"], event["meta"]["_start_time"], event["meta"]["_end_time"])
                  for event in self.events(self.anna) if event["post_status"] == "publish"]
        self.assertEqual(sorted(events, key=lambda event: event[1]), [
            ("2026-10-25 02:30:00", "2026-10-25 00:30:00", "2026-10-25 02:30:00", "2026-10-25 02:00:00"),
            ("2026-10-25 02:30:00", "2026-10-25 01:30:00", "2026-10-25 02:30:00", "2026-10-25 03:00:00")])
        for minutes, expected in (
                (-45, []),
                (-15, []),             # 02:45, and it ends at 02:00: in a quarter of an hour
                (1, [early]),
                (45, [early]),         # 02:45 again, and the other one lasts
                (61, [early, late]),
                (24 * 60, [early, late])):
            with self.subTest(minutes=minutes):
                self.at_turn(minutes)
                self.assertEqual(self.logged(), expected)

    def test_across_the_turn(self):
        """Its clocks say that it took no time, or less than none."""
        self.put("hour", EARLY, 1, "Hour")
        self.put("half", TURN - timedelta(minutes=15), HALF_AN_HOUR, "Half")
        self.put("night", TURN - timedelta(hours=2), 4, "Night")
        self.put("past", EARLY, A_QUARTER, "Past")
        self.connect_calendar()
        self.at_turn(1)  # 02:01, and it ended at 02:45: a quarter of an hour ago
        past = ("Past", "00:30", "02:30", "02:30", "15")
        self.assertEqual(self.logged(), [past])
        self.at_turn(14)
        self.assertEqual(self.logged(), [past])
        self.at_turn(16)
        half = ("Half", "00:45", "02:45", "02:45", "30")
        self.assertEqual(self.logged(), [half, past])
        self.at_turn(29)
        self.assertEqual(self.logged(), [half, past])
        self.at_turn(121)
        self.assertEqual(self.logged(), [half, ("Hour", "00:30", "02:30", "02:30", "60"),
                                         ("Night", "23:00", "01:00", "01:00", "240"), past])

    def test_the_same_meetings_through_a_second_connection(self):
        """They are known by their instants: neither is taken for the other, and neither is logged again."""
        self.put("early", EARLY, HALF_AN_HOUR, "Watch")
        self.put("late", LATE, HALF_AN_HOUR, "Watch")
        self.connect_calendar()
        self.at_turn(15)
        self.connect_calendar(2)
        self.at_turn(45)
        self.assertEqual([one[1] for one in self.logged()], ["00:30"])
        self.at_turn(120)
        self.assertEqual([one[1] for one in self.logged()], ["00:30", "01:30"])

    def test_a_meeting_moves_to_the_other_hour(self):
        """An hour later is the same time by the clock: it is written all the same, and logged where it took place."""
        self.put("watch", EARLY, A_QUARTER, "Watch")
        self.connect_calendar()
        self.at_turn(-45)
        self.put("watch", LATE, A_QUARTER, "Watch")
        self.at_turn(-20)
        self.assertEqual(self.event(self.anna)["post_date_gmt"], "2026-10-25 01:30:00")
        self.at_turn(1)
        self.assertEqual(self.logged(), [])
        self.at_turn(46)
        self.assertEqual(self.logged(), [("Watch", "01:30", "02:30", "02:30", "15")])


class OnCalDav(TheNight, Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account = self.account()

    def put(self, uid, start, hours, title):
        """One is written in UTC; where the other is from, this night is none."""
        more = {"start": start} if start <= TURN else {"start": start.astimezone(NEW_YORK), "tzid": "America/New_York"}
        self.account.put(uid, vevent(f"{uid}@story", hours=hours, summary=title, attendees=[
            ("jose@example.org", "José", "ACCEPTED")], **more))

    def connect_calendar(self, number=1):
        self.connect(self.anna, *(self.account.connection(one) for one in range(1, number + 1)))


class GoogleCalendar(TheNight, OnGoogle):

    def put(self, uid, start, hours, title):
        end = start + timedelta(hours=hours)
        self.calendar.put({
            "id": uid, "summary": title, "attendees": [guest("jose@example.org")],
            "start": {"dateTime": start.astimezone(HOME).isoformat(), "timeZone": "Europe/Amsterdam"},
            "end": {"dateTime": end.astimezone(HOME).isoformat(), "timeZone": "Europe/Amsterdam"}})

    def connect_calendar(self, number=1):
        self.connect(self.anna, *(self.connection(one) for one in range(1, number + 1)))
