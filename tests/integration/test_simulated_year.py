# SPDX-License-Identifier: GPL-2.0-or-later
"""Four passes a day for as long as PRM_TEST_DAYS says (31; `make nightly`: 400), under another clock: six people on two providers,
who meet in three zones, come and go with their contacts, while passes are killed and the clock jumps.

Each meeting is logged once, at its local time; everybody has their turn; and what a pass costs, and what our own tables hold, grows
with the events that are stored, and with nothing else."""

import os
import random
import statistics
from datetime import datetime, timedelta, timezone

from fake.google_server import CLIENT_ID, CLIENT_SECRET, GoogleServer
from lib.database_proxy import DatabaseProxy, Fault
from lib.interruptions import MAY_END_WITH, note
from lib.invariants import violations
from lib.long_life import Contact, Life, OnCalDav, OnGoogle
from lib.sandbox import Sandbox
from lib.site_rows import SiteRows
from lib.sql_session import SqlSession
from lib.story import Story
from lib.victim import Victim

DAYS = int(os.environ.get("PRM_TEST_DAYS", 31))
SEED = os.environ.get("PRM_TEST_SEEDS", "1").partition("-")[0]
# Two weeks before Europe's clocks go back, three before America's; with 400 days past both springs, and a 29th of February.
BEGIN = datetime(2027, 10, 17, 0, 5, tzinfo=timezone.utc)
PASSES_A_DAY = 4
JUMPS = tuple(timedelta(hours=hours) for hours in (-400 * 24, -30 * 24, -24, -3, 3, 10 * 24))
# Of passes: six users, two a pass; killed runs and jumps cost some.
LONGEST_WAIT = 12
# A row or some for each event that is stored; the others have a bound.
OF_EVENTS = ("prm_calendar_events", "prm_calendar_sightings", "prm_calendar_objects", "posts")
OTHER_ROWS = 1000

ACTIVITIES = """
SELECT c.comment_post_ID AS person, c.comment_content AS content, c.comment_date_gmt AS utc, c.comment_date AS local,
       (SELECT meta_value FROM wp_commentmeta m WHERE m.comment_id = c.comment_ID AND m.meta_key = 'duration_minutes') AS minutes
FROM wp_comments c WHERE c.comment_type = 'activity';"""
COST = """SHOW GLOBAL STATUS WHERE Variable_name IN ('Handler_read_key', 'Handler_read_next', 'Handler_read_rnd',
       'Handler_read_rnd_next', 'Handler_read_first', 'Handler_read_prev', 'Questions', 'Com_stmt_execute');"""


class SimulatedYear(Story):

    story_secs = 3600 if DAYS > 31 else 600

    def choose_sandbox(self):
        """A database server of its own, whose counters nobody else moves."""
        sandbox = Sandbox(own_database=True)
        self.addCleanup(sandbox.close)
        return sandbox

    def setUp(self):
        self.google = GoogleServer()
        self.addCleanup(self.google.close)
        super().setUp()
        self.chance = random.Random(f"year {SEED}")
        self.session = SqlSession(self.wp.database, self.wp.name)
        self.addCleanup(self.session.close)
        self.victim = Victim()
        self.proxy = DatabaseProxy(self.wp.database.socket, os.path.join(self.wp.folder, "proxy.sock"), self.victim)
        self.addCleanup(self.proxy.close)
        self.proxied_ini = self.write_ini("proxied.ini", database_socket=self.proxy.path, database_tls="off")
        self.now = self.seen_until = BEGIN
        self.lives, self.waiting, self.costs = [], {}, []
        self.story = []
        self.contacts_made = 0

    def write_ini(self, name="prm-calendar.ini", **overrides):
        return super().write_ini(name, **{
            "google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET,
            "google_api_base": self.google.api_base, "google_token_url": self.google.token_url,
            "sync_users_per_pass": "2", "sync_workers": "1", "sync_interval_minutes": "360", **overrides})

    # --- people

    def somebody_comes(self):
        number = len(self.lives) + 1
        user = self.user(f"user{number}", f"User {number}")
        fields = {"id": f"conn_65a4f0c1d2e{number:02x}", "name": "Work", "sync_enabled": True, "auto_log": True}
        if number % 2:
            account = self.account()
            life = Life(user, account.connection(number, **fields), OnCalDav(account))
        else:
            account = self.google.account(f"user{number}@example.org")
            life = Life(user, {"provider": "google", "calendar_id": "primary", "credentials": account.credentials(),
                               **fields}, OnGoogle(account.calendar()))
        self.connect(user, life.connection)
        self.lives.append(life)
        self.waiting[user] = 0
        self.a_contact_comes(life)
        self.a_contact_comes(life)
        return f"user {user} comes"

    def somebody_goes(self):
        """And does not come back; what was logged of them stays."""
        quiet = [life for life in self.connected() if all(
            life.is_quiet(contact, self.now, self.seen_until) for contact in life.contacts)]
        if len(self.connected()) < 5 or not quiet:
            return None
        life = self.chance.choice(quiet)
        self.wp.call("delete_user_meta", life.user, "_prm_calendar_connections")
        life.is_connected = False
        del self.waiting[life.user]
        for contact in life.contacts:
            contact.expected = {key: pair for key, pair in contact.expected.items() if pair[0] < self.now}
        return f"user {life.user} goes"

    def connected(self):
        return [life for life in self.lives if life.is_connected]

    def a_contact_comes(self, life=None):
        life = life or self.chance.choice(self.connected())
        self.contacts_made += 1
        email = f"guest{self.contacts_made}@u{life.user}.example.org"
        post = self.person(life.user, f"Guest {len(life.contacts)}", f"Of {life.user}", email)
        life.contacts.append(Contact(post, email))
        return f"contact {post} comes"

    def a_contact_goes(self):
        life = self.chance.choice(self.connected())
        quiet = [contact for contact in life.contacts if life.is_quiet(contact, self.now, self.seen_until)]
        if len(life.contacts) < 3 or not quiet:
            return None
        contact = self.chance.choice(quiet)
        self.assert_logged(life, contact)
        self.wp.call("wp_delete_post", contact.post, True)
        life.contacts.remove(contact)
        return f"contact {contact.post} goes"

    def something_happens(self):
        life = self.chance.choice(self.connected())
        doing = self.chance.choices(
            (life.plan, life.move, life.call_off, self.a_contact_comes, self.a_contact_goes, self.somebody_comes,
             self.somebody_goes), (30, 12, 10, 1.5, 1.5, 0.4 if len(self.connected()) < 8 else 0, 0.4))[0]
        if doing in (life.plan, life.move, life.call_off):
            done = doing(self.chance, self.now, self.seen_until)
            self.story.append(f"{self.now} {doing.__name__} of user {life.user} {getattr(done, 'uid', '')}")
        else:
            self.story.append(f"{self.now} {doing() or 'nothing'}")

    # --- passes

    def pass_at(self, when, fault=None):
        self.clock = when
        self.proxy.begin(fault)
        done = self.victim.run("run", "--json", ini=self.proxied_ini if fault else self.ini, env=self.environment())
        self.seen_until = max(self.seen_until, when)
        if not self.victim.was_killed:
            self.assertIn(done.status, MAY_END_WITH, done)
        return done

    def a_pass(self):
        before = self.cost()
        jumps, is_killed = self.chance.random() < 0.03, self.chance.random() < 0.06
        when = self.now + (self.chance.choice(JUMPS) if jumps else timedelta(0))
        fault = Fault(self.chance.randint(1, 60), "kill", after=self.chance.random() < 0.5) if is_killed else None
        done = self.pass_at(when, fault)
        self.story.append(f"{self.now} pass at {when}, {fault or 'undisturbed'}: {done.status}")
        if self.victim.was_killed:
            served = set()
        else:
            self.assertEqual(done.status, 0, done)
            served = {one["user_id"] for one in done.json["connections"] if one["outcome"] == "done"}
        for user in self.waiting:
            self.waiting[user] = 0 if user in served else self.waiting[user] + 1
        self.assertLessEqual(max(self.waiting.values()), LONGEST_WAIT, f"somebody starves: {self.waiting}")
        if not jumps and not is_killed:
            rows, statements = (after - was for after, was in zip(self.cost(), before))
            self.costs.append((rows / (50 + self.stored()), statements))

    def cost(self):
        """(rows read, statements) of the server since it began."""
        values = {row["Variable_name"]: int(row["Value"]) for row in self.session.rows(COST)}
        return (sum(value for name, value in values.items() if name.startswith("Handler")),
                values["Com_stmt_execute"] + values["Questions"])

    def stored(self):
        row, = self.session.rows("SELECT COUNT(*) AS number FROM wp_posts WHERE post_type = 'calendar_event';")
        return int(row["number"])

    # --- what must be true

    def logged(self):
        by_person = {}
        for row in self.session.rows(ACTIVITIES):
            by_person.setdefault(int(row["person"]), []).append(
                (row["content"], row["utc"], row["local"], row["minutes"]))
        return {person: sorted(found) for person, found in by_person.items()}

    def assert_logged(self, life, contact, logged=None):
        logged = self.logged() if logged is None else logged
        self.assertEqual(logged.get(contact.post, []), life.expected(contact, self.seen_until),
                         f"contact {contact.post} of user {life.user}")

    def assert_order(self):
        self.assertEqual(violations(SiteRows(self.session, self.wp)), [])

    def sizes(self):
        """What our own tables and the options hold, and posts."""
        counted = " UNION ALL ".join(f"SELECT '{name}' AS name, COUNT(*) AS number FROM wp_{name}"
                                     for name in [*self.own_tables(), "options", "posts"])
        return {row["name"]: int(row["number"]) for row in self.session.rows(counted + ";")}

    def quiet_passes(self):
        """Until everybody had a turn and the queue is empty."""
        for _ in range(2 * LONGEST_WAIT):
            self.now += timedelta(hours=6)
            done = self.pass_at(max(self.now, self.seen_until))
            self.assertEqual(done.status, 0, done)

    def test_a_year(self):
        for _ in range(6):
            self.somebody_comes()
        sizes = []
        try:
            for day in range(DAYS):
                for number in range(PASSES_A_DAY):
                    self.now = BEGIN + timedelta(days=day, hours=6 * number, minutes=self.chance.randint(0, 20))
                    self.something_happens()
                    self.a_pass()
                if day % 7 == 6:
                    self.assert_order()
                    sizes.append(self.sizes())
            self.now = self.seen_until
            self.quiet_passes()
            logged = self.logged()
            for life in self.lives:
                for contact in life.contacts:
                    with self.subTest(f"contact {contact.post} of user {life.user}"):
                        self.assert_logged(life, contact, logged)
            self.assert_order()
        except Exception:
            print("\n".join(f"# {line}" for line in self.story[-400:]))
            raise
        self.assert_cost(sizes)

    def assert_cost(self, sizes):
        """Two halves beside each other, after the first sixth, in which calendars fill. What is read grows with the events that
        are stored, as the daily listing compares them all, but not faster."""
        costs = self.costs[len(self.costs) // 6:]
        halves = costs[:len(costs) // 2], costs[len(costs) // 2:]
        reads, statements = ([statistics.median(one[kind] for one in half) for half in halves] for kind in (0, 1))
        note(f"{DAYS} days: {len(self.lives)} people, {sum(map(len, self.logged().values()))} activities, rows read a pass and "
             f"stored event {reads}, statements {statements}; {sizes[-1]}")
        self.assertLessEqual(reads[1], 1.5 * reads[0] + 5, "passes read more")
        self.assertLessEqual(statements[1], 1.3 * statements[0] + 20, "passes send more")
        for name, number in sizes[-1].items():
            most = sizes[-1]["posts"] if name in OF_EVENTS else OTHER_ROWS
            if name != "prm_calendar_activities":  # as many as activities, as long as their people are there
                self.assertLessEqual(number, most, f"{name} grows: {sizes}")
