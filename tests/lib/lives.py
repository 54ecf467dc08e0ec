# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of random lives of a person's two calendars, synced now and then, sometimes broken off, beside people who write
notes, choose other calendars, and click in the theme: what is stored is what the calendars have.

PRM_TEST_SEEDS (7, or 1-200) and PRM_TEST_STEPS say which lives, and how long. PRM_TEST_SHRINK=1 leaves out of one that fails
all that it fails without."""

import json
import os
import random

from fake.stepping_proxy import HttpFault

from .calendar_model import GUEST, CalendarModel
from .database_proxy import Fault
from .interruptions import EVERY_STEP, InterruptedStory, note
from .invariants import violations
from .written_words import WrittenWords

STEPS = int(os.environ.get("PRM_TEST_STEPS", 40 if EVERY_STEP else 20))
IS_SHRINKING = os.environ.get("PRM_TEST_SHRINK") == "1"
SECS_PER_STEP = 10

ACTIONS = ("create", "create", "create_series", "create_series", "move", "rename", "cancel", "delete", "leave_out",
           "change_instance", "change_instance", "cancel_instance", "as_planned", "become_other_kind", "shift", "shift",
           "cut_off", "carry", "share")

CHOOSE = """
$connections = get_user_meta( $user, '_prm_calendar_connections', true );
$connections[0]['calendar_id']  = $calendar;
$connections[0]['calendar_ids'] = $calendars;
update_user_meta( $user, '_prm_calendar_connections', wp_slash( $connections ) );
return true;
"""


def seeds(some):
    first, _, last = os.environ.get("PRM_TEST_SEEDS", "1-20" if EVERY_STEP else some).partition("-")
    return range(int(first), int(last or first) + 1)


class Lives(InterruptedStory):
    """`places()` are the calendars of a new account (model_places.py), to which self.connection then leads;
    `spellings(name)` are the ids under which one can be chosen; `theme_syncs(chance)` lets the theme loose, and says how."""

    actions = ACTIONS
    some_seeds = "1-10"
    losable = ("work", "team")  # calendars that can be deleted and come again

    def setUp(self):
        self.story_secs = max(180, SECS_PER_STEP * STEPS * len(seeds(self.some_seeds)))
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")

    # --- the program

    def some_fault(self, chance):
        """Often none; its step may be one that the run does not reach."""
        if chance.random() < 0.5:
            return None
        doing = chance.choice(("kill", "cut"))
        if chance.random() < 0.8:
            return Fault(chance.randint(1, 120), doing, after=chance.random() < 0.5)
        return HttpFault(chance.randint(1, 4), chance.choice((doing, 503)), after=chance.random() < 0.5)

    def some_command(self, chance):
        is_full = chance.random() < 0.15
        return ["sync", "--all", *(["--full"] if is_full else [])]

    def sync_somehow(self, chance):
        fault = self.some_fault(chance)
        if chance.random() < 0.08:
            self.drop_own_tables()
            self.story.append("our own tables are dropped")
        done = self.run_with(*self.some_command(chance), fault=fault)
        self.story.append(f"{' '.join(done.argv[4:])}: {fault or 'undisturbed'}: {done.status}")
        if fault is None:
            self.assertEqual(done.status, 0, done)
        self.check(done, not self.victim.was_killed and done.status == 0)

    def check(self, done, is_in_order):
        """Rows that somebody else wrote are not ours to answer for before a run went well."""
        rows = self.rows()
        found = []
        if is_in_order or not self.is_theirs:
            found = violations(rows, self.model.events() if is_in_order else None, self.before)
            found += self.words.violations(rows, self.model if is_in_order else None)
        if is_in_order:
            self.is_theirs = False
            found += guests_lost(rows)
        self.assertEqual(found, [], done)
        return rows

    # --- who else does something

    def some_words(self, chance):
        """Only where the site is in order, as a person sees what they write on."""
        text = None if self.is_theirs else self.words.write(chance, self.rows(), self.model.occurrences())
        self.story.append(text or "nothing to write on")

    def choose_calendars(self, chance):
        self.model.choose()
        spelled = [chance.choice(self.spellings(name)) for name in self.model.selected]
        if self.model.selected == ["work"] and chance.random() < 0.4:
            spelled = []
        in_list = len(spelled) > 1 or chance.random() < 0.5
        self.choose("" if in_list or not spelled else spelled[0], spelled if in_list else [])
        self.story.append(f"calendars {spelled or 'that the account has first'}")

    def choose(self, calendar, calendars):
        self.wp.run(CHOOSE, user=self.anna, calendar=calendar, calendars=calendars)
        self.before = self.rows().connections

    def recreate_calendar(self, chance):
        """A pass may come while it is away."""
        calendar = chance.choice(self.losable)
        self.model.lose(calendar)
        if chance.random() < 0.5:
            done = self.run_with("sync", "--all", fault=self.some_fault(chance))
            self.story.append(f"a pass without {calendar}: {done.status}")
            if calendar in self.model.selected and not self.victim.was_killed:
                self.assertNotEqual(done.status, 0, done)
            self.check(done, False)
        is_empty = chance.random() < 0.3
        self.model.make_again(calendar, is_empty)
        self.story.append(f"{calendar} made again{', empty' if is_empty else ''}")

    def theme(self, chance):
        done = self.theme_syncs(chance)
        self.is_theirs = True
        self.words.somebody_else_synced(self.rows())
        self.story.append(f"the theme, {done}")

    def change(self, _chance):
        doing, uid = self.model.change()
        self.words.happened(doing, uid, self.model.tail)
        self.story.append(f"{doing} {uid}")

    def step(self, seed, number):
        """A step has its own dice: those after it fall alike when it is left out."""
        chance = self.model.chance = random.Random(f"{seed} {number}")
        doing = chance.choices((self.change, self.some_words, self.choose_calendars, self.recreate_calendar, self.theme),
                               (20, 4, 2, 1, 1))[0]
        doing(chance)
        if chance.random() < 0.35:
            self.sync_somehow(chance)

    # --- a life

    def live(self, seed, steps):
        self.start_afresh()
        places = self.places()
        self.before = self.rows().connections
        self.model = CalendarModel(places, random.Random(seed), self.actions)
        self.words = WrittenWords(self.wp, self.session)
        self.story = [f"PRM_TEST_SEEDS={seed} PRM_TEST_STEPS={STEPS}"]
        self.is_theirs = False
        try:
            return self.live_through(seed, steps)
        except AssertionError as failure:
            raise AssertionError("\n".join([*self.story, str(failure)])) from None

    def live_through(self, seed, steps):
        for number in steps:
            self.step(seed, number)
        done = self.run_well("sync", "--all")
        self.assert_logged(self.check(done, True))
        self.assert_is_cache()
        return self.rows()

    def assert_logged(self, rows):
        """All meetings of the past that are live: each has its flag, and jose at least one activity."""
        now = self.site_time(self.now)
        past = [post for post in rows.events
                if post["post_status"] == "publish" and rows.first_meta(post["ID"], "_end_time") < now]
        for post in past:
            self.assertEqual(rows.first_meta(post["ID"], "_logged_as_activity"), "1", post["post_title"])
        self.assertTrue(rows.activities or not past)

    def live_all(self):
        for seed in seeds(self.some_seeds):
            with self.subTest(f"PRM_TEST_SEEDS={seed} PRM_TEST_STEPS={STEPS}"):
                rows = self.live_or_shrink(seed)
                note(f"history of seed {seed}: {STEPS} steps, {len(rows.live_events())} events, "
                     f"{len(rows.activities)} activities")
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

    # --- what fails, made short

    def live_or_shrink(self, seed):
        steps = list(range(STEPS))
        try:
            return self.live(seed, steps)
        except AssertionError as failure:
            if not IS_SHRINKING:
                raise
            raise self.shrunk(seed, steps, failure) from None

    def shrunk(self, seed, steps, failure):
        """Leaves out ever smaller parts, as long as it fails without them."""
        size = len(steps) // 2
        while size:
            at = 0
            while at < len(steps):
                fewer = steps[:at] + steps[at + size:]
                try:
                    self.live(seed, fewer)
                    at += size
                except AssertionError as shorter:
                    steps, failure = fewer, shorter
            size //= 2
        return failure


def guests_lost(rows):
    """Every meeting of the model has the same guest."""
    guests = [{"email": GUEST[0], "name": GUEST[1], "status": "accepted"}]
    for post in rows.events:
        stored = rows.first_meta(post["ID"], "_attendees")
        if post["post_status"] == "publish" and json.loads(stored) != guests:
            yield f"{rows.name_of(post)} has the guests {stored}"
