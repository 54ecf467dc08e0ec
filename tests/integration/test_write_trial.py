# SPDX-License-Identifier: GPL-2.0-or-later
"""What keeps the database from taking rows is said before it costs anything: by doctor, and by a dry run, which write a
row of each kind and take it back."""

import contextlib

from lib import ics
from lib.program import run_program
from lib.sandbox import Sandbox
from lib.story import Story

REFUSED = "without --dry-run no {} could be written"


class WriteTrialStory(Story):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.ben = self.person(self.anna, "Ben", "Berg", "ben@example.org")
        self.work = self.account()
        self.connect(self.anna, self.work.connection())
        self.work.put("lunch", ics.vevent("lunch", self.utc(self.at(-1)), summary="Lunch",
                                          attendees=[("ben@example.org", "Ben Berg", "ACCEPTED")]))

    def sql(self, sql):
        return self.sandbox.database.sql(sql, self.wp.name)

    @contextlib.contextmanager
    def changed(self, change, back):
        self.sql(change)
        try:
            yield
        finally:
            self.sql(back)

    def modified(self, table, column, extra):
        definition = f"ALTER TABLE {table} MODIFY {column} bigint unsigned NOT NULL"
        return self.changed(definition, f"{definition} {extra}")

    def trigger(self, moment, table, definer="", body="SET @seen = 1"):
        return self.changed(f"CREATE {definer} TRIGGER wp_refuses BEFORE {moment} ON {table} FOR EACH ROW {body}",
                            "DROP TRIGGER wp_refuses")

    def faults(self):
        """Name, what is wrong with the database, which kinds of row it does not take, words of the message, of the
        remedy."""
        gone = "DEFINER='nobody'@'nowhere'"
        no = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no more rows'"
        yield ("ids lost in an import", self.modified("wp_comments", "comment_ID", "AUTO_INCREMENT"),
               ["activities"], "comment_ID", "AUTO_INCREMENT")
        yield ("ids of metas lost in an import", self.modified("wp_postmeta", "meta_id", "AUTO_INCREMENT"),
               ["events"], "meta_id", "AUTO_INCREMENT")
        yield ("a trigger without its definer", self.trigger("INSERT", "wp_posts", gone),
               ["events"], "nobody", "SHOW TRIGGERS")
        yield ("a trigger on what is changed", self.trigger("UPDATE", "wp_posts", body=no),
               ["events"], "no more rows", "what the message names")
        yield ("a trigger on users' settings", self.trigger("UPDATE", "wp_usermeta", body=no),
               ["connections"], "no more rows", "")
        yield ("a trigger on options", self.trigger("INSERT", "wp_options", body=no),
               ["options"], "no more rows", "")
        yield ("a plugin's column", self.changed(
            "ALTER TABLE wp_posts ADD COLUMN rating INT NOT NULL", "ALTER TABLE wp_posts DROP COLUMN rating"),
               ["events"], "rating", "SET DEFAULT")
        yield ("a plugin's column of comments", self.changed(
            "ALTER TABLE wp_commentmeta ADD COLUMN rating INT NOT NULL",
            "ALTER TABLE wp_commentmeta DROP COLUMN rating"), ["activities"], "rating", "SET DEFAULT")
        yield ("nothing wrong", contextlib.nullcontext(), [], "", "")

    def refusals(self, name="writes"):
        found = run_program("doctor", "--json", ini=self.ini).json["checks"]
        return [check for check in found if check["check"] == name and check["status"] != "ok"]

    def assert_dry_run_says(self, kinds, word):
        done = self.run_it("sync", "--all", "--dry-run", status=1 if kinds else 0)
        for kind in kinds:
            self.assert_one_line(done.stderr, REFUSED.format(kind), word)
        self.assertEqual(done.stderr.count("could be written"), len(kinds))
        self.assertIn("Lunch", done.stdout)

    def assert_said_before_the_first_sync(self):
        for name, fault, kinds, word, remedy in self.faults():
            with self.subTest(name), fault:
                found = self.refusals()
                self.assertEqual([check["status"] for check in found], ["fail"] * len(kinds))
                for kind, check in zip(kinds, found):
                    self.assertIn(f"cannot write {kind}: ", check["message"])
                    self.assertIn(word, check["message"])
                    self.assertIn(remedy, check["remedy"])
                self.assert_dry_run_says(kinds, word)


class WriteTrial(WriteTrialStory):
    def test_a_database_that_refuses_rows(self):
        before = self.sandbox.database.checksum(self.wp.name)
        self.assert_said_before_the_first_sync()
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)
        self.sync()
        self.assertEqual(len(self.activities(self.ben)), 1)

    def test_own_tables_without_their_ids(self):
        self.sync()
        with self.changed("ALTER TABLE wp_prm_calendar_runs MODIFY id bigint unsigned NOT NULL",
                          "ALTER TABLE wp_prm_calendar_runs MODIFY id bigint unsigned NOT NULL AUTO_INCREMENT"):
            found, = self.refusals()
            self.assertIn("rows of its own tables", found["message"])
        self.assertEqual(self.refusals(), [])


class ReadOnly(WriteTrialStory):
    """Of a server of its own: others write to the usual one."""

    def choose_sandbox(self):
        sandbox = Sandbox(own_database=True)
        self.addCleanup(sandbox.close)
        return sandbox

    def test_a_read_only_server(self):
        self.sync()
        self.sandbox.database.sql("SET GLOBAL read_only = 1")
        try:
            found, = self.refusals()
            server, = self.refusals("server")
            self.assertIn("read-only", server["message"])
            self.assertIn("read-only", found["message"])
            self.assertIn("at the primary", found["remedy"])
            done = self.run_it("sync", "--all", "--dry-run", status=1)
            self.assert_one_line(done.stderr, REFUSED.format("events"), "read-only")
        finally:
            self.sandbox.database.sql("SET GLOBAL read_only = 0")
