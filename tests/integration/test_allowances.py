# SPDX-License-Identifier: GPL-2.0-or-later
"""A sync takes no more than its share of time, requests and data: others have their turn, and it ends some day."""

import io
import re
import time
from types import SimpleNamespace

from fake.http_server import FakeServer
from fake.spoiling_proxy import Answer, SpoilingProxy
from lib.ics import vevent
from lib.limits import limit
from lib.story import PASSWORD, Story

HANGING = {"*": [{"stall": True}]}
CUT_REPORTS_MAX = limit("LIMIT_CUT_REPORTS")


class Allowances(Story):

    def setUp(self):
        super().setUp()
        self.anna, self.bram = self.user(), self.user("bram", "Bram")
        self.account = self.account()

    def put_many(self, number, calendar="work"):
        for at in range(number):
            self.account.put(f"event{at}", vevent(f"event{at}@{calendar}", self.utc(self.at(at % 20 + 1)),
                                                  summary=f"{calendar} {at}"), calendar=calendar)

    def error(self, user, place=0):
        return self.connections(user)[place].get("last_error")

    def failures(self):
        return {row[0]: int(row[1]) for row in self.sandbox.database.sql(
            "SELECT connection_id, failures FROM wp_prm_calendar_connections", self.wp.name)}

    def sync_with(self, ini, status):
        return self.run_it("sync", "--all", ini=ini, status=status)

    def hanging_connection(self, url, user, number):
        return {"id": f"conn_{number:013x}", "provider": "caldav", "name": "Slow", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": url, "username": f"user{user}", "password": PASSWORD}}

    # --- time

    def test_as_many_slow_users_as_workers_do_not_keep_the_last_from_its_turn(self):
        server = FakeServer(HANGING)
        self.addCleanup(server.close)
        last = self.user("carl", "Carl")
        for user in (self.anna, self.bram):
            self.connect(user, *(self.hanging_connection(server.url, user, number) for number in (1, 2, 3)))
        self.put_many(1)
        self.connect(last, self.account.connection())
        ini = self.write_ini("slow.ini", sync_users_per_pass="all", sync_workers="2", sync_max_secs="2",
                             sync_max_secs_per_user="3")
        began = time.monotonic()
        done = self.run_it("run", ini=ini, status=1)
        self.assertLess(time.monotonic() - began, 25)  # of three times two minutes
        self.assertEqual(self.titles(last), ["work 0"])
        for user in (self.anna, self.bram):
            self.assertIn("took more than 2 seconds", self.error(user, 0))
            self.assertIn("All calendars of one person together took more than 3 seconds", self.error(user, 1))
            self.assertIsNone(self.error(user, 2))  # had no turn: not a failure of its own
        self.assert_one_line(done.stderr, "bram", "max_secs in [sync]")
        # The one that had no turn is the first of the next pass.
        self.run_it("run", ini=ini, status=1)
        self.assertIn("took more than 2 seconds", self.error(self.anna, 2))

    # --- requests

    def test_a_calendar_that_is_too_large_for_one_sync_is_read_in_several(self):
        self.put_many(180)
        self.connect(self.anna, self.account.connection())
        # What finding the calendar takes, and then a batch or two.
        ini = self.write_ini("few.ini", sync_max_requests="7")
        stored = []
        for _sync in range(20):
            done = self.run_it("sync", "--all", ini=ini, status=None)
            stored.append(len(self.titles(self.anna)))
            if done.status == 0:
                break
            self.assertIn("took more than 7 requests", self.error(self.anna))
            self.assertIn("next sync goes on", self.error(self.anna))
            self.assertIsNone(self.connections(self.anna)[0].get("last_sync"))
            self.assertEqual(list(self.failures().values()), [len(stored)])
        self.assertEqual(stored, sorted(set(stored)), "each sync gets further")
        self.assertGreater(len(stored), 1)
        self.assertEqual(stored[-1], 180)
        self.assertIsNone(self.error(self.anna))
        self.assertEqual(list(self.failures().values()), [0])
        self.assertTrue(self.connections(self.anna)[0]["last_sync"])

    def test_what_was_not_wholly_listed_proves_no_deletion(self):
        self.put_many(60)
        self.connect(self.anna, self.account.connection())
        self.sync()
        for at in range(30):
            self.account.client.delete("work", f"event{at}")
        for requests in range(1, 4):
            ini = self.write_ini("few.ini", sync_max_requests=str(requests))
            done = self.run_it("sync", "--all", "--full", ini=ini, status=None)
            if done.status == 0:
                break
            self.assertEqual(len(self.titles(self.anna)), 60, done)
        self.sync("--all", "--full")
        self.assertEqual(len(self.titles(self.anna)), 30)

    def test_many_changes_are_read_in_several_syncs(self):
        self.connect(self.anna, self.account.connection())
        self.put_many(1)
        self.sync()
        self.put_many(170)
        ini = self.write_ini("few.ini", sync_max_requests="4")
        stored = []
        for _sync in range(20):
            done = self.run_it("sync", "--all", ini=ini, status=None)
            stored.append(len(self.titles(self.anna)))
            if done.status == 0:
                break
        self.assertEqual(stored, sorted(set(stored)), "each sync gets further")
        self.assertGreater(len(stored), 1)
        self.assertEqual(stored[-1], 170)

    def test_each_of_many_calendars_has_its_turn(self):
        names = [f"calendar{number}" for number in range(9)]
        for name in names:
            self.account.calendar(name)
            self.put_many(1, name)
        self.connect(self.anna, self.account.connection(
            calendar_ids=[self.account.client.path(name) for name in names]))
        ini = self.write_ini("few.ini", sync_max_requests="14")
        syncs = 0
        while len(self.titles(self.anna)) < len(names):
            syncs += 1
            self.assertLess(syncs, 9, self.titles(self.anna))
            self.run_it("sync", "--all", ini=ini, status=None)
        self.assertGreater(syncs, 1)

    # --- data

    def test_data_is_bounded_too(self):
        for at in range(60):
            self.account.put(f"event{at}", vevent(
                f"event{at}@story", self.utc(self.at(1)), summary=f"Event {at}",
                lines=["DESCRIPTION:" + "x" * 40000]))
        self.connect(self.anna, self.account.connection())
        ini = self.write_ini("little.ini", sync_max_mb="1")
        self.sync_with(ini, 1)
        self.assertIn("took more than 1 MB", self.error(self.anna))
        self.assertEqual(len(self.titles(self.anna)), 50)
        self.sync_with(ini, 0)
        self.assertEqual(len(self.titles(self.anna)), 60)
        self.assertIsNone(self.error(self.anna))


class SlicingProxy(SpoilingProxy):
    """A server that tells of one changed object at a time and cuts each report short, as RFC 6578 (3.6) lets it."""

    def __init__(self, port, path):
        super().__init__(port)
        self.reports = 0
        self.is_on = False
        self.endless = None  # what each report says, instead of what the server knows
        self._path = path
        self._rest = []      # of the server's answer
        self._tail = b""

    def forward(self, request, port):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        request = SimpleNamespace(command=request.command, path=request.path, headers=request.headers,
                                  rfile=io.BytesIO(body))
        token = re.search(rb"sync-token>([^<]*)</", body)
        if not (self.is_on and request.command == "REPORT" and token):
            return super().forward(request, port)
        if self.endless is None and not token.group(1).startswith(b"slice:"):
            answer = super().forward(request, port)
            self._rest = re.findall(rb"<response>.*?</response>", answer.body, flags=re.S)
            self._tail = answer.body[answer.body.index(b"<sync-token>"):]
        self.reports += 1
        return Answer(207, {"Content-Type": "text/xml"}, b'<multistatus xmlns="DAV:">' + self._slice())

    def _slice(self):
        if self.endless is None:
            told = self._rest.pop(0)
            if not self._rest:
                return told + self._tail
        else:
            told = self.endless.encode()
        return told + (f"<response><href>{self._path}</href><status>HTTP/1.1 507 Insufficient Storage</status>"
                       f"</response><sync-token>slice:{self.reports}</sync-token></multistatus>").encode()


class CutReports(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.put(0)
        path = self.account.client.path("work")
        self.proxy = SlicingProxy(self.account.server.port, path)
        self.addCleanup(self.proxy.close)
        self.connect(self.anna, self.account.connection(credentials={
            "url": self.proxy.url + path, "username": self.account.login, "password": self.account.password}))
        self.sync()
        self.proxy.is_on = True

    def put(self, *numbers):
        for number in numbers:
            self.account.put(f"event{number}", vevent(f"event{number}@story", self.utc(self.at(number % 20 + 1)),
                                                      summary=f"Event {number}"))

    def error(self):
        return self.connections(self.anna)[0]["last_error"]

    def test_more_reports_than_one_sync_asks_for_are_asked_for_by_the_next(self):
        self.put(*range(1, CUT_REPORTS_MAX + 31))
        last_sync = self.connections(self.anna)[0]["last_sync"]
        self.sync(status=1)
        self.assertEqual(self.proxy.reports, CUT_REPORTS_MAX)
        self.assertEqual(len(self.titles(self.anna)), 1 + CUT_REPORTS_MAX)
        self.assertIn("more changes", self.error())
        self.assertEqual(self.connections(self.anna)[0]["last_sync"], last_sync)
        self.sync()
        self.assertEqual(self.proxy.reports, CUT_REPORTS_MAX + 30)
        self.assertEqual(len(self.titles(self.anna)), 1 + CUT_REPORTS_MAX + 30)
        self.assertIsNone(self.error())
        self.sync()
        self.assertEqual(self.proxy.reports, CUT_REPORTS_MAX + 30)

    def test_reports_without_end_are_a_failure_each_time(self):
        self.put(1)
        self.proxy.endless = ("<response><href>/never/seen</href><status>HTTP/1.1 404 Not Found</status></response>"
                              .replace("/never/", self.account.client.path("work")))
        for sync in range(1, 3):
            self.sync(status=1)
            self.assertEqual(self.proxy.reports, CUT_REPORTS_MAX * sync)
            self.assertIn("more changes", self.error())
            self.assertEqual(self.titles(self.anna), ["Event 0"])
        # Until it is listed again.
        self.sync("--all", "--full", status=0)
        self.assertEqual(self.titles(self.anna), ["Event 0", "Event 1"])

    def test_reports_that_tell_nothing_are_given_up_for_a_day(self):
        self.put(1)
        self.proxy.endless = ""
        for number in range(2, 4):
            self.sync()
            self.assertEqual(self.proxy.reports, CUT_REPORTS_MAX)
            self.assertEqual(len(self.titles(self.anna)), number)  # a listing has told
            self.put(number)
