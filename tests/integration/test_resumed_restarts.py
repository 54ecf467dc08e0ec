# SPDX-License-Identifier: GPL-2.0-or-later
"""MariaDB is killed in mid-run, and comes back at once or later: nothing is lost, and nothing is there twice."""

import signal
from concurrent.futures import ThreadPoolExecutor

from lib.database_proxy import Fault
from lib.ics import vevent
from lib.interruptions import EVERY_STEP, InterruptedStory, note
from lib.sandbox import Sandbox
from lib.sql_session import SqlSession

RESTARTS = 24 if EVERY_STEP else 4


class Restarts(InterruptedStory):

    @classmethod
    def setUpClass(cls):
        # A server ends with the thread that started it: so it is not one that ends with a connection.
        cls.keeper = ThreadPoolExecutor(1)
        cls.addClassCleanup(cls.keeper.shutdown)
        cls.own_sandbox = Sandbox(own_database=True)
        cls.addClassCleanup(cls.own_sandbox.close)

    def choose_sandbox(self):
        return self.own_sandbox

    def setUp(self):
        super().setUp()
        self.be_durable()
        self.anna = self.user()
        self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account = self.account()
        for day in range(-2, 3):
            self.account.put(f"day{day}", vevent(f"day{day}@story", self.utc(self.at(day)), summary=f"Day {day}",
                                                 attendees=[("jose@example.org", "José", "ACCEPTED")]))
        self.connect(self.anna, self.proxied_connection(self.account))

    def be_durable(self):
        """What was committed is there after a crash, as on any server in earnest."""
        self.session.run("SET GLOBAL innodb_flush_log_at_trx_commit = 1;")

    def kill_server(self):
        self.wp.database.stop(signal.SIGKILL)

    def start_server(self):
        self.keeper.submit(self.wp.database.start).result()
        self.close_session()
        self.session = self.snapshot.session = SqlSession(self.wp.database, self.wp.name)
        self.be_durable()

    def restart_server(self):
        self.kill_server()
        self.start_server()

    def test_a_restart_in_mid_run(self):
        self.whole_run("sync", "--all")
        steps = [step.number for step in self.steps if step.writes]
        chosen = steps[::max(1, len(steps) // RESTARTS)]
        for number in chosen:
            for do in (self.restart_server, self.kill_server):
                with self.subTest(f"{do.__name__} at {self.steps[number - 1]}"):
                    self.assert_survives(Fault(number, do, after=number % 2 == 0))
        note(f"MariaDB killed at {len(chosen)} of {len(self.steps)} statements, back at once and later")

    def assert_survives(self, fault):
        self.snapshot.restore()
        self.wp.close()  # its connection would be gone
        done = self.run_with("sync", "--all", fault=fault)
        self.assertTrue(self.proxy.has_struck, f"the run was shorter this time\n{done}")
        if fault.do == self.kill_server:
            self.start_server()
        self.run_well("sync", "--all")
        rows = self.rows()
        self.assert_all_holds(rows)
        self.assert_same(self.expected, rows)
        self.assert_only_a_cache(self.expected, "sync", "--all")
