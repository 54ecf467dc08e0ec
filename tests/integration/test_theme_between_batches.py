# SPDX-License-Identifier: GPL-2.0-or-later
"""The theme's own sync, without a lock, stores some of the meetings that a long sync of ours is at."""

import os

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import calendar, vevent
from lib.story import PASSWORD, Story
from lib.theme import Theme, theme_event

EVENTS = 420
STORED_AT_ONCE = 256
LOW_ID = 1000000


class BetweenBatches(Story):
    """Some are stored by the time at which the theme comes, some are not."""

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.anna = self.user()
        self.proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(self.proxy.close)
        self.connection, = self.connect(self.anna, self.account.connection(credentials={
            "url": self.proxy.url + self.account.client.path("work"),
            "username": self.account.login, "password": PASSWORD}))
        self.theme = Theme(self.wp, self.anna, self.connection["id"])
        self.fill()

    def fill(self):
        """Straight into the server's folder, which takes a tenth of the time."""
        folder = os.path.join(self.account.server.folder, "collections", "collection-root", self.account.login, "work")
        for number in range(EVENTS):
            event = vevent(f"e{number}@story", self.utc(self.start(number)), summary=f"e{number}")
            with open(os.path.join(folder, f"e{number}.ics"), "w", encoding="utf-8", newline="") as file:
                file.write(calendar(event))

    def start(self, number):
        return self.at(number % 100 - 80, 8 + number // 100)

    def live(self):
        """Uid -> ids."""
        found = {}
        for post, uid in self.sandbox.database.sql(
                "SELECT p.ID, m.meta_value FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = "
                "'_event_uid' WHERE p.post_type = 'calendar_event' AND p.post_status <> 'trash'", self.wp.name):
            found.setdefault(uid, []).append(int(post))
        return found

    def let_the_theme_come(self, numbers_of, then=lambda: None):
        """Once, when the first batch is stored; `numbers_of` chooses from what is and what is not."""
        self.theirs = None

        def meddle(answer):
            stored = self.live()
            if len(stored) < STORED_AT_ONCE or self.theirs is not None:
                return answer
            numbers = numbers_of([number for number in range(EVENTS) if f"e{number}@story" in stored],
                                 [number for number in range(EVENTS) if f"e{number}@story" not in stored])
            self.theirs = [f"e{number}@story" for number in numbers]
            self.theme.old_caldav(*[theme_event(f"e{number}@story", self.utc(self.start(number)), "theirs")
                                    for number in numbers])
            then()
            return answer

        self.proxy.spoil(meddle, ("REPORT",))
        self.sync()
        self.proxy.spoil(None)
        self.assertIsNotNone(self.theirs)

    def copy_to_low_ids(self):
        """As a cluster's other node would have given them out, and its theme, which could not see ours yet, stored them."""
        for number, uid in enumerate(self.theirs):
            for statement in (
                    f"INSERT INTO wp_posts (ID, post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, "
                    f"post_name, post_status, post_type, to_ping, pinged, post_content_filtered) SELECT {number + 10}, "
                    "post_author, post_date, post_date_gmt, post_content, 'theirs', '', CONCAT('theirs-', ID), 'publish', "
                    "'calendar_event', '', '', '' FROM wp_posts WHERE ID = %d",
                    f"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT {number + 10}, meta_key, meta_value "
                    "FROM wp_postmeta WHERE post_id = %d AND meta_key <> '_meeting_notes'"):
                self.sandbox.database.sql(statement % self.live()[uid][-1], self.wp.name)
            self.sandbox.database.sql(f"INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES ({number + 10}, "
                                      "'_meeting_notes', 'Theirs')", self.wp.name)

    def assert_each_once(self):
        live = self.live()
        self.assertEqual([uid for uid, posts in live.items() if len(posts) > 1], [])
        self.assertEqual(len(live), EVENTS)
        titles = {event["meta"]["_event_uid"]: event["post_title"] for event in self.events(self.anna)
                  if event["post_status"] == "publish"}
        self.assertEqual({title for uid, title in titles.items() if uid in self.theirs},
                         {uid.partition("@")[0] for uid in self.theirs})

    def test_what_it_stores_before_us_and_after_us_is_there_once(self):
        self.let_the_theme_come(lambda stored, missing: stored[:1] + stored[-1:] + missing[:1] + missing[-1:])
        live = self.live()
        self.assertEqual([uid for uid, posts in live.items() if len(posts) > 1], [])
        self.sync()
        self.assert_each_once()

    def test_ids_that_come_late_are_found_before_the_end(self):
        self.sandbox.database.sql(f"ALTER TABLE wp_posts AUTO_INCREMENT = {LOW_ID}", self.wp.name)
        self.let_the_theme_come(lambda stored, _: stored[:1] + stored[-1:], self.copy_to_low_ids)
        live = self.live()
        self.assertEqual([uid for uid, posts in live.items() if len(posts) > 1], [])
        notes = [event["meta"]["_meeting_notes"] for event in self.events(self.anna)
                 if event["post_status"] == "publish" and "_meeting_notes" in event["meta"]]
        self.assertEqual(notes, ["Theirs", "Theirs"])
        self.sync()
        self.assert_each_once()
