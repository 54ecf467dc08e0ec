# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong: one clear line that names user, connection and remedy; others go on; nothing is deleted."""

import os
from datetime import datetime, timezone

from lib.ics import calendar, vevent
from lib.processes import free_port
from lib.program import TOP, write_secret
from lib.story import PASSWORD, Story


JANUARY = datetime(2026, 1, 20, 9, tzinfo=timezone.utc)


class Setup(Story):
    """The administrator's mistakes: nothing is tried, the exit status says which kind."""

    def test_the_database_is_down(self):
        ini = self.write_ini("down.ini", database_socket="/nonexistent/mysqld.sock")
        for command in (("sync", "--all"), ("run",), ("log",), ("status",)):
            done = self.run_it(*command, status=69, ini=ini)
            self.assert_one_line(done.stderr, "/nonexistent/mysqld.sock")
            self.assertEqual(done.stdout, "")

    def test_the_database_refuses_the_password(self):
        ini = self.write_ini("refused.ini", database_password_file=None, database_password="wrong")
        done = self.run_it("sync", "--all", status=69, ini=ini)
        self.assert_one_line(done.stderr, self.wp.user, "password")
        self.assertNotIn("wrong", done.stderr)

    def test_a_table_is_missing(self):
        self.wp.run("global $wpdb; $wpdb->query( 'DROP TABLE wp_commentmeta' ); return true;")
        done = self.run_it("sync", "--all", status=78)
        self.assert_one_line(done.stderr, "wp_commentmeta")

    def test_a_table_is_not_innodb(self):
        self.wp.run("global $wpdb; $wpdb->query( 'ALTER TABLE wp_postmeta ENGINE=MyISAM' );"
                    " return true;")
        done = self.run_it("sync", "--all", status=78)
        self.assert_one_line(done.stderr, "ALTER TABLE", "wp_postmeta", "ENGINE=InnoDB")

    def test_the_table_prefix_is_wrong(self):
        done = self.run_it("sync", "--all", status=78,
                           ini=self.write_ini("prefix.ini", wordpress_table_prefix="blog_"))
        self.assert_one_line(done.stderr, "blog_")

    def test_auth_key_is_missing(self):
        ini = self.write_ini("keyless.ini", wordpress_auth_key_file=None)
        done = self.run_it("sync", "--all", status=78, ini=ini)
        self.assert_one_line(done.stderr, "keyless.ini", "auth_key")

    def test_an_unknown_key_is_named_with_its_line(self):
        ini = self.write_ini("typo.ini", sync_wrokers="4")
        with open(ini, encoding="utf-8") as file:
            line = 1 + next(number for number, text in enumerate(file) if "wrokers" in text)
        done = self.run_it("status", status=78, ini=ini)
        self.assert_one_line(done.stderr, f"typo.ini:{line}", "wrokers")

    def test_an_ini_that_others_can_read_is_refused(self):
        ini = self.write_ini("open.ini", database_password_file=None, database_password="x")
        os.chmod(ini, 0o644)
        done = self.run_it("status", status=78, ini=ini)
        self.assert_one_line(done.stderr, "open.ini", "chmod")

    def test_an_ini_in_which_nothing_stands_names_init(self):
        sample = os.path.join(TOP, "conf", "prm-calendar.ini")
        for command in ("status", "run", "check"):
            done = self.run_it(command, status=3 if command == "check" else 78, ini=sample)
            self.assert_one_line(done.stdout + done.stderr, "nothing is filled in yet", "prm-calendar init --wp-config=PATH")

    def test_a_missing_ini_is_named(self):
        done = self.run_it("status", status=78, ini="/nonexistent/prm.ini")
        self.assert_one_line(done.stderr, "/nonexistent/prm.ini")


class OneOfTwo(Story):
    """Anna's connection is broken, Bram's is well: Bram's events arrive, and Anna's stay as they were."""

    def setUp(self):
        super().setUp()
        self.good = self.account()
        self.good.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.anna = self.user()
        self.bram = self.user("bram", "Bram")
        # Something to lose.
        self.connect(self.anna, self.good.connection())
        self.sync()
        self.before = self.events(self.anna)
        self.assertEqual(len(self.before), 1)
        self.good.put("two", vevent("two@story", self.utc(self.at(2)), summary="Two"))
        self.connect(self.bram, self.good.connection(2))

    def break_anna(self, **fields):
        """Syncs with Anna's connection changed; returns what stderr says about it."""
        connection, = self.connect(self.anna, self.good.connection(**fields))
        done = self.sync(status=1)
        return self.check(done, connection)

    def check(self, done, connection):
        line = self.assert_one_line(done.stderr, "error:", "anna", connection["id"])
        self.assertNotIn(PASSWORD, done.stderr + done.stdout)
        self.assertEqual(self.events(self.anna), self.before)
        self.assertEqual(self.titles(self.bram), ["One", "Two"])
        after, = self.connections(self.anna)
        self.assertTrue(after["last_error"], "last_error is empty")
        self.assertNotIn(PASSWORD, after["last_error"])
        self.assertEqual(after.get("last_sync"), connection.get("last_sync"))
        self.last_error = after["last_error"]
        return line

    def credentials(self, **changes):
        return {"url": self.good.client.url("work"), "username": self.good.login,
                "password": self.good.password, **changes}

    def test_credentials_that_do_not_decrypt(self):
        self.break_anna(credentials="bm90IGEgYm94IGF0IGFsbCwgbm90IGV2ZW4gY2xvc2UgdG8gb25lIQ==")
        self.assertIn("connect the calendar again", self.last_error)

    def test_credentials_that_another_key_locked(self):
        box = self.wp.run("""
            $nonce = random_bytes( 24 );
            return base64_encode( $nonce . sodium_crypto_secretbox( '{"url":"http://x"}', $nonce,
                hash( 'sha256', 'another key' . 'prm_calendar', true ) ) );""")
        self.break_anna(credentials=box)
        self.assertIn("connect the calendar again", self.last_error)

    def test_credentials_without_an_address(self):
        self.break_anna(credentials={"username": "u", "password": "p"})

    def test_no_credentials(self):
        self.break_anna(credentials="")
        self.assertIn("connect the calendar again", self.last_error)

    def test_the_server_refuses_the_password(self):
        self.break_anna(credentials=self.credentials(password="wrong"))
        self.assertIn("password", self.last_error)

    def test_there_is_no_such_calendar(self):
        for gone in (self.good.client.path("gone"), self.good.client.url("gone")):
            with self.subTest(gone):
                self.break_anna(calendar_id=gone)

    def test_nobody_listens(self):
        self.break_anna(credentials=self.credentials(url=f"http://127.0.0.1:{free_port()}/"))

    def test_an_address_that_is_none(self):
        for url in ("not a url", "file:///etc/passwd", "ftp://127.0.0.1/"):
            with self.subTest(url=url):
                self.break_anna(credentials=self.credentials(url=url))

    def test_an_address_in_the_private_network_is_refused(self):
        for url in ("http://127.0.0.2/", "http://[::1]/", "http://169.254.169.254/latest/"):
            with self.subTest(url=url):
                self.break_anna(credentials=self.credentials(url=url))


class UnreadableRows(Story):
    """Rows of the connections that nobody can read are reported and left exactly as they are."""

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.account.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.anna = self.user()
        self.bram = self.user("bram", "Bram")
        self.connect(self.bram, self.account.connection())

    def store_raw(self, value):
        self.wp.run("""
            global $wpdb;
            delete_user_meta( $user, '_prm_calendar_connections' );
            $wpdb->insert( $wpdb->usermeta, array( 'user_id' => $user,
                'meta_key' => '_prm_calendar_connections', 'meta_value' => $value ) );
            return true;""", user=self.anna, value=value)

    def raw(self):
        return self.wp.rows("SELECT meta_value FROM {p}usermeta WHERE meta_key ="
                            f" '_prm_calendar_connections' AND user_id = {self.anna}")[0]["meta_value"]

    def test_damaged_rows(self):
        for value in ("a:1:{i:0;a:2:{s:2:\"id\";s:99:\"conn_x\";}}", "garbage", "a:1:{i:0;",
                      "i:5;", "a:999999999:{}"):
            with self.subTest(value=value):
                self.store_raw(value)
                done = self.sync(status=1)
                self.assert_one_line(done.stderr, "anna")
                self.assertEqual(self.raw(), value)
                self.assertEqual(self.titles(self.bram), ["One"])

    def test_an_unknown_provider_is_skipped(self):
        stored = self.connect(self.anna, {"id": "conn_pigeon", "provider": "pigeon", "name": "P",
                                          "sync_enabled": True, "credentials": "x"})
        done = self.sync()
        self.assert_one_line(done.stderr, "anna", "conn_pigeon", "pigeon")
        self.assertEqual(self.connections(self.anna), stored)
        self.assertEqual(self.titles(self.bram), ["One"])


class CommandLine(Story):

    def test_usage_errors(self):
        for arguments in (("sync", "--al"), ("frobnicate",), ("log", "12x"),
                          ("log", "--limit=many"), ("run", "extra")):
            with self.subTest(arguments=arguments):
                done = self.run_it(*arguments, status=64)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn("--help", done.stderr)

    def test_every_command_has_help_with_an_example(self):
        for command in ("sync", "run", "log", "status", "explain"):
            with self.subTest(command=command):
                done = self.run_it(command, "--help", ini=None)
                self.assertIn(f"prm-calendar {command}", done.stdout)
                self.assertIn("xample", done.stdout)

    def test_json_is_one_object(self):
        for command in (("sync", "--all"), ("run",), ("log",), ("status",)):
            with self.subTest(command=command):
                self.assertIsInstance(self.run_it(*command, "--json").json, dict)

    def test_explain_needs_no_database(self):
        path = os.path.join(self.wp.folder, "one.ics")
        write_secret(path, calendar(vevent("one@story", self.utc(self.at(1)), summary="One \"é\"")))
        done = self.run_it("explain", path, "--json", f"--from={self.at(0):%Y-%m-%d}",
                           f"--to={self.at(3):%Y-%m-%d}", "--timezone=Europe/Amsterdam")
        self.assertIn("One \\\"é\\\"", done.stdout)

    def test_explain_says_what_is_not_in_the_window(self):
        path = os.path.join(self.wp.folder, "later.ics")
        write_secret(path, calendar(vevent("later@story", datetime(2028, 1, 20, 9, tzinfo=timezone.utc)), vevent("soon@story", JANUARY),
                                    "BEGIN:VTODO\r\nUID:task\r\nEND:VTODO\r\n"))
        window = ("--from=2027-01-01", "--to=2027-02-01", "--timezone=Europe/Amsterdam")
        self.assertEqual(self.run_it("explain", path, *window).stdout.strip(),
                         f"{path}, from 2027-01-01 to 2027-02-01: 2 events, none in this time; 1 task, which we leave "
                         "alone; the next is 2028-01-20 10:00:00 .. 2028-01-20 11:00:00")
        self.assertIn("2 events, 1 of them not in this time",
                      self.run_it("explain", path, "--from=2026-01-01", "--to=2027-01-01").stdout)
        self.assertIn("; the last is 2028-01-20",
                      self.run_it("explain", path, "--from=2030-01-01", "--to=2031-01-01").stdout)
        (about,) = self.run_it("explain", path, *window, "--json").json["files"]
        self.assertEqual((about["events"], about["events_outside"], about["tasks"], about["next"]["uid"]),
                         (2, 2, 1, "later@story"))

    def test_explain_reads_standard_input(self):
        text = calendar(vevent("piped@story", JANUARY))
        done = self.run_it("explain", "-", "--from=2026-01-01", "--to=2027-01-01", stdin=text)
        self.assertIn("uid piped@story", done.stdout)
        self.assertEqual(self.run_it("explain", "-", stdin="<html>", status=1).stdout, "")

    def test_explain_shows_whom_a_users_contacts_match(self):
        path = os.path.join(self.wp.folder, "with.ics")
        write_secret(path, calendar(vevent("with@story", JANUARY,
                                           lines=("ATTENDEE:mailto:ben.vos@example.org", "ATTENDEE:mailto:x@y.example"))))
        anna = self.user()
        self.person(anna, "Ben", "Vos", "ben.vos@example.org")
        window = ("--from=2026-01-01", "--to=2027-01-01")
        done = self.run_it("explain", path, *window, "--user=anna")
        self.assertRegex(done.stdout, r"matches contact \d+ by email_exact \(100 %\), ben\.vos@example\.org")
        event = self.run_it("explain", path, *window, "--user=anna", "--json").json["events"][0]
        self.assertEqual([match["attendee_email"] for match in event["matches"]], ["ben.vos@example.org"])
        self.assertEqual(self.run_it("explain", path, "--user=nobody", status=1).stdout, "")
