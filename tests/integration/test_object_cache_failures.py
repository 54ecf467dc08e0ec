# SPDX-License-Identifier: GPL-2.0-or-later
"""A cache that is down, slow, hangs or speaks garbage: one warning, the work is done, and soon."""

import shutil
import tempfile
import time

from lib import bad_cache
from lib.bad_cache import BadCache
from lib.object_cache import CachedStory, MemcachedKind, RedisKind

STATUS = "WordPress may show old entries"
# What waits for an answer waits 2 seconds, for a slow one 5; and a run waits once.
AT_MOST_SECS = 25


class Down:
    """The real server, stopped."""

    def test_a_cache_that_is_down_is_one_warning(self):
        self.start()
        ben = self.user("ben", "Ben")
        self.connect(ben, self.work.connection(2))
        self.meet("lunch", "Dinner")
        self.wp.close()
        self.cache.stop()
        done = self.sync_with_cache()
        self.assert_one_line(done.stderr, STATUS, self.cache.address, "address")
        self.cache.start()
        self.assertEqual(self.titles(ben), ["Dinner"])
        done = self.run_it("run", ini=self.cached)
        self.assertNotIn(STATUS, done.stderr)

    def test_an_address_that_is_none_is_an_error_of_the_configuration(self):
        done = self.run_it("sync", "--all", status=78,
                           ini=self.cached_ini("bad.ini", cache_address="cache:port"))
        self.assert_one_line(done.stderr, "cache:port", "[cache]")

    def test_a_drop_in_for_another_server_is_an_error_of_the_configuration(self):
        done = self.run_it("sync", "--all", status=78,
                           ini=self.cached_ini("bad.ini", cache_drop_in=self.other_drop_in))
        self.assert_one_line(done.stderr, "drop_in", "[cache]")


class RedisDown(Down, CachedStory):
    kind = RedisKind
    other_drop_in = "wp-memcached"

    def test_a_wrong_password_is_one_warning_that_does_not_say_it(self):
        self.start()
        self.meet("lunch", "Dinner")
        wrong = self.cached_ini("wrong.ini", cache_password="sesame-shut")
        done = self.run_it("sync", "--all", ini=wrong)
        self.assert_one_line(done.stderr, STATUS, "refuses", "[cache]")
        self.assertNotIn("sesame-shut", done.stderr)

    def test_two_servers_are_too_many(self):
        two = f"{self.cache.address}, 127.0.0.1"
        done = self.run_it("sync", "--all", status=78,
                           ini=self.cached_ini("bad.ini", cache_address=two))
        self.assert_one_line(done.stderr, "one Redis", "[cache]")


class MemcachedDown(Down, CachedStory):
    kind = MemcachedKind
    other_drop_in = "wp-redis"

    def test_a_password_is_for_redis(self):
        done = self.run_it("sync", "--all", status=78,
                           ini=self.cached_ini("bad.ini", cache_password="sesame-shut"))
        self.assert_one_line(done.stderr, "memcached", "password", "[cache]")
        self.assertNotIn("sesame-shut", done.stderr)


class Bad:
    """A server that is none, or a sick one."""

    def setUp(self):
        super().setUp()
        self.connect(self.anna, self.work.connection())
        self.ben = self.user("ben", "Ben")
        self.connect(self.ben, self.work.connection(2))
        self.meet("lunch", "Lunch")

    def sync_beside(self, behaviour, *words):
        folder = tempfile.mkdtemp(prefix="prm-bad-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        bad = BadCache(folder, behaviour).start()
        self.addCleanup(bad.stop)
        ini = self.cached_ini("bad.ini", cache_address=bad.socket)
        began = time.monotonic()
        done = self.run_it("sync", "--all", ini=ini)
        took = time.monotonic() - began
        self.assert_one_line(done.stderr, STATUS, bad.socket, *words)
        self.assertLess(took, AT_MOST_SECS)
        self.assertGreater(bad.accepted, 0)
        events = self.sandbox.database.sql(
            "SELECT COUNT(*) FROM wp_posts WHERE post_type = 'calendar_event'", self.wp.name)
        self.assertEqual(str(events[0][0]), "2")

    def test_one_that_says_nothing(self):
        self.sync_beside(bad_cache.silent, "does not answer in time")

    def test_one_that_hangs_up(self):
        self.sync_beside(bad_cache.closing_at_once)

    def test_one_that_drips(self):
        self.sync_beside(bad_cache.dripping, "answers too slowly")

    def test_one_that_speaks_another_language(self):
        self.sync_beside(bad_cache.garbage, "what answers there is no", "server")

    def test_one_that_sends_zeros(self):
        self.sync_beside(bad_cache.nothing)

    def test_one_that_never_ends(self):
        self.sync_beside(bad_cache.endless)


class BadRedis(Bad, CachedStory):
    kind = RedisKind

    def test_one_that_is_loading(self):
        self.sync_beside(bad_cache.errors, "LOADING")

    def test_one_that_promises_a_huge_list(self):
        self.sync_beside(bad_cache.huge_array, "no Redis")

    def test_one_that_sends_a_huge_value(self):
        self.sync_beside(bad_cache.huge_value)


class BadMemcached(Bad, CachedStory):
    kind = MemcachedKind

    def test_one_that_is_full(self):
        self.sync_beside(bad_cache.memcached_errors, "refuses")

    def test_one_that_promises_a_huge_value(self):
        self.sync_beside(bad_cache.huge_memcached_value)
