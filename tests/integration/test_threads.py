# SPDX-License-Identifier: GPL-2.0-or-later
"""Several users on several threads: each ends with what their own calendars hold. Under ThreadSanitizer
(make thread-tests) a data race ends the program with a status of its own, and fails the story."""

import os
import shutil
import tempfile

from fake.google_server import CLIENT_ID, CLIENT_SECRET, GoogleServer
from lib.ics import vevent
from lib.invariants import violations
from lib.redis import Redis
from lib.site_rows import SiteRows
from lib.sql_session import SqlSession
from lib.story import Story

WORKERS = 4
USERS = 6  # more than there are threads, so that each takes a second one
# A race is seen when no lock happened to be passed on between its two sides: so the same again, a few times.
FULL_RUNS = 8 if os.environ.get("PRM_TEST_VARIANT") == "tsan" else 1
JOSE = ("jose@example.org", "José Núñez", "ACCEPTED")


class Threads(Story):
    """Every user has a calendar on Radicale and one at Google, whose access tokens are all stale; a meeting of
    everyone is in all calendars. One more user's server is not there. A cache is kept true, too."""

    def setUp(self):
        self.google = GoogleServer()
        self.addCleanup(self.google.close)
        folder = tempfile.mkdtemp(prefix="prm-redis-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.redis = Redis(folder).start()
        self.addCleanup(self.redis.stop)
        super().setUp()
        self.session = SqlSession(self.wp.database, self.wp.name)
        self.addCleanup(self.session.close)
        self.threaded = self.write_ini(
            "threaded.ini", sync_workers=str(WORKERS), sync_users_per_pass="all",
            output_metrics_file=os.path.join(self.wp.folder, "metrics.prom"),
            google_client_id=CLIENT_ID, google_client_secret=CLIENT_SECRET,
            google_api_base=self.google.api_base, google_token_url=self.google.token_url,
            cache_type="redis", cache_address=self.redis.socket, cache_password=self.redis.password)
        self.users = [self.crowd_member(number) for number in range(USERS)]
        self.unlucky()

    def crowd_member(self, number):
        """user id, CalDAV account, Google account, contact id"""
        user = self.user(f"user{number}", f"User {number}")
        dav, google = self.account(), self.google.account(f"user{number}@example.org")
        jose = self.person(user, "José", "Núñez", "jose@example.org")
        self.connect(user, dav.connection(1), {
            "id": "conn_65a4f0c1d2e02", "provider": "google", "name": "Private", "calendar_id": "primary",
            "credentials": google.credentials(expires_in=-10), "sync_enabled": True, "auto_log": True})
        for day in range(-2, 3):
            self.meet(dav, f"dav{day}", day, f"Dav {day} of {number}")
            google.calendar().meeting(f"google{day}", self.at(day, 15), summary=f"Google {day} of {number}")
        dav.put("weekly", vevent("weekly@story", self.at(-7, 9).replace(tzinfo=None), tzid="America/New_York",
                                 summary="Weekly", lines=["RRULE:FREQ=WEEKLY;COUNT=3"]))
        return user, dav, google, jose

    def unlucky(self):
        ruth = self.user("ruth", "Ruth")
        self.connect(ruth, self.account().connection(credentials={
            "url": "http://127.0.0.1:1/", "username": "x", "password": "y"}))

    def meet(self, dav, name, day, summary):
        dav.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=summary, attendees=[JOSE]))

    def run_threads(self, *command, status=1):
        """1: the unlucky one fails each time."""
        return self.run_it(*command, "-v", "--json", status=status, ini=self.threaded).json

    def assert_each_has_their_own(self):
        for number, (user, _, _, jose) in enumerate(self.users):
            titles = [f"Dav {day} of {number}" for day in (-2, -1, 1)] + [f"Dav 0 of {number}, later"]
            titles += [f"Google {day} of {number}" for day in range(-2, 3)] + ["Weekly"] * 3
            self.assertEqual(self.titles(user), sorted(titles))
            self.assertEqual(len(self.activities(jose)), 2)
        self.assertEqual(violations(SiteRows(self.session, self.wp)), [])

    def test_each_gets_what_their_calendars_hold(self):
        first = self.run_threads("run")["totals"]
        self.assertEqual((first["done"], first["failed"]), (2 * USERS, 1), first)
        for number, (_, dav, _, _) in enumerate(self.users):
            self.meet(dav, "dav0", 1, f"Dav 0 of {number}, later")
            dav.client.delete("work", "dav2")
        delta = self.run_threads("sync", "--all")["totals"]
        self.assertEqual((delta["events"]["changed"], delta["events"]["removed"]), (USERS, USERS), delta)
        self.run_threads("log", status=0)
        self.assert_each_has_their_own()
        before = self.content()
        for _ in range(FULL_RUNS):
            self.run_threads("sync", "--all", "--full")
        self.run_threads("rematch", status=0)
        self.assertEqual(self.content(), before)

    def test_a_server_with_room_for_two(self):
        """One connection is the run's own: one thread finds room beside it, the others do not (error 1226)."""
        user = f"'{self.wp.user}'@'localhost'"
        self.wp.close()
        self.sandbox.database.sql(f"ALTER USER {user} WITH MAX_USER_CONNECTIONS 2")
        done = self.run_it("run", "--json", status=1, ini=self.threaded)
        self.sandbox.database.sql(f"ALTER USER {user} WITH MAX_USER_CONNECTIONS 0")
        self.assert_one_line(done.stderr, "fewer workers than configured", "max_user_connections")
        self.assertEqual((done.json["totals"]["done"], done.json["totals"]["failed"]), (2 * USERS, 1))
