# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody has far more calendar connections than anybody needs: they cost what they must, and are told so."""

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.limits import limit
from lib.story import PASSWORD, Story

CONNECTIONS_MAX = limit("LIMIT_USER_CONNECTIONS")
VALUE_MAX_BYTES = limit("LIMIT_CONNECTIONS_BYTES")
REFUSES = {"*": [{"status": 404}]}


class ManyConnections(Story):

    def setUp(self):
        super().setUp()
        self.anna, self.bram = self.user(), self.user("bram", "Bram")
        self.refusing = FakeServer(REFUSES)
        self.addCleanup(self.refusing.close)
        self.honest = self.account()
        self.honest.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"))
        self.connect(self.bram, self.honest.connection())

    def refused(self, number, **fields):
        return {"id": f"conn_{number:013x}", "provider": "caldav", "name": f"Number {number}", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": self.refusing.url, "username": "anna", "password": PASSWORD}, **fields}

    def writes_of_connections(self, *command, status):
        statements = self.statements(lambda: self.run_it(*command, status=status))
        return [sql for sql in statements if sql.startswith("UPDATE `wp_usermeta`")]

    def errors(self, user):
        return [connection.get("last_error") for connection in self.connections(user)]

    def test_all_that_fail_are_told_with_one_write(self):
        self.connect(self.anna, *(self.refused(number) for number in range(12)),
                     self.honest.connection(2))
        writes = self.writes_of_connections("sync", "--user=anna", status=1)
        self.assertEqual(len(writes), 1)
        errors = self.errors(self.anna)
        self.assertTrue(all("no calendar" in error for error in errors[:12]), errors)
        self.assertIsNone(errors[12])
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        # Back-off, too, is known: a pass tries only the one that works.
        before = self.refusing.count()
        self.run_it("sync", "--user=anna", status=1)
        for user in (self.anna, self.bram):
            connections = [{**connection, "last_sync": None} for connection in self.connections(user)]
            self.connect(user, *connections)
        asked = self.refusing.count()
        self.assertGreater(asked, before)
        self.run_it("run", ini=self.write_ini("all.ini", sync_users_per_pass="all"))
        self.assertEqual(self.refusing.count(), asked)

    def test_as_many_as_there_may_be_are_synced_and_one_more_is_told(self):
        off = self.refused(CONNECTIONS_MAX + 5, sync_enabled=False)
        self.connect(self.anna, off, *(self.refused(number) for number in range(CONNECTIONS_MAX - 1)),
                     self.honest.connection(2))
        self.run_it("sync", "--user=anna", status=1)
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.assertIsNone(self.errors(self.anna)[CONNECTIONS_MAX])
        surplus = self.honest.connection(3)
        self.connect(self.anna, *self.connections(self.anna), surplus)
        done = self.run_it("sync", "--user=anna", status=1)
        self.assert_one_line(done.stderr, surplus["id"], "one more", "Remove")
        errors = self.errors(self.anna)
        self.assertIn(f"Only {CONNECTIONS_MAX} calendar connections", errors[CONNECTIONS_MAX + 1])
        self.assertIsNone(errors[CONNECTIONS_MAX])
        self.assertIsNone(errors[0])
        # Asked for by name it is synced.
        self.run_it("sync", "--user=anna", f"--connection={surplus['id']}")

    def test_a_value_beyond_all_measure_is_left_alone_and_the_others_are_synced(self):
        self.connect(self.anna, self.refused(1, name="x" * VALUE_MAX_BYTES))
        done = self.run_it("sync", "--all", status=1)
        self.assert_one_line(done.stderr, "anna", "larger than 1024 KB", "remove")
        self.assertEqual(self.titles(self.bram), ["Lunch"])
        self.assertEqual(self.connections(self.anna)[0]["name"], "x" * VALUE_MAX_BYTES)
