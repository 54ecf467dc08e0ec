# SPDX-License-Identifier: GPL-2.0-or-later
"""One meeting in several calendars of a Google connection: guests' copies carry the same event id."""

import itertools
from urllib.parse import unquote

from lib.google_story import OnGoogle, guest

BOSS = "boss@example.org"
TEAM = "team@group.calendar.google.com"
ME = guest("anna@example.org", self=True)
JOSE = guest("jose@example.org", "José Núñez")


class Copies(OnGoogle):

    def setUp(self):
        super().setUp()
        self.boss = self.account.add_calendar(BOSS, "Boss", role="reader")

    def choose(self, *ids):
        return self.connect_work(calendar_ids=list(ids))

    def both(self, event_id, start, mine=None, theirs=None, **fields):
        """Anna's copy and the boss's."""
        self.calendar.meeting(event_id, start, **{
            "summary": event_id, "attendees": [ME, guest(BOSS), JOSE], **fields, **(mine or {})})
        self.boss.meeting(event_id, start, **{
            "summary": event_id, "attendees": [guest("anna@example.org"), guest(BOSS, self=True), JOSE],
            **fields, **(theirs or {})})

    def counts(self, *arguments):
        return self.sync("--all", "--json", *arguments).json["connections"][0]["events"]

    def listed(self):
        """The calendars that were listed whole, in order."""
        return [unquote(path.split("/calendars/")[1].split("/")[0])
                for _, path in self.google.requests if "/events?" in path and "syncToken" not in path]

    def sightings(self):
        return int(self.session_value("SELECT COUNT(*) FROM wp_prm_calendar_sightings"))

    def session_value(self, sql):
        return self.sandbox.database.sql(sql, self.wp.name)[0][0]

    def assert_settled(self):
        """Another pass, a listing of all, and one without our own tables find nothing to do."""
        before = self.content()
        self.google.requests.clear()
        self.sync()
        self.assertEqual(self.listed(), [])
        self.sync("--all", "--full")
        self.drop_own_tables()
        self.sync()
        self.assertEqual(self.content(), before)


class Gone(Copies):
    """A calendar speaks for itself only."""

    def setUp(self):
        super().setUp()
        self.both("lunch", self.at(1))
        self.choose("primary", BOSS)
        self.sync()
        self.lunch = self.event(self.anna)

    def test_cancelled_in_another_calendar_it_stays(self):
        self.boss.cancel("lunch")
        done = self.counts()
        self.assertEqual(done["removed"], 0)
        self.assertEqual(self.event(self.anna), self.lunch)
        self.assertEqual(self.sightings(), 0)
        self.assert_settled()

    def test_cancelled_in_the_own_calendar_it_is_what_the_other_says_in_the_same_pass(self):
        self.boss.meeting("lunch", self.at(1), summary="Lunch without Anna", attendees=[JOSE])
        self.sync()
        self.assertEqual(self.event(self.anna), self.lunch)
        self.calendar.cancel("lunch")
        self.google.requests.clear()
        done = self.counts()
        self.assertEqual((done["removed"], done["changed"]), (0, 1))
        self.assertEqual(self.listed(), [BOSS])
        event = self.event(self.anna)
        self.assertEqual((event["ID"], event["post_title"]), (self.lunch["ID"], "Lunch without Anna"))
        self.assertEqual((event["meta"]["_calendar_id"], event["meta"]["_calendar_name"]), (BOSS, "Boss"))
        self.assert_settled()

    def test_cancelled_in_both_it_goes_and_comes_back(self):
        self.calendar.cancel("lunch")
        self.boss.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["lunch"])
        self.assertEqual(self.sightings(), 0)
        self.both("lunch", self.at(1))
        self.sync()
        self.assertEqual(self.event(self.anna)["ID"], self.lunch["ID"])
        self.assert_settled()

    def test_cancelled_one_after_the_other_it_goes_with_the_last(self):
        self.calendar.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.boss.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["lunch"])
        self.assert_settled()

    def test_the_other_calendar_is_deselected(self):
        self.choose("primary")
        self.sync()
        self.assertEqual(self.event(self.anna), self.lunch)
        self.assertEqual(self.sightings(), 0)
        self.assert_settled()

    def test_the_own_calendar_is_deselected_and_chosen_again(self):
        self.calendar.meeting("alone", self.at(2), summary="alone")
        self.sync()
        self.choose(BOSS)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assertEqual(self.titles(self.anna, "trash"), ["alone"])
        lunch = self.by_uid()["lunch"]
        self.assertEqual((lunch["ID"], lunch["meta"]["_calendar_id"]), (self.lunch["ID"], BOSS))
        self.choose("primary", BOSS)
        self.sync()
        self.assertEqual(self.by_uid()["lunch"]["meta"], self.lunch["meta"])
        self.assertEqual(self.titles(self.anna), ["alone", "lunch"])
        self.assert_settled()

    def test_the_other_calendar_is_unshared(self):
        boss = self.account.calendars.pop(BOSS)
        self.sync(status=1)
        self.assertEqual(self.event(self.anna), self.lunch)
        self.let_a_week_go_by()
        self.sync(status=1)
        self.assertEqual(self.event(self.anna), self.lunch)
        self.assertEqual(self.sightings(), 0)
        self.account.calendars[BOSS] = boss
        self.sync()
        self.assertEqual(self.sightings(), 1)
        self.assert_settled()

    def test_it_leaves_the_window_in_one_calendar_alone(self):
        self.boss.meeting("lunch", self.at(300), summary="lunch")
        self.sync()
        self.assertEqual(self.event(self.anna), self.lunch)
        self.calendar.meeting("lunch", self.at(300), summary="lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["lunch"])
        self.assert_settled()

    def test_a_series_is_cancelled_in_one_calendar(self):
        for day in (1, 8):
            self.both(f"weekly_2026010{day}T080000Z", self.at(day), summary=f"weekly {day}",
                      recurringEventId="weekly")
        self.sync()
        self.boss.cancel("weekly")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch", "weekly 1", "weekly 8"])
        self.assertEqual(self.sightings(), 1)
        self.calendar.cancel("weekly")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["weekly 1", "weekly 8"])

    def test_while_the_other_calendar_fails_the_meeting_stays_as_it_was(self):
        self.boss.meeting("lunch", self.at(1), summary="As the boss has it")
        self.sync()
        self.calendar.cancel("lunch")
        self.google.fail("boss%40example.org/events?", 403, "quotaExceeded")
        self.sync(status=1)
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["As the boss has it"])
        self.assert_settled()

    def test_what_the_other_calendar_does_not_have_any_more_goes(self):
        """Its cancellation was missed: Google's list of all does not name it."""
        del self.boss.items["lunch"]
        self.calendar.cancel("lunch")
        self.google.requests.clear()
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["lunch"])
        self.assertEqual(self.listed(), [BOSS])
        self.assertEqual(self.sightings(), 0)

    def test_a_post_that_somebody_trashed_comes_back_as_the_best_copy(self):
        self.wp.run("wp_trash_post( $id );", id=int(self.lunch["ID"]))
        self.boss.meeting("lunch", self.at(1), summary="As the boss has it")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assertEqual(self.event(self.anna)["meta"]["_calendar_id"], "primary")
        self.assert_settled()

    def test_three_calendars_one_after_the_other(self):
        team = self.account.add_calendar(TEAM, "Team", role="writer")
        team.meeting("lunch", self.at(1), summary="As the team has it")
        self.boss.meeting("lunch", self.at(1), summary="As the boss has it")
        self.choose(BOSS, TEAM, "primary")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.calendar.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["As the team has it"])
        team.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna), ["As the boss has it"])
        self.boss.cancel("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["As the boss has it"])


class Best(Copies):
    """Whichever calendar is listed first."""

    def each_order(self, *ids):
        """For each order of the calendars, from nothing; then one calendar after the other."""
        for order in itertools.permutations(ids):
            for steps in ([order], [order[:number] for number in range(1, len(order) + 1)]):
                with self.subTest(steps=steps):
                    self.connect(self.anna)
                    self.wp.run("foreach ( get_posts( array( 'post_type' => 'calendar_event', 'post_status' => 'any',"
                                " 'numberposts' => -1 ) ) as $p ) { wp_delete_post( $p->ID, true ); }")
                    self.drop_own_tables()
                    for chosen in steps:
                        self.choose(*chosen)
                        self.sync()
                    yield
                    self.assert_settled()

    def test_a_copy_without_details_never_replaces_one_with_them(self):
        self.both("talk", self.at(1), summary="Talk", visibility="private")
        for _ in self.each_order("primary", BOSS):
            event = self.event(self.anna)
            self.assertEqual(event["post_title"], "Talk")
            self.assertEqual(len(event["json"]["_attendees"]), 3)
            self.assertEqual(event["meta"]["_calendar_id"], "primary")

    def test_a_copy_whose_guests_are_hidden_never_replaces_one_that_names_them(self):
        team = self.account.add_calendar(TEAM, "Team", role="reader")
        self.boss.meeting("past", self.at(-2), summary="Past")
        team.meeting("past", self.at(-2), summary="Past", attendees=[JOSE])
        for _ in self.each_order(TEAM, BOSS):
            self.assertEqual([one["email"] for one in self.event(self.anna)["json"]["_attendees"]],
                             ["jose@example.org"])
            self.assertEqual(len(self.activities(self.jose)), 1)

    def test_equal_copies_are_told_apart_by_their_calendar_alone(self):
        team = self.account.add_calendar(TEAM, "Team", role="reader")
        self.boss.meeting("same", self.at(1), summary="of the boss")
        team.meeting("same", self.at(1), summary="of the team")
        found = set()
        for _ in self.each_order(TEAM, BOSS):
            found.update(self.titles(self.anna))
        self.assertEqual(len(found), 1)

    def test_a_copy_that_is_made_private_gives_way(self):
        team = self.account.add_calendar(TEAM, "Team", role="reader")
        for calendar in (team, self.boss):
            calendar.meeting("talk", self.at(1), summary=f"Talk of {calendar.summary}", attendees=[JOSE])
        self.choose(BOSS, TEAM)
        self.sync()
        title, = self.titles(self.anna)
        best, other = (team, self.boss) if title == "Talk of Team" else (self.boss, team)
        best.meeting("talk", self.at(1), summary="Talk", visibility="private")
        self.google.requests.clear()
        self.sync()
        self.assertEqual(self.titles(self.anna), [f"Talk of {other.summary}"])
        self.assertEqual(self.listed(), [other.id])
        self.assert_settled()
        best.meeting("talk", self.at(1), summary="Again", attendees=[JOSE])
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Again"])
        self.assert_settled()

    def test_a_better_copy_that_comes_later_takes_over(self):
        self.boss.meeting("talk", self.at(1), summary="As the boss has it", attendees=[JOSE])
        self.choose(BOSS, "primary")
        self.sync()
        before = self.event(self.anna)
        self.calendar.meeting("talk", self.at(1), summary="As Anna has it", attendees=[ME, JOSE])
        self.sync()
        event = self.event(self.anna)
        self.assertEqual((event["ID"], event["post_title"]), (before["ID"], "As Anna has it"))
        self.boss.meeting("talk", self.at(1), summary="Changed there", attendees=[JOSE])
        self.sync()
        self.assertEqual(self.event(self.anna), event)
        self.assert_settled()


class Answers(Copies):
    """Who declined is who the copy belongs to."""

    def declined(self, person):
        return {**person, "responseStatus": "declined"}

    def test_what_the_boss_declined_is_logged_for_anna_who_was_there(self):
        self.both("past", self.at(-2), theirs={"attendees": [
            guest("anna@example.org"), self.declined(guest(BOSS, self=True)), JOSE]})
        self.choose(BOSS, "primary")
        self.sync()
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_also_when_the_bosss_calendar_is_all_there_is(self):
        self.boss.meeting("past", self.at(-2), attendees=[
            guest("anna@example.org"), self.declined(guest(BOSS, self=True)), JOSE])
        self.choose(BOSS)
        self.sync()
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_what_anna_declined_is_not_logged_though_the_boss_was_there(self):
        gone = self.declined(ME)
        self.both("past", self.at(-2), mine={"attendees": [gone, guest(BOSS), JOSE]}, theirs={"attendees": [
            self.declined(guest("anna@example.org")), guest(BOSS, self=True), JOSE]})
        self.boss.meeting("theirs", self.at(-3), attendees=[
            self.declined(guest("anna@example.org")), guest(BOSS, self=True), JOSE])
        self.choose(BOSS, "primary")
        self.sync()
        self.assertEqual(len(self.titles(self.anna)), 2)
        self.assertEqual(self.activities(self.jose), [])

    def test_by_its_address_the_own_calendar_is_the_primary_one(self):
        self.calendar.meeting("past", self.at(-2), attendees=[self.declined(ME), JOSE])
        self.choose("anna@example.org")
        self.sync()
        self.assertEqual(self.activities(self.jose), [])


class Cost(Copies):

    def test_an_unchanged_connection_costs_a_request_for_each_calendar_and_four_statements(self):
        for number in range(20):
            self.both(f"e{number}", self.at(1 + number))
        self.choose("primary", BOSS)
        self.sync()
        self.assertEqual(self.sightings(), 20)
        self.google.requests.clear()
        statements = self.statements(self.sync)
        self.assertEqual(len(self.google.requests), 2, self.google.requests)
        lease = [number for number, sql in enumerate(statements) if ".lock'" in sql]
        self.assertLessEqual(lease[1] - lease[0] + 1, 4, statements)

    def test_a_calendar_alone_has_no_sightings_to_remember(self):
        self.calendar.meeting("one", self.at(1))
        self.choose("primary")
        self.sync()
        self.assertEqual(self.sightings(), 0)

    def test_what_there_is_no_room_for_leaves_no_sighting(self):
        for number in range(20):
            self.both(f"e{number:02}", self.at(1 + number))
        ini = self.write_ini("small.ini", sync_max_events="10")
        self.choose("primary", BOSS)
        self.run_it("sync", "--all", ini=ini)
        kept = self.titles(self.anna)
        self.assertTrue(0 < len(kept) <= 10, kept)
        self.assertEqual(self.sightings(), len(kept))

    def test_one_meeting_of_two_calendars_takes_one_place(self):
        for number in range(8):
            self.both(f"e{number}", self.at(1 + number))
        ini = self.write_ini("small.ini", sync_max_events="10")
        self.choose("primary", BOSS)
        for _ in range(2):
            self.run_it("sync", "--all", "--full", ini=ini)
            self.assertEqual(len(self.titles(self.anna)), 8)
            self.assertIsNone(self.stored()["last_error"])
        self.calendar.cancel("e0")
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual(len(self.titles(self.anna)), 8)
