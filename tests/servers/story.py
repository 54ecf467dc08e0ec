# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a calendar on a server of the world, and what WordPress holds of it then: after each step the same events as the
server, asked by somebody else. Each server has a file of its own, which starts it."""

import re
import time
from datetime import timedelta

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import vevent
from lib.invariants import violations
from lib.processes import wait_until
from lib.site_rows import SiteRows
from lib.sql_session import SqlSession
from lib.story import Story

from .holdings import held

MANY = 60  # more than are fetched at once
AMSTERDAM = "Europe/Amsterdam"
# The zone as calendar clients send it.
ZONE = "\r\n".join((
    "BEGIN:VTIMEZONE", "TZID:Europe/Amsterdam",
    "BEGIN:DAYLIGHT", "DTSTART:19810329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET", "END:STANDARD", "END:VTIMEZONE"))


class ServerStory(Story):
    """`kind` is the server's class (lib/caldav.py's CalDavServer, and what the stories ask of it below)."""

    kind = None
    story_secs = 600
    # Tokens that the server never gave: of no form of its own, and of its own form from another past or future.
    unknown_tokens = ()
    counts_seconds = False  # the server tells no changes of one second apart

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.client = self.account.client
        self.anna = self.user()
        self.session = SqlSession(self.wp.database, self.wp.name)
        self.addCleanup(self.session.close)

    def calendar_server(self):
        return self.sandbox.server(self.kind)

    # --- the calendar

    def put(self, name, day, title, **more):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=title, **more))

    def put_series(self, *instances, lines=()):
        """Four Mondays in Amsterdam, over whichever change of clocks comes."""
        start = self.at(-9, 9, 30).replace(tzinfo=None)
        self.account.put("weekly", ZONE, vevent(
            "weekly@story", start, tzid=AMSTERDAM, summary="Weekly", lines=["RRULE:FREQ=WEEKLY;COUNT=4", *lines]), *instances)
        return start

    def fill(self):
        """A single meeting, whole days, a series with an instance that was moved and one that was cancelled; and many more."""
        self.put("lunch", 1, "Lunch")
        self.account.put("fair", vevent("fair@story", self.at(2).date(), end=self.at(4).date(), summary="Fair, all day"))
        start = self.put_series()
        moved = start + timedelta(weeks=2)
        self.put_series(
            vevent("weekly@story", moved + timedelta(hours=5), tzid=AMSTERDAM, summary="Weekly, moved", recurrence_id=moved),
            lines=[f"EXDATE;TZID={AMSTERDAM}:{start + timedelta(weeks=1):%Y%m%dT%H%M%S}"])
        for number in range(MANY):
            self.put(f"many{number}", number % 20 - 10, f"Meeting {number}")

    # --- the program

    def connect_work(self, url=None, **fields):
        credentials = {"url": url or self.client.url("work"), "username": self.account.login, "password": self.account.password}
        self.connect(self.anna, self.account.connection(credentials=credentials, **fields))

    def error(self):
        return self.connections(self.anna)[0]["last_error"]

    def rows(self):
        return SiteRows(self.session, self.wp)

    def assert_as_on_the_server(self, path=None, client=None):
        expected = held(client or self.client, path or self.client.path("work"))
        self.assertEqual(violations(self.rows(), calendar=expected), [])
        return len(expected)

    def sync_and_compare(self, *arguments):
        self.sync(*arguments)
        self.assertIsNone(self.error())
        self.let_the_second_pass()
        return self.assert_as_on_the_server()

    def let_the_second_pass(self):
        """In which a server that counts seconds would not tell its changes from those that the sync has seen."""
        if self.counts_seconds:
            now = int(time.time())
            wait_until(lambda: int(time.time()) > now, "the next second")

    # --- the stories

    def test_it_is_found_by_each_of_its_addresses(self):
        self.put("lunch", 1, "Lunch")
        addresses = self.calendar_server().addresses(self.account.login, "work")
        for number, (name, url) in enumerate(addresses.items(), 1):
            with self.subTest(name, url=url):
                self.connect_work(url, id=f"conn_65a4f0c1d2e{number:02x}",
                                  calendar_id="" if name == "calendar" else self.client.path("work"))
                self.assertIn(self.client.path("work"), self.run_it("calendars", f"--user={self.anna}").stdout)
                self.sync()
                self.assertIsNone(self.error())
                self.assertEqual([event["post_title"] for event in self.events(self.anna)
                                  if event["meta"]["_connection_id"] == f"conn_65a4f0c1d2e{number:02x}"], ["Lunch"])

    def test_what_happens_in_it_happens_in_wordpress(self):
        self.fill()
        self.connect_work()
        first = self.sync_and_compare()
        self.assertEqual(first, 1 + 1 + 3 + MANY)

        # Nothing happened.
        before = self.content()
        self.assertIn("nothing changed", self.sync().stdout)
        self.assertEqual(self.content(), before)

        # A change, an addition, a meeting that is moved, each alone; then all of them at once.
        self.put("lunch", 1, "Late lunch")
        self.assertEqual(self.sync_and_compare(), first)
        self.put("added", 3, "Added")
        self.assertEqual(self.sync_and_compare(), first + 1)
        self.put("lunch", 6, "Late lunch")
        self.assertEqual(self.sync_and_compare(), first + 1)
        self.put_series()
        self.put("added", 4, "Added and moved")
        self.put("more", 5, "More")
        self.assertEqual(self.sync_and_compare(), first + 3)

        # One is deleted, many are, and one of them comes back under its name, another with other content.
        self.client.delete("work", "more")
        self.assertEqual(self.sync_and_compare(), first + 2)
        for number in range(MANY - 10):
            self.client.delete("work", f"many{number}")
        self.assertEqual(self.sync_and_compare(), first + 2 - (MANY - 10))
        self.put("many0", 2, "Meeting 0")
        self.account.put("many1", vevent("another@story", self.utc(self.at(3)), summary="Another"))
        self.assertEqual(self.sync_and_compare(), first + 4 - (MANY - 10))

        # Deleted and made anew between two syncs: the name stays, the meeting does not.
        self.client.delete("work", "added")
        self.account.put("added", vevent("instead@story", self.utc(self.at(4)), summary="Instead"))
        self.assertEqual(self.sync_and_compare(), first + 4 - (MANY - 10))

        # A full listing finds nothing that was missed.
        before = self.content()
        self.assertEqual(self.sync_and_compare("--all", "--full"), first + 4 - (MANY - 10))
        self.assertEqual(self.content(), before)

    def test_a_token_that_the_server_does_not_know_hides_nothing(self):
        for number in range(20):
            self.put(f"event{number}", number - 10, f"Event {number}")
        proxy = SpoilingProxy(self.calendar_server().port)
        self.addCleanup(proxy.close)
        for number, token in enumerate(self.unknown_tokens):
            with self.subTest(token):
                # The server seems to have given it.
                proxy.spoil(lambda answer, token=token: answer.with_body(
                    re.sub(rb"(sync-token[^<>]*>)[^<]+<", rb"\g<1>" + token.encode() + b"<", answer.body)))
                self.connect_work(proxy.url + self.client.path("work"))
                self.sync("--all", "--full")
                self.assert_as_on_the_server()
                proxy.spoil(None)
                self.client.delete("work", f"event{number}")
                self.put(f"event{number + 10}", 2, f"Event changed after {number}")
                self.put(f"new{number}", 2, f"New {number}")
                self.sync_and_compare()
                # From here on with a token that is the server's own.
                self.client.delete("work", f"new{number}")
                self.sync_and_compare()

    def test_a_changed_password_is_asked_for_and_nothing_goes(self):
        self.put("lunch", 1, "Lunch")
        self.connect_work()
        self.sync_and_compare()
        self.calendar_server().set_password(self.account.login, "another: ünd longer")
        before = self.content()
        self.sync(status=1)
        self.assertIn("did not accept the username or password", self.error())
        self.assertEqual(self.content(), before)
        self.account.password = "another: ünd longer"
        self.client = self.account.client = self.calendar_server().client(self.account.login)
        self.put("lunch", 2, "Lunch with a new password")
        self.connect_work()
        self.sync_and_compare()

    def test_a_share_that_is_revoked_is_an_error_of_that_calendar(self):
        owner = self.account
        self.put("team", 1, "Team")
        guest = self.guest()
        guest.put("private", vevent("private@story", self.utc(self.at(2)), summary="Private"))
        path = self.calendar_server().share(owner.login, "work", guest.login)
        url = self.calendar_server().url.rstrip("/") + path
        self.connect(self.anna, guest.connection(credentials={
            "url": url, "username": guest.login, "password": guest.password}))
        self.sync()
        self.assertIsNone(self.error())
        self.let_the_second_pass()
        self.assert_as_on_the_server(path, guest.client)
        self.put("team", 2, "Team, later")
        self.sync()
        self.assert_as_on_the_server(path, guest.client)
        self.calendar_server().revoke(owner.login, "work", guest.login)
        before = self.content()
        self.sync(status=1)
        self.assertIn(path.strip("/").split("/")[-1], self.error())
        # Her own calendar does not take its place.
        self.assertEqual(self.titles(self.anna), ["Team, later"])
        self.assertEqual(self.content(), before)
        self.calendar_server().share(owner.login, "work", guest.login)
        self.put("team", 3, "Team again")
        self.sync()
        self.assertIsNone(self.error())
        self.assert_as_on_the_server(path, guest.client)

    def guest(self):
        return Story.account(self)

    def test_deleted_and_made_again_it_is_another_calendar(self):
        for number in range(5):
            self.put(f"event{number}", number, f"Event {number}")
        self.connect_work()
        self.sync_and_compare()
        self.client.delete_calendar("work")
        before = self.content()
        self.sync(status=1)
        self.assertIn("Its events stay until", self.error())
        self.assertEqual(self.content(), before)
        self.account.calendar("work")
        self.put("event1", 3, "Event 1")
        self.account.put("event2", vevent("other@story", self.utc(self.at(4)), summary="Other"))
        self.assertEqual(self.sync_and_compare(), 2)
        # And without anybody looking in between.
        self.client.delete_calendar("work")
        self.account.calendar("work")
        self.put("event1", 3, "Event 1, again")
        self.put("event3", 3, "Event 3")
        self.assertEqual(self.sync_and_compare(), 2)

    def test_a_server_that_is_killed_in_mid_sync_costs_nothing(self):
        self.fill()
        proxy = SpoilingProxy(self.calendar_server().port)
        self.addCleanup(proxy.close)
        self.connect_work(proxy.url + self.client.path("work"))
        for way in ("--all", "--full"):
            with self.subTest(way):
                proxy.spoil(self.killing_after(1), ("REPORT", "GET"))
                self.sync("--all", *(["--full"] if way == "--full" else []), status=1)
                self.assertIsNotNone(self.error())
                proxy.spoil(None)
                self.calendar_server().start()
                self.sync_and_compare()
                for number in range(MANY):
                    self.put(f"many{number}", number % 20 - 10, f"Meeting {number} after {way}")

    def killing_after(self, answers):
        """The server is gone as soon as it has given so many answers."""
        left = [answers]

        def spoil(answer):
            left[0] -= 1
            if left[0] == 0:
                self.calendar_server().kill()
            return answer
        return spoil
