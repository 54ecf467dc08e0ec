# SPDX-License-Identifier: GPL-2.0-or-later
"""Killed, cut off or refused at any statement and any request: the next run ends where an undisturbed one does."""

from lib.google_proxied import GoogleProxied
from lib.ics import vevent
from lib.interruptions import STRIDE_OF_SMALLEST, InterruptedStory
from lib.scattered import WHERE, cover, uncover
from lib.theme import Theme, theme_event

ZONE = {"tzid": "Europe/Amsterdam"}


class OnCalDav(InterruptedStory):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.zoe = self.person(self.anna, "Zoë", "Bee", "zoe@example.org")
        self.account = self.account()
        for day in range(1, 4):
            self.meeting(f"day{day}", day)
        self.series()

    def meeting(self, name, day, hour=12, summary=None, people=("jose@example.org",)):
        self.account.put(name, vevent(
            f"{name}@story", self.utc(self.at(day, hour)), summary=summary or f"Meeting {name} é \\ \"",
            attendees=[(person, person, "ACCEPTED") for person in people]))

    def week(self, number, hour=9):
        return self.at(-7 + 7 * number, hour).replace(tzinfo=None)

    def series(self, *more, lines=()):
        self.account.put("weekly", vevent("weekly@story", self.week(0), summary="Weekly", **ZONE,
                                          lines=["RRULE:FREQ=WEEKLY;COUNT=3", *lines]), *more)

    def connect_it(self, **fields):
        self.connect(self.anna, self.proxied_connection(self.account, **{"auto_log": False, **fields}))

    def synced(self, **fields):
        self.connect_it(**fields)
        self.run_well("sync", "--all")

    def test_a_first_sync(self):
        self.connect_it()
        self.prove("first sync", "sync", "--all")

    def test_a_change(self):
        self.synced()
        self.meeting("day1", 1, hour=15)
        self.meeting("day2", 2, summary="Renamed", people=("zoe@example.org",))
        self.meeting("new", 5)
        self.prove("change", "sync", "--all")

    def test_a_deletion_and_a_return(self):
        self.synced()
        self.comment_on_all()
        self.account.client.delete("work", "day3")
        self.run_well("sync", "--all")
        self.account.client.delete("work", "day1")
        self.account.client.delete("work", "weekly")
        self.meeting("day3", 3)
        self.prove("delete", "sync", "--all")

    def test_an_edited_series(self):
        self.synced()
        moved = vevent("weekly@story", self.week(1, 14), summary="Weekly, later", recurrence_id=self.week(1), **ZONE)
        self.series(moved, lines=[f"EXDATE;TZID=Europe/Amsterdam:{self.week(2):%Y%m%dT%H%M%S}"])
        self.prove("series edit", "sync", "--all")

    def test_a_series_whose_override_lies_in_an_object_of_its_own(self):
        """One override comes, one goes, and one is cancelled."""
        def put(name, week, **more):
            self.account.put(name, cover(name, vevent(
                "scattered@story", self.week(week, 14), summary="Weekly, later", recurrence_id=self.week(week), **ZONE,
                **more)))

        self.http.spoil(uncover, WHERE)
        self.account.put("whole", cover("whole", vevent(
            "scattered@story", self.week(0), summary="Weekly", **ZONE, lines=["RRULE:FREQ=WEEKLY;COUNT=4"])))
        put("first", 1)
        put("last", 2)
        self.synced()
        self.account.client.delete("work", "first")
        put("last", 2, lines=["STATUS:CANCELLED"])
        put("another", 3)
        self.prove("scattered series", "sync", "--all")

    def copy(self, calendar, name, day, *, sequence=0):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=f"{name} of {calendar}",
                                      lines=[f"SEQUENCE:{sequence}"]), calendar=calendar)

    def test_one_meeting_in_several_calendars(self):
        """Copies come, go and change places: what is remembered of them never lags behind the rows."""
        chosen = [self.account.client.path(calendar) for calendar in ("work", self.account.calendar("home"))]
        for calendar, first, second in (("work", 1, 0), ("home", 0, 1)):
            self.copy(calendar, "of work", 1, sequence=first)
            self.copy(calendar, "of home", 2, sequence=second)
            self.copy(calendar, "of both", 3)
        self.synced(calendar_ids=chosen)
        self.account.client.delete("work", "of work")   # the other copy is next
        self.copy("work", "of home", 5, sequence=2)     # a better one comes
        self.copy("home", "of both", 6, sequence=1)     # one of two equals becomes better
        self.prove("copies", "sync", "--all")

    def test_a_series_that_is_moved_keeps_its_posts(self):
        self.synced(auto_log=True)
        self.session.run("INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, '_meeting_notes', ID "
                         "FROM wp_posts WHERE post_type = 'calendar_event';")
        self.account.put("weekly", vevent("weekly@story", self.week(0, 16), summary="Weekly", **ZONE,
                                          lines=["RRULE:FREQ=WEEKLY;COUNT=3"]))
        self.prove("series move", "sync", "--all")
        rows = self.rows()
        for post in rows.events:
            self.assertEqual(rows.first_meta(post["ID"], "_meeting_notes"), post["ID"], post)

    def test_what_people_wrote_on_the_themes_posts_goes_with_their_meetings(self):
        """Three copies of a meeting to come, and a series in one post by another clock."""
        self.connect_it()
        theme = Theme(self.wp, self.anna, self.account.connection()["id"])
        for _ in range(3):
            theme.old_caldav(theme_event("day2@story", self.utc(self.at(2)), "Meeting day2"))
        theme.old_caldav(theme_event("weekly@story", self.utc(self.at(-7, 9)), "Weekly"))
        self.session.run("INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT ID, '_meeting_notes', post_title "
                         "FROM wp_posts WHERE post_type = 'calendar_event';")
        self.session.run("UPDATE wp_postmeta SET meta_value = CONCAT(meta_value, ' ', post_id) WHERE meta_key = "
                         "'_meeting_notes';")
        self.comment_on_all()
        self.prove("the theme's posts", "sync", "--all")

    def comment_on_all(self):
        self.session.run("INSERT INTO wp_comments (comment_post_ID, comment_author, comment_content, comment_approved) "
                         "SELECT ID, 'Ana', CONCAT(post_title, ' ', ID), '1' FROM wp_posts "
                         "WHERE post_type = 'calendar_event';")
        self.session.run("UPDATE wp_posts SET comment_count = 1 WHERE post_type = 'calendar_event';")

    def test_past_meetings_become_activities(self):
        for day in range(1, 4):
            self.meeting(f"past{day}", -day, people=("jose@example.org", "zoe@example.org")[:day])
        self.synced()
        self.connect_it(auto_log=True)
        self.prove("auto-log", "log", stride=STRIDE_OF_SMALLEST)


class OnGoogle(GoogleProxied, InterruptedStory):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.google.account("anna@example.org")
        for day in range(1, 4):
            self.account.calendar().meeting(f"day{day}", self.at(day), summary=f"Day {day}")

    def connect_to(self, *calendars, **fields):
        self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": calendars[0],
            "calendar_ids": list(calendars), "credentials": self.account.credentials(),
            "sync_enabled": True, "auto_log": True, **fields})

    def test_one_meeting_in_several_calendars(self):
        """Copies come, go and change places: what is remembered of them never lags behind the rows."""
        boss = self.account.add_calendar("boss@example.org", "Boss", role="reader")
        mine = self.account.calendar()
        for day in range(1, 4):
            boss.meeting(f"day{day}", self.at(day), summary=f"Day {day} of the boss")
        boss.meeting("theirs", self.at(5), summary="Of the boss")
        self.connect_to("primary", "boss@example.org")
        self.run_well("sync", "--all")
        mine.cancel("day1")                                    # the boss's copy is next
        boss.cancel("day2")                                    # Anna's stays
        mine.meeting("theirs", self.at(5), summary="Of Anna")  # a better one comes
        for calendar in (boss, mine):                          # two at once
            calendar.meeting("both", self.at(6), summary=f"Both, {calendar.id}")
        self.prove("copies", "sync", "--all")

    def test_a_calendar_with_copies_is_deselected(self):
        boss = self.account.add_calendar("boss@example.org", "Boss", role="reader")
        for day in range(1, 3):
            boss.meeting(f"day{day}", self.at(day), summary=f"Day {day} of the boss")
        self.connect_to("primary", "boss@example.org")
        self.run_well("sync", "--all")
        self.connect_to("boss@example.org")
        self.prove("deselect", "sync", "--all")

    def test_a_token_is_renewed(self):
        old = self.google.issue(self.account)
        self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": self.account.credentials(expires_in=-10, access_token=old),
            "sync_enabled": True, "auto_log": True})
        self.google.revoke(old)
        self.prove("token refresh", "sync", "--all")
