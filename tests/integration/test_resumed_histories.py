# SPDX-License-Identifier: GPL-2.0-or-later
"""Random lives of two CalDAV calendars: what is stored is what they have."""

from lib.calendar_model import GUEST
from lib.lives import ACTIONS, Lives
from lib.model_places import CalDavPlaces
from lib.scattered import WHERE, uncover
from lib.theme import Theme, theme_event


class Histories(Lives):

    actions = (*ACTIONS, "scatter")

    def setUp(self):
        super().setUp()
        self.http.spoil(uncover, WHERE)

    def places(self):
        self.calendars = self.account()
        self.calendars.calendar("team")
        self.connection = self.connect(self.anna, self.proxied_connection(self.calendars))[0]
        return CalDavPlaces(self.calendars)

    def spellings(self, name):
        path = self.calendars.client.path(name)
        return path, path.rstrip("/"), self.http.url + path

    def theme_syncs(self, chance):
        """It stores each object as one post, whatever its state. Its newest release deletes what it does not find, and
        where it does not understand the server that is everything."""
        theme = Theme(self.wp, self.anna, self.connection["id"])
        events = [theme_event(meeting.uid, meeting.start, meeting.title, guests=[GUEST], matched=[(self.jose, GUEST[0])])
                  for meeting in self.model.seen()]
        release = chance.choice(("old", "new", "new and blind"))
        if release == "old":
            theme.old_caldav(*events)
        else:
            theme.new_caldav(*(events if release == "new" else ()))
        return release

    def test_what_is_stored_is_what_the_calendars_have(self):
        self.live_all()
