# SPDX-License-Identifier: GPL-2.0-or-later
"""Beside a WordPress with a persistent object cache: what it shows is what is in the tables."""

import json
import os
import shutil
import tempfile

from lib.ics import vevent
from lib.redis import Redis
from lib.story import Story
from lib.wordpress import HERE

DATABASE = 3
PREFIX = "my:site_"
INDEX = "prm_calendar_sync_last_user_index"
HOOK = "prm_calendar_sync"
STATUS = "WordPress may show old entries"


class ObjectCache(Story):
    """WordPress is wrong after a run without [cache], and right after one with it."""

    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="prm-redis-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.redis = Redis(folder).start()
        self.addCleanup(self.redis.stop)
        content = os.path.join(self.wp.folder, "wp-content")
        shutil.copy(os.path.join(HERE, "object-cache.php"), content)
        with open(os.path.join(content, "object-cache.json"), "w", encoding="utf-8") as file:
            json.dump({"socket": self.redis.socket, "password": self.redis.password,
                       "database": DATABASE, "prefix": PREFIX}, file)
        self.cached = self.cached_ini("cached.ini")
        self.work = self.account()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.net")

    def cached_ini(self, name, **overrides):
        return self.write_ini(name, **{
            "cache_type": "redis", "cache_address": self.redis.socket, "cache_database": DATABASE,
            "cache_password": self.redis.password, "cache_key_prefix": PREFIX, **overrides})

    def meet(self, uid, summary, days=-2, hour=12):
        self.work.put(uid, vevent(
            f"{uid}@story", self.utc(self.at(days, hour)), summary=summary, location=f"At {summary}",
            attendees=[("jose@example.net", "José", "ACCEPTED")]))

    def sync_behind_the_cache(self):
        self.run_it("sync", "--all")

    def sync_with_cache(self):
        return self.run_it("sync", "--all", ini=self.cached)

    def start(self):
        self.connect(self.anna, self.work.connection())
        self.meet("lunch", "Lunch")
        self.sync_with_cache()
        self.lunch = self.event(self.anna)["ID"]

    def title(self):
        return self.wp.call("get_post", self.lunch)["post_title"]

    def location(self):
        return self.wp.meta(self.lunch, "_location")

    def test_changed_posts_and_their_meta(self):
        self.start()
        self.assertEqual((self.title(), self.location()), ("Lunch", "At Lunch"))
        self.meet("lunch", "Brunch")
        self.sync_behind_the_cache()
        self.assertEqual((self.title(), self.location()), ("Lunch", "At Lunch"))
        self.meet("lunch", "Dinner")
        self.sync_with_cache()
        self.assertEqual((self.title(), self.location()), ("Dinner", "At Dinner"))

    def test_people_matched_again(self):
        self.start()
        self.assertIn(f'"person_id":{self.jose},', self.wp.meta(self.lunch, "_matched_people"))
        self.wp.call("wp_trash_post", self.jose)
        self.run_it("rematch", ini=self.cached)
        self.assertEqual(self.wp.meta(self.lunch, "_matched_people"), "[]")

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
            self.assertEqual(self.wp.call("get_transient", INDEX), turn)
        self.assertEqual(self.rows_of_index(), [])
        self.wp.call("set_transient", INDEX, 0, 600)
        status = self.run_it("status", "--json", ini=self.cached).json
        self.assertEqual(status["current_user_index"], 0)
        key = f"{PREFIX}wp:transient:{INDEX}"
        self.assertGreater(int(self.redis.command("TTL", key, database=DATABASE)), 0)

    def test_nothing_else_is_dropped(self):
        self.start()
        theirs = {f"{PREFIX}wp:posts:{self.jose + 5000}": DATABASE, "other:key": DATABASE,
                  f"{PREFIX}wp:posts:{self.lunch}": 0}
        for key, database in theirs.items():
            self.redis.command("SET", key, "x", database=database)
        self.wp.call("get_option", "blogname")
        self.meet("lunch", "Dinner")
        self.sync_with_cache()
        for key, database in theirs.items():
            self.assertEqual(self.redis.command("GET", key, database=database), "x", key)
        # What an event does not touch stays cached: the array of all options most of all.
        self.assertEqual(self.redis.command(
            "EXISTS", f"{PREFIX}wp:options:alloptions", database=DATABASE), "1")

    def test_a_cache_that_is_down_is_one_warning(self):
        self.start()
        ben = self.user("ben", "Ben")
        self.connect(ben, self.work.connection(2))
        self.meet("lunch", "Dinner")
        self.wp.close()
        self.redis.stop()
        done = self.sync_with_cache()
        self.assert_one_line(done.stderr, STATUS, self.redis.socket, "address")
        self.redis.start()
        self.assertEqual(self.titles(ben), ["Dinner"])
        done = self.run_it("run", ini=self.cached)
        self.assertNotIn(STATUS, done.stderr)

    def test_a_wrong_password_is_one_warning_that_does_not_say_it(self):
        self.start()
        self.meet("lunch", "Dinner")
        wrong = self.cached_ini("wrong.ini", cache_password="sesame-shut")
        done = self.run_it("sync", "--all", ini=wrong)
        self.assert_one_line(done.stderr, STATUS, "refuses", "[cache]")
        self.assertNotIn("sesame-shut", done.stderr)

    def test_an_address_that_is_none_is_an_error_of_the_configuration(self):
        done = self.run_it("sync", "--all", status=78,
                           ini=self.cached_ini("bad.ini", cache_address="redis:port"))
        self.assert_one_line(done.stderr, "redis:port", "[cache]")
