# SPDX-License-Identifier: GPL-2.0-or-later
"""What a monitor and an administrator see of connections that fare well, wait, fail, were refused or are paused."""

import os
import re

from lib.ics import vevent
from lib.story import Story

STATES = ("ok", "waiting", "failing", "refused", "paused")


class Health(Story):

    def setUp(self):
        super().setUp()
        self.calendar = self.account()
        self.calendar.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.anna = self.user()
        self.bram = self.user("bram", "Bram")
        self.every = self.write_ini("every.ini", sync_users_per_pass="all",
                                    output_metrics_file=os.path.join(self.wp.folder, "metrics.prom"))

    def passes(self, status=0):
        return self.run_it("run", ini=self.every, status=status)

    def status(self, *options):
        return self.run_it("status", "--json", *options, ini=self.every).json

    def states(self, *options):
        return {entry["user_login"] + "/" + entry["connection"][-2:]: entry["state"]
                for entry in self.status(*options)["connections"]}

    def check(self, status, *words):
        done = self.run_it("check", ini=self.every, status=status)
        line, = done.stdout.splitlines()
        for word in words:
            self.assertIn(word, line)
        self.assertEqual(done.stderr, "")
        return line

    def metric(self, name):
        with open(os.path.join(self.wp.folder, "metrics.prom"), encoding="utf-8") as file:
            found = re.findall(rf"^prm_calendar_{name}(?:\{{site=\"[^\"]*\",?|,)([^}}]*)\}} (\S+)$", file.read(), re.M)
        return {label: float(value) for label, value in found}

    def wrong_password(self):
        good = self.calendar.connection(2)
        return {**good, "credentials": {**good["credentials"], "password": "wrong"}}

    def no_server(self):
        good = self.calendar.connection(3)
        return {**good, "credentials": {**good["credentials"], "url": "http://127.0.0.1:9/dav/"}}

    def connect_all_kinds(self):
        self.connect(self.anna, self.calendar.connection(1), self.wrong_password(), self.no_server(),
                     self.calendar.connection(4, sync_enabled=False))
        self.connect(self.bram, self.calendar.connection(5))

    def test_each_state_is_told_everywhere(self):
        self.connect_all_kinds()
        self.assertEqual(set(self.states().values()), {"waiting", "paused"})
        self.passes(status=1)
        self.assertEqual(self.states(), {"anna/01": "ok", "anna/02": "refused", "anna/03": "failing",
                                         "anna/04": "paused", "bram/05": "ok"})
        status = self.status()
        self.assertEqual(status["states"], {"ok": 2, "waiting": 0, "failing": 1, "refused": 1, "paused": 1})
        refused = status["connections"][1]
        self.assertTrue(refused["failing_since"])
        self.assertIsNone(status["connections"][0]["failing_since"])
        text = self.run_it("status", ini=self.every).stdout
        self.assert_one_line(text, "Connections ", "2 ok, 1 failing, 1 refused, 1 paused")
        self.assert_one_line(text, "state", "refused since " + refused["failing_since"], "owner", "connect it again")
        self.assert_one_line(text, "state", "paused; its owner switched it off")
        self.assertEqual(text.count("next due"), 3)
        self.assertEqual(self.metric("connections"), {
            'state="ok"': 2, 'state="waiting"': 0, 'state="failing"': 1, 'state="refused"': 1, 'state="paused"': 1})
        self.assertEqual(len(self.metric("oldest_last_sync_timestamp_seconds")), 1)

    def test_a_refusal_stays_red_while_passes_end_with_0(self):
        self.connect_all_kinds()
        self.passes(status=1)
        self.sandbox.database.sql("UPDATE wp_prm_calendar_connections SET retry_at = 4102444800 WHERE failures > 0 AND "
                                  "refused_hash IS NULL", self.wp.name)
        since = self.status()["connections"][1]["failing_since"]
        self.passes(status=None)
        self.assertEqual(self.states()["anna/02"], "refused")
        self.assertEqual(self.status()["connections"][1]["failing_since"], since)
        self.assertEqual(self.metric("connections")['state="refused"'], 1)
        self.check(1, "1 of 4 connections refused")

    def test_who_connected_again_waits_and_then_is_well(self):
        self.connect(self.anna, self.wrong_password())
        self.passes(status=1)
        self.assertEqual(self.states(), {"anna/02": "refused"})
        self.check(2, "CRITICAL", "1 of 1 connections refused")
        self.connect(self.anna, self.calendar.connection(2))
        self.assertEqual(self.states(), {"anna/02": "waiting"})
        self.passes()
        self.assertEqual(self.states(), {"anna/02": "ok"})
        self.assertIsNone(self.status()["connections"][0]["failing_since"])

    def test_an_entry_that_cannot_be_read_makes_no_failure(self):
        self.connect(self.anna, self.calendar.connection())
        self.passes()
        # As an object that spoiled on its way leaves it (test_bad_answers).
        self.sandbox.database.sql("UPDATE wp_prm_calendar_connections SET problems = 1, first_problem = 'It has no "
                                  "start.'", self.wp.name)
        self.sync()
        entry, = self.status()["connections"]
        self.assertEqual(entry["state"], "ok")
        self.assertIn("could not be read", entry["last_error"])

    def test_check_speaks_nagios(self):
        self.connect(self.anna, self.calendar.connection())
        self.check(2, "PRM-CALENDAR CRITICAL - no pass has ever run")
        self.passes()
        line = self.check(0, "PRM-CALENDAR OK - 1 connections, 1 ok |")
        data = line.split("|")[1].split()
        for one in data:
            self.assertRegex(one, r"^[a-z_]+=\d+s?(;\d*){3}(;\d+)?$|^[a-z_]+=\d+s;;;0$")
        self.assertEqual([one.split("=")[0] for one in data], [
            *STATES, "late", "failed_passes", "last_pass", "last_good_pass", "oldest_sync"])
        self.connect(self.bram, self.wrong_password())
        self.passes(status=1)
        self.check(1, "PRM-CALENDAR WARNING - 1 of 2 connections refused |", " refused=1;;;0;2 ")

    def test_check_says_that_no_passes_run(self):
        self.connect(self.anna, self.calendar.connection())
        self.passes()
        self.sandbox.database.sql("UPDATE wp_prm_calendar_runs SET started_at = started_at - 3000, "
                                  "ended_at = ended_at - 3000", self.wp.name)
        self.check(2, "no pass for 50 minutes, where one is due every 15")

    def test_check_says_that_passes_fail(self):
        self.connect(self.anna, self.calendar.connection())
        self.passes()
        for number, status in ((1, 1), (2, 1), (3, 2)):
            self.sandbox.database.sql(
                "INSERT INTO wp_prm_calendar_runs (command, host, started_at, ended_at, exit_status) "
                "VALUES ('run', 'here', UNIX_TIMESTAMP(), UNIX_TIMESTAMP(), 78)", self.wp.name)
            self.check(status, f"the last {number} passes failed", f"failed_passes={number};")

    def test_check_says_what_keeps_it_from_knowing(self):
        done = self.run_it("check", ini="/nonexistent/prm.ini", status=3)
        self.assert_one_line(done.stdout, "PRM-CALENDAR UNKNOWN - ", "/nonexistent/prm.ini")
        away = self.write_ini("away.ini", database_socket="/nonexistent/socket")
        done = self.run_it("check", ini=away, status=2)
        self.assert_one_line(done.stdout, "PRM-CALENDAR CRITICAL - ", "/nonexistent/socket")
        self.assertEqual(self.run_it("check", "--json", ini=away, status=2).json["status"], "critical")

    def test_check_is_a_json_object_too(self):
        self.connect(self.anna, self.wrong_password())
        self.passes(status=1)
        found = self.run_it("check", "--json", ini=self.every, status=2).json
        self.assertEqual((found["status"], found["states"]["refused"]), ("critical", 1))
        self.assertEqual(found["reasons"], [{"reason": "1 of 1 connections refused"}])
        self.assertIsNone(found["oldest_sync_age_seconds"])

    def test_a_pause_is_a_state_and_a_status_of_its_own(self):
        self.connect(self.anna, self.calendar.connection())
        self.passes()
        succeeded = self.metric("last_success_timestamp_seconds")
        for option in ("stylesheet", "template"):
            self.wp.call("update_option", option, "twentytwentythree")
        self.sandbox.database.sql("UPDATE wp_prm_calendar_runs SET ended_at = ended_at - 100", self.wp.name)
        self.assert_one_line(self.passes(status=79).stderr, "paused", "twentytwentythree")
        self.assertEqual(self.states(), {"anna/01": "paused"})
        self.assertIn("twentytwentythree", self.status()["paused"])
        text = self.run_it("status", ini=self.every).stdout
        self.assert_one_line(text, "PAUSED", "twentytwentythree")
        self.assert_one_line(text, "run on", "paused")
        self.assertNotIn("next due", text)
        self.check(1, "paused: the site's active theme")
        self.assertEqual(self.metric("connections")['state="paused"'], 1)
        self.assertEqual(self.metric("last_run_exit_status"), {"": 79})
        self.assertLess(self.metric("last_success_timestamp_seconds")[""], succeeded[""])
        self.assertIn("paused", self.run_it("sync", "--all", "--json", ini=self.every, status=79).json)

    def test_status_chooses_and_pages(self):
        self.connect_all_kinds()
        self.passes(status=1)
        self.assertEqual(list(self.states("--failing")), ["anna/02", "anna/03"])
        self.assertEqual(list(self.states("--user=bram")), ["bram/05"])
        self.assertEqual(list(self.states("--user=bram", "--failing")), [])
        self.assertEqual(list(self.states("--stale=1")), ["anna/02", "anna/03"])
        self.assertEqual(list(self.states("--limit=2", "--page=3")), ["bram/05"])
        self.assertEqual(self.status("--limit=2")["connections_chosen"], 5)
        text = self.run_it("status", "--limit=2", "--page=2", ini=self.every).stdout
        self.assert_one_line(text, "Page 2 of 3 (5 connections)")
        self.assertEqual(text.count("\n  last sync   "), 2)
        self.passes(status=None)
        self.assertEqual(len(self.status("--runs=1")["runs"]), 1)
        self.assertEqual(len(self.status("--runs=2")["runs"]), 2)
        self.assert_one_line(self.run_it("status", "--user=nobody", status=1).stderr, "nobody")
        for option in ("--page=0", "--limit=-2", "--stale=-5", "--runs=-3"):
            self.run_it("status", option, status=64)
