# SPDX-License-Identifier: GPL-2.0-or-later
"""An administrator meets an existing site, and does what each command says is next."""

import os
import re

from lib import ics
from lib.sandbox import Sandbox
from lib.story import Story


class NewAdministrator(Story):

    def choose_sandbox(self):
        """A database server of their own, as on a fresh machine."""
        sandbox = Sandbox(own_database=True)
        self.addCleanup(sandbox.close)
        return sandbox

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        account = self.account()
        self.connect(self.anna, account.connection())
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(-1)), summary="Lunch",
                                        attendees=[("bob@example.org", "Bob", "ACCEPTED")]))
        self.wp.run("return get_option( 'home' );")  # so that the theme has run once
        folder = os.path.join(self.wp.folder, "etc")
        os.makedirs(folder)
        self.ini = os.path.join(folder, "prm-calendar.ini")

    def warnings(self, *arguments):
        """{what: remedy} of all that the doctor does not like; nothing may fail."""
        checks = self.run_it("doctor", "--json", *arguments).json["checks"]
        self.assertEqual([check for check in checks if check["status"] == "fail"], [])
        return {check["check"]: check["remedy"] for check in checks if check["status"] != "ok"}

    def test_from_init_to_the_first_activity(self):
        self.assert_one_line(self.run_it("status", status=78).stderr, "init --wp-config=PATH")
        text = self.run_it("init", f"--wp-config={self.wp.config_path}").stdout
        following = re.findall(r"^    prm-calendar (\w+)", text, re.M)
        self.assertEqual(following, ["sync", "takeover", "run", "doctor"])
        # Only of this test: its calendar server is on this machine, by http.
        with open(self.ini, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        before = self.content()
        self.assertIn("takeover", self.warnings()["theme's sync"])
        self.assert_one_line(self.sync("--all", "--dry-run").stdout, "added", "Lunch")
        self.assertEqual(self.content(), before)
        self.run_it("takeover")
        text = self.run_it("run", "-v").stdout
        self.assert_one_line(text, "logged", "Lunch, with Bob Builder")
        activity, = self.activities(self.bob)
        self.assertIn("Lunch", activity["comment_content"])
        # WordPress's own user is what wp-config.php names: the doctor offers a lesser one.
        self.assertEqual(list(self.warnings("--online")), ["privileges"])
        self.run_it("handback")
        self.assertTrue(self.wp.call("wp_next_scheduled", "prm_calendar_sync"))
