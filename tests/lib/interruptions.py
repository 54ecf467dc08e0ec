# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of stories in which a run breaks off: at every statement and request, in every way, and is then resumed.

A kill before a step is also the kill after the step before it, unless that left something behind: so "after" is
tried only where a statement writes. PRM_TEST_EVERY_STEP=1 (make crash-tests) tries all steps; otherwise a fixed
part of them, another one for each way of breaking off."""

import itertools
import os
import sys
import time

from fake.stepping_proxy import HttpFault, SteppingProxy

from .database import server_class
from .database_proxy import DEADLOCK, LOCK_WAIT, REFUSALS, DatabaseProxy, Fault
from .invariants import violations
from .mariadb import MariaDb
from .site_rows import SiteRows, difference
from .snapshot import Snapshot, forget_own_tables
from .sql_session import SqlSession
from .story import Story
from .victim import Victim

EVERY_STEP = os.environ.get("PRM_TEST_EVERY_STEP") == "1"
# Run and resumed run under a sanitizer take several times as long.
IS_PLAIN = os.environ.get("PRM_TEST_VARIANT", "plain") == "plain"
# What takes long is tried less closely, by a sanitizer or against another server.
IS_QUICK = IS_PLAIN and server_class() is MariaDb
STRIDE = 1 if EVERY_STEP else 19 if IS_QUICK else 37
STRIDE_OF_SMALLEST = 1 if EVERY_STEP or IS_QUICK else 5
LEASES = r"option_name LIKE '%prm\_calendar\_%.lock'"
MAY_END_WITH = (0, 1, 69, 77, 78)


def note(text):
    """A line that the runner shows even when all went well."""
    print(f"# note: {text}", file=sys.stdout, flush=True)


def statement_faults(steps):
    """All breaks of a run that sent these steps, by way of breaking off."""
    writes = [step for step in steps if step.writes]
    locking = [step for step in writes if step.command == "execute"]
    return [
        [Fault(step.number, "kill") for step in steps],
        [Fault(step.number, "kill", after=True) for step in writes],
        [Fault(step.number, "cut") for step in steps],
        [Fault(step.number, "cut", after=True) for step in steps if step.command in ("query", "execute")],
        [Fault(step.number, "refuse", error=DEADLOCK) for step in locking],
        [Fault(step.number, "refuse", error=LOCK_WAIT) for step in locking],
        *refusals([step for step in steps if step.command in ("execute", "query", "prepare")]),
    ]


def refusals(steps):
    """Of every kind at every step, or another kind at each."""
    if EVERY_STEP:
        return [[Fault(step.number, "refuse", error=error) for step in steps] for error in REFUSALS]
    return [[Fault(step.number, "refuse", error=error) for step, error in zip(steps, itertools.cycle(REFUSALS))]]


def request_faults(requests):
    """A cut connection and a 500 are tried again by the program after a second; a 503 fails the connection."""
    numbers = range(1, len(requests) + 1)
    return [
        [HttpFault(number, "kill") for number in numbers],
        [HttpFault(number, "kill", after=True) for number in numbers],
        [HttpFault(number, "cut") for number in numbers],
        [HttpFault(number, "cut", after=True) for number in numbers],
        [HttpFault(number, 500) for number in numbers],
        [HttpFault(number, 503) for number in numbers],
    ]


def lost_commits(steps):
    """It may have happened, and nobody said so: tried at every one, however few of the others are."""
    return [Fault(step.number, "cut", after=True) for step in steps if step.verb == "COMMIT"]


def some_of(ways, stride):
    """A fixed part of the faults: every step-th of each way, beginning elsewhere each time."""
    for number, way in enumerate(ways):
        yield from way[number % stride::stride]


class InterruptedStory(Story):
    """`calendar_port` says where the calendar server listens; the program gets there through `self.http`."""

    story_secs = 3600 if EVERY_STEP else 180 if IS_PLAIN else 540

    def setUp(self):
        self.victim = Victim()
        super().setUp()
        self.http = SteppingProxy(self.calendar_port(), self.victim)
        self.addCleanup(self.http.close)
        self.session = SqlSession(self.wp.database, self.wp.name)
        self.addCleanup(self.close_session)
        self.proxy = DatabaseProxy(self.wp.database.socket, os.path.join(self.wp.folder, "proxy.sock"), self.victim)
        self.addCleanup(self.proxy.close)
        self.proxied_ini = self.write_ini("proxied.ini", database_socket=self.proxy.path, database_tls="off",
                                          sync_workers="1", **self.ini_more())
        self.snapshot = None

    def close_session(self):
        self.session.close()

    def calendar_port(self):
        return self.sandbox.radicale.port

    def ini_more(self):
        return {}

    def mask_credentials(self, credentials):
        return credentials

    def proxied_connection(self, account, **fields):
        """A connection whose requests go through the proxy."""
        url = self.http.url + account.client.path("work")
        return account.connection(credentials={
            "url": url, "username": account.login, "password": account.password}, **fields)

    # --- runs

    def rows(self):
        return SiteRows(self.session, self.wp)

    def comparable(self, rows):
        return rows.comparable(self.mask_credentials)

    def run_with(self, *command, fault=None):
        """A run of the program in which that fault happens; says how it ended."""
        self.proxy.begin(fault if isinstance(fault, Fault) else None)
        self.http.begin(fault if isinstance(fault, HttpFault) else None)
        done = self.victim.run(*command, ini=self.proxied_ini, env=self.environment())
        if not self.victim.was_killed:
            self.assertIn(done.status, MAY_END_WITH, done)
        return done

    def run_well(self, *command):
        """The lease of a run that broke off on this machine is no obstacle, and no lease is left."""
        done = self.run_with(*command)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(self.session.rows(f"SELECT * FROM wp_options WHERE {LEASES};"), [], done)
        return done

    # --- the proof

    def whole_run(self, *command):
        """What the run does undisturbed: `steps`, `requests`, `expected` rows. Leaves the site as it is afterwards."""
        before = self.rows()
        self.snapshot = Snapshot(self.session, self.wp)
        self.addCleanup(self.snapshot.drop)
        self.run_well(*command)
        self.steps, self.requests = self.proxy.steps, self.http.steps
        whole = self.rows()
        self.calendar = whole.live_events()
        self.connections_before = before.connections
        self.expected = self.comparable(whole)
        self.assertNotEqual(self.comparable(before), self.expected, "this run has nothing to do")
        self.assert_all_holds(whole)

    def prove(self, name, *command, stride=STRIDE):
        """Runs the command whole, then once for each fault; each time it is resumed and compared."""
        started = time.monotonic()
        self.whole_run(*command)
        steps, requests, expected = self.steps, self.requests, self.expected
        self.assert_nothing_changes(expected, *command)
        self.assert_only_a_cache(expected, *command)
        tried = 0
        commits = lost_commits(steps)
        self.assertTrue(commits, "this run has no transaction")
        faults = [*commits, *(fault for fault in some_of(statement_faults(steps), stride) if fault not in commits),
                  *some_of(request_faults(requests), min(stride, 3))]
        for number, fault in enumerate(faults):
            at = steps[fault.step - 1] if isinstance(fault, Fault) else requests[fault.step - 1]
            with self.subTest(f"{name}: {fault} {at}"):
                self.assert_resumes(fault, expected, *command, is_deep=EVERY_STEP or number % 10 == 0)
                tried += 1
        self.assert_counts_as_wordpress()
        note(f"{name}: {len(steps)} statements ({len(commits)} of them COMMIT), {len(requests)} requests; "
             f"{tried} of {len(faults)} breaks passed, "
             f"{'every' if stride == 1 else f'one in {stride}'} of each kind ({time.monotonic() - started:.0f} s)")

    def assert_resumes(self, fault, expected, *command, is_deep):
        """`is_deep`: also that our own tables are only a cache by then."""
        self.snapshot.restore()
        done = self.run_with(*command, fault=fault)
        proxy = self.proxy if isinstance(fault, Fault) else self.http
        self.assertTrue(proxy.has_struck, f"the run was shorter this time\n{done}")
        if not self.victim.was_killed and done.status == 0:
            self.assert_same(expected, self.rows(), f"it said that all went well\n{done}")
        resumed = self.run_well(*command)
        rows = self.rows()
        self.assert_all_holds(rows)
        self.assert_same(expected, rows, f"first {done}\nthen {resumed}")
        if is_deep:
            self.assert_only_a_cache(expected, *command)

    def assert_same(self, expected, rows, why=""):
        found = difference(expected, self.comparable(rows))
        if found:
            self.fail(f"{found}\n{why}")

    def assert_all_holds(self, rows):
        found = violations(rows, self.calendar, self.connections_before)
        self.assertEqual(found, [])

    def assert_nothing_changes(self, expected, *command):
        before = self.content()
        done = self.run_well(*command)
        self.assertEqual(self.content(), before, done)
        self.assert_same(expected, self.rows(), "the second run")

    def assert_only_a_cache(self, expected, *command):
        """6: without our own tables, a run finds the same and writes nothing."""
        forget_own_tables(self.session)
        before = self.content()
        done = self.run_well(*command)
        self.assertEqual(self.content(), before, done)
        self.assert_same(expected, self.rows(), f"without our own tables\n{done}")

    def assert_counts_as_wordpress(self):
        """5, by WordPress itself."""
        self.assertEqual([], self.wp.run("""
            global $wpdb;
            $wrong = array();
            $people = "SELECT ID, comment_count FROM $wpdb->posts WHERE post_type = 'person'";
            foreach ( $wpdb->get_results( $people ) as $p ) {
                wp_update_comment_count_now( $p->ID );
                clean_post_cache( $p->ID );
                if ( get_post( $p->ID )->comment_count !== $p->comment_count ) {
                    $wrong[] = $p;
                }
            }
            return $wrong;"""))
