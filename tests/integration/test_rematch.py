# SPDX-License-Identifier: GPL-2.0-or-later
"""Contacts change while the calendar does not: the stored events follow, and past meetings are logged."""

import unittest

from lib.ics import vevent
from lib.story import Story


class WithMeetings(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.meeting("past", -2)
        self.meeting("coming", 2)
        self.connect(self.anna, self.account.connection())

    def meeting(self, name, day, attendees=(("bob@example.org", "Bob Builder", "ACCEPTED"),), **more):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=name,
                                      attendees=list(attendees), **more), calendar=self.account.work)

    def matched(self):
        """Who was recognised in which event, and how."""
        return {event["post_title"]: [(match["person_id"], match["match_type"])
                                      for match in event["json"]["_matched_people"]]
                for event in self.events(self.anna)}

    def assert_a_full_sync_agrees(self):
        """The rows are, byte for byte, what a sync makes of the calendar with these contacts."""
        content = self.content()
        done = self.sync("--all", "--full", "--json").json["totals"]
        self.assertEqual((done["events"]["changed"], done["matched_again"]), (0, 0))
        self.assertEqual(self.content(), content)


class ContactsChange(WithMeetings):

    def test_a_contact_made_after_the_meeting_is_found_and_logged(self):
        self.sync()
        self.assertEqual(self.matched(), {"past": [], "coming": []})
        modified = {event["post_title"]: event["post_modified_gmt"] for event in self.events(self.anna)}
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        done = self.run_it("run", "--json").json
        self.assertEqual(done["totals"]["matched_again"], 2)
        self.assertEqual(self.matched(), {title: [(bob, "email_exact")] for title in modified})
        for event in self.events(self.anna):
            self.assertGreaterEqual(event["post_modified_gmt"], modified[event["post_title"]])
            self.assertIn(f'"person_id":{bob},', event["meta"]["_matched_people"])
        activity, = self.activities(bob)
        self.assertIn("past", activity["comment_content"])
        self.assert_a_full_sync_agrees()
        self.assertEqual(len(self.activities(bob)), 1)

    def test_the_unattended_pass_finds_a_later_contact_and_logs_the_meeting_once(self):
        self.run_it("run")
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.assertEqual(self.run_it("run", "--json").json["totals"]["matched_again"], 2)
        self.assertEqual(len(self.activities(bob)), 1)
        for _ in range(2):
            self.assertEqual(self.run_it("run", "--json").json["totals"]["matched_again"], 0)
        self.drop_own_tables()
        self.run_it("run")
        self.assertEqual(len(self.activities(bob)), 1)

    def test_a_pass_with_unchanged_contacts_costs_what_it_did_with_none(self):
        self.run_it("run")
        self.run_it("run")
        without = self.statements_of_a_pass()
        self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.run_it("run")
        self.assertEqual(self.statements_of_a_pass(), without)

    def statements_of_a_pass(self):
        """But for the options, where a turn within the same second as the last one is not written again."""
        return len([text for text in self.statements(lambda: self.run_it("run")) if "wp_options" not in text])

    def test_another_users_contact_is_never_used(self):
        carl = self.user("carl", "Carl")
        bob = self.person(carl, "Bob", "Builder", "bob@example.org")
        self.run_it("run")
        self.run_it("rematch")
        self.assertEqual(self.matched(), {"past": [], "coming": []})
        own = self.person(self.anna, "Robert", "Mason", "bob@example.org")
        self.run_it("run")
        self.assertEqual(self.matched()["past"], [(own, "email_exact")])
        self.assertEqual((len(self.activities(own)), self.activities(bob)), (1, []))

    def test_a_renamed_a_moved_and_a_deleted_contact_are_noticed(self):
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.run_it("run")
        self.wp.call("update_post_meta", bob, "contact_info_0_contact_value", "bob@work.example")
        self.run_it("run")
        self.assertEqual(self.matched()["past"], [(bob, "name_exact")])
        self.wp.call("update_post_meta", bob, "first_name", "Robert")
        self.wp.call("update_post_meta", bob, "last_name", "Mason")
        self.run_it("run")
        self.assertEqual(self.matched()["past"], [])
        self.wp.call("update_post_meta", bob, "contact_info_0_contact_value", "bob@example.org")
        self.run_it("run")
        self.assertEqual(self.matched()["coming"], [(bob, "email_exact")])
        self.assertEqual(len(self.activities(bob)), 1)
        self.wp.call("wp_delete_post", bob, True)
        self.run_it("run")
        self.assertEqual(self.matched(), {"past": [], "coming": []})

    def test_a_room_of_an_event_that_the_theme_wrote_stays_none(self):
        self.sync()
        for event in self.events(self.anna):
            self.wp.call("update_post_meta", event["ID"], "_attendees",
                         '[{"email":"hall@example.org","name":"Grace Hall","status":"accepted"}]')
            self.wp.call("update_post_meta", event["ID"], "_raw_data",
                         '{"uid":"1","summary":"x","location":"Grace Hall"}')
        grace = self.person(self.anna, "Grace", "Hall", "grace@example.org")
        self.assertIn("0 events matched again", self.run_it("rematch").stdout)
        self.wp.call("update_post_meta", grace, "contact_info_0_contact_value", "hall@example.org")
        self.assertIn("2 events matched again", self.run_it("rematch").stdout)

    def test_a_logged_meeting_is_not_logged_again_for_those_it_was_logged_for(self):
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.meeting("past", -2, [("bob@example.org", "Bob", "ACCEPTED"), ("eve@example.org", "Eve", None)])
        self.sync()
        eve = self.person(self.anna, "Eve", "Evans", "eve@example.org")
        self.sync()
        self.assertEqual(self.matched()["past"], [(bob, "email_exact"), (eve, "email_exact")])
        self.assertEqual((len(self.activities(bob)), len(self.activities(eve))), (1, 0))

    def test_unchanged_contacts_cost_nothing(self):
        self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.sync()
        statements = self.statements(self.sync)
        self.assertEqual(len([sql for sql in statements if "BIT_XOR" in sql]), 1)
        self.assertFalse([sql for sql in statements if "_attendees" in sql and "_end_time" not in sql])
        lease = [number for number, sql in enumerate(statements) if ".lock'" in sql]
        self.assertLessEqual(lease[1] - lease[0] + 1, 4, statements)

    def test_an_address_that_is_added_alone_is_noticed(self):
        bob = self.person(self.anna, "Robert", "Mason")
        self.sync()
        self.assertEqual(self.matched()["past"], [])
        for key, value in (("contact_info_0_contact_type", "email"),
                           ("contact_info_0_contact_value", "Bob@Example.org"), ("contact_info", "1")):
            self.wp.call("update_post_meta", bob, key, value)
        self.sync()
        self.assertEqual(self.matched()["past"], [(bob, "email_exact")])
        self.assert_a_full_sync_agrees()

    def test_two_contacts_that_swap_their_addresses_are_noticed(self):
        bob = self.person(self.anna, "One", "Person", "bob@example.org")
        rob = self.person(self.anna, "Two", "Person", "rob@example.org")
        self.sync()
        self.wp.call("update_post_meta", bob, "contact_info_0_contact_value", "rob@example.org")
        self.wp.call("update_post_meta", rob, "contact_info_0_contact_value", "bob@example.org")
        self.sync()
        self.assertEqual(self.matched()["past"], [(rob, "email_exact")])

    def test_a_trashed_contact_is_no_match_any_more(self):
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.sync()
        self.wp.call("wp_trash_post", bob)
        self.sync()
        self.assertEqual(self.matched(), {"past": [], "coming": []})
        self.wp.call("wp_untrash_post", bob)
        self.wp.call("wp_publish_post", bob)
        self.sync()
        self.assertEqual(self.matched()["coming"], [(bob, "email_exact")])
        self.assert_a_full_sync_agrees()

    def test_rooms_stay_rooms_and_the_organizer_keeps_the_name(self):
        self.meeting("offsite", 3, organizer=("boss@example.org", "Ada Boss"), lines=[
            'ATTENDEE;CUTYPE=ROOM;CN="Grace Hall":mailto:grace@example.org',
            "ATTENDEE;CUTYPE=GROUP;CN=Team:mailto:team@example.org"])
        self.sync()
        self.person(self.anna, "Grace", "Hall", "grace@example.org")
        self.person(self.anna, "Team", "Mate", "team@example.org")
        ada = self.person(self.anna, "Ada", "Boss", "ada@example.org")
        self.sync()
        self.assertEqual(self.matched()["offsite"], [(ada, "name_exact")])
        self.assert_a_full_sync_agrees()

    def test_names_are_matched_again_when_the_ini_says_otherwise(self):
        bob = self.person(self.anna, "Bob", "Builder", "other@example.org")
        self.sync()
        self.assertEqual(self.matched()["past"], [(bob, "name_exact")])
        ini = self.write_ini("no-names.ini", match_names="no")
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual(self.matched()["past"], [])

    def test_what_nobody_can_read_keeps_its_matches(self):
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.sync()
        for event in self.events(self.anna):
            self.wp.run("global $wpdb; $wpdb->update( $wpdb->postmeta, array( 'meta_value' => '[{\"em' ), "
                        "array( 'post_id' => $id, 'meta_key' => '_attendees' ) );", id=event["ID"])
        self.wp.call("wp_trash_post", bob)
        self.assertIn("0 events matched again", self.run_it("rematch").stdout)
        self.assertEqual(self.matched()["past"], [(bob, "email_exact")])

    def test_a_spoilt_row_is_not_taken_for_a_whole_one(self):
        self.sync()
        event = self.events(self.anna)[0]
        self.wp.run("global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_title' => 'spoilt' ), "
                    "array( 'ID' => $id ) );", id=event["ID"])
        self.person(self.anna, "Bob", "Builder", "bob@example.org")
        self.sync()
        self.assertIn("spoilt", self.matched())
        self.sync("--all", "--full")
        self.assertNotIn("spoilt", self.matched())

    def test_many_events_are_matched_in_batches(self):
        for number in range(3):
            self.meeting(f"daily{number}", -5, lines=["RRULE:FREQ=DAILY;COUNT=30"])
        self.sync()
        bob = self.person(self.anna, "Bob", "Builder", "bob@example.org")
        statements = self.statements(lambda: self.run_it("rematch"))
        self.assertEqual(set(map(tuple, self.matched().values())), {((bob, "email_exact"),)})
        self.assertLess(len([sql for sql in statements if sql.startswith(("INSERT", "UPDATE"))]), 20)
        self.sync()
        self.assert_a_full_sync_agrees()


class ByHand(WithMeetings):
    """`rematch` itself."""

    def test_a_dry_run_names_the_events_and_writes_nothing(self):
        self.sync()
        self.person(self.anna, "Bob", "Builder", "bob@example.org")
        before = self.sandbox.database.checksum(self.wp.name)
        done = self.run_it("rematch", "--dry-run")
        self.assert_one_line(done.stdout, "changed", "past")
        self.assert_one_line(done.stdout, "changed", "coming")
        self.assertIn("2 events would be matched again", done.stdout)
        self.assertNotIn("events matched again", done.stdout)
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)

    def test_only_the_user_asked_for(self):
        carl = self.user("carl", "Carl")
        self.connect(carl, self.account.connection(2))
        self.sync()
        for user in (self.anna, carl):
            self.person(user, "Bob", "Builder", "bob@example.org")
        self.assertEqual(self.run_it("rematch", "--user=carl", "--json").json["totals"]["matched_again"], 2)
        self.assertEqual(self.matched()["past"], [])
        self.run_it("rematch")
        self.assertNotEqual(self.matched()["past"], [])
        self.assertIn("0 events matched again", self.run_it("rematch").stdout)

    def test_an_unknown_user_is_named(self):
        self.assertIn("nobody@here", self.run_it("rematch", "--user=nobody@here", status=1).stderr)


if __name__ == "__main__":
    unittest.main()
