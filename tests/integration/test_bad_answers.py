# SPDX-License-Identifier: GPL-2.0-or-later
"""A real server's answers arrive spoilt: the owner is told in words, others go on, nothing is deleted."""

from fake import spoiling_proxy as spoilt
from fake.spoiling_proxy import SpoilingProxy
from lib.ics import vevent
from lib.story import PASSWORD, Story


class SpoiltAnswers(Story):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        for number in range(3):
            self.account.put(f"event{number}", vevent(
                f"event{number}@story", self.utc(self.at(number + 1)), summary=f"Event {number}"))
        self.proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(self.proxy.close)
        self.anna = self.user()
        self.bram = self.user("bram", "Bram")
        path = self.account.client.path("work")
        self.connection = self.account.connection(1, credentials={
            "url": self.proxy.url + path, "username": self.account.login,
            "password": self.account.password})
        self.connect(self.anna, self.connection)
        self.connect(self.bram, self.account.connection(2))
        self.sync()
        self.before = self.events(self.anna)
        self.assertEqual(len(self.before), 3)
        self.last_sync = self.connections(self.anna)[0]["last_sync"]
        # What a spoilt answer must not hide from Bram.
        self.account.put("late", vevent("late@story", self.utc(self.at(5)), summary="Late"))

    def sync_spoilt(self):
        done = self.sync(status=1)
        self.assert_one_line(done.stderr, "anna", self.connection["id"])
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        after, = self.connections(self.anna)
        self.assertTrue(after["last_error"], done)
        self.assertEqual(after["last_sync"], self.last_sync)
        self.assertIn("Late", self.titles(self.bram))
        return after["last_error"]

    def test_a_spoilt_listing_deletes_nothing(self):
        for change in (spoilt.html_page, spoilt.cut, spoilt.cut_politely, spoilt.nothing,
                       spoilt.status(404), spoilt.status(403), spoilt.status(500),
                       spoilt.status(503)):
            with self.subTest(change=getattr(change, "__name__", change)):
                self.proxy.spoil(change, ("PROPFIND", "REPORT"))
                self.sync_spoilt()
                self.assertEqual(self.events(self.anna), self.before)

    def test_a_listing_without_the_calendar_itself_proves_nothing(self):
        self.proxy.spoil(spoilt.empty_listing, ("PROPFIND", "REPORT"))
        self.sync_spoilt()
        self.assertEqual(self.events(self.anna), self.before)

    def test_a_spoilt_multiget_deletes_nothing(self):
        for change in (spoilt.html_page, spoilt.cut, spoilt.status(500)):
            with self.subTest(change=getattr(change, "__name__", change)):
                self.proxy.spoil(change, ("REPORT", "GET"))
                self.sync_spoilt()
                self.assertEqual(self.events(self.anna), self.before)

    def test_after_trouble_the_next_sync_mends_everything(self):
        self.proxy.spoil(spoilt.html_page)
        self.sync_spoilt()
        self.proxy.spoil(None)
        self.sync()
        after, = self.connections(self.anna)
        self.assertIsNone(after["last_error"])
        self.assertIn("Late", self.titles(self.anna))

    def test_an_object_that_cannot_be_read_is_skipped_and_named(self):
        for name, change in (
                ("without start", spoilt.replaced("DTSTART:", "X-NOT-DTSTART:")),
                ("not a calendar", spoilt.replaced("BEGIN:VCALENDAR", "BEGIN:NONSENSE")),
                ("a date that is none", spoilt.replaced("DTSTART:20", "DTSTART:99x")),
                ("half of it", spoilt.cut_politely)):
            with self.subTest(name):
                self.connect(self.anna, self.connection)
                self.proxy.spoil(change, ("REPORT", "GET"))
                done = self.sync("--all", "--full")
                self.assertIn(self.connection["id"], done.stderr)
                after, = self.connections(self.anna)
                self.assertIn("could not be read", after["last_error"])
                # Nobody looks at it again while the calendar stays as it is; it is still unreadable.
                self.sync()
                again, = self.connections(self.anna)
                self.assertEqual(again["last_error"], after["last_error"])
                # Unreadable is not gone.
                states = {event["post_title"]: event["post_status"]
                          for event in self.events(self.anna)}
                for number in range(3):
                    self.assertEqual(states[f"Event {number}"], "publish")

    def test_a_time_zone_that_nobody_knows_is_told_once(self):
        """Of all that has it in one line; what it says stays what is stored, and no failure."""
        for number in range(2):
            self.account.put(f"zone{number}", vevent(
                f"zone{number}@story", self.at(7 + number).replace(tzinfo=None), tzid="Europe/Amsterdam",
                summary=f"Zone {number}"))
        self.proxy.spoil(spoilt.replaced("TZID=Europe/Amsterdam", "TZID=Mars/Phobos"), ("REPORT", "GET"))
        done = self.sync("--user=anna", "--json")
        self.assert_one_line(done.stderr, "anna", self.connection["id"], "2 calendar entries were not taken as they stand",
                             "its time zone is unknown: read as local time of the calendar, or of the site")
        told, = done.json["connections"]
        self.assertEqual((told["doubtful"], told["unreadable"], told["outcome"]), (2, 0, "done"))
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])
        self.assertLessEqual({"Zone 0", "Zone 1"}, set(self.titles(self.anna)))
        self.assertEqual(self.sync("--user=anna").stderr, "", "nothing changed")

    def test_an_object_without_uid_is_known_by_its_place(self):
        self.proxy.spoil(spoilt.replaced("UID:event1@story", "X-NOT-UID:event1@story"), ("REPORT", "GET"))
        self.sync("--all", "--full")
        self.assertEqual(self.titles(self.anna), ["Event 0", "Event 1", "Event 2", "Late"])
        before = self.events(self.anna)
        self.sync("--all", "--full")
        self.assertEqual(self.events(self.anna), before)

    def test_another_prefix_than_d_is_read(self):
        self.proxy.spoil(lambda answer: answer.with_body(
            answer.body.replace(b"<multistatus xmlns=\"DAV:\"", b"<multistatus xmlns=\"DAV:\" xmlns:zz=\"DAV:\"")
            .replace(b"<response>", b"<zz:response>").replace(b"</response>", b"</zz:response>")))
        self.sync()
        self.assertIn("Late", self.titles(self.anna))
