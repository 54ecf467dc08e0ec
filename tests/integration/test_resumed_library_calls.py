# SPDX-License-Identifier: GPL-2.0-or-later
"""Any call of a library's that can fail does: the run says so and ends, and the next one ends where an undisturbed one does."""

import signal
import time

from lib.failing_calls import MEMORY, FailingCalls
from lib.google_proxied import GoogleProxied
from lib.google_story import guest
from lib.ics import vevent
from lib.interruptions import EVERY_STEP, MAY_END_WITH, InterruptedStory, note

GUEST = "jose@example.org"


def some_of(count):
    """Of each function's calls, the first and the last."""
    return range(1, count + 1) if EVERY_STEP else sorted({1, count})


class FailingStory(InterruptedStory):

    def setUp(self):
        super().setUp()
        self.calls = FailingCalls(self.wp.folder)
        self.failing = {}
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", GUEST)

    def environment(self):
        return {**super().environment(), **self.calls.environment(**self.failing)}

    def prove_calls(self, name, *command):
        started = time.monotonic()
        self.calls.forget()
        self.whole_run(*command)
        counts = self.calls.counted()
        tried = 0
        for call, count in counts.items():
            faults = [{"at": at} for at in some_of(count)] + ([{"at": 1, "goes_on": True}] if count > 1 else [])
            for fault in faults:
                with self.subTest(f"{name}: {call} {fault} of {count}"):
                    self.assert_fails_well({"name": call, **fault}, *command)
                    tried += 1
        note(f"{name}: {len(counts)} functions, {sum(counts.values())} calls, {tried} failures passed "
             f"({time.monotonic() - started:.0f} s)")

    def assert_fails_well(self, fault, *command):
        self.snapshot.restore()
        self.failing = fault
        done = self.victim.run(*command, ini=self.proxied_ini, env=self.environment())
        self.failing = {}
        self.assertIn(done.status, (*MAY_END_WITH, *([-signal.SIGTRAP] if fault["name"] in MEMORY else [])), done)
        if done.status == -signal.SIGTRAP:
            self.assertIn("out of memory", done.stderr, done)
        elif done.status == 0:
            self.assert_same(self.expected, self.rows(), f"it said that all went well\n{done}")
        else:
            self.assertRegex(done.stderr, r"(?m)^prm-calendar: .{10}", done)
        resumed = self.run_well(*command)
        rows = self.rows()
        self.assert_all_holds(rows)
        self.assert_same(self.expected, rows, f"first {done}\nthen {resumed}")


class OnCalDav(FailingStory):

    def put(self, name, day, summary, *lines):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=summary, lines=lines,
                                      attendees=[(GUEST, "José", "ACCEPTED")]))

    def test_a_change(self):
        self.account = self.account()
        for day in (-3, 1, 2):
            self.put(f"day {day}", day, f"Day {day}")
        self.connect(self.anna, self.proxied_connection(self.account))
        self.run_well("sync", "--all")
        self.put("day 1", 1, "Renamed")
        self.account.client.delete("work", "day 2")
        self.put("new", -2, "New", "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example/1",
                 "RRULE:FREQ=WEEKLY;COUNT=3")
        self.prove_calls("CalDAV", "sync", "--all")

    if EVERY_STEP:  # which calls little else
        def test_the_first_sync(self):
            self.account = self.account()
            for day in (-3, 1):
                self.put(f"day {day}", day, f"Day {day}")
            self.connect(self.anna, self.proxied_connection(self.account))
            self.prove_calls("CalDAV's first", "sync", "--all")

    def test_threads_that_cannot_begin(self):
        """One does the work of all."""
        users = [self.anna, self.user("bram", "Bram"), self.user("carl", "Carl")]
        for user in users:
            account = self.account()
            account.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"))
            self.connect(user, account.connection())
        self.failing = {"name": "pthread_create", "at": 1, "goes_on": True}
        done = self.run_it("sync", "--all", ini=self.write_ini("workers.ini", sync_workers="3"))
        self.assert_one_line(done.stderr, "fewer workers", "thread")
        self.assertEqual([self.titles(user) for user in users], [["Lunch"]] * 3)


class OnGoogle(GoogleProxied, FailingStory):

    def test_a_change_and_a_token_that_is_renewed(self):
        account = self.google.account("anna@example.org")
        calendar = account.calendar()
        for day in (-3, 1, 2):
            calendar.meeting(f"day{day}", self.at(day), summary=f"Day {day}", attendees=[guest(GUEST)])
        old = self.google.issue(account)
        self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": account.credentials(expires_in=400, access_token=old),
            "sync_enabled": True, "auto_log": True})
        self.run_well("sync", "--all")
        calendar.meeting("day1", self.at(1), summary="Renamed", attendees=[guest(GUEST)])
        calendar.cancel("day2")
        calendar.meeting("new", self.at(-2), summary="New", attendees=[guest(GUEST)])
        self.prove_calls("Google", "sync", "--all")
