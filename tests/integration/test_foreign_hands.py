# SPDX-License-Identifier: GPL-2.0-or-later
"""What the theme does to our rows between two passes is noticed and mended at the next one."""

from fake.google_server import CLIENT_ID, CLIENT_SECRET, GoogleServer
from fake.spoiling_proxy import SpoilingProxy, status
from lib.ics import vevent
from lib.story import Story
from lib.theme import Theme, theme_event

JOSE = ("jose@example.org", "José Núñez", "accepted")

# What a row is, whichever post holds it.
COLUMNS = ("post_title", "post_content", "post_status", "post_date", "post_date_gmt")


class Mended(Story):
    """Anna has one connection."""

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", JOSE[0])

    def rows(self, status="publish"):
        """The events by their uids, without ids and without what others wrote on them."""
        events = [event for event in self.events(self.anna) if event["post_status"] == status]
        found = {event["meta"]["_event_uid"]: (
            [event[column] for column in COLUMNS],
            {key: value for key, value in event["meta"].items()
             if not key.startswith(("_wp_", "_meeting_notes", "_logged_as_activity"))}) for event in events}
        self.assertEqual(len(found), len(events), "two live posts of one event")
        return found

    def noticed(self):
        """What status says of the connection."""
        entry, = self.run_it("status", "--json").json["connections"]
        return entry["written_by_others"]

    def assert_mended(self, before, logged, **counts):
        done = self.sync("--all", "--json")
        line = self.assert_one_line(done.stderr, "anna", "something else wrote", "prm-calendar takeover")
        for word, number in counts.items():
            self.assertIn(f"{number} {word}", line)
        self.assertTrue(done.json["connections"][0]["written_by_others"])
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.logged(), logged)
        noticed = self.noticed()
        self.assertEqual((noticed["times"], noticed["events_mended"]), (1, sum(counts.values())))
        self.assertIsNotNone(noticed["last"])
        self.assert_quiet()

    def assert_quiet(self):
        content = self.content()
        done = self.sync("--all", "--json")
        self.assertNotIn("something else wrote", done.stderr)
        self.assertFalse(done.json["connections"][0]["written_by_others"])
        self.assertEqual(self.content(), content)

    def logged(self):
        return [activity["comment_content"] for activity in self.activities(self.jose)]


class FromCaldav(Mended):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(self.proxy.close)
        self.connection = self.connect(self.anna, self.account.connection(credentials={
            "url": self.proxy.url + self.account.client.path("work"), "username": self.account.login,
            "password": self.account.password}))[0]
        self.theme = Theme(self.wp, self.anna, self.connection["id"])
        self.meet("lunch", self.at(-2), summary="Lunch & more")
        self.meet("tea", self.at(2))
        self.meet("doctor", self.at(-3), lines=["CLASS:PRIVATE"])
        self.meet("weekly", self.at(-8), lines=["RRULE:FREQ=WEEKLY;COUNT=4"])
        self.sync()
        self.before = self.rows()
        self.before_logged = self.logged()
        self.assertEqual(len(self.before), 7)
        self.assertEqual(len(self.before_logged), 3)
        self.assertEqual(self.noticed(), {"times": 0, "last": None, "events_mended": 0})

    def meet(self, uid, start, **more):
        self.account.put(uid, vevent(f"{uid}@story", self.utc(start), attendees=[(*JOSE[:2], "ACCEPTED")],
                                     **{"summary": uid, **more}))

    def as_the_theme_has_it(self, uid, start):
        """The clock of UTC, which the calendar names; no class."""
        return theme_event(f"{uid}@story", self.utc(start), uid, guests=[JOSE], matched=[(self.jose, JOSE[0])])

    def test_a_series_in_one_post_and_times_of_another_clock(self):
        tea, = [event for event in self.events(self.anna) if event["post_title"] == "tea"]
        self.wp.call("update_post_meta", tea["ID"], "_meeting_notes", "Bring the figures")
        self.theme.old_caldav(
            self.as_the_theme_has_it("lunch", self.at(-2)), self.as_the_theme_has_it("doctor", self.at(-3)),
            self.as_the_theme_has_it("tea", self.at(2)), self.as_the_theme_has_it("weekly", self.at(-8)))
        self.assertIn("weekly@story", self.rows())
        self.assert_mended(self.before, self.before_logged, changed=3, removed=1)
        again, = [event for event in self.events(self.anna) if event["meta"]["_event_uid"] == "tea@story"
                  and event["post_status"] == "publish"]
        self.assertEqual((again["ID"], again["meta"]["_meeting_notes"]), (tea["ID"], "Bring the figures"))

    def test_all_that_was_deleted_for_good_comes_back(self):
        self.assertTrue(self.theme.new_caldav())
        self.assertEqual(self.rows(), {})
        self.assert_mended(self.before, self.before_logged, added=7)

    def test_a_part_that_was_deleted_and_another_that_was_written_anew(self):
        self.theme.new_caldav(self.as_the_theme_has_it("lunch", self.at(-2)),
                              self.as_the_theme_has_it("weekly", self.at(-8)))
        self.assert_mended(self.before, self.before_logged, added=6, changed=1, removed=1)

    def test_what_a_dry_run_would_mend(self):
        self.theme.new_caldav()
        done = self.sync("--all", "--dry-run")
        self.assertIn("7 new", done.stdout)
        self.assertEqual(self.rows(), {})
        self.assertEqual(self.noticed()["times"], 0)
        self.assert_mended(self.before, self.before_logged, added=7)

    def test_what_could_not_be_mended_at_once_is_mended_later(self):
        self.theme.new_caldav()
        self.proxy.spoil(status(500), ("PROPFIND", "REPORT", "GET"))
        self.sync(status=1)
        self.sync(status=1)
        self.proxy.spoil(None)
        done = self.sync()
        self.assert_one_line(done.stderr + done.stdout, "7 new", "Work")
        self.assertEqual(self.rows(), self.before)
        noticed = self.noticed()
        self.assertEqual((noticed["times"], noticed["events_mended"]), (1, 7))
        self.assert_quiet()

    def test_the_calendar_changed_in_the_same_minutes(self):
        self.meet("tea", self.at(2), summary="Coffee")
        self.theme.new_caldav(self.as_the_theme_has_it("tea", self.at(2)))
        self.sync()
        self.assertEqual(sorted(row[0][0] for row in self.rows().values()),
                         ["Coffee", "Lunch & more", "doctor", *["weekly"] * 4])
        self.assert_quiet()

    def test_a_meeting_that_became_a_series_while_the_theme_wrote_it(self):
        """Its post goes on as the first occurrence, and is not remembered under its former name as well."""
        self.meet("tea", self.at(2), lines=["RRULE:FREQ=WEEKLY;COUNT=3"])
        self.theme.old_caldav(theme_event("tea@story", self.at(2), "tea", guests=[JOSE], matched=[(self.jose, JOSE[0])]))
        self.sync()
        self.assertEqual(len([uid for uid in self.rows() if uid.startswith("tea@")]), 3)
        self.meet("tea", self.at(2), lines=["RRULE:FREQ=WEEKLY;COUNT=1"])
        self.sync()
        self.assertEqual(len([uid for uid in self.rows() if uid.startswith("tea@")]), 1)
        self.assert_quiet()

    def test_our_own_cache_may_be_gone_too(self):
        self.theme.new_caldav(self.as_the_theme_has_it("weekly", self.at(-8)))
        self.drop_own_tables()
        self.sync()
        self.assertEqual(self.rows(), self.before)
        self.assertEqual(self.logged(), self.before_logged)
        self.assert_quiet()

    def test_the_theme_ends_while_our_own_pass_is_under_way(self):
        self.meet("dinner", self.at(3))

        def meddle(answer):
            self.proxy.spoil(None)
            self.theme.old_caldav(self.as_the_theme_has_it("tea", self.at(2)))
            return answer

        self.proxy.spoil(meddle)
        self.sync()
        self.assertNotEqual(self.rows().get("tea@story"), self.before["tea@story"])
        done = self.sync()
        self.assert_one_line(done.stderr, "something else wrote", "1 changed")
        self.assertEqual(self.rows()["tea@story"], self.before["tea@story"])
        self.assertEqual(len(self.rows()), len(self.before) + 1)

    def test_doctor_tells_of_it(self):
        self.theme.new_caldav()
        self.sync()
        done = self.run_it("doctor", "--json")
        finding, = [check for check in done.json["checks"] if check["check"] == "other writers"]
        self.assertEqual(finding["status"], "warn")
        self.assertIn("1 of 1 connections", finding["message"])
        self.assertIn("takeover", finding["remedy"])
        self.assert_one_line(self.run_it("status").stdout, "written 1 time by something else", "7 events mended")
        self.run_it("takeover")
        finding, = [check for check in self.run_it("doctor", "--json").json["checks"] if check["check"] == "other writers"]
        self.assertIn("does not ask for the locks", finding["remedy"])


class FromGoogle(Mended):

    def setUp(self):
        self.google = GoogleServer()
        self.addCleanup(self.google.close)
        super().setUp()
        self.account = self.google.account("anna@example.org")
        self.calendar = self.account.calendar()
        self.connection = self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": self.account.credentials(), "sync_enabled": True, "auto_log": True})[0]

    def write_ini(self, name="prm-calendar.ini", **overrides):
        return super().write_ini(name, **{
            "google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET,
            "google_api_base": self.google.api_base, "google_token_url": self.google.token_url, **overrides})

    def test_lists_nobody_can_read_entities_and_event_types_that_are_no_meetings(self):
        quoted = 'José "Pepe" Núñez'
        self.calendar.meeting("review", self.at(-2), summary="R&D <b>review",
                              attendees=[{"email": JOSE[0], "displayName": quoted, "responseStatus": "accepted"},
                                         {"email": "anna@example.org", "self": True, "responseStatus": "accepted"}])
        self.calendar.meeting("tea", self.at(2), summary="Tea")
        self.calendar.meeting("focus", self.at(1), summary="Focus", eventType="focusTime")
        self.calendar.meeting("home", self.at(1), summary="Home", eventType="workingLocation")
        self.sync()
        before, logged = self.rows(), self.logged()
        self.assertEqual((sorted(before), len(logged)), (["review", "tea"], 1))
        review, = [event for event in self.events(self.anna) if event["meta"]["_event_uid"] == "review"]
        self.wp.call("update_post_meta", review["ID"], "_meeting_notes", "Ours to keep")
        start = self.at(-2).replace(tzinfo=None)
        Theme(self.wp, self.anna, self.connection["id"]).google(
            theme_event("review", start, "R&D review", guests=[(JOSE[0], quoted, "accepted")],
                        matched=[(self.jose, JOSE[0])], calendar_id="primary"),
            *[theme_event(uid, self.at(1).replace(tzinfo=None), uid, calendar_id=calendar_id)
              for uid, calendar_id in (("focus", "primary"), ("home", ""))])
        review, = [event for event in self.events(self.anna) if event["meta"]["_event_uid"] == "review"]
        self.assertIsNone(review["json"]["_attendees"], "the theme lost the backslashes")
        self.assertEqual(review["post_title"], "R&amp;D review")
        self.google.requests.clear()
        self.assert_mended(before, logged, changed=1, removed=2)
        self.assertEqual([event["meta"]["_meeting_notes"] for event in self.events(self.anna)
                          if event["meta"]["_event_uid"] == "review"], ["Ours to keep"])

    def test_what_a_calendar_that_is_gone_has_is_compared_when_it_is_back(self):
        boss = self.account.add_calendar("boss@example.org", "Boss")
        boss.meeting("board", self.at(3), summary="Board")
        self.calendar.meeting("tea", self.at(2), summary="Tea")
        self.connect(self.anna, {**self.connection, "credentials": self.account.credentials(),
                                 "calendar_ids": ["primary", "boss@example.org"]})
        self.sync()
        before = self.rows()
        Theme(self.wp, self.anna, self.connection["id"]).google(
            *[theme_event(uid, self.at(days).replace(tzinfo=None), "Nobody knows", calendar_id=calendar_id)
              for uid, days, calendar_id in (("tea", 2, "primary"), ("board", 3, "boss@example.org"))])
        gone = self.account.calendars.pop("boss@example.org")
        self.assert_one_line(self.sync(status=1).stderr, "something else wrote", "1 changed, the rest when it can")
        self.google.requests.clear()
        self.calendar.meeting("tea", self.at(2), summary="Coffee")
        self.assertNotIn("something else wrote", self.sync(status=1).stderr)
        self.assertTrue([path for _, path in self.google.requests if "syncToken" in path], "nothing but changes")
        self.account.calendars["boss@example.org"] = gone
        self.assert_one_line(self.sync().stderr, "something else wrote", "1 changed")
        self.assertEqual(self.rows()["board"], before["board"])
        self.assertEqual(self.noticed()["events_mended"], 2)
