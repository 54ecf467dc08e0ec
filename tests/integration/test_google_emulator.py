# SPDX-License-Identifier: GPL-2.0-or-later
"""A Google that others wrote, so that not only our own idea of it is tested."""

from fake.google_emulator import CLIENT_ID, CLIENT_SECRET, GoogleEmulator, Unavailable
from lib.story import Story

EMAIL = "anna@example.org"


class Emulated(Story):

    def start(self, events):
        seed = {
            "users": [{"email": EMAIL, "name": "Anna"}],
            "calendars": [{"id": "primary", "user_email": EMAIL, "summary": "Anna's work", "primary": True,
                           "time_zone": "Europe/Amsterdam"}],
            "calendar_events": [{"user_email": EMAIL, "calendar_id": "primary", **event} for event in events],
        }
        try:
            self.google = GoogleEmulator(self.wp.folder, seed)
        except Unavailable as reason:
            self.skipTest(f"no emulated Google: {reason}")
        self.addCleanup(self.google.close)
        self.ini = self.write_ini("google.ini", google_client_id=CLIENT_ID, google_client_secret=CLIENT_SECRET,
                                  google_api_base=self.google.api_base, google_token_url=self.google.token_url)
        self.anna = self.user()
        self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": self.google.credentials(EMAIL), "sync_enabled": True, "auto_log": True})

    def meeting(self, name, start, **fields):
        return {"id": name, "summary": name, "start_date_time": self.utc(start).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "end_date_time": self.utc(start).strftime("%Y-%m-%dT%H:59:00.000Z"), **fields}

    def test_an_expired_token_is_renewed_and_events_become_activities(self):
        self.start([
            self.meeting("past", self.at(-2), location="Room 1", hangout_link="https://meet.google.com/a-b-c",
                         attendees=[{"email": EMAIL}, {"email": "jose@example.org", "display_name": "José"}]),
            self.meeting("next", self.at(2)),
            self.meeting("far", self.at(400)),
            {"id": "day", "summary": "day", "start_date": str(self.at(3).date()), "end_date": str(self.at(4).date())},
        ])
        jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.sync()
        self.assertEqual(len(self.google.requests("POST /oauth2/token")), 2)  # the consent page's, and ours
        self.assertEqual(self.titles(self.anna), ["day", "next", "past"])
        activity, = self.activities(jose)
        self.assertEqual(activity["comment_content"], "Meeting: past")
        self.assertEqual(activity["meta"]["meeting_url"], "https://meet.google.com/a-b-c")
        self.assertEqual({event["meta"]["_calendar_name"] for event in self.events(self.anna)}, {"Anna's work"})
        before = self.content()
        self.sync()
        self.assertEqual(self.content(), before)
        self.assertEqual(len(self.google.requests("POST /oauth2/token")), 2)

    def test_a_list_in_pages_is_read_whole(self):
        self.start([self.meeting(f"e{number}", self.at(1 + number % 20, number % 24)) for number in range(600)])
        self.sync()
        self.assertEqual(len(self.events(self.anna)), 600)
        self.assertEqual(len(self.google.requests("/events?")), 3)

    def test_calendars_are_listed(self):
        self.start([])
        listed, = self.run_it("calendars", "--user=anna", "--json").json["connections"]
        self.assertEqual([calendar["name"] for calendar in listed["calendars"]], ["Anna's work"])
