# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections made, listed, switched and removed from the shell: as the theme makes, shows and removes them."""

import os
import subprocess

from lib.ics import vevent
from lib.program import TOP, program_path, write_secret
from lib.story import PASSWORD, Story
from lib.terminal import on_terminal

RAW = ("SELECT meta_value FROM {p}usermeta WHERE user_id = %d AND meta_key = '_prm_calendar_connections' "
       "ORDER BY umeta_id")


class Shell(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account(display_name="Work")
        self.account.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.home = self.account.client.url().rstrip("/") + "/"

    def raw(self, user):
        return [row["meta_value"] for row in self.wp.rows(RAW % user)]

    def connect_it(self, *options, user="anna", url=None, status=0, stdin=PASSWORD + "\n"):
        done = self.run_it("connect", "caldav", f"--user={user}", f"--url={url or self.home}",
                           f"--username={self.account.login}", *options, status=status, stdin=stdin)
        self.assert_no_secret(done)
        return done

    def assert_no_secret(self, done):
        self.assertNotIn(PASSWORD, done.stdout + done.stderr + " ".join(done.argv))

    def page(self, user=None):
        """What the theme's page shows."""
        return self.wp.call("theme_page_connections", user or self.anna)


class Connect(Shell):

    def test_it_appears_in_the_theme_and_is_synced(self):
        self.assert_one_line(self.connect_it().stdout, "anna", "Work", "is connected as conn_")
        shown, = self.page()
        created, connection = shown.pop("created_at"), shown.pop("id")
        self.assertRegex(connection, r"^conn_[0-9a-f]{13}$")
        self.assertRegex(created, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        self.assertEqual(shown, {
            "provider": "caldav", "name": "Work", "calendar_id": self.account.client.url("work"),
            "sync_enabled": True, "auto_log": True, "sync_from_days": 90, "sync_to_days": 30, "sync_frequency": 15,
            "last_sync": None, "last_error": None})
        self.assertEqual(self.wp.call("theme_open_credentials", self.anna, connection),
                         {"url": self.home, "username": self.account.login, "password": PASSWORD})
        self.assertEqual(self.wp.call("theme_calendar_url", self.anna, connection), self.account.client.url("work"))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One"])
        self.assertIsNone(self.page()[0]["last_error"])

    def test_the_row_is_what_wordpress_would_write(self):
        """Its own update_user_meta() of what is there changes no byte."""
        self.connect_it("--name=Wörk \" & <b>co</b>")
        stored = self.raw(self.anna)
        self.wp.run("$all = get_user_meta( $user, $key, true ); delete_user_meta( $user, $key );"
                    " return update_user_meta( $user, $key, wp_slash( $all ) );",
                    user=self.anna, key="_prm_calendar_connections")
        self.assertEqual(self.raw(self.anna), stored)
        self.assertEqual(self.page()[0]["name"], 'Wörk " & co')

    def test_it_comes_behind_others_and_leaves_them_alone(self):
        self.connect(self.anna, {"id": "conn_x", "provider": "pigeon", "odd": 1.5}, "no map")
        before, = self.raw(self.anna)
        self.connect_it()
        after, = self.raw(self.anna)
        self.assertTrue(after.startswith(before.replace("a:2:{", "a:3:{", 1)[:-1]), after)
        self.assertTrue(after.endswith("}}") and ";i:2;a:13:{" in after, after)

    def test_a_wrong_password_is_told_and_nothing_is_written(self):
        done = self.connect_it(status=1, stdin="wrong\n")
        self.assertIn("password", done.stderr)
        self.assertEqual(self.raw(self.anna), [])

    def test_several_calendars_are_listed_and_chosen(self):
        self.account.calendar("home", "Home")
        done = self.connect_it(status=78)
        self.assert_one_line(done.stderr, "several calendars", "--calendar")
        self.assert_one_line(done.stderr, "Home")
        self.assert_one_line(done.stderr, self.account.client.url("home"))
        self.assertEqual(self.raw(self.anna), [])
        self.assertIn("no calendar", self.connect_it("--calendar=Nowhere", status=78).stderr)
        path = "/" + self.account.client.url("home").split("/", 3)[3]
        self.connect_it("--calendar=Work", f"--calendar={path}")
        self.assertEqual([(one["name"], one["calendar_id"]) for one in self.page()],
                         [("Work", self.account.client.url("work")), ("Home", self.account.client.url("home"))])

    def test_on_a_terminal_password_and_calendar_are_asked_for(self):
        self.account.calendar("home", "Home")
        screen, status = on_terminal(
            self.ini, ["connect", "caldav", "--user=anna", f"--url={self.home}", f"--username={self.account.login}"],
            [("Password of", PASSWORD), ("Number", "2")])
        self.assertEqual(status, 0, screen)
        self.assertNotIn(PASSWORD, screen)
        self.assertEqual(len(self.page()), 1)

    def test_the_password_may_be_in_a_file_that_is_closed_to_others(self):
        path = os.path.join(self.wp.folder, "calendar.password")
        write_secret(path, PASSWORD + "\n")
        self.connect_it(f"--password-file={path}", stdin=None)
        os.chmod(path, 0o644)
        self.assertIn("chmod", self.connect_it(f"--password-file={path}", status=78, stdin=None).stderr)

    def test_without_a_password_nothing_happens(self):
        self.assertIn("no password", self.connect_it(status=78, stdin="").stderr)
        done = self.connect_it(status=64, url="https://anna:secret@dav.example.org/")
        self.assertIn("standard input", done.stderr)
        self.assertEqual(self.raw(self.anna), [])

    def test_the_same_calendar_is_not_connected_twice(self):
        self.connect_it()
        connection = self.page()[0]["id"]
        self.assert_one_line(self.connect_it(status=1).stderr, connection, "reconnect")
        self.assertEqual(len(self.page()), 1)

    def test_a_dry_run_writes_nothing(self):
        said = self.connect_it("--dry-run", "--json").json
        self.assertEqual((said["written"], len(said["connections"])), (False, 1))
        self.assertEqual(self.raw(self.anna), [])

    def test_with_a_wrong_auth_key_nothing_is_sealed(self):
        self.connect(self.anna, self.account.connection(1), self.account.connection(2))
        before = self.raw(self.anna)
        ini = self.write_ini("wrong.ini")
        write_secret(f"{ini}.auth_key", "another key than the site's")
        done = self.run_it("connect", "caldav", "--user=anna", f"--url={self.home}",
                           f"--username={self.account.login}", ini=ini, stdin=PASSWORD, status=78)
        self.assertIn("AUTH_KEY", done.stderr)
        self.assertEqual(self.raw(self.anna), before)

    def test_what_is_missing_is_usage(self):
        for words in ([], ["caldav"], ["caldav", "--user=anna"], ["carrier-pigeon", "--user=anna"]):
            with self.subTest(words=words):
                done = self.run_it("connect", *words, "--json", status=64)
                self.assertIn("--help", done.stderr)
                self.assertTrue(done.json["error"])
        self.assertIn("nobody", self.connect_it(user="nobody", status=1).stderr)


class Listing(Shell):

    def test_everybodys_connections_are_listed_without_secrets(self):
        bram = self.user("bram", "Bram")
        self.connect(self.anna, self.account.connection(1, last_error="old\x1b trouble"))
        self.connect(bram, self.account.connection(2, sync_enabled=False), {"id": 7})
        done = self.run_it("connections", status=1)
        self.assert_no_secret(done)
        self.assert_one_line(done.stdout, "anna", "Work", "conn_65a4f0c1d2e01")
        self.assert_one_line(done.stdout, "last error", "old\\x1B trouble")
        self.assert_one_line(done.stdout, "bram", "switched off")
        self.assert_one_line(done.stderr, "bram", "not understood")
        self.assertNotIn("bram", self.run_it("connections", "--user=anna").stdout)
        one, = self.run_it("connections", "--user=anna", "--json").json["connections"]
        self.assertEqual((one["user_login"], one["provider"], one["sync_enabled"]), ("anna", "caldav", True))
        self.assertNotIn("credentials", one)


class Completion(Shell):
    """The shell offers the people and connections that there are."""

    ASK = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prm_calendar
    printf '%s\\n' "${COMPREPLY[@]}\""""

    def complete(self, *words):
        folder = os.path.join(self.wp.folder, "bin")
        os.makedirs(folder, exist_ok=True)
        if not os.path.lexists(os.path.join(folder, "prm-calendar")):
            os.symlink(program_path(), os.path.join(folder, "prm-calendar"))
        script = os.path.join(TOP, "build", os.environ.get("PRM_TEST_VARIANT", "plain"), "completions", "bash")
        done = subprocess.run(["bash", "-c", self.ASK, "bash", script, "prm-calendar", *words], text=True, check=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_users_and_connections_are_offered(self):
        bram = self.user("bram", "Bram")
        self.connect(self.anna, self.account.connection(1, name="Work (old): x"), self.account.connection(2))
        self.connect(bram, self.account.connection(3, sync_enabled=False))
        config = ("-c", self.ini)
        self.assertEqual(self.complete("sync", *config, "--user", "=", ""), {"anna", "bram"})
        self.assertEqual(self.complete("sync", *config, "--user", "="), {"anna", "bram"})
        self.assertEqual(self.complete(*config, "calendars", "--user", "b"), {"bram"})
        self.assertEqual(self.complete("disable", "--config", "=", self.ini, "--connection", "=", ""),
                         {f"conn_65a4f0c1d2e0{number}" for number in (1, 2, 3)})
        self.assertEqual(self.complete("disable", *config, "--user", "=", "bram", "--connection", "=", ""),
                         {"conn_65a4f0c1d2e03"})
        self.assertEqual(self.complete("sync", "-c", "/nowhere.ini", "--user", "=", ""), set())

    def test_zones_are_offered(self):
        offered = self.complete("explain", "--timezone", "=", "Europe/A")
        self.assertLessEqual({"Europe/Amsterdam", "Europe/Athens"}, offered)
        self.assertFalse([zone for zone in offered if not zone.startswith("Europe/A")])


class Switch(Shell):

    def test_off_and_on_again_as_in_the_theme(self):
        self.connect(self.anna, self.account.connection())
        before = self.raw(self.anna)
        self.assert_one_line(self.run_it("disable", "--user=anna").stdout, "now switched off")
        self.assertIs(self.page()[0]["sync_enabled"], False)
        self.sync()
        self.assertEqual(self.titles(self.anna), [])
        self.assert_one_line(self.run_it("disable", "--user=anna").stdout, "already")
        self.assertTrue(self.run_it("enable", "--user=anna", "--json").json["changed"])
        self.assertEqual(self.raw(self.anna), before)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One"])

    def test_of_several_one_is_named(self):
        self.connect(self.anna, self.account.connection(1), self.account.connection(2))
        self.assertIn("--connection", self.run_it("disable", "--user=anna", status=1).stderr)
        self.run_it("disable", "--user=anna", "--connection=conn_65a4f0c1d2e02")
        self.assertEqual([one["sync_enabled"] for one in self.page()], [True, False])
        self.assertIn("conn_none", self.run_it("enable", "--user=anna", "--connection=conn_none", status=1).stderr)

    def test_what_is_switched_off_is_the_themes(self):
        self.connect(self.anna, self.account.connection())
        self.run_it("takeover")
        lock = f"prm_sync_lock_{self.anna}_conn_65a4f0c1d2e01"
        self.assertTrue(self.wp.call("get_transient", lock))
        self.run_it("disable", "--user=anna")
        self.assertFalse(self.wp.call("get_transient", lock))


class Reconnect(Shell):

    def setUp(self):
        super().setUp()
        credentials = {"url": self.account.client.url("work"), "username": self.account.login, "password": "old"}
        self.connect(self.anna, self.account.connection(1, credentials=credentials, colour="blue"))
        self.sync(status=1)

    def test_a_new_password_ends_the_refusal(self):
        self.assertTrue(self.page()[0]["last_error"])
        done = self.run_it("reconnect", "--user=anna", stdin=PASSWORD)
        self.assert_no_secret(done)
        self.assertIn("connected again", done.stdout)
        shown, = self.page()
        self.assertIsNone(shown["last_error"])
        self.assertEqual(shown["colour"], "blue")
        self.assertEqual(self.wp.call("theme_open_credentials", self.anna, shown["id"])["password"], PASSWORD)
        self.run_it("run")
        self.assertEqual(self.titles(self.anna), ["One"])

    def test_a_password_that_does_not_open_changes_nothing(self):
        before = self.raw(self.anna)
        self.run_it("reconnect", "--user=anna", stdin="wrong", status=1)
        self.run_it("reconnect", "--user=anna", "--dry-run", stdin=PASSWORD)
        self.assertEqual(self.raw(self.anna), before)

    def test_where_nothing_can_be_opened_the_account_is_said_anew(self):
        self.connect(self.anna, self.account.connection(1, credentials="damaged"))
        self.assertIn("--url", self.run_it("reconnect", "--user=anna", stdin=PASSWORD, status=1).stderr)
        self.run_it("reconnect", "--user=anna", f"--url={self.account.client.url('work')}",
                    f"--username={self.account.login}", stdin=PASSWORD)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["One"])


class Disconnect(Shell):

    def setUp(self):
        super().setUp()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account.put("met", vevent("met@story", self.utc(self.at(-1)), summary="Met", attendees=[
            ("jose@example.org", "José", "ACCEPTED")]))
        self.connect(self.anna, self.account.connection(1))
        self.sync()
        self.run_it("log")

    def test_events_go_and_activities_stay(self):
        self.account.client.delete("work", "one")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["One"])
        before = self.activities(self.jose)
        self.assertEqual(len(before), 1)
        done = self.run_it("disconnect", "--user=anna", "--yes")
        self.assert_one_line(done.stdout, "is disconnected", "2 events were deleted")
        self.assertEqual(self.page(), [])
        self.assertEqual(self.raw(self.anna), ["a:0:{}"])
        self.assertEqual(self.events(self.anna), [])
        self.assertEqual(self.wp.rows("SELECT * FROM {p}postmeta WHERE meta_key IN ('_event_uid', '_connection_id')"),
                         [])
        self.assertEqual(self.activities(self.jose), before)
        for table in ("connections", "cursors", "objects", "events", "sightings"):
            self.assertEqual(self.wp.rows("SELECT * FROM {p}prm_calendar_%s" % table), [], table)
        self.connect_it()
        self.sync()
        self.run_it("log")
        self.assertEqual(self.titles(self.anna), ["Met"])
        self.assertEqual(len(self.activities(self.jose)), 1, "it is not logged a second time")

    def test_other_connections_and_their_events_stay(self):
        self.account.calendar("home")
        self.account.put("two", vevent("two@story", self.utc(self.at(1)), summary="Two"), calendar="home")
        self.connect_it(f"--calendar={self.account.client.url('home')}")
        self.sync()
        kept = self.page()[1]
        self.run_it("disconnect", "--user=anna", "--connection=conn_65a4f0c1d2e01", "--yes")
        self.assertEqual(self.page(), [kept])
        self.assertEqual(self.titles(self.anna), ["Two"])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Two"])

    def test_it_asks_on_a_terminal_and_nowhere_else(self):
        self.assertIn("--yes", self.run_it("disconnect", "--user=anna", status=64).stderr)
        screen, status = on_terminal(self.ini, ["disconnect", "--user=anna"], [("[y/N]", "n")])
        self.assertEqual(status, 1, screen)
        self.assertIn("2 events", screen)
        self.assertEqual(len(self.page()), 1)
        screen, status = on_terminal(self.ini, ["disconnect", "--user=anna"], [("[y/N]", "y")])
        self.assertEqual(status, 0, screen)
        self.assertEqual(self.page(), [])

    def test_while_the_theme_syncs_nothing_is_removed(self):
        self.wp.call("set_transient", f"prm_sync_lock_{self.anna}_conn_65a4f0c1d2e01", True, 300)
        self.assertIn("the theme is syncing", self.run_it("disconnect", "--user=anna", "--yes", status=75).stderr)
        self.assertEqual(len(self.titles(self.anna)), 2)

    def test_the_lock_of_a_takeover_goes_with_it(self):
        self.run_it("takeover")
        self.run_it("disconnect", "--user=anna", "--yes")
        self.assertFalse(self.wp.call("get_transient", f"prm_sync_lock_{self.anna}_conn_65a4f0c1d2e01"))
