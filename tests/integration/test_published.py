# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar published at a secret address: read whole when it changed, asked for changes in between, never named."""

from fake.http_server import FakeServer
from lib.ics import calendar, vevent
from lib.story import Story

SECRET = "secret-7f3a9c"
PATH = f"/calendar/ical/{SECRET}/basic.ics"


class Published(Story):

    tls = False

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.server = FakeServer({}, tls=self.tls)
        self.addCleanup(self.server.close)
        self.connect(self.anna, self.published())
        self.lunch = vevent("lunch@story", self.utc(self.at(-2)), summary="Lunch",
                            attendees=[("jose@example.org", "José Núñez", "ACCEPTED")])
        self.board = vevent("board@story", self.utc(self.at(3)), summary="Board")

    def published(self, scheme=None, **credentials):
        url = f"{self.server.url}{PATH}" if scheme is None else f"{scheme}://127.0.0.1:{self.server.port}{PATH}"
        return {"id": "conn_65a4f0c1d2e01", "provider": "ics", "name": "Board's calendar", "calendar_id": "",
                "credentials": {"url": url, **credentials}, "sync_enabled": True, "auto_log": True}

    def serve(self, body=None, **reply):
        self.server.routes[PATH] = [{"headers": {"Content-Type": "text/calendar"}, "body": body or "", **reply}]

    def serve_events(self, *events, **reply):
        self.serve(calendar("X-WR-CALNAME:The board", *events), **reply)

    def synced(self, *events, **reply):
        self.serve_events(*events, **reply)
        return self.sync()

    def error(self):
        return self.connections(self.anna)[0].get("last_error")

    def assert_secret_is_kept(self, done):
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertNotIn(SECRET, self.error() or "")
        for table in ("postmeta", "posts", "usermeta", "options", "prm_calendar_cursors", "prm_calendar_runs"):
            for row in self.wp.rows(f"SELECT * FROM {{p}}{table}"):
                self.assertNotIn(SECRET, str(row), table)


class PublishedCalendars(Published):

    def test_its_events_are_matched_and_logged_as_any(self):
        self.serve_events(self.lunch, self.board, vevent("old@story", self.utc(self.at(-400)), summary="Long ago"))
        done = self.run_it("sync", "--all", "-v")
        self.assertEqual(self.titles(self.anna), ["Board", "Lunch"])
        self.assertEqual({event["meta"]["_calendar_name"] for event in self.events(self.anna)}, {""})
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.assertIsNone(self.error())
        self.assert_secret_is_kept(done)

    def test_the_tail_of_a_series_as_google_publishes_it(self):
        """Under a UID that names the series, whatever else was changed with it."""
        first = self.at(-10)
        whole = {"tzid": "Europe/Amsterdam", "summary": "Weekly", "lines": ["RRULE:FREQ=WEEKLY;COUNT=3"]}
        self.synced(vevent("weekly@google.com", first.replace(tzinfo=None), **whole))
        before = [event["ID"] for event in self.events(self.anna)]
        following = self.at(-3)
        self.synced(vevent("weekly@google.com", first.replace(tzinfo=None),
                           **{**whole, "lines": ["RRULE:FREQ=WEEKLY;COUNT=1"]}),
                    vevent(f"weekly_R{self.utc(following):%Y%m%dT%H%M%S}@google.com", self.at(-3, 15).replace(tzinfo=None),
                           **{**whole, "summary": "Renamed", "lines": ["RRULE:FREQ=WEEKLY;COUNT=2"]}))
        self.assertEqual([(event["ID"], event["post_title"], event["post_status"]) for event in self.events(self.anna)],
                         [(post, title, "publish") for post, title in zip(before, ("Weekly", "Renamed", "Renamed"))])

    def test_of_a_series_that_floods_the_events_nearest_to_now_are_kept(self):
        self.synced(vevent("flood@story", self.utc(self.at(-90)), summary="Flood",
                           lines=["RRULE:FREQ=MINUTELY;INTERVAL=9"]))
        rows = self.wp.rows("SELECT COUNT(*) AS events, SUM(ABS(TIMESTAMPDIFF(MINUTE, post_date_gmt, UTC_TIMESTAMP())) "
                            "<= 10) AS near FROM {p}posts WHERE post_title = 'Flood'")
        self.assertEqual(int(rows[0]["events"]), 5000)
        self.assertGreaterEqual(int(rows[0]["near"]), 2)
        self.assertIn("nearest to now are kept", self.error())

    def test_an_unchanged_calendar_costs_one_request_and_changes_nothing(self):
        validators = (({"ETag": '"v1"'}, {"if-none-match": '"v1"'}),
                      ({"Last-Modified": "Thu, 15 Jan 2026 09:00:00 GMT"},
                       {"if-modified-since": "Thu, 15 Jan 2026 09:00:00 GMT"}))
        for given, asked in validators:
            with self.subTest(given):
                self.serve_events(self.lunch, headers=given)
                self.sync("--all", "--full")
                before = self.events(self.anna)
                asked_before = self.server.count()
                self.serve(status=304, expect={"headers": asked})
                self.sync()
                self.assertEqual(self.server.count(), asked_before + 1)
                self.assertEqual(self.events(self.anna), before)
        with self.subTest("a server that knows no validators"):
            self.synced(self.lunch)
            before = self.events(self.anna)
            self.sync()
            self.assertEqual(self.events(self.anna), before)

    def test_what_changed_and_what_left_is_seen(self):
        self.synced(self.lunch, self.board, headers={"ETag": '"v1"'})
        self.synced(vevent("board@story", self.utc(self.at(4)), summary="Board, later"), headers={"ETag": '"v2"'})
        self.assertEqual(self.titles(self.anna), ["Board, later"])
        self.assertEqual(self.titles(self.anna, status="trash"), ["Lunch"])
        # All of it: an empty calendar is an answer, too.
        self.synced()
        self.assertEqual(self.titles(self.anna), [])

    def test_what_is_no_whole_calendar_proves_nothing(self):
        self.synced(self.lunch, self.board)
        before = self.events(self.anna)
        whole = calendar(self.lunch, self.board)
        small = self.write_ini("small.ini", network_max_response_mb="1")
        spoilt = {
            "a web page": ({"body": "<!DOCTYPE html><html>Sign in</html>", "headers": {"Content-Type": "text/html"}}, "no calendar"),
            "nothing": ({"body": ""}, "no calendar"),
            "half of it": ({"body": whole[:len(whole) // 2]}, "only in part"),
            "all but its end": ({"body": whole.replace("END:VCALENDAR", "")}, "only in part"),
            "less than was promised": ({"body": whole, "length": 100000}, "cannot be reached"),
            "too much": ({"body": "X-FILL:" + "x" * 1000 + "\r\n", "repeat": 2000}, "max_response_mb"),
            "refused": ({"status": 403}, "may not be read"),
            "busy": ({"status": 503, "headers": {"Retry-After": "1"}}, "at the moment"),
            "not modified, which nobody asked": ({"status": 304}, "HTTP status 304"),
        }
        for name, (reply, words) in spoilt.items():
            with self.subTest(name):
                self.connect(self.anna, self.published())
                self.serve(**reply)
                done = self.run_it("sync", "--all", "--full", status=1, ini=small)
                self.assert_one_line(done.stderr, "anna", "conn_65a4f0c1d2e01", words)
                self.assertEqual(self.events(self.anna), before)
                self.assert_secret_is_kept(done)

    def test_one_event_that_cannot_be_read_holds_up_no_other(self):
        broken = self.board.replace("DTSTART:20", "DTSTART:99x")
        self.synced(self.lunch, self.board)
        for _ in range(2):
            self.serve_events(self.lunch, broken)
            self.sync()
            self.assertEqual(self.titles(self.anna), ["Board", "Lunch"])
            self.assertIn("could not be read", self.error())

    def test_one_that_is_gone_keeps_its_events_for_a_week(self):
        self.synced(self.lunch, self.board)
        self.serve(status=404)
        done = self.sync(status=1)
        self.assertIn("in case it comes back", self.error())
        self.assert_secret_is_kept(done)
        self.assertEqual(self.titles(self.anna), ["Board", "Lunch"])
        self.let_a_week_go_by()
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna), [])
        self.synced(self.lunch, self.board)
        self.assertEqual(self.titles(self.anna), ["Board", "Lunch"])

    def test_one_that_asks_who_we_are_gets_the_password(self):
        auth = {"user": "anna", "password": "hunter2", "schemes": ["Basic"]}
        self.serve_events(self.lunch, auth=auth)
        self.sync(status=1)
        self.assertIn("asks for a user name", self.error())
        self.connect(self.anna, self.published(username="anna", password="hunter2"))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.connect(self.anna, self.published(username="anna", password="wrong"))
        done = self.sync(status=1)
        self.assertIn("does not accept", self.error())
        self.assertNotIn("wrong", done.stderr)
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def test_calendars_names_it_without_its_address(self):
        self.serve_events(self.lunch)
        done = self.run_it("calendars", "--user=anna")
        self.assertIn("The board", done.stdout)
        self.assert_secret_is_kept(done)

    def test_a_new_address_is_another_calendar_of_the_same_connection(self):
        """Somebody reset the secret address: what is in both stays."""
        self.synced(self.lunch, self.board, headers={"ETag": '"v1"'})
        before = self.events(self.anna)
        connection = self.published()
        connection["credentials"]["url"] = self.server.url + "/other.ics"
        self.server.routes["/other.ics"] = [{"body": calendar("X-WR-CALNAME:The board", self.lunch, self.board)}]
        self.connect(self.anna, connection)
        self.sync()
        self.assertEqual(self.events(self.anna), before)


class BehindTls(Published):
    """webcal:// is https://."""

    tls = True

    def test_webcal(self):
        self.serve_events(self.lunch)
        ini = self.write_ini("tls.ini", network_ca_file=self.server.ca_file)
        for scheme in ("webcal", "WEBCALS", "https"):
            with self.subTest(scheme):
                self.connect(self.anna, self.published(scheme))
                self.run_it("sync", "--all", "--full", ini=ini)
                self.assertEqual(self.titles(self.anna), ["Lunch"])
                self.assertIsNone(self.error())
