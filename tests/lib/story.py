# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of all stories: a fresh WordPress, people with calendars, and the real program."""

import os
import signal
import unittest
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from . import fake_clock, ics
from .program import run_program, write_ini
from .sandbox import Sandbox

STORY_SECS = 180
HOME = ZoneInfo("Europe/Amsterdam")
PASSWORD = 'pässword: "x" \\'

EVENTS = """
$events = array();
foreach ( get_posts( array( 'post_type' => 'calendar_event', 'author' => $user, 'numberposts' => -1,
		'post_status' => array( 'publish', 'future', 'draft', 'trash', 'private', 'pending' ),
		'orderby' => 'ID', 'order' => 'ASC' ) ) as $post ) {
	$event = $post->to_array();
	foreach ( get_post_meta( $post->ID ) as $key => $values ) {
		$event['meta'][ $key ] = 1 === count( $values ) ? $values[0] : $values;
	}
	foreach ( array( '_attendees', '_matched_people', '_raw_data' ) as $key ) {
		$event['json'][ $key ] = json_decode( get_post_meta( $post->ID, $key, true ), true );
	}
	$events[] = $event;
}
return $events;
"""

ACTIVITIES = """
$activities = array();
foreach ( get_comments( array( 'post_id' => $person, 'type' => $type, 'orderby' => 'comment_ID',
		'order' => 'ASC' ) ) as $comment ) {
	$activity = $comment->to_array();
	foreach ( array_keys( get_comment_meta( $comment->comment_ID ) ) as $key ) {
		$activity['meta'][ $key ] = get_comment_meta( $comment->comment_ID, $key, true );
	}
	$activities[] = $activity;
}
return $activities;
"""


class Account:
    """A calendar account of one person, and what the theme stores about it."""

    def __init__(self, server, login):
        self.server = server
        self.login = login
        self.password = PASSWORD
        server.add_user(login, self.password)
        self.client = server.client(login)

    def calendar(self, name="work", display_name=None):
        self.client.make_calendar(name, display_name)
        return name

    def put(self, name, *components, calendar="work"):
        self.client.put(calendar, name, ics.calendar(*components))

    def connection(self, number=1, **fields):
        """An entry of the connections array; credentials are encrypted by the helper."""
        return {
            "id": f"conn_65a4f0c1d2e{number:02x}", "provider": "caldav", "name": "Work",
            "calendar_id": "",
            "credentials": {"url": self.client.url("work"), "username": self.login,
                            "password": self.password},
            "sync_enabled": True, "auto_log": True, **fields,
        }


class Story(unittest.TestCase):
    """`server` says which calendar server of the sandbox the accounts are on."""

    maxDiff = None
    server = "radicale"
    story_secs = STORY_SECS
    clock = None  # what the program takes for the present (in UTC), when it is not the real one
    _logins = 0

    def setUp(self):
        signal.signal(signal.SIGALRM, self._out_of_time)
        signal.alarm(self.story_secs)
        self.addCleanup(signal.alarm, 0)
        self.sandbox = self.choose_sandbox()
        self.wp = self.sandbox.new_site()
        self.addCleanup(self.wp.drop)
        self.ini = self.write_ini()
        self.now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)

    def choose_sandbox(self):
        return Sandbox.shared()

    def _out_of_time(self, _signum, _frame):
        raise TimeoutError(f"the story took more than {self.story_secs} s")

    # --- the people

    def write_ini(self, name="prm-calendar.ini", **overrides):
        # The site's folder comes with its first file.
        return write_ini(self.wp, os.path.join(self.wp.folder, name), **overrides)

    def user(self, login="anna", display_name="Anna O'Brien"):
        return self.wp.call("seed_user", login, display_name)

    def person(self, user, first, last, *emails):
        return self.wp.call("seed_person", user, first, last, list(emails))

    def calendar_server(self):
        return getattr(self.sandbox, self.server)

    def account(self, calendar="work", display_name=None):
        """A new account with one empty calendar; logins differ, for the server outlives the story."""
        Story._logins += 1
        login = f"person{Story._logins}"
        account = Account(self.calendar_server(), login)
        if self.server == "xandikos":
            calendar = f"{calendar}{Story._logins}"
        account.work = account.calendar(calendar, display_name)
        return account

    def connect(self, user, *connections, prefix="prm"):
        """Stores the connections as the theme of that prefix does; returns them as stored."""
        return self.wp.call("seed_connections", user, list(connections), prefix)

    def connections(self, user):
        return self.wp.call("get_user_meta", user, "_prm_calendar_connections", True)

    # --- the program

    def run_it(self, *arguments, status=0, ini=None, stdin=None):
        """`status` None: whichever."""
        done = run_program(*arguments, ini=ini or self.ini, stdin=stdin, env=self.environment())
        if status is not None and done.status != status:
            self.fail(f"expected exit status {status}\n{done}")
        return done

    def environment(self):
        """What comes to the program's."""
        return fake_clock.environment(self.clock) if self.clock else {}

    def sync(self, *arguments, status=0):
        return self.run_it("sync", *(arguments or ("--all",)), status=status)

    # --- what WordPress sees

    def events(self, user):
        """All calendar events of a user in any status, oldest post first."""
        return self.wp.run(EVENTS, user=user)

    def event(self, user):
        """The only event of a user."""
        events = self.events(user)
        self.assertEqual(len(events), 1, [event["post_title"] for event in events])
        return events[0]

    def titles(self, user, status="publish"):
        return sorted(event["post_title"] for event in self.events(user)
                      if event["post_status"] == status)

    def activities(self, person, comment_type="activity"):
        return self.wp.run(ACTIVITIES, person=person, type=comment_type)

    def content(self):
        """Changes when any event, contact or activity does."""
        return self.sandbox.database.checksum(self.wp.name, leave_out=tuple(
            self.wp.table_prefix + name for name in ("usermeta", "options", "prm_calendar_")))

    def statements(self, action):
        """The SQL that the site's database user sent while action() ran."""
        with self.sandbox.database.query_log() as log:
            action()
            return log.of(self.wp.user)

    def own_tables(self):
        """The tables of our own that are there, without prefix."""
        return sorted(row[0].removeprefix("wp_") for row in self.sandbox.database.sql(
            "SHOW TABLES LIKE 'wp\\_prm\\_calendar\\_%'", self.wp.name))

    def drop_own_tables(self):
        for table in self.own_tables():
            self.sandbox.database.sql(f"DROP TABLE wp_{table}", self.wp.name)

    # --- times

    def let_days_go_by(self, days):
        """For all that the program remembers to be gone."""
        self.sandbox.database.sql("UPDATE wp_prm_calendar_cursors SET gone_at = gone_at - "
                                  f"{days} * 86400 WHERE gone_at <> 0", self.wp.name)

    def let_a_week_go_by(self):
        self.let_days_go_by(7)

    def at(self, days, hour=12, minute=0):
        """A wall clock time in the site's zone, so many days from today."""
        day = datetime.now(HOME).date() + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HOME)

    @staticmethod
    def site_time(when):
        return when.astimezone(HOME).strftime("%Y-%m-%d %H:%M:%S")

    @staticmethod
    def utc(when):
        return when.astimezone(timezone.utc)

    # --- what people read

    def assert_one_line(self, text, *words):
        """Exactly one line of the text holds all the words."""
        found = [line for line in text.splitlines() if all(word in line for word in words)]
        self.assertEqual(len(found), 1, f"one line with {words} in:\n{text}")
        return found[0]
