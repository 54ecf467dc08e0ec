# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar is synced for the first time, and WordPress's own functions read what was written."""

import unittest
from datetime import timedelta
from zoneinfo import ZoneInfo

from lib.ics import NEW_YORK, vevent
from lib.story import Story

# What trips over careless quoting: accents, both quotes, backslashes, four-byte characters, markup.
ODD = 'Café "Ω" d\'été \\o/ \\u00e9 R&D 🎉 100%'


class OnRadicale(Story):
    named = 0

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()

    def put(self, name, *components):
        self.account.put(name, *components, calendar=self.account.work)

    def connect_work(self, **fields):
        url = self.account.client.url(self.account.work)
        credentials = {"url": url, "username": self.account.login,
                       "password": self.account.password}
        return self.connect(self.anna, self.account.connection(credentials=credentials, **fields))

    def test_an_event_is_stored_as_the_theme_stores_it(self):
        jose = self.person(self.anna, "José", "Núñez", "Jose@Example.org")
        start = self.utc(self.at(3, 14, 30))
        description = "See\nhttps://us02web.zoom.us/j/123456789?pwd=a%20b <b>R&D</b>"
        self.put("one", vevent(
            "one@story", start, hours=1.5, summary=ODD, location="Room 1; 2nd floor, left",
            description=description,
            organizer=("boss@example.org", "The Boss"),
            attendees=[("jose@example.org", "José Núñez", "ACCEPTED")]))
        connection, = self.connect_work()
        self.sync()
        event = self.event(self.anna)
        self.assertEqual(event["post_title"], ODD)
        self.assertEqual(event["post_content"],
                         self.wp.call("sanitize_textarea_field", description))
        self.assertEqual(event["post_status"], "publish")
        self.assertEqual(event["post_date"], self.site_time(start))
        self.assertEqual(event["post_date_gmt"], start.strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual((event["comment_status"], event["ping_status"]), ("closed", "closed"))
        self.assertEqual(event["guid"], "https://crm.example.org/?post_type=calendar_event&#038;p="
                         f"{event['ID']}" if "&#038;" in event["guid"] else
                         f"https://crm.example.org/?post_type=calendar_event&p={event['ID']}")
        meta = event["meta"]
        self.assertEqual(meta["_connection_id"], connection["id"])
        self.assertEqual(meta["_event_uid"], "one@story")
        self.assertEqual(meta["_start_time"], self.site_time(start))
        self.assertEqual(meta["_end_time"], self.site_time(start + timedelta(hours=1.5)))
        self.assertEqual(meta["_all_day"], "0")
        self.assertEqual(meta["_location"], "Room 1; 2nd floor, left")
        self.assertEqual(meta["_meeting_url"], "https://us02web.zoom.us/j/123456789?pwd=a%20b")
        self.assertEqual(meta["_organizer_email"], "boss@example.org")
        self.assertNotIn("_logged_as_activity", meta)
        self.assertEqual(event["json"]["_matched_people"], [
            {"person_id": jose, "match_type": "email_exact", "confidence": 100,
             "attendee_email": "jose@example.org"}])
        # The theme searches with LIKE.
        self.assertIn(f'"person_id":{jose},', meta["_matched_people"])

    def test_json_reads_back_exactly_as_the_calendar_said(self):
        attendees = [("a@example.org", ODD, "ACCEPTED"), ("b@example.org", "C:\\new\\table", "DECLINED"),
                     ("c@example.org", "\u2028</script>", "TENTATIVE"), ("d@example.org", None, None)]
        self.put("odd", vevent("odd\\\"é🎉@story", self.utc(self.at(1)), summary=ODD,
                               location=ODD, description=ODD + "\nsecond", attendees=attendees))
        self.connect_work()
        self.sync()
        event = self.event(self.anna)
        statuses = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative",
                    None: "needsAction"}
        stored = event["json"]["_attendees"]
        self.assertEqual([person["email"] for person in stored], [mail for mail, _, _ in attendees])
        self.assertEqual([person["status"] for person in stored],
                         [statuses[status] for _, _, status in attendees])
        self.assertEqual([person["name"] or None for person in stored],
                         [name for _, name, _ in attendees])
        self.assertEqual(event["meta"]["_event_uid"], "odd\\\"é🎉@story")
        raw = event["json"]["_raw_data"]
        self.assertEqual((raw["uid"], raw["summary"], raw["location"], raw["description"]),
                         ("odd\\\"é🎉@story", ODD, ODD, ODD + "\nsecond"))
        # PHP's compact form with unescaped characters, not just any JSON.
        self.assertEqual(event["meta"]["_attendees"], self.wp.run(
            "return json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );",
            value=stored))

    def test_a_series_becomes_one_event_for_each_occurrence(self):
        first = self.at(-8, 9, 30)
        local = lambda weeks, hour=9, minute=30: self.at(-8 + 7 * weeks, hour, minute).replace(tzinfo=None)
        zone = {"tzid": "Europe/Amsterdam"}
        self.put("series",
                 vevent("series@story", local(0), summary="Weekly", **zone, lines=[
                     "RRULE:FREQ=WEEKLY;COUNT=4",
                     f"EXDATE;TZID=Europe/Amsterdam:{local(1):%Y%m%dT%H%M%S}"]),
                 vevent("series@story", local(2, 16, 0), summary="Weekly, moved",
                        recurrence_id=local(2), **zone))
        self.connect_work()
        self.sync()
        uid = lambda weeks: "series@story_" + self.utc(
            first + timedelta(weeks=weeks)).strftime("%Y%m%dT%H%M%SZ")
        found = {event["meta"]["_event_uid"]: (event["post_title"], event["meta"]["_start_time"])
                 for event in self.events(self.anna)}
        clock = lambda weeks, time: self.at(-8 + 7 * weeks).strftime(f"%Y-%m-%d {time}")
        self.assertEqual(found, {
            uid(0): ("Weekly", clock(0, "09:30:00")),
            uid(2): ("Weekly, moved", clock(2, "16:00:00")),
            uid(3): ("Weekly", clock(3, "09:30:00"))})

    def test_an_all_day_event_lasts_from_midnight_to_midnight(self):
        self.put("fair", vevent("fair@story", self.at(2).date(), end=self.at(4).date(),
                                summary="Fair"))
        self.connect_work()
        self.sync()
        meta = self.event(self.anna)["meta"]
        self.assertEqual(meta["_all_day"], "1")
        self.assertEqual(meta["_start_time"], self.at(2).strftime("%Y-%m-%d 00:00:00"))
        self.assertEqual(meta["_end_time"], self.at(4).strftime("%Y-%m-%d 00:00:00"))

    def test_a_time_of_another_continent_is_stored_in_site_time(self):
        start = self.at(5, 15).astimezone(ZoneInfo("America/New_York"))
        self.put("call", NEW_YORK, vevent("call@story", start.replace(tzinfo=None),
                                          tzid="America/New_York", summary="Call"))
        self.connect_work()
        self.sync()
        self.assertEqual(self.event(self.anna)["meta"]["_start_time"], self.site_time(start))

    def test_a_calendar_is_found_by_whatever_the_person_typed(self):
        client, work = self.account.client, self.account.work
        root = client.server.url
        self.put("one", vevent("one@story", self.utc(self.at(1)), summary="Found"))
        ways = [(root, client.path(work)), (root, client.url(work)), (client.url(), client.path(work)),
                (client.url(work), ""), (client.url(work).rstrip("/"), ""), (client.url(), work)]
        if self.server == "radicale":
            # The account's only calendar: Xandikos has one for each story.
            ways += [(root, ""), (client.url(), "")]
        for number, (url, calendar_id) in enumerate(ways):
            with self.subTest(url=url, calendar_id=calendar_id):
                connection = self.account.connection(number, calendar_id=calendar_id, credentials={
                    "url": url, "username": self.account.login, "password": self.account.password})
                self.connect(self.anna, connection)
                self.sync()
                found = [event["post_title"] for event in self.events(self.anna)
                         if event["meta"]["_connection_id"] == connection["id"]]
                self.assertIn("Found", found)

    def test_the_theme_shows_the_label_of_the_connection(self):
        """It does so where an event names no calendar, and else warns of a variable that it has not set."""
        self.name_and_connect('Wörk & "Fun" 🎉')
        self.assertEqual(self.event(self.anna)["meta"]["_calendar_name"], "")

    def test_a_connection_without_label_shows_the_name_of_its_calendar(self):
        self.name_and_connect('Wörk & "Fun" 🎉', name="")
        self.assertEqual(self.event(self.anna)["meta"]["_calendar_name"], 'Wörk & "Fun" 🎉')

    def test_an_address_is_no_name(self):
        for name in (None, "/anna/work/", "https://dav.example.org/anna/work/"):
            with self.subTest(name):
                self.name_and_connect(name, name="")
                self.assertEqual({event["meta"]["_calendar_name"] for event in self.events(self.anna)}, {""})

    def name_and_connect(self, calendar_name, **fields):
        self.named += 1
        calendar = f"named{self.named}{self.account.login}"
        self.account.calendar(calendar, calendar_name)
        self.account.put("one", vevent("one@story", self.utc(self.at(1))), calendar=calendar)
        self.connect(self.anna, self.account.connection(self.named, credentials={
            "url": self.account.client.url(calendar), "username": self.account.login,
            "password": self.account.password}, **fields))
        self.sync()

    def test_rows_with_a_former_name_are_mended_once(self):
        """As an earlier version stored them; a label that is changed later costs nothing."""
        self.name_and_connect("Shared", name="")
        connection, = self.connections(self.anna)
        self.connect(self.anna, {**connection, "name": "Mine"})
        self.sync()
        self.assertEqual(self.event(self.anna)["meta"]["_calendar_name"], "")
        self.connect(self.anna, {**connection, "name": "Ours"})
        before = self.content()
        self.assertIn("nothing changed", self.sync().stdout)
        self.assertEqual(self.content(), before)

    def test_only_the_window_is_stored(self):
        for days in (-91, -89, 29, 32):
            self.put(f"day{days}", vevent(f"day{days}@story", self.utc(self.at(days)),
                                          summary=f"day {days}"))
        self.connect_work(sync_from_days=90, sync_to_days=30)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["day -89", "day 29"])

    def test_a_dry_run_says_what_it_would_do_and_writes_nothing(self):
        self.put("one", vevent("one@story", self.utc(self.at(1)), summary="Would be new"))
        self.connect_work()
        before = self.sandbox.database.checksum(self.wp.name)
        done = self.sync("--all", "--dry-run")
        self.assert_one_line(done.stdout, "Would be new")
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)


class OnXandikos(OnRadicale):
    server = "xandikos"


if __name__ == "__main__":
    unittest.main()
