# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sidecars on machines of their own with one database: neither can see whether the other's process lives."""

import os
import signal
import subprocess
import unittest

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.invariants import violations
from lib.processes import wait_until
from lib.program import program_path
from lib.site_rows import SiteRows
from lib.sql_session import SqlSession
from lib.story import PASSWORD, Story

LEASE_SECS = 15 * 60
ADDRESS = "ben@example.org"
LEASES = "SELECT option_value FROM wp_options WHERE option_name LIKE '%calendar_sync_%.lock'"
EX_TEMPFAIL = 75
MACHINE = 'mount --bind "$0" /etc/machine-id && exec "$@"'


class Machines(Story):

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("machine ids of their own are root's to mount")
        if not os.path.exists("/etc/machine-id"):
            self.skipTest("there is no /etc/machine-id to put others in the place of")
        self.hanging = FakeServer({"*": [{"stall": True}]})
        self.addCleanup(self.hanging.close)
        self.anna, self.bram = self.user(), self.user("bram", "Bram")
        self.ben = self.person(self.anna, "Ben", "Berg", ADDRESS)
        self.work, self.others = self.account(), self.account()
        for number in range(5):
            self.work.put(f"done-{number}", vevent(f"done-{number}", self.utc(self.at(-1 - number)), summary=f"Done {number}",
                                                   attendees=[(ADDRESS, "Ben Berg", "ACCEPTED")]))
        self.others.put("lunch", vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.before = self.violations()

    def violations(self):
        session = SqlSession(self.wp.database, self.wp.name)
        try:
            return violations(SiteRows(session, self.wp))
        finally:
            session.close()

    def slow_connection(self):
        return {"id": "conn_0000000000002", "provider": "caldav", "name": "Slow", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": self.hanging.url, "username": "anna", "password": PASSWORD}}

    def start_on(self, machine, *arguments):
        """The program on the first or second machine; its process is the program's own."""
        path = os.path.join(self.wp.folder, f"machine-id-{machine}")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{machine}" * 32 + "\n")
        os.chmod(path, 0o644)
        return subprocess.Popen(
            ["unshare", "--mount", "--propagation=private", "sh", "-c", MACHINE, path, program_path(), arguments[0], "-c",
             self.ini, *arguments[1:]],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def on(self, machine, *arguments):
        """Runs it to its end; returns (status, stdout and stderr)."""
        with self.start_on(machine, *arguments) as process:
            stdout, stderr = process.communicate(timeout=60)
        return process.returncode, stdout + stderr

    def sql(self, text):
        return self.wp.database.sql(text, self.wp.name)

    def kill_first_in_mid_pass(self):
        """Anna's first calendar is stored and nothing is logged yet: it dies in a pass, while the second one is asked."""
        self.connect(self.anna, self.work.connection(1), self.slow_connection())
        with self.start_on(1, "run") as process:
            try:
                wait_until(self.hanging.count, "the slow calendar to be asked")
            finally:
                process.kill()
                process.communicate()
        self.hanging.close()
        self.assertEqual(len(self.sql(LEASES)), 1, "a killed process gives nothing back")

    def let_the_lease_run_out(self):
        (value,), = self.sql(LEASES)
        ends, rest = value.split(" ", 1)
        now = int(self.sql("SELECT UNIX_TIMESTAMP()")[0][0])
        self.assertLessEqual(int(ends) - now, LEASE_SECS)
        self.assertGreater(int(ends), now)
        self.sql(f"UPDATE wp_options SET option_value = '{now} {rest}' WHERE option_name LIKE '%calendar_sync_%.lock'")

    def test_the_work_of_the_dead_is_taken_over_when_its_lease_has_run_out(self):
        self.kill_first_in_mid_pass()
        self.connect(self.bram, self.others.connection(3))
        status, said = self.on(2, "run")
        self.assertEqual((status, self.titles(self.bram)), (0, ["Lunch"]), "the dead hold nobody else up: " + said)
        status, said = self.on(2, "run")
        self.assertEqual(status, EX_TEMPFAIL, said)
        self.assertRegex(said, "another process is syncing this user")
        self.let_the_lease_run_out()
        self.work.put("late", vevent("late", self.utc(self.at(-6)), summary="Late",
                                     attendees=[(ADDRESS, "Ben Berg", "ACCEPTED")]))
        status, said = self.on(2, "run")
        self.assertEqual(status, 0, "Bram's turn: " + said)
        status, said = self.on(2, "run")
        self.assertEqual(status, 1, "the slow calendar is not there any more: " + said)
        self.assertRegex(said, "cut off before it had ended")
        self.assertEqual(self.sql(LEASES), [])
        self.assertEqual(sorted(self.titles(self.anna)), [*(f"Done {number}" for number in range(5)), "Late"])
        self.assertEqual(len(self.activities(self.ben)), 6)
        self.assertEqual(self.violations(), self.before)

    def test_a_process_of_the_same_machine_takes_over_at_once(self):
        self.kill_first_in_mid_pass()
        status, said = self.on(1, "sync", "--user=anna")
        self.assertEqual(status, 1, said)
        self.assertRegex(said, "cut off before it had ended")
        self.assertEqual(len(self.titles(self.anna)), 5)

    def test_one_that_only_stalled_notices_that_its_work_was_taken(self):
        """Frozen for longer than its lease, it comes back while the second machine has done everything."""
        self.connect(self.anna, self.work.connection(1), self.slow_connection())
        with self.start_on(1, "sync", "--user=anna") as process:
            try:
                wait_until(self.hanging.count, "the slow calendar to be asked")
                process.send_signal(signal.SIGSTOP)
                self.let_the_lease_run_out()
                self.connect(self.anna, self.work.connection(1))
                status, said = self.on(2, "sync", "--user=anna")
                self.assertEqual(status, 0, said)
                self.hanging.close()
                process.send_signal(signal.SIGCONT)
                stdout, stderr = process.communicate(timeout=60)
            finally:
                process.kill()
        self.assertNotEqual(process.returncode, 0, stdout + stderr)
        self.on(2, "log")
        self.assertEqual(len(self.activities(self.ben)), 5)
        self.assertEqual(self.violations(), self.before)


if __name__ == "__main__":
    unittest.main()
