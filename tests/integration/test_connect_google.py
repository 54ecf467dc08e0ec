# SPDX-License-Identifier: GPL-2.0-or-later
"""Google calendars connected from the shell: a browser agrees, and comes back to this machine."""

import re
import socket
import urllib.error
import urllib.parse
import urllib.request

from fake.google_server import SCOPE
from lib.google_story import OnGoogle
from lib.program import start_program


class Google(OnGoogle):

    def setUp(self):
        super().setUp()
        self.google.signed_in = self.account
        self.calendar.meeting("one", self.at(1), summary="One")

    def visit(self, url):
        """What a browser does, redirects and all; the last page."""
        try:
            with urllib.request.urlopen(url, timeout=20) as page:
                return page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode()

    def ask(self, *arguments, status=0, browser=None):
        """Runs the command, and goes with the browser to the address that it shows: (its output, the page)."""
        with start_program(*arguments, "--user=anna", "--port=0", ini=self.ini) as process:
            shown = ""
            for line in process.stderr:
                shown += line
                if "Waiting" in line:
                    break
            found = re.search(r"^http\S+$", shown, re.MULTILINE)
            self.assertTrue(found, shown)
            page = (browser or self.visit)(found.group(0))
            stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, shown + stderr)
        for secret in (self.account.refresh_token, "ya29.", "4/0"):
            self.assertNotIn(secret, stdout + shown + stderr)
        return stdout + shown + stderr, page

    def page(self):
        return self.wp.call("theme_page_connections", self.anna)

    def test_it_appears_in_the_theme_and_is_synced(self):
        said, page = self.ask("connect", "google")
        self.assertIn("close this window", page)
        self.assertIn("ssh -L", said)
        self.assert_one_line(said, "Google Calendar is connected as conn_")
        shown, = self.page()
        self.assertEqual((shown["provider"], shown["name"], shown["calendar_id"]),
                         ("google", "Google Calendar", "primary"))
        self.assertNotIn("calendar_ids", shown)
        opened = self.wp.call("theme_open_credentials", self.anna, shown["id"])
        self.assertEqual((opened["refresh_token"], opened["scope"], opened["token_type"]),
                         (self.account.refresh_token, SCOPE, "Bearer"))
        self.assertTrue(self.google.knows(opened["access_token"]))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One"])

    def test_several_calendars_are_one_connection(self):
        self.account.add_calendar("team@example.org", "Team").meeting("two", self.at(2), summary="Two")
        self.ask("connect", "google", "--calendar=primary", "--calendar=Team", "--name=Both")
        shown, = self.page()
        self.assertEqual((shown["calendar_id"], shown["calendar_ids"]),
                         ("anna@example.org", ["anna@example.org", "team@example.org"]))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One", "Two"])

    def test_whoever_says_no_connects_nothing(self):
        self.google.refuses = "access_denied"
        said, page = self.ask("connect", "google", status=1)
        self.assertIn("access_denied", said)
        self.assertIn("not given", page)
        self.assertEqual(self.page(), [])

    def test_access_that_does_not_last_is_none(self):
        self.google.lasting = False
        said, _ = self.ask("connect", "google", status=1)
        self.assertIn("none that lasts", said)
        self.assertEqual(self.page(), [])

    def test_only_the_answer_to_this_very_asking_counts(self):
        def confused(url):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
            back = query["redirect_uri"][0]
            port = urllib.parse.urlsplit(back).port
            for path in ("", "favicon.ico", "?code=x", "?code=x&state=wrong", "?state=%00&code=x"):
                self.assertIn("nothing here", self.visit(back + path))
            # A connection that a browser opens and does not use, and one that sends no request.
            with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as odd:
                odd.sendall(b"\x00" * 20000)
            return self.visit(url)

        self.ask("connect", "google", browser=confused)
        self.assertEqual(len(self.page()), 1)

    def test_it_listens_on_this_machine_alone(self):
        def look(url):
            port = urllib.parse.urlsplit(urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["redirect_uri"][0]).port
            with open("/proc/net/tcp", encoding="ascii") as file:
                local = [line.split()[1] for line in file if line.split()[3] == "0A"]
            self.assertEqual([one for one in local if one.endswith(f":{port:04X}")], [f"0100007F:{port:04X}"])
            return self.visit(url)

        self.ask("connect", "google", browser=look)

    def test_access_is_given_anew(self):
        self.connect_work(credentials=self.account.credentials(), last_error="Please reconnect", colour="blue")
        self.account.refresh_token = "1//another"
        self.ask("reconnect")
        self.assertEqual(self.credentials()["refresh_token"], "1//another")
        self.assertIsNone(self.stored()["last_error"])
        self.assertEqual(self.stored()["colour"], "blue")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One"])

    def test_without_a_client_nobody_is_sent_anywhere(self):
        ini = self.write_ini("none.ini", google_client_id=None, google_client_secret=None)
        done = self.run_it("connect", "google", "--user=anna", "--port=0", ini=ini, status=1)
        self.assertIn("client_id", done.stderr)
        self.assertIn("--port", self.run_it("connect", "google", "--user=anna", "--port=70000", status=64).stderr)

    def test_a_port_that_is_taken_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = self.run_it("connect", "google", "--user=anna", f"--port={port}", status=78)
        self.assert_one_line(done.stderr, str(port), "--port")
