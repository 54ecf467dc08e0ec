# SPDX-License-Identifier: GPL-2.0-or-later
"""Beside a WordPress with a persistent object cache: what it shows is what is in the tables."""

from lib.object_cache import (CachedStory, Igbinary, MemcachedKind, PeclMemcached,
                              SeveralMemcached, SeveralPeclMemcached, WpRedis, WpRedisGroups)

INDEX = "prm_calendar_sync_last_user_index"
HOOK = "prm_calendar_sync"
LOCK = "prm_sync_lock_{}_{}"


class Drops:
    """WordPress is wrong after a run without [cache], and right after one with it."""

    def test_changed_posts_and_their_meta(self):
        self.start()
        self.assertEqual((self.title(), self.location()), ("Lunch", "At Lunch"))
        self.meet("lunch", "Brunch")
        self.sync_behind_the_cache()
        self.assertEqual((self.title(), self.location()), ("Lunch", "At Lunch"))
        self.meet("lunch", "Dinner")
        self.sync_with_cache()
        self.assertEqual((self.title(), self.location()), ("Dinner", "At Dinner"))

    def test_new_and_removed_posts_in_queries(self):
        self.start()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.meet("tea", "Tea", hour=15)
        self.sync_behind_the_cache()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.meet("bar", "Bar", hour=20)
        self.sync_with_cache()
        self.assertEqual(self.titles(self.anna), ["Bar", "Lunch", "Tea"])
        self.work.client.delete("work", "tea")
        self.sync_behind_the_cache()
        self.assertEqual(self.titles(self.anna), ["Bar", "Lunch", "Tea"])
        self.work.client.delete("work", "bar")
        self.sync_with_cache()
        self.assertNotIn("Bar", self.titles(self.anna))
        self.assertEqual(self.titles(self.anna, "trash"), ["Bar"])


class Transients:
    """They live where WordPress looks for them."""

    def rows_of_index(self):
        return self.wp.rows(
            f"SELECT option_name FROM {{p}}options WHERE option_name LIKE '%{INDEX}'")

    def test_transients_live_in_the_cache_and_not_in_the_table(self):
        self.start()
        self.user("ben", "Ben")
        ben = self.user("carl", "Carl")
        self.connect(ben, self.work.connection(2))
        for turn in ("0", "1"):
            self.run_it("run", ini=self.cached)
            self.assertEqual(str(self.wp.call("get_transient", INDEX)), turn)
        self.assertEqual(self.rows_of_index(), [])
        self.wp.call("set_transient", INDEX, 0, 600)
        status = self.run_it("status", "--json", ini=self.cached).json
        self.assertEqual(status["current_user_index"], 0)
        self.assertTrue(self.cache.expires("transient", INDEX))

    def test_a_lock_of_the_theme_is_seen_in_the_cache(self):
        self.start()
        connection = self.work.connection()["id"]
        lock = LOCK.format(self.anna, connection)
        self.meet("lunch", "Dinner")
        for value in (True, 1750000000, "theme"):
            self.wp.call("set_transient", lock, value, 300)
            self.sync_with_cache()
            self.assertEqual(self.title(), "Lunch", value)
            self.assertEqual(self.wp.call("get_transient", lock), self.as_stored(value))
        self.wp.call("delete_transient", lock)
        self.sync_with_cache()
        self.assertEqual(self.title(), "Dinner")
        self.assertIs(self.wp.call("get_transient", lock), False)

    def as_stored(self, value):
        """Redis Object Cache makes texts of numbers and booleans."""
        return value


class Shown(Drops, Transients):
    """Whatever we write."""

    def test_people_matched_again(self):
        self.start()
        self.assertIn(f'"person_id":{self.jose},', self.wp.meta(self.lunch, "_matched_people"))
        self.wp.call("wp_trash_post", self.jose)
        self.run_it("rematch", ini=self.cached)
        self.assertEqual(self.wp.meta(self.lunch, "_matched_people"), "[]")

    def comments(self):
        return (len(self.activities(self.jose)),
                self.wp.call("get_post", self.jose)["comment_count"])

    def test_comments_and_their_count(self):
        self.start()
        self.assertEqual(self.comments(), (1, "1"))
        self.meet("tea", "Tea", hour=15)
        self.sync_behind_the_cache()
        self.assertEqual(self.comments(), (1, "1"))
        self.meet("bar", "Bar", hour=20)
        self.sync_with_cache()
        self.assertEqual(self.comments(), (3, "3"))

    def test_the_flag_of_a_logged_meeting(self):
        self.connect(self.anna, self.work.connection(auto_log=False))
        self.meet("lunch", "Lunch")
        self.sync_with_cache()
        lunch = self.event(self.anna)["ID"]
        self.assertEqual(self.wp.meta(lunch, "_logged_as_activity"), "")
        self.run_it("log", str(lunch), ini=self.cached)
        self.assertEqual(self.wp.meta(lunch, "_logged_as_activity"), "1")

    def test_user_meta(self):
        self.connect(self.anna, self.work.connection(password="x", last_error="wrong"))
        self.assertEqual(self.connections(self.anna)[0]["last_error"], "wrong")
        self.sync_behind_the_cache()
        self.assertEqual(self.connections(self.anna)[0]["last_error"], "wrong")
        self.connect(self.anna, self.work.connection(last_error="wrong again"))
        self.assertEqual(self.connections(self.anna)[0]["last_error"], "wrong again")
        self.sync_with_cache()
        self.assertIsNone(self.connections(self.anna)[0]["last_error"])

    def test_options(self):
        self.assertTrue(self.wp.call("wp_next_scheduled", HOOK))
        self.run_it("takeover")
        self.assertTrue(self.wp.call("wp_next_scheduled", HOOK))
        self.run_it("handback")
        self.run_it("takeover", ini=self.cached)
        self.assertFalse(self.wp.call("wp_next_scheduled", HOOK))

    def test_nothing_else_is_dropped(self):
        self.start()
        theirs = [self.cache.name("posts", str(self.jose + 5000)), "other:key",
                  self.cache.name("posts", str(self.lunch)) + "0"]
        for name in theirs:
            self.cache.put(name)
        self.wp.call("get_option", "blogname")
        self.wp.call("get_option", "no_such_option")
        self.meet("lunch", "Dinner")
        self.sync_with_cache()
        for name in theirs:
            self.assertTrue(self.cache.has_name(name), name)
        # What a sync does not touch stays cached: the arrays of options most of all.
        self.assertTrue(self.cache.has("options", "alloptions"))
        self.assertTrue(self.cache.has("options", "notoptions"))
        self.assertEqual(self.cache.flushes(), 0)

    def test_an_option_that_was_looked_for_in_vain(self):
        self.start()
        name = "_transient_prm_calendar_sync_last_pass"
        self.assertFalse(self.wp.call("get_option", name))
        self.run_it("run", ini=self.cached)
        self.assertTrue(self.wp.call("get_option", name))


class InRedis(Shown, CachedStory):
    """With the drop-in Redis Object Cache."""

    def as_stored(self, value):
        return str(int(value)) if isinstance(value, (bool, int)) else value

    def test_another_database_of_the_server_is_left_alone(self):
        self.start()
        name = self.cache.name("posts", str(self.lunch))
        self.cache.redis.command("SET", name, "x", database=0)
        self.meet("lunch", "Dinner")
        self.sync_with_cache()
        self.assertEqual(self.cache.redis.command("GET", name, database=0), "x")

    def test_with_a_user_of_the_server(self):
        self.start()
        self.cache.redis.command("ACL", "SETUSER", "sidecar", "on", ">opén", "~*", "+@all")
        self.meet("lunch", "Dinner")
        done = self.run_it("sync", "--all", ini=self.cached_ini(
            "user.ini", cache_user="sidecar", cache_password="opén"))
        self.assertEqual(done.stderr.count("WARN"), 0, done.stderr)
        self.assertEqual(self.title(), "Dinner")


class InRedisByIgbinary(Shown, CachedStory):
    """The same with WP_REDIS_IGBINARY."""
    kind = Igbinary


class InWpRedis(Shown, CachedStory):
    """With the drop-in WP Redis."""
    kind = WpRedis


class InWpRedisGroups(Shown, CachedStory):
    """The same with WP_REDIS_USE_CACHE_GROUPS."""
    kind = WpRedisGroups


class InMemcached(Shown, CachedStory):
    """With the drop-in Memcached Object Cache, over PHP's memcache."""
    kind = MemcachedKind

    def test_the_transient_of_an_empty_cache(self):
        """The drop-in has no flush number yet: ours must be one that it keeps."""
        self.wp.close()
        for server in self.cache.servers:
            server.stop()
            server.start()
        self.connect(self.anna, self.work.connection())
        self.run_it("run", ini=self.cached)
        self.assertEqual(self.wp.call("get_transient", INDEX), 0)


class InSeveralMemcached(Drops, CachedStory):
    """The same with entries spread over servers, as only PHP knows."""
    kind = SeveralMemcached

    def test_a_transient_is_changed_where_wordpress_has_it(self):
        self.start()
        self.run_it("run", ini=self.cached)
        self.assertIs(self.wp.call("get_transient", INDEX), False)
        self.wp.call("set_transient", INDEX, 7, 600)
        status = self.run_it("status", "--json", ini=self.cached).json
        self.assertEqual(status["current_user_index"], 7)
        self.run_it("run", ini=self.cached)
        self.assertEqual(self.wp.call("get_transient", INDEX), 0)


class InPeclMemcached(Shown, CachedStory):
    """With the drop-in over PHP's memcached."""
    kind = PeclMemcached


class InSeveralPeclMemcached(Drops, Transients, CachedStory):
    """The same with entries spread over servers."""
    kind = SeveralPeclMemcached
