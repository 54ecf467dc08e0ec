# SPDX-License-Identifier: GPL-2.0-or-later
"""Random lives of two Google calendars: what is stored is what they have."""

from datetime import datetime

from lib.calendar_model import GUEST
from lib.google_proxied import GoogleProxied
from lib.lives import Lives
from lib.model_places import GooglePlaces
from lib.theme import Theme, theme_event

IDS = {"work": "anna@example.org", "team": "team@group.calendar.google.com"}


class Histories(GoogleProxied, Lives):

    some_seeds = "1-5"
    losable = ("team",)  # a person's own calendar stays

    def places(self):
        account = self.google.account(IDS["work"])
        account.add_calendar(IDS["team"], "Team")
        self.connection = self.connect(self.anna, {
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": account.credentials(), "sync_enabled": True, "auto_log": True})[0]
        return GooglePlaces(account, IDS)

    def spellings(self, name):
        return (IDS[name], "primary") if name == "work" else (IDS[name],)

    def theme_syncs(self, _chance):
        """It stores what it finds; it removes nothing."""
        Theme(self.wp, self.anna, self.connection["id"]).google(*(
            theme_event(uid, datetime.fromisoformat(start), title, calendar_id="primary", guests=[GUEST],
                        matched=[(self.jose, GUEST[0])])
            for meeting in self.model.seen() for _, uid, (title, start, _, _) in meeting.events()))
        return "google"

    def test_what_is_stored_is_what_the_calendars_have(self):
        self.live_all()
