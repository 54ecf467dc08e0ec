# SPDX-License-Identifier: GPL-2.0-or-later
"""Ctrl-C and `systemctl stop`: a run comes to a safe point, gives back what it holds, and says what it did."""

import json
import os
import signal
import subprocess
import time

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.processes import wait_until
from lib.program import program_path, start_program
from lib.sql_session import SqlSession
from lib.story import PASSWORD, Story

AT_MOST_SECS = 5
# What a busy machine may add.
SLACK_SECS = 3
LOCKS = "SELECT option_name FROM wp_options WHERE option_name LIKE '%.lock' OR option_name LIKE '%_sync_lock_%'"


class Interruptions(Story):

    def setUp(self):
        super().setUp()
        self.hanging = FakeServer({"*": [{"stall": True}]})
        self.addCleanup(self.hanging.close)
        self.session = self.sandbox.database
        self.anna, self.bram = self.user(), self.user("bram", "Bram")
        self.work = self.account()
        self.work.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"))

    def slow_connection(self, number=2):
        return {"id": f"conn_{number:013x}", "provider": "caldav", "name": "Slow", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": self.hanging.url, "username": f"user{number}", "password": PASSWORD}}

    def sql(self, text):
        return self.session.sql(text, self.wp.name)

    def locks(self):
        return [name for name, in self.sql(LOCKS)]

    def interrupt(self, signums, *arguments, when, what, ini=None):
        """Sends the signals once `when` is true; returns (status, stdout, stderr, seconds)."""
        with start_program(*arguments, ini=ini or self.ini) as process:
            try:
                wait_until(when, what)
                began = time.monotonic()
                for signum in signums:
                    process.send_signal(signum)
                    # One that is pending when the same comes again counts once.
                    wait_until(lambda: not self.is_pending(process.pid, signum), "the signal to be taken")
                stdout, stderr = process.communicate(timeout=60)
            except BaseException:
                process.kill()
                raise
        return process.returncode, stdout, stderr, time.monotonic() - began

    @staticmethod
    def is_pending(pid, signum):
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                fields = dict(line.split(":", 1) for line in file)
        except OSError:
            return False
        masks = (int(fields[name].strip(), 16) for name in ("SigPnd", "ShdPnd") if name in fields)
        return any(mask & (1 << (signum - 1)) for mask in masks)

    def while_asked(self, *signums, command=("sync", "--all"), ini=None):
        return self.interrupt(signums, *command, when=self.hanging.count, what="the calendar server to be asked",
                              ini=ini)

    def last_run(self):
        return self.run_it("status", "--json").json["runs"][0]

    def test_each_signal_ends_a_hanging_request_and_gives_the_lease_back(self):
        self.connect(self.anna, self.work.connection(), self.slow_connection())
        for signum, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):
            with self.subTest(signum=signum):
                asked = self.hanging.count()
                done, stdout, stderr, secs = self.interrupt(
                    [signum], "sync", "--all", when=lambda: self.hanging.count() > asked, what="the request")
                self.assertEqual(done, status, stderr)
                self.assertLess(secs, AT_MOST_SECS)
                self.assertEqual(self.locks(), [])
                self.assert_one_line(stderr, f"stopped by {signum.name} at a safe point", "next run goes on")
                self.assert_one_line(stdout, "1 connection synced, 0 failed")
                run = self.last_run()
                self.assertEqual((run["state"], run["exit_status"], run["connections_done"]),
                                 ("interrupted", status, 1))
                self.assert_one_line(self.run_it("status").stdout, f"interrupted by {signum.name}; 1 connections")
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        slow = self.connections(self.anna)[1]
        self.assertEqual(slow.get("last_error"), None, "what was stopped has failed at nothing")
        self.assertTrue(self.connections(self.anna)[0]["last_sync"])

    def test_json_says_that_not_all_was_done(self):
        self.connect(self.anna, self.work.connection(), self.slow_connection())
        status, stdout, _, _ = self.while_asked(signal.SIGTERM, command=("sync", "--all", "--json"))
        told = json.loads(stdout)
        self.assertEqual((status, told["interrupted"], told["totals"]["done"]), (143, True, 1))
        self.assertFalse(self.run_it("log", "--json").json["interrupted"])

    def test_several_workers_stop_together(self):
        for number, user in enumerate((self.anna, self.bram), 1):
            self.connect(user, self.slow_connection(number))
        ini = self.write_ini("two.ini", sync_workers="2", sync_users_per_pass="all")
        status, _, stderr, secs = self.interrupt(
            [signal.SIGTERM], "run", when=lambda: self.hanging.count() >= 2, what="both to be asked", ini=ini)
        self.assertEqual(status, 143, stderr)
        self.assertLess(secs, AT_MOST_SECS)
        self.assertEqual(self.locks(), [])

    def test_the_next_pass_goes_on_with_whom_the_last_one_did_not_finish(self):
        self.connect(self.anna, self.slow_connection())
        self.connect(self.bram, self.work.connection())
        one = self.write_ini("one.ini", sync_users_per_pass="1")
        self.while_asked(signal.SIGTERM, command=("run",), ini=one)
        self.assertEqual(self.titles(self.bram), [])
        asked = self.hanging.count()
        self.connect(self.anna, self.work.connection())
        self.run_it("run", ini=one)
        self.assertEqual((self.titles(self.anna), self.titles(self.bram)), (["Lunch"], []), "Anna's turn stays hers")
        self.assertEqual(self.hanging.count(), asked)

    def test_a_second_signal_ends_it_at_once(self):
        self.connect(self.anna, self.work.connection())
        with self.locked("wp_posts"):
            status, _, stderr, secs = self.interrupt(
                [signal.SIGTERM, signal.SIGINT], "sync", "--all", when=self.waits_for_a_lock, what="the lock")
        self.assertEqual(status, -signal.SIGINT, stderr)
        self.assertLess(secs, 2)

    def waits_for_a_lock(self):
        # Not information_schema's: MySQL refuses to show statements with bytes that are no text there.
        return any(database == self.wp.name and "lock" in state
                   for _id, _user, _host, database, _command, _time, state, *_ in self.sql("SHOW PROCESSLIST"))

    def locked(self, table):
        """Somebody else's LOCK TABLES, as mysqldump's."""
        return LockedTable(self.session, self.wp.name, table)

    def test_a_statement_that_waits_is_broken_off_and_what_is_held_is_given_back(self):
        self.connect(self.anna, self.work.connection())
        with self.locked("wp_posts"):
            status, _, stderr, secs = self.interrupt(
                [signal.SIGTERM], "sync", "--all", when=self.waits_for_a_lock, what="the lock")
            self.assertEqual(status, 143, stderr)
            self.assertLess(secs, AT_MOST_SECS + SLACK_SECS)
            self.assertEqual(self.locks(), [])
        self.assertEqual(self.last_run()["state"], "interrupted")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def test_a_signal_that_the_caller_ignores_stays_ignored(self):
        self.connect(self.anna, self.slow_connection())
        argv = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", program_path(), "sync", "-c", self.ini, "--all"]
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wait_until(self.hanging.count, "the request")
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 143)


class LockedTable:
    def __init__(self, database, name, table):
        self._database, self._name, self._table = database, name, table

    def __enter__(self):
        self._session = SqlSession(self._database, self._name)
        self._session.run(f"LOCK TABLES {self._table} WRITE;")

    def __exit__(self, *_):
        self._session.run("UNLOCK TABLES;")
        self._session.close()


class Output(Story):
    """Output that cannot be written is an error; a reader that has seen enough is none."""

    COMMANDS = (("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("sync", "--all", "--json"),
                ("log", "--json"), ("calendars", "--user=anna"), ("--help",), ("sync", "--help"), ("--version",),
                ("rematch", "--json"), ("takeover",), ("handback", "--json"))

    def setUp(self):
        super().setUp()
        self.work = self.account()
        self.connect(self.user(), self.work.connection())

    def run_into(self, output, *arguments):
        ini = [] if arguments[0] == "--version" or "--help" in arguments else ["-c", self.ini]
        return subprocess.run([program_path(), arguments[0], *ini, *arguments[1:]], stdin=subprocess.DEVNULL,
                              stdout=output, stderr=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, "G_DEBUG": "fatal-criticals"})

    def test_a_full_disk_is_an_error_of_every_command(self):
        for arguments in self.COMMANDS:
            with self.subTest(arguments=arguments), open("/dev/full", "w", encoding="ascii") as full:
                done = self.run_into(full, *arguments)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assert_one_line(done.stderr, "cannot write the output", "No space left on device")

    def test_a_reader_that_has_gone_is_no_error(self):
        expected = {arguments: self.run_into(subprocess.DEVNULL, *arguments).returncode for arguments in self.COMMANDS}
        for arguments, status in expected.items():
            reader, writer = os.pipe()
            os.close(reader)
            with self.subTest(arguments=arguments):
                done = self.run_into(writer, *arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertNotIn("cannot write", done.stderr)
            os.close(writer)
