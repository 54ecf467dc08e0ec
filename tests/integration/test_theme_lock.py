# SPDX-License-Identifier: GPL-2.0-or-later
"""Newer themes lock a connection while they sync it: they wait for us, and we for them."""

import shutil
import tempfile

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import vevent
from lib.object_cache import install_drop_in
from lib.redis import Redis
from lib.story import Story

ROWS = "SELECT option_name FROM {p}options WHERE option_name LIKE '%sync\\_lock%'"


class ThemeLock(Story):

    def setUp(self):
        super().setUp()
        self.work = self.account()
        self.anna = self.user()
        self.connection = self.work.connection()
        self.lock = f"prm_sync_lock_{self.anna}_{self.connection['id']}"
        self.connect(self.anna, self.connection)
        self.put("lunch", "Lunch")

    def put(self, name, summary):
        self.work.put(name, vevent(f"{name}@story", self.utc(self.at(1)), summary=summary))

    def test_while_the_theme_syncs_its_connection_is_left_alone(self):
        ben = self.user("ben", "Ben")
        self.connect(ben, self.work.connection())
        before = self.connections(self.anna)
        self.wp.call("set_transient", self.lock, True, 300)
        done = self.sync()
        self.assert_one_line(done.stdout, "anna", "skipped", "theme is syncing")
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.events(self.anna), [])
        self.assertEqual(self.connections(self.anna), before)
        self.assertEqual(self.titles(ben), ["Lunch"])
        self.assertTrue(self.wp.call("get_transient", self.lock), "it is not ours to take away")
        self.wp.call("delete_transient", self.lock)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def test_a_theme_that_died_while_it_synced_holds_nothing_up(self):
        self.wp.call("set_transient", self.lock, True, 300)
        self.wp.run("update_option( '_transient_timeout_' . $lock, time() - 1 ); return true;",
                    lock=self.lock)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def seen_by_wordpress_during(self, ini=None):
        """The lock as the theme finds it while we read the calendar, and after that."""
        proxy = SpoilingProxy(self.work.server.port)
        self.addCleanup(proxy.close)
        self.connect(self.anna, {**self.connection, "credentials": {
            "url": proxy.url + self.work.client.path("work"), "username": self.work.login,
            "password": self.work.password}})
        seen = []

        def look(answer):
            seen.append(self.wp.call("get_transient", self.lock))
            return answer

        proxy.spoil(look, ("GET", "REPORT"))
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        return seen, self.wp.call("get_transient", self.lock)

    def test_the_theme_sees_that_we_sync(self):
        seen, after = self.seen_by_wordpress_during()
        self.assertIn("prm-calendar ", seen[-1])
        self.assertFalse(after)
        self.assertEqual(self.wp.rows(ROWS), [])

    def test_the_theme_sees_it_in_its_object_cache(self):
        folder = tempfile.mkdtemp(prefix="prm-redis-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        redis = Redis(folder).start()
        self.addCleanup(redis.stop)
        install_drop_in(self.wp, drop_in="redis-cache", socket=redis.socket, database=0,
                        password=redis.password, prefix="")
        cached = self.write_ini("cached.ini", cache_type="redis", cache_address=redis.socket,
                                cache_password=redis.password)
        seen, after = self.seen_by_wordpress_during(cached)
        self.assertIn("prm-calendar ", seen[-1])
        self.assertFalse(after)
        self.put("tea", "Tea")
        self.wp.call("set_transient", self.lock, True, 300)
        self.run_it("sync", "--all", ini=cached)
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.assertEqual(self.wp.rows(ROWS), [])

    def test_a_run_that_was_killed_holds_nothing_up(self):
        self.wp.call("set_transient", self.lock, "prm-calendar elsewhere:1.1:-", 300)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.assertEqual(self.wp.rows(ROWS), [])

    def test_nothing_is_locked_when_nothing_changed(self):
        self.sync()
        statements = self.statements(self.sync)
        self.assertFalse([text for text in statements if "sync_lock" in text])
        self.wp.call("set_transient", self.lock, True, 300)
        self.assertIn("0 skipped; nothing changed", self.sync().stdout)

    def test_a_dry_run_neither_locks_nor_waits(self):
        self.wp.call("set_transient", self.lock, True, 300)
        before = self.wp.rows(ROWS)
        done = self.run_it("sync", "--all", "--dry-run")
        self.assertIn("1 new", done.stdout)
        self.assertEqual(self.wp.rows(ROWS), before)
