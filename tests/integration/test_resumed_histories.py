# SPDX-License-Identifier: GPL-2.0-or-later
"""Random lives of a calendar, synced now and then, sometimes broken off: what is stored is what the calendar has."""

import os
import random

from fake.stepping_proxy import HttpFault
from lib.calendar_model import CalendarModel
from lib.database_proxy import Fault
from lib.interruptions import EVERY_STEP, InterruptedStory, note
from lib.invariants import violations

SEEDS = [int(os.environ["PRM_TEST_SEED"])] if "PRM_TEST_SEED" in os.environ else range(1, 21 if EVERY_STEP else 3)
CHANGES = 40


class Histories(InterruptedStory):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")

    def some_fault(self, chance):
        """Often none; its step may be one that the run does not reach."""
        if chance.random() < 0.5:
            return None
        doing = chance.choice(("kill", "cut"))
        if chance.random() < 0.8:
            return Fault(chance.randint(1, 120), doing, after=chance.random() < 0.5)
        return HttpFault(chance.randint(1, 4), chance.choice((doing, 503)), after=chance.random() < 0.5)

    def some_command(self, chance):
        return ["sync", "--all", *(["--full"] if chance.random() < 0.15 else [])]

    def sync_somehow(self, chance, model, before, story):
        fault = self.some_fault(chance)
        if chance.random() < 0.08:
            self.drop_own_tables()
            story.append("our own tables are dropped")
        done = self.run_with(*self.some_command(chance), fault=fault)
        went_well = not self.victim.was_killed and done.status == 0
        story.append(f"{' '.join(done.argv[4:])}: {fault or 'undisturbed'}: {done.status}")
        found = violations(self.rows(), model.events() if went_well else None, before)
        self.assertEqual(found, [], "\n".join([*story, str(done)]))

    def live(self, seed):
        chance = random.Random(seed)
        account = self.account()
        self.connect(self.anna, self.proxied_connection(account))
        before = self.rows().connections
        model = CalendarModel(account, chance)
        story = []
        for _ in range(CHANGES):
            story.append(model.change())
            if chance.random() < 0.35:
                self.sync_somehow(chance, model, before, story)
        done = self.run_well("sync", "--all")
        rows = self.rows()
        self.assertEqual(violations(rows, model.events(), before), [], "\n".join([*story, str(done)]))
        self.assert_logged(rows)
        return rows

    def assert_logged(self, rows):
        """All meetings of the past that are live: each has its flag, and jose at least one activity."""
        now = self.site_time(self.now)
        for post in rows.events:
            if post["post_status"] == "publish" and rows.first_meta(post["ID"], "_end_time") < now:
                self.assertEqual(rows.first_meta(post["ID"], "_logged_as_activity"), "1", post["post_title"])
        self.assertTrue(rows.activities)

    def test_what_is_stored_is_what_the_calendar_has(self):
        for seed in SEEDS:
            with self.subTest(f"PRM_TEST_SEED={seed}"):
                self.start_afresh()
                rows = self.live(seed)
                note(f"history of seed {seed}: {CHANGES} changes, {len(rows.live_events())} events, "
                     f"{len(rows.activities)} activities")
                self.assert_is_cache()
        self.assert_counts_as_wordpress()

    def start_afresh(self):
        """No events and no activities; a new account each time."""
        self.session.run("""
            DELETE m FROM wp_postmeta m JOIN wp_posts p ON p.ID = m.post_id WHERE p.post_type = 'calendar_event';
            DELETE FROM wp_posts WHERE post_type = 'calendar_event';
            DELETE FROM wp_commentmeta; DELETE FROM wp_comments;
            UPDATE wp_posts SET comment_count = 0;""")
        self.drop_own_tables()

    def assert_is_cache(self):
        before = self.content()
        self.drop_own_tables()
        done = self.run_well("sync", "--all")
        self.assertEqual(self.content(), before, done)
