# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody else locks the site's tables: the program waits for a while, says what is locked, and goes on later."""

import time

from lib.ics import vevent
from lib.sql_session import SqlSession
from lib.story import Story

NO_DATABASE = 69
# As long as a lock is waited for, and what a busy machine may add.
MOST_SECS = 20 + 12


class Locks(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.account.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"),
                         calendar=self.account.work)
        self.connect(self.anna, self.account.connection())
        self.sync()
        self.before = self.connections(self.anna)
        self.account.put("late", vevent("late@story", self.utc(self.at(2)), summary="Late"),
                         calendar=self.account.work)
        self.holder = SqlSession(self.sandbox.database, self.wp.name)
        self.addCleanup(self.holder.close)

    def run_locked(self, table, *command):
        began = time.monotonic()
        done = self.run_it(*command, status=NO_DATABASE)
        self.assertLess(time.monotonic() - began, MOST_SECS)
        self.assert_one_line(done.stderr, "lock", table, "another program holds", "SHOW FULL PROCESSLIST")
        return done

    def assert_nothing_is_lost(self):
        self.assertEqual(self.connections(self.anna), self.before)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Late", "Lunch"])
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])

    def test_locked_tables_end_a_sync(self):
        self.holder.run("LOCK TABLES wp_posts WRITE;")
        self.run_locked("wp_posts", "sync", "--all")
        self.holder.run("UNLOCK TABLES;")
        self.assert_nothing_is_lost()

    def test_a_table_that_only_may_be_read_ends_a_sync(self):
        self.holder.run("LOCK TABLES wp_posts READ;")
        self.run_locked("wp_posts", "sync", "--all")
        self.holder.run("UNLOCK TABLES;")
        self.assert_nothing_is_lost()

    def test_locked_tables_end_status(self):
        self.holder.run("LOCK TABLES wp_usermeta WRITE;")
        self.run_locked("wp_usermeta", "status")
        self.assertIn("another program holds", self.run_locked("wp_usermeta", "status", "--json").json["error"])
        self.holder.run("UNLOCK TABLES;")
        self.assert_nothing_is_lost()

    def test_a_row_in_a_transaction_that_was_left_open_ends_a_sync(self):
        # Never synced, so that there is something to be told.
        self.connect(self.anna, self.account.connection())
        self.holder.run(f"START TRANSACTION; SELECT * FROM wp_usermeta WHERE user_id = {self.anna} FOR UPDATE;")
        self.run_locked("wp_usermeta", "sync", "--all")
        self.holder.run("ROLLBACK;")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Late", "Lunch"])
