# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar that asks for more than anybody needs: it gets a bound, its owner a reason, and the others their turn."""

from datetime import timedelta

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import calendar, vevent
from lib.limits import limit
from lib.scattered import WHERE, cover, uncover
from lib.story import Story

SERIES_EVENTS = limit("LIMIT_SERIES_EVENTS")
EVENT_ATTENDEES = limit("LIMIT_EVENT_ATTENDEES")
UID_OBJECTS = limit("LIMIT_UID_OBJECTS")


class Rows(Story):

    def test_a_small_object_makes_no_flood_of_rows(self):
        anna = self.user()
        account = self.account()
        account.put("flood", vevent("flood@story", self.utc(self.at(-90)), summary="Flood",
                                    lines=["RRULE:FREQ=MINUTELY;INTERVAL=9"]), calendar=account.work)
        account.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"), calendar=account.work)
        self.connect(anna, account.connection())
        self.sync()
        counts = dict(self.sandbox.database.sql("SELECT post_title, COUNT(*) FROM wp_posts WHERE post_type = "
                                                "'calendar_event' GROUP BY post_title", self.wp.name))
        self.assertEqual(counts, {"Flood": str(SERIES_EVENTS), "Lunch": "1"})
        # Nine minutes apart, half of them on either side of now.
        reach = self.sandbox.database.sql(
            "SELECT MAX(ABS(TIMESTAMPDIFF(MINUTE, post_date_gmt, UTC_TIMESTAMP()))) FROM wp_posts "
            "WHERE post_title = 'Flood'", self.wp.name)
        self.assertLess(int(reach[0][0]), 9 * (SERIES_EVENTS // 2 + 10))
        for _pass in range(2):  # the second has nothing to read, and tells it all the same
            self.assertIn(f"the {SERIES_EVENTS} nearest to now are kept", self.connections(anna)[0]["last_error"])
            self.assertIn("nearest to now", self.run_it("status").stdout)
            self.sync()


    def crowd(self, account, guests, lines=()):
        account.put("crowd", vevent("crowd@story", self.utc(self.at(1)), summary="Crowd", lines=lines, attendees=[
            (f"guest{number}@example.org", f"Guest {number}", "ACCEPTED") for number in range(guests)]))

    def test_of_a_crowd_the_first_are_kept_and_the_owner_is_told(self):
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection())
        self.crowd(account, EVENT_ATTENDEES, ["RRULE:FREQ=DAILY;COUNT=2"])
        self.sync()
        self.assertIsNone(self.connections(anna)[0]["last_error"])
        self.crowd(account, EVENT_ATTENDEES + 1)
        for _pass in range(2):  # the second has nothing to read, and tells it all the same
            self.sync()
            self.assertIn(f"{EVENT_ATTENDEES + 1} attendees; the first {EVENT_ATTENDEES} are kept",
                          self.connections(anna)[0]["last_error"])
            self.assertIn("attendees", self.run_it("status").stdout)
        # What the object no longer holds is gone all the same.
        self.assertEqual(len(self.event_in("publish", anna)["json"]["_attendees"]), EVENT_ATTENDEES)
        self.crowd(account, EVENT_ATTENDEES)
        self.sync()
        self.assertIsNone(self.connections(anna)[0]["last_error"])

    def event_in(self, status, user):
        event, = [event for event in self.events(user) if event["post_status"] == status]
        return event


class Scattered(Story):
    """A series each of whose changed meetings lies in an object of its own."""

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(proxy.close)
        proxy.spoil(uncover, WHERE)
        self.connect(self.anna, self.account.connection(credentials={
            "url": proxy.url + self.account.client.path("work"), "username": self.account.login,
            "password": self.account.password}))
        self.start = self.utc(self.at(-20))

    def hours(self, number):
        return self.start + timedelta(hours=number)

    def put(self, objects):
        """All of the calendar at once, which takes Radicale no longer than one object."""
        whole = vevent("hourly@story", self.start, summary="Hourly", lines=[f"RRULE:FREQ=HOURLY;COUNT={UID_OBJECTS}"])
        parts = [cover("whole", whole)] + [cover(f"part{number}", vevent(
            "hourly@story", self.hours(number), summary="Changed", recurrence_id=self.hours(number)))
            for number in range(1, objects)]
        self.account.client.request("PUT", self.account.client.path("work"), calendar(*parts), {
            "Content-Type": "text/calendar; charset=utf-8"})

    def test_as_many_as_may_be_read_together_are(self):
        self.put(UID_OBJECTS)
        self.sync()
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])
        self.assertEqual(self.counts(), {"Changed": UID_OBJECTS - 1, "Hourly": 1})

    def test_of_one_more_none_is_read_and_the_owner_is_told(self):
        self.put(UID_OBJECTS + 1)
        self.sync()
        self.assertIn(f"the same event lies in {UID_OBJECTS + 1} entries", self.connections(self.anna)[0]["last_error"])
        self.assertEqual(self.counts(), {})

    def counts(self):
        return {title: int(number) for title, number in self.sandbox.database.sql(
            "SELECT post_title, COUNT(*) FROM wp_posts WHERE post_type = 'calendar_event' GROUP BY post_title",
            self.wp.name)}


class ManyEvents(Story):
    """A site that keeps ten events of a connection, and fifteen of a user."""

    def setUp(self):
        super().setUp()
        self.ini = self.write_ini("few.ini", sync_max_events="10", sync_max_events_per_user="15")
        self.anna = self.user()
        self.first = self.account()

    def put(self, account, days):
        for day in days:
            account.put(f"day{day}", vevent(f"day{day}@story", self.utc(self.at(day)), summary=f"Day {day:+d}"),
                        calendar=account.work)

    def delete(self, account, days):
        for day in days:
            account.client.delete(account.work, f"day{day}")

    def days(self):
        return sorted(int(title.removeprefix("Day ")) for title in self.titles(self.anna))

    def error(self, place=0):
        return self.connections(self.anna)[place]["last_error"]

    def list_all_again(self):
        self.sandbox.database.sql("UPDATE wp_prm_calendar_cursors SET listed_at = 0", self.wp.name)
        self.sync()

    def test_as_many_as_there_is_room_for_are_all_kept(self):
        self.connect(self.anna, self.first.connection())
        self.put(self.first, range(-5, 5))
        self.sync()
        self.assertEqual(self.days(), list(range(-5, 5)))
        self.assertIsNone(self.error())

    def test_of_one_more_the_nearest_are_kept(self):
        self.connect(self.anna, self.first.connection())
        self.put(self.first, [*range(-20, -10), 1])
        self.sync()
        self.assertIn(1, self.days())
        self.assertNotIn(-20, self.days())
        self.assertLessEqual(len(self.days()), 10)
        for _pass in range(2):
            self.assertIn("more events than this site keeps", self.error())
            self.assertIn("more events than this site keeps", self.run_it("status").stdout)
            self.sync()

    def test_a_change_that_brings_too_many_and_one_that_takes_them_away(self):
        self.connect(self.anna, self.first.connection())
        self.put(self.first, range(11, 21))
        self.sync()
        self.assertEqual(self.days(), list(range(11, 21)))
        self.put(self.first, range(1, 11))
        self.sync()
        kept = self.days()
        self.assertEqual(kept, list(range(1, len(kept) + 1)))
        self.assertIn(len(kept), (9, 10))  # whole days
        self.assertIn("more events", self.error())
        # There is room again: it takes some listings, each of which doubles the days.
        self.delete(self.first, range(1, 17))
        for _day in range(5):
            self.list_all_again()
        self.assertEqual(self.days(), list(range(17, 21)))
        self.assertIsNone(self.error())

    def test_all_connections_of_a_user_share_what_there_is_room_for(self):
        second = self.account()
        self.connect(self.anna, self.first.connection(), second.connection(2))
        self.put(self.first, range(1, 11))
        self.put(second, range(-10, 0))
        self.sync()
        kept = self.days()
        self.assertEqual([day for day in kept if day > 0], list(range(1, 11)))
        self.assertIn(len(kept), (14, 15))
        self.assertIn(-1, kept)
        self.assertIsNone(self.error())
        self.assertIn("more events", self.error(1))

    def test_more_than_there_is_room_for_in_a_day_stops_no_other_connection(self):
        second = self.account()
        self.connect(self.anna, self.first.connection(), second.connection(2))
        for number in range(11):
            self.first.put(f"now{number}", vevent(f"now{number}@story", self.now, hours=2, summary="Now"),
                           calendar=self.first.work)
        self.put(second, [1])
        self.sync(status=1)
        self.assertIn("more events in a single day", self.error())
        self.assertLessEqual(self.titles(self.anna).count("Now"), 10)
        self.assertIn("Day +1", self.titles(self.anna))
