# SPDX-License-Identifier: GPL-2.0-or-later
"""The events of one UID in several objects of a calendar, as imports, migrations and broken clients leave them: one
series, whatever the objects are called and in whatever order they come."""

import functools

from fake.spoiling_proxy import SpoilingProxy
from integration.test_deltas import HIDDEN, hiding
from lib.ics import vevent
from lib.scattered import WHERE, cover, uncover
from lib.story import Story

UID = "standup@story"
# What the two objects are called; servers list by name.
ORDERS = (("a", "z"), ("z", "a"))


def in_each_order(story):
    """With the names of the master's object and of the override's, in the one order and then in the other."""
    @functools.wraps(story)
    def both(self):
        for master, override in ORDERS:
            with self.subTest(master=master, override=override):
                story(self, master, override)
                for name in (master, override):
                    self.delete(name)
                self.sync()
                self.assertEqual(self.days(), {})
    return both


class OnRadicale(Story):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.anna = self.reader("anna")

    def reader(self, login, hidden=()):
        """A user whose program sees the calendar through the proxy, without what is hidden."""
        proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(proxy.close)
        hide = hiding(hidden)
        proxy.spoil(lambda answer: uncover(hide(answer)), WHERE)
        user = self.user(login, login.capitalize())
        self.connect(user, self.account.connection(credentials={
            "url": proxy.url + self.account.client.path(self.account.work),
            "username": self.account.login, "password": self.account.password}))
        return user

    def put(self, name, *components):
        self.account.put(name, cover(name, "\r\n".join(components)), calendar=self.account.work)

    def delete(self, name):
        self.account.client.request(
            "DELETE", self.account.client.path(self.account.work, f"{name}.ics"), expect=(200, 204, 404))

    def master(self, *, hour=12, sequence=0, summary="Standup", lines=()):
        """Of the next three days."""
        return vevent(UID, self.utc(self.at(1, hour)), summary=summary,
                      lines=["RRULE:FREQ=DAILY;COUNT=3", f"SEQUENCE:{sequence}", *lines])

    def override(self, *, hour=14, sequence=0, of_hour=12, summary="Standup later", lines=()):
        """Of the second of these days."""
        return vevent(UID, self.utc(self.at(2, hour)), recurrence_id=self.utc(self.at(2, of_hour)), summary=summary,
                      lines=[f"SEQUENCE:{sequence}", *lines])

    def days(self, user=None):
        """The hour at which each of the next days has a meeting."""
        hours = {}
        for event in self.events(user or self.anna):
            if event["post_status"] != "publish":
                continue
            for day in range(1, 5):
                if event["meta"]["_start_time"].startswith(self.site_time(self.at(day))[:10]):
                    self.assertNotIn(day, hours, "one meeting a day")
                    hours[day] = int(event["meta"]["_start_time"][11:13])
        return hours

    def assert_settled(self, hours):
        """Also another pass, and one that lists all, change nothing."""
        self.assertEqual(self.days(), hours)
        content = self.content()
        self.sync()
        self.sync("--all", "--full")
        self.assertEqual(self.days(), hours)
        self.assertEqual(self.content(), content)

    @in_each_order
    def test_both_are_there_from_the_beginning(self, master, override):
        self.put(master, self.master())
        self.put(override, self.override())
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})

    @in_each_order
    def test_the_override_comes_later_and_goes_again(self, master, override):
        self.put(master, self.master())
        self.sync()
        self.assertEqual(self.days(), {1: 12, 2: 12, 3: 12})
        posts = {event["ID"] for event in self.events(self.anna)}
        self.put(override, self.override())
        self.sync()
        self.assertEqual(self.days(), {1: 12, 2: 14, 3: 12})
        self.put(override, self.override(hour=16))
        self.sync()
        self.assert_settled({1: 12, 2: 16, 3: 12})
        self.delete(override)
        self.sync()
        self.assert_settled({1: 12, 2: 12, 3: 12})
        self.assertEqual({event["ID"] for event in self.events(self.anna)}, posts, "the same posts all along")

    @in_each_order
    def test_only_the_master_changes(self, master, override):
        self.put(master, self.master())
        self.put(override, self.override())
        self.sync()
        self.put(master, self.master(summary="Daily standup"))
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})
        self.assertEqual(self.titles(self.anna), ["Daily standup", "Daily standup", "Standup later"])

    @in_each_order
    def test_only_an_instance_is_known_until_its_series_comes_and_after_it_went(self, master, override):
        """Someone is invited to one meeting of a series, then to all of it."""
        self.put(override, self.override())
        self.sync()
        self.assertEqual(self.days(), {2: 14})
        post = [event["ID"] for event in self.events(self.anna) if event["post_status"] == "publish"]
        self.put(master, self.master())
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})
        self.delete(master)
        self.sync()
        self.assert_settled({2: 14})
        self.assertEqual([event["ID"] for event in self.events(self.anna) if event["post_status"] == "publish"],
                         post)

    @in_each_order
    def test_an_instance_is_cancelled_in_an_object_of_its_own(self, master, override):
        self.put(master, self.master())
        self.put(override, self.override())
        self.sync()
        self.put(override, self.override(lines=["STATUS:CANCELLED"]))
        self.sync()
        self.assert_settled({1: 12, 3: 12})
        self.put(override, self.override())
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})

    @in_each_order
    def test_of_two_versions_the_newer_counts(self, older, newer):
        """The whole series twice, with an override each: SEQUENCE decides, then LAST-MODIFIED."""
        for old, new in (({"sequence": 1}, {"sequence": 2}),
                         ({"lines": ["LAST-MODIFIED:20260101T000000Z"]}, {"lines": ["LAST-MODIFIED:20260102T000000Z"]})):
            self.put(older, self.master(summary="Old", **old), self.override(hour=10, **old))
            self.put(newer, self.master(**new), self.override(**new))
            self.sync()
            self.assert_settled({1: 12, 2: 14, 3: 12})
            self.put(older, self.master(summary="Older", **old), self.override(hour=11, **old))
            self.sync()
            self.assert_settled({1: 12, 2: 14, 3: 12})
            self.assertEqual(self.titles(self.anna), ["Standup", "Standup", "Standup later"])
            self.delete(newer)
            self.sync()
            self.assert_settled({1: 12, 2: 11, 3: 12})
            self.assertEqual(self.titles(self.anna), ["Older", "Older", "Standup later"])

    def test_of_two_versions_that_are_equally_new_one_counts_whatever_its_name(self):
        seen = []
        for one, other in ORDERS:
            self.put(one, self.master(hour=9))
            self.put(other, self.master())
            self.sync()
            self.assert_settled(self.days())
            seen.append(self.days())
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(len(set(seen[0].values())), 1)

    @in_each_order
    def test_every_way_of_asking_what_changed_sees_it(self, master, override):
        users = [self.reader(f"{master}{number}", words) for number, words in enumerate(HIDDEN.values())]
        self.put(master, self.master())
        self.sync()
        self.put(override, self.override())
        self.sync()
        self.assertEqual([self.days(user) for user in users], [{1: 12, 2: 14, 3: 12}] * 3)
        self.put(master, self.master(summary="Daily standup"))
        self.sync()
        self.assertEqual([self.days(user) for user in users], [{1: 12, 2: 14, 3: 12}] * 3)
        self.delete(override)
        self.sync()
        self.assertEqual([self.days(user) for user in users], [{1: 12, 2: 12, 3: 12}] * 3)
        self.put(override, self.override())
        self.sync()
        self.delete(master)
        self.sync()
        self.assertEqual([self.days(user) for user in users], [{2: 14}] * 3)

    @in_each_order
    def test_far_apart_in_a_large_calendar(self, master, override):
        """More objects lie between the two than are read at once."""
        for number in range(120):
            self.put(f"m{number}", vevent(f"m{number}@story", self.utc(self.at(10)), summary="Other"))
        self.drop_own_tables()
        self.put(master, self.master())
        self.put(override, self.override())
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})
        self.assertEqual(self.titles(self.anna).count("Other"), 120)

    @in_each_order
    def test_what_an_older_program_left_is_mended(self, master, override):
        """It knew nothing of UIDs: they are found out when all is listed."""
        self.put(master, self.master())
        self.sync()
        self.put(override, self.override())
        self.sync()
        for statement in (
                "UPDATE wp_prm_calendar_objects SET uids = NULL",
                "UPDATE wp_prm_calendar_cursors SET listed_at = 0"):
            self.sandbox.database.sql(statement, self.wp.name)
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})
        self.put(master, self.master(summary="Daily standup"))
        self.sync()
        self.assert_settled({1: 12, 2: 14, 3: 12})
