# SPDX-License-Identifier: GPL-2.0-or-later
"""What strangers, and the environment, cannot make the program show or hide."""

import os
import unittest.mock

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.story import PASSWORD, Story

OVERRIDE, SEPARATOR = "\u202e", "\u2028"


class Hidden(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.work = self.account()

    def test_text_that_turns_others_round_is_shown_for_what_it_is(self):
        title = f"Invoice{OVERRIDE}fdp{SEPARATOR}exe"
        self.work.put("trick", vevent("trick@story", self.utc(self.at(1)), summary=title))
        self.connect(self.anna, self.work.connection())
        done = self.run_it("sync", "--all", "--dry-run", "--json")
        change, = done.json["changes"]
        self.assertIn(OVERRIDE, change["title"], "JSON means what the calendar said")
        self.assertIn("\\u202e", done.stdout)
        shown = self.run_it("sync", "--all", "--dry-run", "-v")
        self.assertIn("Invoice\\u202Efdp", shown.stdout)
        for text in (done.stdout, done.stderr, shown.stdout, shown.stderr):
            self.assertNotRegex(text, "[\u202a-\u202e\u2066-\u2069\u2028\u2029]")

    def test_entries_that_cannot_be_understood_are_named(self):
        self.connect(self.anna, self.work.connection())
        good, = self.connections(self.anna)
        self.wp.call("update_user_meta", self.anna, "_prm_calendar_connections", [good, "garbage", {"name": "No id"}])
        problems = self.run_it("status", "--json").json["problems"]
        self.assertEqual([(problem["user_id"], problem["user_login"]) for problem in problems],
                         [(self.anna, "anna")] * 2)
        self.assertIn("entry 1 of the connections", problems[0]["problem"])
        self.assertIn("entry 2 of the connections", problems[1]["problem"])
        status = self.run_it("status").stdout
        doctor = self.run_it("doctor").stdout
        for index in (1, 2):
            self.assert_one_line(status, f"anna (user {self.anna}): not understood", f"entry {index} of")
            self.assert_one_line(doctor, f"user {self.anna} (anna): entry {index} of")

    def test_the_environment_does_not_get_the_keys_of_connections(self):
        server = FakeServer({"*": [{"status": 404}]}, tls=True)
        self.addCleanup(server.close)
        self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "caldav", "name": "Work", "calendar_id": "", "sync_enabled": True,
            "credentials": {"url": server.url, "username": "anna", "password": PASSWORD}})
        keys = os.path.join(self.wp.folder, "keys")
        ini = self.write_ini("tls.ini", network_ca_file=server.ca_file)
        with unittest.mock.patch.dict(os.environ, SSLKEYLOGFILE=keys):
            self.run_it("sync", "--all", ini=ini, status=1)
        self.assertTrue(server.requests)
        self.assertFalse(os.path.exists(keys))
