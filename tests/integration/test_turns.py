# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose turn it is when passes are slow, stopped or killed: everybody is served within a few of them."""

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.processes import wait_until
from lib.program import start_program
from lib.story import PASSWORD, Story

HANGING = {"*": [{"stall": True}]}


class Turns(Story):
    """Two people whose calendar servers never answer, and one, the last, whose does."""

    def setUp(self):
        super().setUp()
        self.hanging = FakeServer(HANGING)
        self.addCleanup(self.hanging.close)
        self.anna, self.bram, self.carl = self.user(), self.user("bram", "Bram"), self.user("carl", "Carl")
        for user in (self.anna, self.bram):
            self.connect(user, self.slow_connection(user))
        self.honest = self.account()
        self.honest.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"))
        self.connect(self.carl, self.honest.connection())

    def slow_connection(self, user):
        return {"id": f"conn_{user:013x}", "provider": "caldav", "name": "Slow", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": self.hanging.url, "username": f"user{user}", "password": PASSWORD}}

    def kill_pass_when(self, condition, what, ini):
        with start_program("run", ini=ini) as process:
            try:
                wait_until(condition, what)
            finally:
                process.kill()
                process.communicate()

    def kill_pass_when_asked(self, times, ini):
        """When the hanging server has been asked so often since the pass began."""
        before = self.hanging.count()
        self.kill_pass_when(lambda: self.hanging.count() >= before + times, "the server to be asked", ini)

    def turn(self):
        """With whom the last pass began last."""
        return int(self.wp.call("get_transient", "prm_calendar_sync_last_pass").split()[1])

    def test_a_killed_pass_costs_nobody_the_turn_with_whom_it_had_not_begun(self):
        ini = self.write_ini("all.ini", sync_users_per_pass="all", sync_workers="2")
        self.kill_pass_when_asked(2, ini)
        self.assertEqual(self.titles(self.carl), [])
        self.kill_pass_when(lambda: self.titles(self.carl) == ["Lunch"], "the last user's turn", ini)

    def test_the_next_pass_begins_after_the_user_whom_the_last_one_was_killed_with(self):
        ini = self.write_ini("all.ini", sync_users_per_pass="all", sync_workers="1")
        for user in (self.anna, self.bram):
            self.kill_pass_when_asked(1, ini)
            self.assertEqual(self.turn(), user)
        self.kill_pass_when(lambda: self.titles(self.carl) == ["Lunch"], "the last user's turn", ini)

    def test_a_pass_that_ends_remembers_the_last_user(self):
        for user in (self.anna, self.bram):
            self.wp.call("delete_user_meta", user, "_prm_calendar_connections")
        second = self.user("dora", "Dora")
        self.connect(second, self.honest.connection(2))
        self.run_it("run", ini=self.write_ini("all.ini", sync_users_per_pass="all"))
        self.assertEqual(self.turn(), second)
        self.assertEqual(int(self.wp.call("get_transient", "prm_calendar_sync_last_user_index")), 1)

    # --- what is killed again and again

    def error(self, user, place=0):
        return self.connections(user)[place].get("last_error")

    def test_a_sync_that_is_killed_is_a_failure_that_is_backed_off_and_told(self):
        for user in (self.bram, self.carl):
            self.wp.call("delete_user_meta", user, "_prm_calendar_connections")
        for _time in range(2):
            self.kill_pass_when_asked(1, self.ini)
        asked = self.hanging.count()
        done = self.run_it("run")
        self.assert_one_line(done.stderr, "anna", "cut off before it had ended")
        self.assertEqual(self.hanging.count(), asked)
        self.assertIn("cut off before it had ended", self.error(self.anna))
        self.assertIn("cut off", self.run_it("status").stdout)

    def test_of_several_connections_the_one_that_kills_is_found(self):
        ini = self.write_ini("one.ini", sync_workers="1")
        for user in (self.bram, self.carl):
            self.wp.call("delete_user_meta", user, "_prm_calendar_connections")
        self.connect(self.anna, self.honest.connection(1), self.slow_connection(self.anna))
        for _time in range(3):  # the first time nobody knows which it was
            self.kill_pass_when_asked(1, ini)
        asked = self.hanging.count()
        self.run_it("run", ini=ini)
        self.assertEqual(self.hanging.count(), asked)
        self.assertIn("cut off before it had ended", self.error(self.anna, 1))
        self.assertIsNone(self.error(self.anna, 0))
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        # Asked for by hand it is tried all the same, and what works is no failure any more.
        self.connect(self.anna, self.connections(self.anna)[0],
                     {**self.honest.connection(2), "id": self.connections(self.anna)[1]["id"]})
        self.sync()
        self.assertIsNone(self.error(self.anna, 1))
