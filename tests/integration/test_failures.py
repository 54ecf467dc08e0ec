# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody reads who is called at night: the thing, the reason, the remedy; and the exit status."""

import os

from lib.story import Story


class Failures(Story):

    def assert_fails(self, status, *words, ini=None, **overrides):
        done = self.run_it("run", status=status, ini=ini or self.write_ini("odd.ini", **overrides))
        self.assert_one_line(done.stderr, *words)
        self.assertNotIn(self.wp.password, done.stderr + done.stdout)

    def test_the_database_cannot_be_reached(self):
        for words, overrides in (
                (("/nonexistent/socket", "check host, port and socket"),
                 {"database_socket": "/nonexistent/socket"}),
                (("127.0.0.1:1", "that the server runs"),
                 {"database_socket": None, "database_host": "127.0.0.1", "database_port": "1"}),
                (("db.invalid", "Unknown", "check host"),
                 {"database_socket": None, "database_host": "db.invalid"}),
                (("Access denied", "check user and password in section [database]"),
                 {"database_password_file": None, "database_password": "wrong"}),
                (("Access denied", "'elsewhere'", "check name in section [database]", "grants.sql"),
                 {"database_name": "elsewhere"})):
            with self.subTest(words):
                self.assert_fails(69, *words, **overrides)

    def test_the_database_is_another(self):
        self.assert_fails(78, "wpx_", "is missing", "check table_prefix", wordpress_table_prefix="wpx_")

    def test_the_configuration_is_wrong(self):
        for words, overrides in (
                (("odd.ini:", "pasword", "it knows host"), {"database_pasword": "x"}),
                (("odd.ini:", "[databse]", "there are [database], [wordpress]"), {"databse_user": "x"}),
                (("odd.ini:", "workers", "'many'", "from 1 to 64"), {"sync_workers": "many"}),
                (("odd.ini:", "/nonexistent/password", "No such file", "put the secret"),
                 {"database_password_file": "/nonexistent/password"})):
            with self.subTest(words):
                self.assert_fails(78, *words, **overrides)

    def test_the_configuration_cannot_be_read(self):
        self.assert_fails(78, "/nonexistent/our.ini", "No such file", "init --wp-config=PATH",
                          ini="/nonexistent/our.ini")
        self.assert_fails(78, self.wp.folder, "Is a directory", "-c FILE", ini=self.wp.folder)

    def test_a_secret_that_everybody_may_read(self):
        ini = self.write_ini("open.ini")
        os.chmod(f"{ini}.password", 0o644)
        self.assert_fails(78, "open.ini.password", "every user", "chmod o=", ini=ini)

    def test_a_connection_without_credentials_says_what_is_missing(self):
        anna = self.user()
        for provider, words in (("caldav", "username and password"), ("google", "access to Google")):
            self.connect(anna, {"id": "conn_1", "provider": provider, "name": "Work", "credentials": "",
                                "sync_enabled": True, "auto_log": True})
            self.sync("--all", status=1)
            error = self.connections(anna)[0]["last_error"]
            self.assertIn(f"No {words}", error)
            self.assertIn("connect the calendar again", error)
