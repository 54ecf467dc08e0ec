# SPDX-License-Identifier: GPL-2.0-or-later
"""One calendar, read in the three ways that servers allow: the same events, and as few requests as may be."""

import re

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import vevent
from lib.story import Story

# What a server must not say, so that nothing better than this way is left.
HIDDEN = {
    "sync-collection": (),
    "ctag and list": (b"sync-token", b"sync-collection"),
    "list": (b"sync-token", b"sync-collection", b"getctag"),
}
EVENTS = 12


def hiding(words):
    def spoil(answer):
        body = answer.body
        for word in words:
            body = body.replace(word, b"x-" + word)
        return answer.with_body(body)
    return spoil


def with_token(token):
    """The server says that its sync token is another than it is."""
    def spoil(answer):
        return answer.with_body(re.sub(rb"(sync-token>)[^<]+<", rb"\1" + token + b"<", answer.body))
    return spoil


class OnRadicale(Story):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        for number in range(EVENTS):
            self.put(f"event{number}", number - 3, f"Event {number}")
        self.put("weekly", 1, "Weekly", lines=["RRULE:FREQ=WEEKLY"])

    def put(self, name, day, summary, **more):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=summary, **more),
                         calendar=self.account.work)

    def delete(self, name):
        self.account.client.delete(self.account.work, name)

    def test_what_a_clock_that_was_ahead_left_behind_is_mended(self):
        """A pass of a restored machine read the window of five months later: no events, and all objects known."""
        anna = self.user()
        self.connect(anna, self.account.connection(calendar_id=self.account.client.path(self.account.work)))
        self.sync()
        before = self.titles(anna)
        ahead = 150 * 86400
        for statement in (
                f"UPDATE wp_prm_calendar_objects SET expanded_from = expanded_from + {ahead}, "
                f"expanded_to = IF(expanded_to > 9000000000, expanded_to, expanded_to + {ahead})",
                f"UPDATE wp_prm_calendar_cursors SET listed_at = listed_at + {ahead}",
                "DELETE FROM wp_prm_calendar_events",
                "DELETE FROM wp_postmeta WHERE post_id IN (SELECT ID FROM wp_posts WHERE post_type = 'calendar_event')",
                "DELETE FROM wp_posts WHERE post_type = 'calendar_event'"):
            self.sandbox.database.sql(statement, self.wp.name)
        self.assertEqual(self.titles(anna), [])
        self.sync()
        self.assertEqual(self.titles(anna), before)

    def proxied(self, login):
        """A user whose program sees the calendar through a proxy."""
        proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(proxy.close)
        user = self.user(login, login.capitalize())
        self.connect(user, self.account.connection(credentials={
            "url": proxy.url + self.account.client.path(self.account.work),
            "username": self.account.login, "password": self.account.password}))
        return user, proxy

    def sync_counted(self, proxies):
        """Requests of each proxy, challenges for a password among them."""
        for proxy in proxies:
            proxy.requests.clear()
        self.sync()
        return [[f"{method} {status}" for method, _path, status in proxy.requests] for proxy in proxies]

    def seen(self, user):
        """A user's events without what must differ between users."""
        return sorted(
            ({key: event[key] for key in ("post_title", "post_status", "post_content", "post_date_gmt")}
             | {key: event["meta"].get(key) for key in ("_event_uid", "_start_time", "_end_time", "_all_day",
                                                        "_location", "_calendar_name")}
             for event in self.events(user)), key=lambda event: event["_event_uid"])

    def assert_all_alike(self, users):
        first, *others = [self.seen(user) for user in users]
        for other in others:
            self.assertEqual(first, other)
        return first

    def test_every_way_gives_the_same_events(self):
        people = [self.proxied(f"way{number}") for number in range(len(HIDDEN))]
        users = [user for user, _proxy in people]
        proxies = [proxy for _user, proxy in people]
        for proxy, words in zip(proxies, HIDDEN.values()):
            proxy.spoil(hiding(words))
        self.sync()
        stored = self.assert_all_alike(users)
        self.assertEqual(len({event["post_title"] for event in stored}), EVENTS + 1)

        # Nothing: the calendar is asked for what it is counted by, or listed where it has nothing.
        content = self.content()
        self.assertEqual(self.sync_counted(proxies), [["PROPFIND 207"]] * 3)
        self.assertEqual(self.content(), content)

        # Changed, deleted and added at once.
        self.put("event0", 2, "Event 0 moved", location="Elsewhere")
        self.delete("event1")
        self.put("late", 4, "Late")
        by_report, by_ctag, by_list = self.sync_counted(proxies)
        self.assertEqual(by_report, ["PROPFIND 207", "REPORT 207", "REPORT 207"])
        self.assertEqual(by_ctag, ["PROPFIND 207", "PROPFIND 207", "REPORT 207"])
        self.assertEqual(by_list, ["PROPFIND 207", "REPORT 207"])
        stored = self.assert_all_alike(users)
        states = {event["post_title"]: event["post_status"] for event in stored}
        self.assertEqual(states["Event 1"], "trash")
        self.assertEqual(states["Event 0 moved"], "publish")
        self.assertEqual(states["Late"], "publish")
        self.assertNotIn("Event 0", states)
        self.assertEqual(self.sync_counted(proxies), [["PROPFIND 207"]] * 3)

        # One change alone, then one deletion alone, then it comes back.
        self.put("event2", 3, "Event 2 renamed")
        self.sync()
        self.assert_all_alike(users)
        self.delete("late")
        self.assertEqual(self.sync_counted(proxies), [
            ["PROPFIND 207", "REPORT 207"], ["PROPFIND 207", "PROPFIND 207"], ["PROPFIND 207"]])
        self.assert_all_alike(users)
        self.put("late", 4, "Late")
        self.sync()
        stored = self.assert_all_alike(users)
        self.assertEqual({event["post_title"]: event["post_status"] for event in stored}["Late"], "publish")

        # A full listing finds nothing that the deltas missed.
        content = self.content()
        self.sync("--all", "--full")
        self.assertEqual(self.content(), content)
        self.assert_all_alike(users)

    def test_an_unknown_token_is_made_up_for(self):
        anna, proxy = self.proxied("anna")
        proxy.spoil(with_token(b"http://radicale.org/ns/sync/" + b"0" * 64), ("PROPFIND",))
        self.sync()
        proxy.spoil(None)
        self.delete("event1")
        self.put("event2", 3, "Event 2 renamed")
        requests, = self.sync_counted([proxy])
        self.assertIn("REPORT 207", requests)
        states = {event["post_title"]: event["post_status"] for event in self.events(anna)}
        self.assertEqual(states["Event 1"], "trash")
        self.assertEqual(states["Event 2 renamed"], "publish")
        self.delete("event3")
        self.assertEqual(self.sync_counted([proxy]), [["PROPFIND 207", "REPORT 207"]])
        self.assertNotIn("Event 3", self.titles(anna))

    def test_a_report_that_says_nothing_is_not_believed(self):
        anna, proxy = self.proxied("anna")
        self.sync()
        self.delete("event1")
        proxy.spoil(lambda answer: answer.with_body(
            b'<D:multistatus xmlns:D="DAV:"><D:sync-token>http://radicale.org/ns/sync/1</D:sync-token>'
            b"</D:multistatus>", "application/xml"), ("REPORT",))
        self.sync()
        self.assertNotIn("Event 1", self.titles(anna))
        self.assertEqual(len(set(self.titles(anna))), EVENTS)

    def test_a_calendar_that_is_away_for_a_while_loses_nothing(self):
        anna, proxy = self.proxied("anna")
        self.sync()
        content = self.content()
        proxy.spoil(lambda answer: answer.with_body(b"no") if answer.status == 404 else
                    type(answer)(404, {}, b"no"))
        self.sync(status=1)
        self.assertEqual(self.content(), content)
        self.assertIn("There is no calendar at", self.connections(anna)[0]["last_error"])
        proxy.spoil(None)
        self.sync()
        self.assertEqual(self.content(), content)
        self.assertIsNone(self.connections(anna)[0]["last_error"])


class OnXandikos(OnRadicale):
    server = "xandikos"
