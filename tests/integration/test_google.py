# SPDX-License-Identifier: GPL-2.0-or-later
"""Google calendars become events and activities; tokens are renewed and kept; failures cost nothing."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from fake.google_server import CLIENT_SECRET
from lib.google_story import OPENED, OnGoogle, guest
from lib.story import Story

RECONNECT = "Authentication required. Please reconnect your Google Calendar."


class Events(OnGoogle):

    def test_an_event_is_stored_as_the_theme_stores_it(self):
        start = self.at(3, 14, 30)
        self.calendar.override = "Anna's work"
        self.calendar.meeting(
            "abc123_20260115T090000Z", start, hours=1.5, summary='R&D "x" \\o/ 🎉',
            description="<b>Agenda</b>\nhttps://zoom.us/j/1", location="Room 1; 2nd floor",
            recurringEventId="abc123", originalStartTime={"dateTime": "2026-01-15T09:00:00Z"},
            hangoutLink="https://meet.google.com/abc-defg-hij",
            organizer={"email": "boss@example.org", "displayName": "The Boss"},
            attendees=[guest("anna@example.org", self=True), guest("Jose@Example.org", "José Núñez"),
                       guest("room@resource.calendar.google.com", "José Núñez", resource=True)])
        connection = self.connect_work()
        self.sync()
        event = self.event(self.anna)
        meta = event["meta"]
        self.assertEqual(event["post_title"], 'R&D "x" \\o/ 🎉')
        self.assertEqual(event["post_status"], "publish")
        self.assertEqual(event["post_date"], self.site_time(start))
        self.assertEqual(meta["_connection_id"], connection["id"])
        self.assertEqual(meta["_event_uid"], "abc123_20260115T090000Z")
        self.assertEqual((meta["_calendar_id"], meta["_calendar_name"]), ("primary", "Anna's work"))
        self.assertEqual(meta["_end_time"], self.site_time(start + timedelta(hours=1.5)))
        self.assertEqual(meta["_meeting_url"], "https://meet.google.com/abc-defg-hij")
        self.assertEqual(meta["_organizer_email"], "boss@example.org")
        self.assertEqual(meta["_html_link"],
                         "https://www.google.com/calendar/event?eid=abc123_20260115T090000Z")
        self.assertEqual(event["json"]["_raw_data"]["iCalUID"], "abc123@google.com")
        self.assertEqual([match["person_id"] for match in event["json"]["_matched_people"]],
                         [self.jose])
        self.assertIsNone(self.stored()["last_error"])

    def test_a_past_meeting_becomes_an_activity_and_a_second_sync_writes_nothing(self):
        self.calendar.meeting("past", self.at(-2), summary="Review",
                              attendees=[guest("jose@example.org"), guest("anna@example.org", self=True)])
        self.connect_work()
        self.sync()
        activity, = self.activities(self.jose)
        self.assertEqual(activity["comment_content"], "Meeting: Review")
        before = self.content()
        self.sync()
        done = self.sync("--all", "--full", "--json")
        self.assertEqual(self.content(), before)
        self.assertEqual(done.json["connections"][0]["events"]["unchanged"], 1)
        self.assertEqual(self.google.token_requests, 0)

    def test_what_is_no_meeting_one_had_is_not_logged(self):
        me = guest("anna@example.org", self=True)
        jose = guest("jose@example.org")
        cases = {
            "private": {"visibility": "private", "attendees": [me, jose]},
            "declined": {"attendees": [{**me, "responseStatus": "declined"}, jose]},
            "room": {"attendees": [me, {**jose, "resource": True}]},
            "solo": {},
        }
        for number, (name, fields) in enumerate(cases.items()):
            self.calendar.meeting(name, self.at(-3, 8 + number), summary=name, **fields)
        self.connect_work()
        self.sync()
        self.assertEqual(self.titles(self.anna), sorted(cases))
        self.assertEqual(self.activities(self.jose), [])

    def test_only_meetings_are_stored(self):
        for kind in ("default", "fromGmail", "workingLocation", "outOfOffice", "focusTime", "birthday"):
            self.calendar.meeting(kind.lower(), self.at(1), summary=kind, eventType=kind)
        busy = self.account.add_calendar("boss@example.org", "Boss", role="freeBusyReader")
        busy.meeting("busy", self.at(1))
        self.connect_work(calendar_ids=["primary", "boss@example.org"])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["default", "fromGmail"])

    def test_private_events_of_others_come_without_a_title(self):
        shared = self.account.add_calendar("boss@example.org", "Boss", role="reader")
        shared.meeting("secret", self.at(-1), summary="Hush", visibility="private",
                       attendees=[guest("jose@example.org")])
        self.connect_work(calendar_id="boss@example.org")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["(No title)"])
        self.assertEqual(self.activities(self.jose), [])

    def test_a_timed_event_becomes_all_day(self):
        day = self.at(2).date()
        self.calendar.meeting("shifty", self.at(2, 10))
        self.connect_work()
        self.sync()
        self.calendar.day("shifty", day, days=2)
        self.sync()
        meta = self.event(self.anna)["meta"]
        self.assertEqual((meta["_all_day"], meta["_start_time"], meta["_end_time"]),
                         ("1", f"{day} 00:00:00", f"{day + timedelta(days=2)} 00:00:00"))

    def test_an_instance_that_moves_stays_one_row(self):
        for hour in (9, 11, 15):
            self.calendar.meeting("series_20260101T080000Z", self.at(4, hour), recurringEventId="series",
                                  originalStartTime={"dateTime": "2026-01-01T08:00:00Z"})
            if hour == 9:
                self.connect_work()
            self.sync()
        self.assertEqual(self.event(self.anna)["post_date"], self.site_time(self.at(4, 15)))

    def test_calendar_ids_with_odd_characters(self):
        for calendar_id in ("team#1@group.calendar.google.com", "a b/c%2F+ü@x.org"):
            self.account.add_calendar(calendar_id, "Odd").meeting(
                f"id{len(self.account.calendars)}", self.at(1))
        ids = [calendar_id for calendar_id in self.account.calendars if "anna" not in calendar_id]
        self.connect_work(calendar_ids=ids)
        self.sync()
        self.assertEqual([event["meta"]["_calendar_id"] for event in self.events(self.anna)], ids)


class Listing(OnGoogle):

    def setUp(self):
        super().setUp()
        for number in range(5):
            self.calendar.meeting(f"e{number}", self.at(1 + number), summary=f"e{number}")

    def test_pages_short_and_empty(self):
        self.google.page_size = 2
        self.google.empty_pages = {1}
        self.connect_work()
        self.sync()
        self.assertEqual(self.titles(self.anna), [f"e{number}" for number in range(5)])
        self.assertEqual(self.google.count("/events?"), 4)

    def test_a_list_that_takes_more_than_a_sync_may_is_kept_as_far_as_it_came(self):
        self.connect_work()
        self.google.page_size = 2
        few = self.write_ini("few.ini", sync_max_requests="3")  # the account's calendars, and two pages
        self.run_it("sync", "--all", ini=few, status=1)
        self.assertEqual(len(self.titles(self.anna)), 4)
        self.assertIn("took more than 3 requests", self.stored()["last_error"])
        self.assertIsNone(self.stored().get("last_sync"))
        self.sync()
        self.calendar.cancel("e4")
        self.run_it("sync", "--all", "--full", ini=self.write_ini("fewer.ini", sync_max_requests="2"), status=1)
        self.assertEqual(len(self.titles(self.anna)), 5)
        # With one request more it is whole.
        self.run_it("sync", "--all", "--full", ini=few)
        self.assertEqual(len(self.titles(self.anna)), 4)
        self.assertIsNone(self.stored()["last_error"])

    def test_a_failure_on_a_later_page_removes_nothing(self):
        self.connect_work()
        self.sync()
        self.google.page_size = 1
        self.calendar.cancel("e1")
        self.google.fail("/events?", 400, "badRequest", after=2)
        self.sync("--all", "--full", status=1)
        self.assertEqual(len(self.titles(self.anna)), 5)
        self.assertIn("400 badRequest", self.stored()["last_error"])
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["e1"])
        self.assertIsNone(self.stored()["last_error"])

    def test_what_is_gone_goes_and_comes_back(self):
        self.connect_work()
        self.sync()
        self.calendar.cancel("e2")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["e2"])
        self.calendar.meeting("e2", self.at(3), summary="e2")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), [])

    def test_no_answer_that_is_a_failure_removes_anything(self):
        self.connect_work()
        self.sync()
        cases = [
            dict(status=404, reason="notFound"), dict(status=410, reason="fullSyncRequired"),
            dict(status=403, reason="forbidden"), dict(status=403, reason="quotaExceeded"),
            dict(status=200, body="<html>Log in</html>"), dict(status=200, body="{}"),
            dict(status=200, body='{"kind":"calendar#events","items":['),
            dict(status=502, body="<html>Bad gateway</html>", times=3),
            dict(status=503, reason="backendError", headers={"Retry-After": "1"}),
            dict(status=429, reason="rateLimitExceeded"),
        ]
        for case in cases:
            self.google.fail("/events?", **case)
            self.sync("--all", "--full", status=1)
            self.assertEqual(len(self.titles(self.anna)), 5, case)
            self.assertIn("Google", self.stored()["last_error"], case)
        self.sync()
        self.assertIsNone(self.stored()["last_error"])

    def test_a_rate_limit_is_waited_for(self):
        self.connect_work()
        self.google.fail("/events?", 403, "userRateLimitExceeded")
        self.sync()
        self.assertEqual(len(self.titles(self.anna)), 5)

    def test_a_bad_calendar_does_not_stop_the_others(self):
        self.connect_work(calendar_ids=["gone@group.calendar.google.com", "primary"])
        self.sync(status=1)
        self.assertEqual(len(self.titles(self.anna)), 5)
        self.assertIn("gone@group.calendar.google.com", self.stored()["last_error"])

    def test_names_are_not_worth_a_failure(self):
        self.google.fail("/calendarList", 403, "insufficientPermissions")
        self.calendar.override = "Never seen"
        self.connect_work()
        self.sync()
        self.assertEqual({event["meta"]["_calendar_name"] for event in self.events(self.anna)},
                         {"anna@example.org"})


class Changes(OnGoogle):
    """The second and all later runs."""

    def setUp(self):
        super().setUp()
        for number in range(5):
            self.calendar.meeting(f"e{number}", self.at(1 + number), summary=f"e{number}")
        self.connect_work()
        self.sync()
        self.google.requests.clear()

    def tokens(self):
        """The sync tokens that were asked with, None for lists of all."""
        return [parse_qs(urlsplit(path).query).get("syncToken", [None])[0]
                for _, path in self.google.requests if "/events?" in path]

    def test_an_unchanged_calendar_costs_one_request_and_four_statements(self):
        before = self.content()
        statements = self.statements(self.sync)
        self.assertEqual(len(self.google.requests), 1, self.google.requests)
        self.assertEqual(self.tokens(), ["sync-5"])
        self.assertEqual(self.content(), before)
        # From taking the user's lease to giving it back; the rest is the same for any number of users.
        lease = [number for number, sql in enumerate(statements) if ".lock'" in sql]
        self.assertEqual(len(lease), 2)
        self.assertLessEqual(lease[1] - lease[0] + 1, 4, statements)

    def test_what_changed_is_read_and_the_rest_is_left(self):
        self.calendar.meeting("e1", self.at(2), summary="Renamed")
        self.calendar.meeting("new", self.at(6), summary="new")
        self.calendar.cancel("e2")
        done = self.sync("--all", "--json").json["connections"][0]["events"]
        self.assertEqual(self.titles(self.anna), ["Renamed", "e0", "e3", "e4", "new"])
        self.assertEqual(self.titles(self.anna, "trash"), ["e2"])
        self.assertEqual((done["added"], done["changed"], done["removed"]), (1, 1, 1))
        self.sync()
        self.assertEqual(self.tokens(), ["sync-5", "sync-8"])

    def test_a_failure_on_page_three_keeps_the_old_token(self):
        for number in range(3):
            self.calendar.meeting(f"n{number}", self.at(7 + number), summary=f"n{number}")
        self.google.page_size = 2
        self.google.empty_pages = {1}
        self.google.fail("/events?", 403, "forbidden", after=2)
        self.sync(status=1)
        self.assertEqual(len(self.tokens()), 3)
        self.assertIn("forbidden", self.stored()["last_error"])
        self.google.requests.clear()
        self.sync()
        self.assertEqual(self.tokens(), ["sync-5"] * 3)
        self.assertEqual(len(self.titles(self.anna)), 8)
        self.assertIsNone(self.stored()["last_error"])

    def test_a_forgotten_token_costs_one_full_list(self):
        self.calendar.cancel("e1")
        self.calendar.forget_changes()
        self.sync()
        self.assertEqual(self.tokens(), ["sync-5", None])
        self.assertEqual(self.titles(self.anna, "trash"), ["e1"])
        self.sync()
        self.assertEqual(self.tokens(), ["sync-5", None, "sync-7"])

    def test_a_token_forgotten_between_two_pages(self):
        self.calendar.meeting("n0", self.at(6), summary="n0")
        self.calendar.meeting("n1", self.at(7), summary="n1")
        self.google.page_size = 1
        self.google.fail("/events?", 410, "fullSyncRequired", after=1)
        self.sync()
        self.assertEqual(len(self.titles(self.anna)), 7)
        self.assertEqual(self.tokens()[:3], ["sync-5", "sync-5", None])
        self.assertIsNone(self.stored()["last_error"])

    def test_a_token_that_is_always_refused_makes_no_loop(self):
        self.google.fail("/events?", 410, "fullSyncRequired", times=99)
        self.sync(status=1)
        self.assertEqual(self.tokens(), ["sync-5", None])
        self.assertEqual(len(self.titles(self.anna)), 5)

    def test_thousands_of_far_instances_are_clipped_while_they_are_read(self):
        for number in range(2000):
            self.calendar.meeting(f"series_{number}", self.at(40 + 7 * number), summary="far",
                                  recurringEventId="series")
        self.calendar.meeting("series_now", self.at(4), summary="near", recurringEventId="series")
        self.google.page_size = 250
        self.sync()
        self.assertEqual(self.titles(self.anna), ["e0", "e1", "e2", "e3", "e4", "near"])
        self.assertEqual(len(self.tokens()), 9)

    def test_what_time_moves_into_the_window_is_found_by_the_daily_list(self):
        self.calendar.appear("rolled", self.at(6), summary="rolled")
        self.sync()
        self.assertNotIn("rolled", self.titles(self.anna))
        self.sandbox.database.sql(
            "UPDATE wp_prm_calendar_cursors SET listed_at = listed_at - 86401", self.wp.name)
        self.sync()
        self.assertIn("rolled", self.titles(self.anna))

    def test_what_moves_out_of_the_window_goes_and_comes_back(self):
        self.calendar.meeting("e1", self.at(300), summary="e1")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["e1"])
        self.calendar.meeting("e1", self.at(3), summary="e1")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), [])

    def test_cancelled_skeletons(self):
        for day in (1, 8):
            self.calendar.meeting(f"weekly_2026010{day}T080000Z", self.at(day), summary=f"weekly {day}",
                                  recurringEventId="weekly")
        self.calendar.meeting("weekly_R20260201T080000_20260201T080000Z", self.at(15), summary="split")
        self.sync()
        self.calendar.cancel("weekly_20260101T080000Z")
        self.calendar.cancel("never_seen")
        self.calendar.cancel("e0")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["e0", "weekly 1"])
        self.calendar.cancel("weekly")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["e0", "weekly 1", "weekly 8"])
        self.assertIn("split", self.titles(self.anna))

    def test_a_split_series_logs_no_meeting_twice(self):
        jose = [guest("jose@example.org")]
        past = self.at(-7)
        stamp = self.utc(past).strftime("%Y%m%dT%H%M%SZ")
        self.calendar.meeting(f"weekly_{stamp}", past, summary="Weekly", recurringEventId="weekly",
                              originalStartTime={"dateTime": past.isoformat()}, attendees=jose)
        self.sync()
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.calendar.cancel(f"weekly_{stamp}")
        self.calendar.meeting(f"weekly_R{stamp[:-1]}_{stamp}", past, summary="Weekly",
                              recurringEventId=f"weekly_R{stamp[:-1]}",
                              originalStartTime={"dateTime": past.isoformat()}, attendees=jose)
        self.sync()
        self.assertEqual(self.titles(self.anna).count("Weekly"), 1)
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_guests_that_google_leaves_out_are_not_forgotten(self):
        me = guest("anna@example.org", self=True)
        crowd = [me, guest("jose@example.org", "José Núñez", "tentative"), guest("x@example.net", "X")]
        self.calendar.meeting("e1", self.at(-1), summary="e1", attendees=crowd)
        self.sync()
        self.calendar.meeting("e1", self.at(-1), summary="Renamed", attendees=[me], attendeesOmitted=True)
        self.sync()
        event = self.by_uid()["e1"]
        self.assertEqual(event["post_title"], "Renamed")
        self.assertEqual([(one["email"], one["status"]) for one in event["json"]["_attendees"]],
                         [("anna@example.org", "accepted"), ("jose@example.org", "tentative"),
                          ("x@example.net", "accepted")])
        self.assertEqual([match["person_id"] for match in event["json"]["_matched_people"]], [self.jose])
        before = self.content()
        self.sync("--all", "--full")
        self.assertEqual(self.content(), before)
        self.calendar.meeting("e1", self.at(-1), summary="Renamed", attendees=[me])
        self.sync()
        self.assertEqual(len(self.by_uid()["e1"]["json"]["_attendees"]), 1)

    def test_a_room_that_google_leaves_out_does_not_become_a_person(self):
        grace = self.person(self.anna, "Grace", "Hall", "grace@example.org")
        me = guest("anna@example.org", self=True)
        room = guest("room-1@example.org", "Grace Hall", resource=True)
        self.calendar.meeting("e1", self.at(-1), summary="e1", attendees=[me, room])
        self.sync()
        self.assertEqual(self.by_uid()["e1"]["json"]["_matched_people"], [])
        self.calendar.meeting("e1", self.at(-1), summary="Renamed", attendees=[me], attendeesOmitted=True)
        self.sync()
        event = self.by_uid()["e1"]
        self.assertEqual([one["name"] for one in event["json"]["_attendees"]][1:], ["Grace Hall"])
        self.assertEqual(event["json"]["_matched_people"], [])
        self.run_it("rematch")
        self.assertEqual(self.by_uid()["e1"]["json"]["_matched_people"], [])
        self.assertEqual(self.activities(grace), [])

    def test_a_calendar_that_google_does_not_find_loses_nothing(self):
        self.google.fail("/events?", 404, "notFound")
        self.sync(status=1)
        self.assertIn("at the moment", self.stored()["last_error"])
        self.assertEqual(len(self.titles(self.anna)), 5)
        self.sync()
        self.assertEqual(self.tokens(), ["sync-5", "sync-5"])
        self.assertIsNone(self.stored()["last_error"])

    def test_a_calendar_that_google_no_longer_lists_is_cleaned_up_after_a_week(self):
        self.account.add_calendar("team@group.calendar.google.com", "Team").meeting(
            "team1", self.at(1), summary="Standup")
        self.connect_work(calendar_ids=["primary", "team@group.calendar.google.com"])
        self.sync()
        titles = self.titles(self.anna)
        self.assertIn("Standup", titles)
        team = self.account.calendars.pop("team@group.calendar.google.com")
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna), titles)
        self.assertIn("in case it comes back", self.stored()["last_error"])
        self.let_a_week_go_by()
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna), [title for title in titles if title != "Standup"])
        self.assertEqual(self.titles(self.anna, "trash"), ["Standup"])
        self.assertIn("were removed", self.stored()["last_error"])
        self.account.calendars["team@group.calendar.google.com"] = team
        self.sync()
        self.assertEqual(self.titles(self.anna), titles)
        self.assertIsNone(self.stored()["last_error"])

    def test_a_calendar_that_is_gone_does_not_hold_up_the_others(self):
        self.connect_work(calendar_ids=["gone@group.calendar.google.com", "primary"])
        for turn in range(4):
            self.calendar.meeting(f"late{turn}", self.at(2), summary=f"Late {turn}")
            self.run_it("run", status=1)
            self.assertIn(f"Late {turn}", self.titles(self.anna))

    def test_access_that_is_denied_is_not_asked_for_again_until_someone_acts(self):
        for reason in ("forbidden", "domainPolicy", "notACalendarUser"):
            with self.subTest(reason):
                self.connect_work(last_error="x")
                self.google.fail("/events?", 403, reason)
                self.run_it("run", status=1)
                self.assertIn(reason, self.stored()["last_error"])
                requests = len(self.google.requests)
                self.run_it("run")
                self.assertEqual(len(self.google.requests), requests)
                self.connect_work(last_error="x", calendar_ids=["anna@example.org"],
                                  credentials=self.stored()["credentials"])
                self.run_it("run")
                self.assertIsNone(self.stored()["last_error"])
        self.assertEqual(len(self.titles(self.anna)), 5)

    def test_an_api_that_is_switched_off_is_said_once(self):
        ben = self.user("ben", "Ben")
        self.connect(ben, self.connection(
            1, calendar_ids=["anna@example.org", "team@group.calendar.google.com"]), self.connection(2))
        self.google.fail("/events?", 403, "accessNotConfigured", times=99)
        done = self.sync(status=1)
        self.assert_one_line(done.stderr, "accessNotConfigured", "administrator")
        for connection in (*self.connections(self.anna), *self.connections(ben)):
            self.assertIn("administrator", connection["last_error"])

    def test_another_account_behind_the_same_connection_is_listed_whole(self):
        other = self.google.account("else@example.org")
        other.calendar().meeting("theirs", self.at(1), summary="theirs")
        self.connect_work(credentials=other.credentials())
        self.sync()
        self.assertEqual(self.titles(self.anna), ["theirs"])
        self.assertEqual(self.tokens(), [None])

    def test_a_permission_that_was_not_given_waits_for_the_owner(self):
        self.google.fail("/events?", 403, "insufficientPermissions")
        self.sync(status=1)
        self.assertIn("reconnect", self.stored()["last_error"])
        self.google.requests.clear()
        self.run_it("run")
        self.assertEqual(self.google.requests, [])
        self.connect_work(last_error="x")
        self.run_it("run")
        self.assertIsNone(self.stored()["last_error"])


class Moves(OnGoogle):
    """A meeting stays the same one, with its post, its notes and its activity."""

    def setUp(self):
        super().setUp()
        self.weeks = [-14, -7, 7, 14]
        self.connect_work()

    def week(self, day, hour, base="weekly"):
        """An instance as Google names it: by the start that the rule gave it."""
        start = self.at(day, hour)
        stamp = self.utc(start).strftime("%Y%m%dT%H%M%SZ")
        self.calendar.meeting(f"{base}_{stamp}", start, summary="Weekly", recurringEventId=base,
                              originalStartTime={"dateTime": start.isoformat()}, iCalUID="weekly@google.com",
                              attendees=[guest("jose@example.org")])
        return f"{base}_{stamp}"

    def series(self):
        ids = [self.week(day, 10) for day in self.weeks]
        self.sync()
        self.assertEqual(len(self.activities(self.jose)), 2)
        for event in self.events(self.anna):
            self.wp.run("update_post_meta( $id, '_meeting_notes', $note );", id=int(event["ID"]),
                        note=event["post_date"])
        return ids

    def assert_kept(self, before, hours):
        """The same posts, at these hours, each with the note that it had."""
        after = self.events(self.anna)
        self.assertEqual([event["ID"] for event in after], [event["ID"] for event in before])
        self.assertEqual({event["post_status"] for event in after}, {"publish"})
        self.assertEqual([event["post_date"] for event in after],
                         [self.site_time(self.at(day, hour)) for day, hour in zip(self.weeks, hours)])
        notes = {event["ID"]: self.wp.run("return get_post_meta( $id, '_meeting_notes', true );",
                                          id=int(event["ID"])) for event in after}
        self.assertEqual(notes, {event["ID"]: event["post_date"] for event in before})
        self.assertEqual(len(self.activities(self.jose)), 2)

    def test_a_series_that_is_moved_as_a_whole(self):
        ids = self.series()
        before = self.events(self.anna)
        for event_id in ids:
            self.calendar.cancel(event_id)
        for day in self.weeks:
            self.week(day, 11)
        self.sync()
        self.assert_kept(before, [11] * 4)
        content = self.content()
        self.drop_own_tables()
        self.sync()
        self.assertEqual(self.content(), content)

    def test_this_and_following(self):
        ids = self.series()
        before = self.events(self.anna)
        stamp = self.utc(self.at(self.weeks[1], 11)).strftime("%Y%m%dT%H%M%S")
        for event_id in ids[1:]:
            self.calendar.cancel(event_id)
        for day in self.weeks[1:]:
            self.week(day, 11, base=f"weekly_R{stamp}")
        self.sync()
        self.assert_kept(before, [10, 11, 11, 11])

    def test_a_connection_that_is_made_anew_goes_on_with_its_posts(self):
        """Also with a series that was moved meanwhile: no second post, no second activity."""
        ids = self.series()
        before = self.events(self.anna)
        self.connect(self.anna)
        for event_id in ids:
            self.calendar.cancel(event_id)
        for day in self.weeks:
            self.week(day, 11)
        self.connect(self.anna, self.connection(2))
        self.sync()
        self.assert_kept(before, [11] * 4)

    def test_one_calendar_chosen_in_another_way(self):
        self.series()
        before = self.events(self.anna)
        for chosen in ({"calendar_id": "anna@example.org"}, {"calendar_id": "", "calendar_ids": []},
                       {"calendar_ids": ["anna@example.org"]}, {"calendar_id": "primary"}):
            with self.subTest(chosen):
                self.connect_work(**chosen)
                done = self.sync("--all", "--json").json["connections"][0]["events"]
                self.assertEqual((done["added"], done["removed"]), (0, 0))
                self.assert_kept(before, [10] * 4)

    def test_a_copy_of_the_calendar_under_another_address(self):
        self.series()
        before = self.events(self.anna)
        copy = self.account.add_calendar("copy@group.calendar.google.com", "Copy")
        for item in self.calendar.items.values():
            copy.put(dict(item))
        self.connect_work(calendar_ids=[copy.id])
        self.sync()
        self.assert_kept(before, [10] * 4)


class Tokens(OnGoogle):

    def setUp(self):
        super().setUp()
        self.calendar.meeting("one", self.at(1), summary="one")

    def test_a_token_is_renewed_five_minutes_early_and_kept(self):
        self.connect_work(credentials={**self.account.credentials(expires_in=299), "extra": "kept"})
        before = self.stored()
        self.sync()
        after = self.credentials()
        self.assertEqual(self.titles(self.anna), ["one"])
        self.assertEqual(after["refresh_token"], self.account.refresh_token)
        self.assertEqual(after["extra"], "kept")
        self.assertAlmostEqual(after["expires_at"], time.time() + 3599, delta=60)
        self.assertNotEqual(self.stored()["credentials"], before["credentials"])
        self.sync()
        self.assertEqual(self.google.token_requests, 1)

    def test_a_new_refresh_token_replaces_the_old(self):
        self.google.new_refresh_token = "1//new"
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        self.sync()
        self.assertEqual(self.credentials()["refresh_token"], "1//new")

    def test_a_token_refused_early_is_renewed_once(self):
        connection = self.connect_work()
        self.google.revoke(self.wp.run(OPENED, credentials=connection["credentials"])["access_token"])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["one"])
        self.assertEqual(self.google.token_requests, 1)

    def test_tokens_refused_although_new_stop_the_connection(self):
        self.connect_work()
        self.google.fail("/calendar/v3/", 401, "authError", times=99)
        self.sync(status=1)
        self.assertEqual(self.stored()["last_error"], RECONNECT)
        requests = len(self.google.requests)
        self.assertEqual(requests, 3)
        self.run_it("run")
        self.assertEqual(len(self.google.requests), requests)

    def test_a_revoked_account_is_asked_to_reconnect_and_left_alone_until_then(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        self.account.refresh_token = "1//another"
        self.run_it("run", status=1)
        self.assertEqual(self.stored()["last_error"], RECONNECT)
        self.run_it("run")
        self.assertEqual(self.google.token_requests, 1)
        self.connect_work(last_error=RECONNECT)
        self.run_it("run")
        self.assertEqual(self.titles(self.anna), ["one"])
        self.assertIsNone(self.stored()["last_error"])

    def test_a_wrong_client_is_said_once_and_is_nobodys_fault(self):
        ben = self.user("ben", "Ben")
        expired = self.account.credentials(expires_in=0)
        self.connect_work(credentials=expired)
        self.connect(ben, self.connection(credentials=expired))
        ini = self.write_ini("wrong.ini", google_client_secret="wrong")
        done = self.run_it("sync", "--all", ini=ini, status=1)
        self.assert_one_line(done.stderr, "invalid_client", "client_secret")
        for user in (self.anna, ben):
            self.assertIn("administrator", self.stored(user)["last_error"])
            self.assertNotIn("reconnect", self.stored(user)["last_error"])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["one"])

    def test_a_missing_client_is_said(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        ini = self.write_ini("none.ini", google_client_id=None, google_client_secret=None)
        done = self.run_it("sync", "--all", ini=ini, status=1)
        self.assert_one_line(done.stderr, "client_id", "[google]")
        self.assertEqual(self.google.token_requests, 0)

    def test_a_token_endpoint_that_is_down_disconnects_nobody(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        before = self.stored()["credentials"]
        for case in (dict(status=503), dict(status=403, body="<html>unusual traffic</html>"),
                     dict(status=200, body="<html>hello</html>"), dict(status=500, times=3)):
            self.google.fail("/token", **case)
            self.sync(status=1)
            self.assertIn("next sync", self.stored()["last_error"], case)
        self.assertEqual(self.stored()["credentials"], before)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["one"])

    def test_who_stores_first_wins(self):
        """The theme renews the same token while we do."""
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        theirs = self.account.credentials()
        self.google.on_token = lambda: self.connect_work(credentials=theirs)
        self.sync()
        self.assertEqual(self.credentials(), theirs)
        self.assertEqual(self.titles(self.anna), ["one"])
        self.assertIsNone(self.stored()["last_error"])

    def test_two_processes_renew_it_once(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        beside = []
        self.google.on_token = lambda: beside.append(self.run_it("sync", "--all", status=75))
        self.sync()
        self.assertEqual((len(beside), self.google.token_requests), (1, 1))
        self.assertEqual(self.titles(self.anna), ["one"])
        self.assertTrue(self.google.knows(self.credentials()["access_token"]))

    def test_a_dry_run_writes_no_token(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        before = self.stored()
        done = self.sync("--all", "--dry-run")
        self.assertIn("one", done.stdout)
        self.assertEqual(self.stored(), before)

    def test_no_token_is_ever_shown(self):
        self.connect_work(credentials=self.account.credentials(expires_in=0))
        self.google.fail("/events?", 400, "badRequest")
        done = self.run_it("sync", "--all", "-v", status=1)
        for secret in ("ya29.", "1//refresh", CLIENT_SECRET):
            self.assertNotIn(secret, done.stdout + done.stderr + self.stored()["last_error"])


class Calendars(OnGoogle):

    def test_ids_and_names_are_listed(self):
        self.account.add_calendar("team@group.calendar.google.com", "Team").override = "The team"
        self.account.add_calendar("boss@example.org", "Boss", role="freeBusyReader")
        self.google.page_size = 1
        connection = self.connect_work()
        done = self.run_it("calendars", "--user=anna", "--json")
        listed, = done.json["connections"]
        self.assertEqual(listed["connection"], connection["id"])
        self.assertEqual(listed["calendars"], [
            {"id": "anna@example.org", "name": "anna@example.org", "holds_events": True, "chosen": True},
            {"id": "team@group.calendar.google.com", "name": "The team", "holds_events": True,
             "chosen": False},
            {"id": "boss@example.org", "name": "Boss", "holds_events": False, "chosen": False}])
        text = self.run_it("calendars", "--user=anna").stdout
        self.assert_one_line(text, "*", "anna@example.org")
        self.assert_one_line(text, "The team")

    def test_failures_are_shown_for_each_connection(self):
        self.connect(self.anna, self.connection(1, credentials=""), self.connection(2))
        done = self.run_it("calendars", "--user=anna", "--json", status=1)
        first, second = done.json["connections"]
        self.assertIn("connect the calendar again", first["error"])
        self.assertIsNone(second["error"])
        self.run_it("calendars", status=64)
        self.run_it("calendars", "--user=anna", "--connection=conn_none", status=1)


class CalDavCalendars(Story):

    def test_ids_and_names_are_listed(self):
        anna = self.user()
        account = self.account(display_name="Büro")
        self.connect(anna, account.connection())
        listed, = self.run_it("calendars", "--user=anna", "--json").json["connections"]
        self.assertIn("Büro", [calendar["name"] for calendar in listed["calendars"]])
