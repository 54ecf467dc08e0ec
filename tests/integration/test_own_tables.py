# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of our own: made when they are needed, and told of when that is not allowed."""

from lib import ics
from lib.story import Story


class OwnTables(Story):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.work = self.account()
        self.connect(self.anna, self.work.connection())
        self.work.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))

    def test_the_first_run_makes_them(self):
        for command in ("run", "sync", "log"):
            with self.subTest(command=command):
                self.drop_own_tables()
                self.run_it(command, *(["--all"] if command == "sync" else []))
                self.assertIn("prm_calendar_schema", self.own_tables())

    def test_a_dry_run_and_a_look_do_without(self):
        self.sync("--all", "--dry-run")
        self.run_it("log", "--dry-run")
        self.run_it("status")
        self.assertEqual(self.own_tables(), [])

    def test_dropped_they_come_back_and_nothing_else_changes(self):
        self.sync()
        content = self.content()
        self.drop_own_tables()
        self.sync()
        self.assertEqual(self.content(), content)
        self.assertIn("prm_calendar_schema", self.own_tables())

    def test_who_may_not_make_them_is_told_what_to_run(self):
        self.sandbox.database.sql(f"REVOKE CREATE ON `{self.wp.name}`.* FROM '{self.wp.user}'@'localhost'")
        done = self.sync(status=78)
        self.assert_one_line(done.stderr, "CREATE command denied", "/share/prm-calendar/sql/001_state.sql",
                             "/share/prm-calendar/sql/002_gone.sql", "/share/prm-calendar/sql/004_span.sql",
                             "/share/prm-calendar/sql/009_waiting.sql", f"| mysql --force {self.wp.name}")
        self.assertEqual(self.titles(self.anna), [])

    def test_those_of_a_newer_program_are_left_alone(self):
        self.sync()
        self.sandbox.database.sql("INSERT INTO wp_prm_calendar_schema VALUES (99, 0)", self.wp.name)
        self.assert_one_line(self.sync(status=78).stderr, "version 99", "newer")
