# SPDX-License-Identifier: GPL-2.0-or-later
"""What our own tables hold of a person: shown, forgotten when asked, and gone with the person."""

from lib.ics import vevent
from lib.story import Story

OURS = ("connections", "cursors", "objects", "events", "sightings", "activities", "users")
KEYS = {"users": "user_id", "connections": "user_id", "activities": "user_id"}


class Records(Story):
    runs = 0

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.anna, self.bram = self.user(), self.user("bram", "Bram")
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account.put("met", vevent("met@story", self.utc(self.at(-1)), summary="Secret lunch", attendees=[
            ("jose@example.org", "José", "ACCEPTED")]))
        self.account.put("later", vevent("later@story", self.utc(self.at(1)), summary="Later"))
        for number, user in enumerate((self.anna, self.bram), 1):
            self.connect(user, self.account.connection(number))
        self.sync()
        self.run_it("log")

    def rows(self, table, user):
        column = KEYS.get(table)
        where = (f"{column} = {user}" if column else
                 f"connection IN (SELECT id FROM wp_prm_calendar_connections WHERE user_id = {user})")
        return self.wp.rows("SELECT * FROM {p}prm_calendar_%s WHERE %s" % (table, where))

    def counts(self, user):
        return {table: len(self.rows(table, user)) for table in OURS}

    def tidy(self):
        """The run that forgets what nobody needs."""
        self.runs += 100
        self.sandbox.database.sql(f"ALTER TABLE wp_prm_calendar_runs AUTO_INCREMENT = {self.runs}", self.wp.name)
        self.run_it("run", status=None)

    def test_all_rows_of_one_person_are_shown(self):
        done = self.run_it("export", "--user=anna").json
        self.assertEqual(done["user"], {"user_id": self.anna, "user_login": "anna"})
        self.assertEqual({table: len(rows) for table, rows in done["tables"].items()},
                         {f"prm_calendar_{table}": count for table, count in self.counts(self.anna).items()})
        connection, = done["tables"]["prm_calendar_connections"]
        self.assertEqual((connection["user_id"], connection["connection_id"]), (self.anna, "conn_65a4f0c1d2e01"))
        self.assertRegex(connection["connection_hash"], "^[0-9a-f]{32}$")
        self.assertEqual({row["event_uid"] for row in done["tables"]["prm_calendar_events"]},
                         {"met@story", "later@story"})
        text = self.run_it("export", "--user=anna").stdout
        for kept_elsewhere in ("Secret lunch", "jose@example.org", self.account.password):
            self.assertNotIn(kept_elsewhere, text)

    def test_what_is_erased_is_gone_and_nothing_else(self):
        others, content = self.counts(self.bram), self.content()
        before = self.counts(self.anna)
        self.assertTrue(all(count for table, count in before.items() if table != "sightings"), before)
        done = self.run_it("erase", "--user=anna", "--yes", "--json").json
        self.assertEqual((done["rows_erased"], done["enabled_connections"]), (sum(before.values()), 1))
        self.assertFalse(any(self.counts(self.anna).values()))
        self.assertEqual((self.counts(self.bram), self.content()), (others, content))
        self.assertIn("64", str(self.run_it("erase", "--user=bram", status=64).status))
        self.assertEqual(self.counts(self.bram), others)
        self.assertIn("next pass", self.run_it("erase", "--user=anna", "--yes").stdout)
        self.sync()
        self.run_it("log")
        self.assertEqual(self.content(), content, "it was a cache: no duplicate, no loss")

    def test_a_deleted_users_rows_go_by_themselves(self):
        others = self.counts(self.bram)
        self.wp.run("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user( $user );",
                    user=self.anna)
        self.assertTrue(any(self.counts(self.anna).values()))
        self.assertTrue(self.run_it("export", f"--user={self.anna}").json["tables"]["prm_calendar_activities"])
        self.tidy()
        self.assertFalse(any(self.counts(self.anna).values()))
        self.assertEqual(self.counts(self.bram), others)

    def test_of_a_deleted_user_the_number_is_understood(self):
        self.wp.run("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user( $user );",
                    user=self.anna)
        self.assertIsNone(self.run_it("export", f"--user={self.anna}").json["user"]["user_login"])
        self.run_it("erase", f"--user={self.anna}", "--yes")
        self.assertFalse(any(self.counts(self.anna).values()))
        self.assertIn("nobody", self.run_it("export", "--user=nobody", status=1).stderr)

    def test_removed_connections_are_forgotten_also_where_none_is_left(self):
        for stored in ([], None):
            with self.subTest(stored=stored):
                if stored is None:
                    self.wp.call("delete_user_meta", self.anna, "_prm_calendar_connections")
                else:
                    self.connect(self.anna)
                self.tidy()
                self.assertEqual(self.rows("connections", self.anna), [])
                self.assertEqual(len(self.rows("connections", self.bram)), 1)
                self.connect(self.anna, self.account.connection(1))
                self.sync()

    def test_what_cannot_be_read_is_not_taken_for_removed(self):
        before = self.counts(self.anna)
        for damage in ("SUBSTR(meta_value, 1, 20)", "REPLACE(meta_value, 's:2:\"id\"', 's:2:\"ix\"')"):
            with self.subTest(damage=damage):
                self.sandbox.database.sql(
                    f"UPDATE wp_usermeta SET meta_value = {damage} WHERE user_id = {self.anna} "
                    "AND meta_key = '_prm_calendar_connections'", self.wp.name)
                self.tidy()
                self.assertEqual(self.counts(self.anna), before)
                self.connect(self.anna, self.account.connection(1))
