# SPDX-License-Identifier: GPL-2.0-or-later
"""The database refuses what the program writes: nothing is passed over for it, and the next run stores it all."""

import contextlib
import threading

from lib.database import server_class
from lib.ics import vevent
from lib.mariadb import MariaDb
from lib.processes import wait_until
from lib.sql_session import SqlSession
from lib.story import Story

NOT_SAVED = ("The events could not be saved. The site's administrator finds the reason in prm-calendar's log.")
NOT_TAKEN = "The site's database does not take it."
LONG_TITLE = "A title that is longer than the column"


class Refusals(Story):

    def setUp(self):
        super().setUp()
        self.changes = 0
        self.anna = self.user()
        self.account = self.account()
        for name in ("stays", "moves", "goes"):
            self.put(name, 1, name)
        self.connect(self.anna, self.account.connection())

    # --- the calendar

    def put(self, name, day, summary):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=summary),
                         calendar=self.account.work)

    def change_the_calendar(self):
        self.changes += 1
        self.put(f"comes{self.changes}", 2, "comes")
        self.put("moves", 3, "moved")
        self.account.client.delete(self.account.work, "goes")

    def change_the_calendar_back(self):
        self.account.client.delete(self.account.work, f"comes{self.changes}")
        self.put("moves", 1, "moves")
        self.put("goes", 1, "goes")

    # --- the database

    def sql(self, sql):
        return self.sandbox.database.sql(sql, self.wp.name)

    def session(self):
        session = SqlSession(self.sandbox.database, self.wp.name)
        self.addCleanup(session.close)
        return session

    @contextlib.contextmanager
    def changed(self, change, back):
        self.sql(change)
        try:
            yield
        finally:
            self.sql(back)

    def trigger(self, moment, definer="", body="SET @seen = 1", table="wp_posts"):
        return self.changed(
            f"CREATE {definer} TRIGGER wp_refuses BEFORE {moment} ON {table} FOR EACH ROW {body}",
            "DROP TRIGGER wp_refuses")

    @contextlib.contextmanager
    def locked(self):
        """Posts can be read, as while a backup is made, and who writes to them waits."""
        session = self.session()
        session.run("LOCK TABLES wp_posts READ;")
        try:
            yield
        finally:
            session.run("UNLOCK TABLES;")

    @contextlib.contextmanager
    def time_limit(self):
        user = f"'{self.wp.user}'@'localhost'"
        with self.locked():
            self.sql(f"ALTER USER {user} WITH MAX_STATEMENT_TIME 0.5")
            try:
                yield
            finally:
                self.sql(f"ALTER USER {user} WITH MAX_STATEMENT_TIME 0")

    def kill_a_waiting_statement(self, session):
        # Not information_schema's: MySQL refuses to show statements with bytes that are no text there.
        for row in session.rows("SHOW PROCESSLIST;"):
            if row["User"] == self.wp.user and row["State"].startswith("Waiting for table"):
                with contextlib.suppress(RuntimeError):  # it has just ended
                    self.sandbox.database.sql(f"KILL QUERY {row['Id']}")
                return True
        return False

    @contextlib.contextmanager
    def killer(self):
        """Every statement that waits is killed, as often as it is tried."""
        over = threading.Event()
        session = self.session()

        def kill_all():
            wait_until(lambda: self.kill_a_waiting_statement(session) and False or over.is_set(),
                       "the end of the run", timeout_secs=60)

        thread = threading.Thread(target=kill_all)
        with self.locked():
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()

    def refusals(self):
        """Name, what makes the database refuse, and the words of its own that the log must tell."""
        yield "a trigger without its definer", self.trigger("INSERT", "DEFINER='nobody'@'nowhere'"), "nobody"
        yield "a trigger that refuses updates", self.trigger(
            "UPDATE", body="SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not here'"), "not here"
        yield "AUTO_INCREMENT lost", self.changed(
            "ALTER TABLE wp_postmeta MODIFY meta_id BIGINT UNSIGNED NOT NULL",
            "ALTER TABLE wp_postmeta MODIFY meta_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT"), "meta_id"
        yield "ids used up", self.changed("ALTER TABLE wp_posts AUTO_INCREMENT = 18446744073709551615",
                                          "ALTER TABLE wp_posts AUTO_INCREMENT = 1"), "refused a statement"
        yield "ids of metas used up", self.changed(
            "ALTER TABLE wp_postmeta AUTO_INCREMENT = 18446744073709551615",
            "ALTER TABLE wp_postmeta AUTO_INCREMENT = 1"), "refused a statement"
        # MySQL's limit, max_execution_time, is for reading statements alone.
        if server_class() is MariaDb:
            yield "a time limit", self.time_limit(), "max_statement_time"
        yield "KILL QUERY without end", self.killer(), "interrupted"

    # --- what is remembered and told

    def cursors(self):
        return self.sql("SELECT connection, calendar_id, cursor_text, listed_at FROM wp_prm_calendar_cursors ORDER BY 1, 2")

    def assert_refused(self, words):
        before = self.cursors()
        done = self.sync(status=1)
        self.assertIn(words, done.stderr)
        self.assertNotIn("cannot read", done.stderr)
        self.assertEqual(self.cursors(), before)
        self.assertEqual(self.connections(self.anna)[0]["last_error"], NOT_SAVED)

    def forget_all(self):
        self.sql("DELETE FROM wp_posts WHERE post_type = 'calendar_event'; "
                 "DELETE FROM wp_postmeta WHERE post_id NOT IN (SELECT ID FROM wp_posts)")
        self.drop_own_tables()

    # --- the stories

    def test_a_refused_change_is_stored_by_the_next_run(self):
        for name, refusal, words in self.refusals():
            with self.subTest(name):
                self.sync()
                self.assertEqual(self.titles(self.anna), ["goes", "moves", "stays"])
                self.change_the_calendar()
                with refusal:
                    self.assert_refused(words)
                    self.assert_refused(words)
                done = self.sync()
                self.assertEqual(self.titles(self.anna), ["comes", "moved", "stays"], done)
                self.assertIsNone(self.connections(self.anna)[0]["last_error"])
            self.change_the_calendar_back()

    def test_a_refused_first_sync_is_done_by_the_next_run(self):
        self.sync()
        for name, refusal, words in self.refusals():
            if "updates" in name:
                continue
            with self.subTest(name):
                self.forget_all()
                with refusal:
                    self.sync(status=1)
                    self.assert_refused(words)
                    self.assertEqual(self.sql("SELECT * FROM wp_prm_calendar_cursors WHERE cursor_text <> ''"), [])
                self.sync()
                self.assertEqual(self.titles(self.anna), ["goes", "moves", "stays"])

    def test_a_killed_statement_is_tried_again(self):
        self.sync()
        self.change_the_calendar()
        lock, killer = self.session(), self.session()
        lock.run("LOCK TABLES wp_posts READ;")
        results = []
        thread = threading.Thread(target=lambda: results.append(self.sync()))
        thread.start()
        wait_until(lambda: self.kill_a_waiting_statement(killer), "a statement that waits")
        lock.run("UNLOCK TABLES;")
        thread.join()
        self.assertEqual(len(results), 1, "the run went well")
        self.assertEqual(self.titles(self.anna), ["comes", "moved", "stays"])

    def test_an_entry_that_does_not_fit_stops_no_other(self):
        self.sync()
        self.change_the_calendar()
        self.put("long", 2, LONG_TITLE)
        with self.changed("ALTER TABLE wp_posts MODIFY post_title VARCHAR(20) NOT NULL",
                          "ALTER TABLE wp_posts MODIFY post_title TEXT NOT NULL"):
            done = self.sync()
            self.assert_one_line(done.stderr, "cannot store long@story", "Data too long")
            # The calendar says nothing of it again, and the owner is told all the same.
            for _time in range(2):
                self.assertEqual(self.titles(self.anna), ["comes", "moved", "stays"])
                error = self.connections(self.anna)[0]["last_error"]
                self.assertIn("1 calendar entries could not be read", error)
                self.assertIn(NOT_TAKEN, error)
                self.assertNotIn(self.wp.name, error)
                self.assertNotIn(self.wp.user, error)
                self.sync()
        self.sql("UPDATE wp_prm_calendar_cursors SET listed_at = 0")
        self.sync()
        self.assertIn(LONG_TITLE, self.titles(self.anna))
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])

    def test_what_cannot_be_logged_stays_in_the_queue(self):
        bert = self.person(self.anna, "Bert", "Jansen", "bert@example.org")
        for number in range(3):
            self.account.put(f"past{number}", vevent(
                f"past{number}@story", self.utc(self.at(-1, 9 + number)), summary=f"Past {number}",
                attendees=[("bert@example.org", "Bert", "ACCEPTED")]), calendar=self.account.work)
        with self.trigger("INSERT", "DEFINER='nobody'@'nowhere'", table="wp_comments"):
            done = self.sync(status=1)
            # Once, not for every meeting in the queue.
            self.assert_one_line(done.stderr, "cannot log past meetings", "nobody")
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])
        self.sync()
        self.assertEqual(len(self.activities(bert)), 3)

    def test_refused_matches_are_made_by_the_next_run(self):
        self.account.put("met", vevent("met@story", self.utc(self.at(3)), summary="Met",
                                       attendees=[("bert@example.org", "Bert", "ACCEPTED")]),
                         calendar=self.account.work)
        self.sync()
        self.person(self.anna, "Bert", "Jansen", "bert@example.org")
        with self.trigger("UPDATE", "DEFINER='nobody'@'nowhere'", table="wp_postmeta"):
            done = self.sync(status=1)
            self.assert_one_line(done.stderr, "cannot match the stored events", "nobody")
        self.sync()
        met = next(event for event in self.events(self.anna) if event["post_title"] == "Met")
        self.assertEqual([match["attendee_email"] for match in met["json"]["_matched_people"]],
                         ["bert@example.org"])
