# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of stories beside a WordPress with a persistent object cache, of any kind."""

import json
import os
import shutil
import tempfile

from .ics import vevent
from .memcached import Memcached
from .redis import Redis
from .story import Story
from .wordpress import HERE

DATABASE = 3


def install_drop_in(site, **settings):
    """The next request of the site finds the cache."""
    content = os.path.join(site.folder, "wp-content")
    shutil.copy(os.path.join(HERE, "object-cache.php"), content)
    with open(os.path.join(content, "object-cache.json"), "w", encoding="utf-8") as file:
        json.dump({"stores": os.path.join(HERE, "cache-stores.php"), **settings}, file)
    site.close()


class RedisKind:
    """What test and program have to know of a cache in Redis."""

    cache_type = "redis"
    drop_in = None
    settings = {}
    ini = {}

    def __init__(self, folder):
        self.redis = Redis(folder)
        self.prefix = "my:site_"

    def start(self):
        self.redis.start()

    def stop(self):
        self.redis.stop()

    def php_settings(self):
        return {"socket": self.redis.socket, "password": self.redis.password,
                "database": DATABASE, **self.settings}

    def ini_settings(self):
        return {"cache_address": self.redis.socket, "cache_database": DATABASE,
                "cache_password": self.redis.password, **self.ini}

    @property
    def address(self):
        return self.redis.socket

    def name(self, group, key):
        return f"{self.prefix}wp:{group}:{key.replace(':', '-')}"

    def command(self, *words):
        return self.redis.command(*words, database=DATABASE)

    def put(self, name):
        self.command("SET", name, "x")

    def has(self, group, key):
        return self.command("EXISTS", self.name(group, key)) == "1"

    def has_name(self, name):
        return self.command("EXISTS", name) == "1"

    def expires(self, group, key):
        return int(self.command("TTL", self.name(group, key))) > 0

    def flushes(self):
        stats = self.redis.command("INFO", "commandstats")
        return sum(line.startswith(("cmdstat_flushdb", "cmdstat_flushall"))
                   for line in stats.splitlines())


class Igbinary(RedisKind):
    settings = {"igbinary": True}
    ini = {"cache_igbinary": "yes"}


class WpRedis(RedisKind):
    drop_in = "wp-redis"

    def name(self, group, key):
        return f"{self.prefix}{'wp_' if group.startswith('user') else ''}{group}:{key}"


class WpRedisGroups(WpRedis):
    drop_in = "wp-redis-groups"

    def has(self, group, key):
        return self.command("HEXISTS", self.name(group, ""), key) == "1"

    def expires(self, group, key):
        """Fields of hashes do not, not even WordPress's own."""
        return self.has(group, key)


class MemcachedKind:
    """The same for memcached."""

    cache_type = "memcached"
    drop_in = None
    server_count = 1

    def __init__(self, folder):
        self.servers = [Memcached(folder, f"memcached{i}") for i in range(self.server_count)]
        self.prefix = "my_site"

    def start(self):
        for server in self.servers:
            server.start()

    def stop(self):
        for server in self.servers:
            server.stop()

    def php_settings(self):
        return {"sockets": [server.socket for server in self.servers]}

    def ini_settings(self):
        return {"cache_address": self.address}

    @property
    def address(self):
        return ", ".join(server.socket for server in self.servers)

    def flush_number(self, group):
        of = "WP_Object_Cache_global" if group.startswith("user") else "WP_Object_Cache"
        return self.servers[0].get(f"{self.prefix}:_:wp_:{of}:flush_number_v4")

    def name(self, group, key):
        return f"{self.prefix}:{self.flush_number(group)}:wp_:{group}:{key}"

    def put(self, name):
        for server in self.servers:
            server.set(name, "x")

    def has(self, group, key):
        return self.has_name(self.name(group, key))

    def has_name(self, name):
        return any(server.get(name) is not None for server in self.servers)

    def expires(self, group, key):
        name = self.name(group, key)
        return any(server.stored().get(name, -1) > 0 for server in self.servers)

    def flushes(self):
        return sum(server.count("cmd_flush") for server in self.servers)


class SeveralMemcached(MemcachedKind):
    server_count = 3


class PeclMemcached(MemcachedKind):
    drop_in = "pecl-memcached"

    def name(self, group, key):
        return f"{self.prefix}wp_{'' if group.startswith('user') else ':'}{group}:{key}"


class SeveralPeclMemcached(PeclMemcached):
    server_count = 3


class CachedStory(Story):
    """A site with a persistent object cache of one kind, and an ini that knows it."""

    kind = RedisKind

    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="prm-cache-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.cache = self.kind(folder)
        self.cache.start()
        self.addCleanup(self.cache.stop)
        self.install_drop_in()
        self.cached = self.cached_ini("cached.ini")
        self.work = self.account()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.net")

    def install_drop_in(self):
        usual = {"redis": "redis-cache", "memcached": "wp-memcached"}[self.cache.cache_type]
        install_drop_in(self.wp, drop_in=self.cache.drop_in or usual, prefix=self.cache.prefix,
                        **self.cache.php_settings())

    def cached_ini(self, name, **overrides):
        return self.write_ini(name, **{
            "cache_type": self.cache.cache_type, "cache_drop_in": self.cache.drop_in,
            "cache_key_prefix": self.cache.prefix, **self.cache.ini_settings(), **overrides})

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
