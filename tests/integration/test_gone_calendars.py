# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar that is not where it was: nothing is lost at once, and nothing is kept for ever."""

from lib.ics import vevent
from lib.story import Story


class GoneCalendars(Story):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.account.calendar("home")
        self.anna = self.user()
        self.fill()

    def fill(self):
        self.account.put("past", vevent("past@story", self.utc(self.at(-3)), summary="Past"))
        self.account.put("next", vevent("next@story", self.utc(self.at(3)), summary="Next"))
        self.account.put("kept", vevent("kept@story", self.utc(self.at(1)), summary="Kept"), calendar="home")

    def connect_both(self):
        """The calendar in danger by its own address, chosen; the other by a second connection."""
        self.connect(self.anna, self.account.connection(1, calendar_id=self.account.client.path("work")),
                     self.account.connection(2, calendar_id=self.account.client.path("home")))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Kept", "Next", "Past"])

    def error(self):
        return self.connections(self.anna)[0]["last_error"]

    def test_back_at_the_next_run_nothing_was_lost(self):
        self.connect_both()
        before = self.events(self.anna)
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.assertEqual(self.events(self.anna), before)
        self.assertIn("in case it comes back", self.error())
        self.account.calendar("work")
        self.fill()
        self.sync()
        self.assertEqual(self.events(self.anna), before)
        self.assertIsNone(self.error())
        # The week begins anew with the next time.
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.let_days_go_by(6)
        self.sync(status=1)
        self.assertEqual(self.events(self.anna), before)

    def test_made_again_under_its_name_it_is_another_calendar(self):
        self.connect_both()
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.account.calendar("work")
        self.account.put("next", vevent("other@story", self.utc(self.at(4)), summary="Other"))
        self.account.put("new", vevent("new@story", self.utc(self.at(5)), summary="New"))
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Kept", "New", "Other"])
        self.assertIsNone(self.error())

    def test_what_never_had_events_has_none_that_stay(self):
        self.account.client.delete_calendar("work")
        self.connect(self.anna, self.account.connection(1, calendar_id=self.account.client.path("work")))
        self.sync(status=1)
        self.assertIn("There is no calendar at", self.error())
        self.assertNotIn("events", self.error())

    def test_gone_for_good_it_is_cleaned_up_after_a_week(self):
        self.connect_both()
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.let_a_week_go_by()
        done = self.sync(status=1)
        self.assertIn("2 removed", done.stdout)
        self.assertEqual(self.titles(self.anna), ["Kept"])
        self.assertEqual(self.titles(self.anna, "trash"), ["Next", "Past"])
        self.assertIn("were removed", self.error())
        again = self.content()
        self.sync(status=1)
        self.assertEqual(self.content(), again)

    def test_back_after_that_its_events_are_restored(self):
        self.connect_both()
        posts = {event["post_title"]: event["ID"] for event in self.events(self.anna)}
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.let_a_week_go_by()
        self.sync(status=1)
        self.account.calendar("work")
        self.fill()
        self.sync()
        self.assertEqual({event["post_title"]: event["ID"] for event in self.events(self.anna)}, posts)
        self.assertEqual(self.titles(self.anna), ["Kept", "Next", "Past"])
        self.assertIsNone(self.error())

    def test_so_is_one_whose_address_was_that_of_the_account(self):
        self.connect(self.anna, self.account.connection(1))
        self.sync()
        self.account.client.delete_calendar("work")
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna), ["Next", "Past"])
        self.let_a_week_go_by()
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna, "trash"), ["Next", "Past"])

    def test_without_the_accounts_word_nothing_is_ever_removed(self):
        """The address answers 404, and so does everything else: a server that was moved."""
        self.connect_both()
        before = self.events(self.anna)
        connection = self.connections(self.anna)[0]
        self.connect(self.anna, {**connection, "credentials": {
            "url": self.account.client.server.url + "nobody/", "username": "nobody", "password": "x"},
            "calendar_id": self.account.client.server.url + "elsewhere/work/"})
        self.sync(status=1)
        self.let_a_week_go_by()
        self.sync(status=1)
        self.assertEqual(self.events(self.anna), before)
        self.assertNotIn("in case it comes back", self.error())
