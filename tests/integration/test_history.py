# SPDX-License-Identifier: GPL-2.0-or-later
"""What ran is remembered, and `status` shows it."""

import os
import re
import socket
import time

from lib import ics
from lib.story import Story


class History(Story):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.work = self.account()
        self.connect(self.anna, self.work.connection())
        self.work.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))

    def runs(self):
        return self.run_it("status", "--json").json["runs"]

    def database(self, sql):
        return self.sandbox.database.sql(sql, self.wp.name)

    def test_status_tells_what_ran(self):
        self.assertEqual(self.runs(), [])
        self.assert_one_line(self.run_it("status").stdout, "Last runs", "none is remembered")
        self.sync()
        self.run_it("log")
        log, sync = self.runs()
        self.assertEqual([sync["command"], log["command"]], ["sync", "log"])
        self.assertEqual((sync["host"], sync["state"], sync["exit_status"]),
                         (socket.gethostname(), "ended", 0))
        self.assertEqual((sync["connections_done"], sync["connections_failed"],
                          sync["connections_skipped"]), (1, 0, 0))
        self.assertEqual((sync["events_added"], sync["events_changed"], sync["events_removed"],
                          sync["meetings_logged"]), (1, 0, 0, 0))
        self.assertEqual((log["connections_done"], log["events_added"]), (0, 0))
        self.assert_one_line(self.run_it("status").stdout, " sync on ", "1 connections synced",
                             "1 added")

    def test_a_failure_is_told_with_its_exit_status(self):
        self.connect(self.anna, self.work.connection(credentials={
            "url": "http://127.0.0.1:1/", "username": "x", "password": "y"}))
        self.sync(status=1)
        run, = self.runs()
        self.assertEqual((run["exit_status"], run["connections_failed"]), (1, 1))
        self.assert_one_line(self.run_it("status").stdout, "1 failed", "exit status 1")

    def test_a_run_that_was_killed_ended_without_saying_so(self):
        for command in (("run",), ("sync", "--all"), ("log",)):
            self.run_it(*command)
            self.database("UPDATE wp_prm_calendar_runs SET ended_at = NULL, exit_status = NULL"
                          " ORDER BY id DESC LIMIT 1")
            self.assert_one_line(self.run_it("status").stdout, f" {command[0]} on ", ": ended without saying so")
        self.assertEqual({run["state"] for run in self.runs()}, {"lost"})
        self.assertEqual({run["exit_status"] for run in self.runs()}, {None})
        self.assertEqual({run["host"] for run in self.runs()}, {socket.gethostname()})

    def test_a_run_of_another_machine_may_be_at_work(self):
        self.run_it("run")
        self.database("UPDATE wp_prm_calendar_runs SET ended_at = NULL, exit_status = NULL,"
                      " host = 'elsewhere:1.1:abcdef01'")
        self.assert_one_line(self.run_it("status").stdout, " run on elsewhere: ", "still at work, or ended without")

    def test_metrics_tell_how_the_last_pass_went(self):
        path = os.path.join(self.wp.folder, "prm_calendar.prom")
        ini = self.write_ini("metrics.ini", output_metrics_file=path)
        self.run_it("sync", "--all", ini=ini)
        self.assertFalse(os.path.exists(path), "only a pass writes them")
        self.connect(self.anna, self.work.connection())
        self.run_it("run", ini=ini)
        series = self.series(path)
        now = time.time()
        self.assertEqual(series["last_run_exit_status"], 0)
        self.assertEqual(series['last_run_connections,outcome="done"'], 1)
        self.assertAlmostEqual(series["last_success_timestamp_seconds"], now, delta=60)
        self.assertAlmostEqual(series["last_run_timestamp_seconds"], now, delta=60)
        self.database("UPDATE wp_prm_calendar_runs SET ended_at = 1768910400")
        self.connect(self.anna, self.work.connection(credentials={
            "url": "http://127.0.0.1:1/", "username": "x", "password": "y"}))
        self.run_it("run", ini=ini, status=1)
        series = self.series(path)
        self.assertEqual(series["last_run_exit_status"], 1)
        self.assertEqual(series['last_run_connections,outcome="failed"'], 1)
        self.assertEqual(series["last_success_timestamp_seconds"], 1768910400)

    def test_metrics_that_cannot_be_written_are_a_warning(self):
        ini = self.write_ini("metrics.ini", output_metrics_file="/nonexistent/x.prom")
        done = self.run_it("run", ini=ini)
        self.assert_one_line(done.stderr, "warning", "cannot write the metrics", "/nonexistent")
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    @staticmethod
    def series(path):
        """The value of each series, by its name and its labels but for the site."""
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if not line.startswith("#")]
        pattern = re.compile(r'prm_calendar_(\w+)\{site="https://crm\.example\.org"(.*)\} ([\d.e+]+)')
        found = [pattern.fullmatch(line) for line in lines]
        return {match[1] + match[2]: float(match[3]) for match in found}

    def test_a_dry_run_is_not_remembered(self):
        self.sync("--all", "--dry-run")
        self.sync()
        self.sync("--all", "--dry-run")
        self.assertEqual(len(self.runs()), 1)

    def test_a_history_that_cannot_be_written_is_a_warning(self):
        self.sync()
        self.database("ALTER TABLE wp_prm_calendar_runs DROP COLUMN host")
        done = self.sync()
        self.assert_one_line(done.stderr, "warning", "cannot note that this run began")
        self.assertEqual(self.titles(self.anna), ["Lunch"])
