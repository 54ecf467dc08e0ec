# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of the stories of clusters: three sidecars, each with an ini of its own, and what must hold on every node."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

from . import ics
from .interruptions import EVERY_STEP
from .invariants import violations
from .processes import wait_until
from .program import program_path, run_program, start_program
from .sandbox import Sandbox
from .site_rows import SiteRows
from .sql_session import SqlSession
from .story import Story

ROUNDS = 6
EX_TEMPFAIL = 75
ADDRESS = "ben@example.org"


class ClusterStory(Story):
    """`make_cluster` makes it; `nodes` of a cluster, and `writable` of them, one for each sidecar."""

    story_secs = 600
    sidecars = (0, 1, 2)

    @classmethod
    def make_cluster(cls, folder):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="prm-cluster-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        try:
            cls.cluster = cls.make_cluster(folder)
            cls.addClassCleanup(cls.cluster.stop)
            cls.cluster.start()
        except FileNotFoundError as error:
            raise unittest.SkipTest(str(error)) from None
        cls.cluster.wait_for_size(3)
        cls.cluster_sandbox = Sandbox(own_database=True)
        cls.addClassCleanup(cls.cluster_sandbox.close)

    def choose_sandbox(self):
        self.cluster_sandbox._database = self.cluster.writable(0)
        return self.cluster_sandbox

    def setUp(self):
        self.cluster.mend()  # as a story that failed has left it
        super().setUp()
        self.point_sidecars()
        self.anna = self.user()
        self.ben = self.person(self.anna, "Ben", "Berg", ADDRESS)
        self.work, self.copy = self.account(), self.account()
        self.before = self.violations(self.cluster.writable(0))  # what WordPress's own installation leaves

    def point_sidecars(self):
        """Writes the inis: each sidecar to its node, or to the one that may write now."""
        self.inis = [self.write_ini(f"node{number}.ini", database_socket=self.cluster.writable(number).socket)
                     for number in self.sidecars]

    def meet(self, name, days, account=None):
        start = self.utc(self.at(days))
        (account or self.work).put(name, ics.vevent(name, start, summary=name.title(),
                                                    attendees=[(ADDRESS, "Ben Berg", "ACCEPTED")]))

    def together(self, *arguments, nodes=None):
        """Runs these sidecars, or all whose node lives, at the same time; returns {number: exit status}."""
        if nodes is None:
            nodes = [number for number in self.sidecars if self.cluster.writable(number) in self.cluster.living]
        running = {number: start_program(*arguments, ini=self.inis[number]) for number in nodes}
        ended = {}
        for number, process in running.items():
            out, err = process.communicate(timeout=120)
            ended[number] = process.returncode
            self.last_output = f"{out}\n{err}"
        return ended

    def sync_together(self, nodes=None):
        """Whoever comes second finds the user taken and leaves them to the first; afterwards everything is synced."""
        ended = set(self.together("sync", "--all", nodes=nodes).values())
        self.assertIn(0, ended, self.last_output)
        self.assertLessEqual(ended, {0, EX_TEMPFAIL}, self.last_output)

    def violations(self, node):
        session = SqlSession(node, self.wp.name)
        try:
            return violations(SiteRows(session, self.wp))
        finally:
            session.close()

    def assert_all_holds(self):
        self.cluster.settle()
        for node in self.cluster.living:
            self.assertEqual(self.violations(node), self.before)

    def check(self, sidecar, name):
        done = run_program("doctor", "--json", ini=self.inis[sidecar])
        return next(one for one in done.json["checks"] if one["check"] == name)


class CommonStories:
    """What holds on every cluster; a ClusterStory mixes it in."""

    def test_all_at_once_store_and_log_each_meeting_once(self):
        """The second calendar has the same meetings: nobody is left to be logged for, only the flag is set."""
        self.connect(self.anna, self.work.connection(1), self.copy.connection(2))
        for round_number in range(ROUNDS):
            with self.subTest(round=round_number):
                for account in (self.work, self.copy):
                    for number in range(4):
                        self.meet(f"round{round_number}-{number}", -1 - number, account)
                self.sync_together()
                self.assertEqual(set(self.together("log").values()), {0}, self.last_output)
                self.assert_all_holds()
        self.assertEqual(len(self.activities(self.ben)), 4 * ROUNDS)

    def test_what_waits_to_be_flagged_is_flagged_once_by_all_at_once(self):
        self.connect(self.anna, self.work.connection(1), self.copy.connection(2, auto_log=False))
        for number in range(8):
            for account in (self.work, self.copy):
                self.meet(f"waiting-{number}", -1 - number, account)
        self.sync()
        self.cluster.settle()
        self.connect(self.anna, self.work.connection(1), self.copy.connection(2))
        self.cluster.settle()
        for _ in range(3):
            # As a run leaves them that ended between the two.
            self.cluster.writable(1).sql("DELETE FROM wp_postmeta WHERE meta_key = '_logged_as_activity'; "
                                         "UPDATE wp_prm_calendar_events SET waits = 1", self.wp.name)
            self.cluster.settle()
            self.assertEqual(set(self.together("log").values()), {0}, self.last_output)
            self.assert_all_holds()
        self.assertEqual(len(self.activities(self.ben)), 8)

    def test_the_others_take_over_from_a_node_that_dies_and_comes_back(self):
        self.connect(self.anna, self.work.connection(1))
        for number in range(30):
            self.meet(f"first-{number}", -1 - number % 20)
        dying = self.cluster.writable(2)
        process = start_program("sync", "--all", ini=self.inis[2])
        dying.kill()
        process.communicate(timeout=120)
        self.assertNotEqual(process.returncode, 0, "it had ended before the node was killed")
        self.cluster.wait_for_size(2)
        self.point_sidecars()
        self.sync_together()
        if dying is not self.wp.database:
            self.assert_all_holds()
        self.cluster.mend()
        self.meet("second", -1)
        self.point_sidecars()
        self.sync_together()
        self.assertEqual(len(self.titles(self.anna)), 31)
        self.assert_all_holds()

    def test_a_node_that_freezes_and_goes_on(self):
        self.connect(self.anna, self.work.connection(1))
        for number in range(10):
            self.meet(f"first-{number}", -1 - number)
        frozen = self.cluster.writable(2)
        frozen.freeze()
        self.cluster.wait_for_size(2)
        self.point_sidecars()
        self.sync_together()
        self.cluster.mend()
        self.meet("second", -1)
        self.point_sidecars()
        self.sync_together()
        self.assertEqual(len(self.titles(self.anna)), 11)
        self.assertEqual(len(self.activities(self.ben)), 11)
        self.assert_all_holds()

    def test_a_sidecar_that_is_killed_in_mid_sync(self):
        """Another one of the same machine knows at once that it is dead."""
        self.connect(self.anna, self.work.connection(1))
        for number in range(60):
            self.meet(f"first-{number}", -1 - number % 20)
        process = start_program("sync", "--all", ini=self.inis[2])
        session = SqlSession(self.cluster.writable(0), self.wp.name)
        self.addCleanup(session.close)
        wait_until(lambda: session.rows("SELECT 1 FROM wp_options WHERE option_name LIKE '%.lock';"), "a lease", 60)
        process.kill()
        process.communicate()
        self.sync_together(nodes=(0,))
        self.assertEqual(len(self.titles(self.anna)), 60)
        self.assert_all_holds()

    # Once in many runs an event ended with two flags here. The transaction's end that went unseen, which explains it, is
    # mended (db_statement.c, is_within()); that it was this is to be seen in many nights.
    if EVERY_STEP:
        def test_a_theme_that_writes_the_same_rows(self):
            """On another node PHP rewrites the connections as fast as it can: no change of either is lost."""
            self.connect(self.anna, self.work.connection(1))
            over = threading.Event()
            written = []

            def rename():
                node = self.cluster.writable(1)
                while not over.is_set():
                    name = f"name{len(written) % 10}"
                    with contextlib.suppress(RuntimeError):  # a conflict, as PHP meets them
                        node.sql("UPDATE wp_usermeta SET meta_value = REGEXP_REPLACE(meta_value, 's:5:\"name[0-9]\"', "
                                 f"'s:5:\"{name}\"') WHERE meta_key = '_prm_calendar_connections'", self.wp.name)
                        written.append(name)

            self.connect(self.anna, self.work.connection(1, name="name0"))
            writer = threading.Thread(target=rename)
            writer.start()
            try:
                for number in range(5):
                    self.meet(f"meeting-{number}", -1 - number)
                    self.sync_together()
            finally:
                over.set()
                writer.join()
            self.cluster.settle()
            connection, = self.connections(self.anna)
            self.assertEqual(connection["name"], written[-1])
            self.assertTrue(connection["last_sync"])
            self.assertEqual(len(self.titles(self.anna)), 5)
            self.assert_all_holds()

    @unittest.skipUnless(os.geteuid() == 0, "namespaces of their own are root's to make")
    def test_sidecars_on_machines_of_their_own(self):
        """None of them sees whether the process that holds a lease lives."""
        self.connect(self.anna, self.work.connection(1))
        for number in range(20):
            self.meet(f"first-{number}", -1 - number)
        running = [subprocess.Popen(["unshare", "--pid", "--fork", program_path(), "sync", "-c", ini, "--all"],
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for ini in self.inis]
        said = [process.communicate(timeout=120)[0] for process in running]
        ended = {process.returncode for process in running}
        self.assertIn(0, ended, said)
        self.assertLessEqual(ended, {0, EX_TEMPFAIL}, said)
        self.sync_together()
        self.assertEqual(len(self.activities(self.ben)), 20)
        self.assert_all_holds()
