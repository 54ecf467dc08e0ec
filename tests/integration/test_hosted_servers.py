# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers as shared hosting has them: the binary log holds statements (binlog_format = STATEMENT), so that InnoDB refuses
to write in READ COMMITTED (error 1665), and selects are limited."""

import shutil
import tempfile

from lib import ics
from lib.mariadb import MariaDb
from lib.program import run_program
from lib.sandbox import Sandbox
from lib.story import Story


class HostedServer(Story):
    def choose_sandbox(self):
        folder = tempfile.mkdtemp(prefix="prm-log-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        sandbox = Sandbox(own_database=True)
        self.addCleanup(sandbox.close)
        sandbox._database = MariaDb(folder, options=(  # pylint: disable=protected-access
            "--log-bin=binlog", "--binlog-format=STATEMENT", "--server-id=1")).start()
        return sandbox

    def test_everything_is_written(self):
        anna = self.user()
        ben = self.person(anna, "Ben", "Berg", "ben@example.org")
        account = self.account()
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(-1)), summary="Lunch",
                                        attendees=[("ben@example.org", "Ben Berg", "ACCEPTED")]))
        self.connect(anna, account.connection())
        self.sync()
        self.assertEqual(self.titles(anna), ["Lunch"])
        self.assertEqual(len(self.activities(ben)), 1)
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(-1)), summary="Late lunch"))
        self.sync()
        self.assertEqual(self.titles(anna), ["Late lunch"])
        account.client.delete("work", "lunch")
        self.sync()
        self.assertEqual(self.titles(anna), [])
        self.run_it("run")
        self.run_it("takeover")
        server = next(one for one in run_program("doctor", "--json", ini=self.ini).json["checks"]
                      if one["check"] == "server")
        self.assertEqual(server["status"], "ok")
        self.assertIn("logs statements", server["message"])

    def test_limits_on_selects_are_for_people(self):
        anna = self.user()
        account = self.account()
        for number in range(5):
            account.put(f"lunch{number}", ics.vevent(f"lunch{number}", self.utc(self.at(1, hour=9 + number)),
                                                     summary=f"Lunch {number}"))
        self.connect(anna, account.connection())
        self.wp.close()
        self.sandbox.database.sql("SET GLOBAL sql_select_limit = 1; SET GLOBAL max_join_size = 10")
        self.sync()
        self.sync("--all", "--full")
        self.sandbox.database.sql("SET GLOBAL sql_select_limit = DEFAULT; SET GLOBAL max_join_size = DEFAULT")
        self.assertEqual(len(self.titles(anna)), 5)
