# SPDX-License-Identifier: GPL-2.0-or-later
"""What the site's administrator must mend is told to her, once, and blamed on no owner of a calendar."""

from lib.ics import vevent
from lib.story import Story


class SiteFaults(Story):

    def setUp(self):
        super().setUp()
        self.calendar = self.account()
        self.calendar.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.anna = self.user()
        self.bram = self.user("bram", "Bram")

    def connect_both(self):
        self.connect(self.anna, self.calendar.connection())
        self.connect(self.bram, self.calendar.connection(2))

    def wrong_key(self):
        ini = self.write_ini("wrong.ini")
        with open(f"{ini}.auth_key", "w", encoding="utf-8") as file:
            file.write("another key")
        return ini

    def last_errors(self):
        return [entry["last_error"] for user in (self.anna, self.bram) for entry in self.connections(user)]

    def test_a_wrong_key_stops_the_sync_of_one_user_too(self):
        self.connect_both()
        before = self.connections(self.anna)
        done = self.run_it("sync", "--user=anna", ini=self.wrong_key(), status=78)
        self.assert_one_line(done.stderr, "opens none of the 2 stored passwords")
        self.assertEqual(self.connections(self.anna), before)
        self.assertEqual(self.sandbox.database.sql(
            "SELECT COUNT(*) FROM wp_prm_calendar_connections", self.wp.name), [["0"]])

    def test_a_box_that_did_not_open_is_tried_again_under_the_right_key(self):
        self.connect(self.anna, self.calendar.connection())
        self.run_it("run", ini=self.wrong_key(), status=1)
        self.assertEqual(self.titles(self.anna), [])
        self.assertIn("connect the calendar again", self.connections(self.anna)[0]["last_error"])
        self.run_it("run")
        self.assertEqual(self.titles(self.anna), ["One"])
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])

    def assert_told_once(self, *words, **settings):
        self.connect_both()
        done = self.run_it("sync", "--all", status=1, ini=self.write_ini("faulty.ini", **settings))
        self.assert_one_line(done.stderr, *words)
        for error in self.last_errors():
            self.assertIn("administrator", error)
            self.assertNotIn("connect this", error)
            self.assertNotIn("connect the", error)
        # Nor does anybody have to wait once it is mended.
        self.run_it("run")
        self.assertEqual(self.titles(self.anna), ["One"])

    def test_http_that_is_not_allowed(self):
        self.assert_told_once("only https is allowed", "allow_http", network_allow_http="no")

    def test_an_address_that_is_not_allowed(self):
        self.assert_told_once("allow_private", network_allow_private=None)

    def test_a_proxy_that_does_not_answer(self):
        self.assert_told_once("the proxy of section [network] does not answer", network_proxy="http://127.0.0.1:9")
