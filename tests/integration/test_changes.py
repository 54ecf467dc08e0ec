# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in the calendar afterwards: nothing, a move, a cancellation, a deletion and a return."""

from lib.ics import vevent
from lib.story import Story


class OnRadicale(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.connect(self.anna, self.account.connection(credentials={
            "url": self.account.client.url(self.account.work), "username": self.account.login,
            "password": self.account.password}))

    def put(self, name, *components):
        self.account.put(name, *components, calendar=self.account.work)

    def delete(self, name):
        self.account.client.delete(self.account.work, name)

    def lunch(self, start, **more):
        self.put("lunch", vevent("lunch@story", start, **{"summary": "Lunch", **more}))

    def test_nothing_changed_means_nothing_is_written(self):
        for day in range(-30, 20):
            self.put(f"day{day}", vevent(f"day{day}@story", self.utc(self.at(day)),
                                         summary=f"Day {day} é\"\\ 🎉", location="Here\n& there"))
        self.sync()
        self.assertEqual(len(self.events(self.anna)), 50)
        content = self.content()
        statements = self.statements(self.sync)
        self.assertEqual(self.content(), content)
        writes = [sql for sql in statements
                  if sql.startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))]
        self.assertTrue(writes, "at least last_sync is written")
        for sql in writes:
            # last_sync, and the lease as it is taken and given back.
            self.assertRegex(sql, r"wp_(usermeta|options|prm_calendar_\w+)\b")
        self.assertLess(len(statements), 50)

    def test_a_meeting_moved_to_tomorrow_stays_the_same_event(self):
        self.lunch(self.utc(self.at(0)))
        self.put("other", vevent("other@story", self.utc(self.at(2)), summary="Other"))
        self.sync()
        before = {event["post_title"]: event for event in self.events(self.anna)}
        tomorrow = self.utc(self.at(1, 13))
        self.lunch(tomorrow)
        self.sync()
        after = {event["post_title"]: event for event in self.events(self.anna)}
        lunch = after["Lunch"]
        self.assertEqual(lunch["ID"], before["Lunch"]["ID"])
        self.assertEqual(lunch["post_date"], self.site_time(tomorrow))
        self.assertEqual(lunch["post_date_gmt"], tomorrow.strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual(lunch["meta"]["_start_time"], self.site_time(tomorrow))
        self.assertEqual(lunch["post_status"], "publish")
        self.assertEqual(after["Other"], before["Other"])

    def test_a_deleted_meeting_goes_to_the_trash_and_comes_back(self):
        self.lunch(self.utc(self.at(1)))
        self.put("other", vevent("other@story", self.utc(self.at(2)), summary="Other"))
        self.sync()
        original = next(event for event in self.events(self.anna) if event["post_title"] == "Lunch")
        self.delete("lunch")
        self.sync()
        trashed = next(event for event in self.events(self.anna) if event["post_title"] == "Lunch")
        self.assertEqual(trashed["ID"], original["ID"])
        self.assertEqual(trashed["post_status"], "trash")
        self.assertEqual(trashed["post_name"], original["post_name"] + "__trashed")
        self.assertEqual(trashed["meta"]["_wp_trash_meta_status"], "publish")
        self.assertTrue(trashed["meta"]["_wp_trash_meta_time"].isdigit())
        self.assertEqual(self.titles(self.anna), ["Other"])
        self.lunch(self.utc(self.at(1)))
        self.sync()
        back = next(event for event in self.events(self.anna) if event["post_title"] == "Lunch")
        self.assertEqual(back["ID"], original["ID"])
        self.assertEqual((back["post_status"], back["post_name"]),
                         ("publish", original["post_name"]))
        self.assertNotIn("_wp_trash_meta_status", back["meta"])
        self.assertNotIn("_wp_trash_meta_time", back["meta"])

    def test_wordpress_empties_the_trash_as_it_does_with_its_own(self):
        self.lunch(self.utc(self.at(1)))
        self.sync()
        self.delete("lunch")
        self.sync()
        self.assertEqual(self.titles(self.anna, "trash"), ["Lunch"])
        self.wp.run("""
            global $wpdb;
            $wpdb->query( "UPDATE $wpdb->postmeta SET meta_value = meta_value - 40 * 86400
                WHERE meta_key = '_wp_trash_meta_time'" );
            wp_scheduled_delete();
            return true;""")
        self.assertEqual(self.events(self.anna), [])

    def test_a_cancelled_occurrence_goes_and_the_others_stay(self):
        local = lambda weeks: self.at(-7 + 7 * weeks, 9, 30).replace(tzinfo=None)
        zone = {"tzid": "Europe/Amsterdam"}
        rule = ["RRULE:FREQ=WEEKLY;COUNT=3"]
        self.put("series", vevent("series@story", local(0), summary="Weekly", lines=rule, **zone))
        self.sync()
        ids = {event["meta"]["_start_time"]: event["ID"] for event in self.events(self.anna)}
        self.assertEqual(len(ids), 3)
        self.put("series", vevent("series@story", local(0), summary="Weekly", lines=rule, **zone),
                 vevent("series@story", local(1), summary="Weekly", recurrence_id=local(1),
                        lines=["STATUS:CANCELLED"], **zone))
        self.sync()
        states = {event["ID"]: event["post_status"] for event in self.events(self.anna)}
        cancelled = ids[local(1).strftime("%Y-%m-%d %H:%M:%S")]
        self.assertEqual(states, {post: "trash" if post == cancelled else "publish"
                                  for post in ids.values()})

    def weekly(self, start, *more, name="series", uid="series@story", count=3):
        rule = [f"RRULE:FREQ=WEEKLY;COUNT={count}"]
        self.put(name, vevent(uid, start.replace(tzinfo=None), summary="Weekly", lines=rule,
                              attendees=[("zoe@example.org", "Zoë", "ACCEPTED")], tzid="Europe/Amsterdam"), *more)

    def take_notes(self):
        for event in self.events(self.anna):
            self.wp.call("update_post_meta", event["ID"], "_meeting_notes", event["meta"]["_start_time"])

    def notes(self):
        return {event["meta"]["_start_time"]: event["meta"].get("_meeting_notes") for event in self.events(self.anna)
                if event["post_status"] == "publish"}

    def test_a_series_moved_as_a_whole_is_the_same_meetings(self):
        """With their notes; and those that were logged are not logged again."""
        zoe = self.person(self.anna, "Zoë", "Bee", "zoe@example.org")
        self.weekly(self.at(-10, 10))
        self.sync()
        self.assertEqual(len(self.activities(zoe)), 2)
        self.take_notes()
        self.weekly(self.at(-10, 11))
        self.sync()
        self.assertEqual(self.notes(), {f"{self.at(day, 11):%Y-%m-%d %H:%M:%S}": f"{self.at(day, 10):%Y-%m-%d %H:%M:%S}"
                                        for day in (-10, -3, 4)})
        self.sync("--all", "--full")
        self.assertEqual(len(self.activities(zoe)), 2)

    def test_a_tail_that_goes_on_under_another_uid_is_the_same_meetings(self):
        """As most clients do "this and following", whichever object they store first."""
        zoe = self.person(self.anna, "Zoë", "Bee", "zoe@example.org")
        for name in ("before-it", "tail"):
            with self.subTest(name):
                self.weekly(self.at(-10, 10))
                self.sync()
                self.take_notes()
                before = {event["ID"] for event in self.events(self.anna) if event["post_status"] == "publish"}
                logged = len(self.activities(zoe))
                self.weekly(self.at(-10, 10), count=1)
                self.weekly(self.at(-2, 11), name=name, uid=f"{name}@story", count=2)
                self.sync()
                self.assertEqual(self.notes(), {
                    f"{self.at(new, hour):%Y-%m-%d %H:%M:%S}": f"{self.at(old, 10):%Y-%m-%d %H:%M:%S}"
                    for new, hour, old in ((-10, 10, -10), (-2, 11, -3), (5, 11, 4))})
                self.assertEqual({event["ID"] for event in self.events(self.anna)
                                  if event["post_status"] == "publish"}, before)
                self.assertEqual(len(self.activities(zoe)), logged)
                self.delete(name)
                self.sync()

    def test_a_series_moved_into_another_object_is_the_same_meetings(self):
        self.weekly(self.at(-10, 10))
        self.sync()
        self.take_notes()
        self.delete("series")
        self.weekly(self.at(-9, 10), name="elsewhere")
        self.sync()
        self.assertEqual(self.notes(), {f"{self.at(day + 1):%Y-%m-%d} 10:00:00": f"{self.at(day):%Y-%m-%d} 10:00:00"
                                        for day in (-10, -3, 4)})

    def test_a_connection_that_is_made_anew_goes_on_with_its_posts(self):
        """Also with a meeting that was moved meanwhile: no second post, no second activity."""
        zoe = self.person(self.anna, "Zoë", "Bee", "zoe@example.org")
        guests = [("zoe@example.org", "Zoë", "ACCEPTED")]
        self.lunch(self.utc(self.at(-5)), attendees=guests)
        self.sync()
        self.take_notes()
        before = self.event(self.anna)
        self.assertEqual(len(self.activities(zoe)), 1)
        self.connect(self.anna)
        self.lunch(self.utc(self.at(-3)), attendees=guests)
        self.connect(self.anna, self.account.connection(2, credentials={
            "url": self.account.client.url(self.account.work), "username": self.account.login,
            "password": self.account.password}))
        self.sync()
        after = self.event(self.anna)
        self.assertEqual(after["ID"], before["ID"])
        self.assertEqual(after["meta"]["_meeting_notes"], before["meta"]["_start_time"])
        self.assertEqual(after["meta"]["_start_time"], self.site_time(self.utc(self.at(-3))))
        self.assertEqual(len(self.activities(zoe)), 1)

    def choose(self, calendar_id, calendar=None):
        self.connect(self.anna, self.account.connection(calendar_id=calendar_id, credentials={
            "url": self.account.client.url(calendar or self.account.work), "username": self.account.login,
            "password": self.account.password}))

    def test_the_same_calendar_chosen_by_another_spelling_keeps_its_events(self):
        self.lunch(self.utc(self.at(1)))
        self.weekly(self.at(-10, 10))
        path, url = (make(self.account.work) for make in (self.account.client.path, self.account.client.url))
        self.sync()
        self.take_notes()
        before, notes = self.titles(self.anna), self.notes()
        for spelling in (path, url, path, "", url, ""):
            self.choose(spelling)
            with self.subTest(spelling=spelling):
                self.assertNotIn("removed", self.sync().stdout)
                self.assertEqual((self.titles(self.anna), self.notes()), (before, notes))
                self.assertEqual(self.titles(self.anna, "trash"), [])
                self.assertEqual({event["meta"]["_calendar_id"] for event in self.events(self.anna)}, {spelling})
                self.assertNotIn("removed", self.sync().stdout)

    def test_a_copy_of_the_calendar_under_a_new_address_keeps_its_events(self):
        self.weekly(self.at(-10, 10))
        self.sync()
        self.take_notes()
        notes = self.notes()
        copy = self.account.calendar(f"{self.account.work}-moved")
        self.account.work, old = copy, self.account.work
        self.weekly(self.at(-10, 10), name="another-name")
        self.account.client.delete_calendar(old)
        self.choose(self.account.client.path(copy), copy)
        self.assertNotIn("removed", self.sync().stdout)
        self.assertEqual(self.notes(), notes)

    def test_a_new_title_changes_only_that_event(self):
        self.lunch(self.utc(self.at(1)))
        self.sync()
        before = self.event(self.anna)
        self.lunch(self.utc(self.at(1)), summary="Dîner \\ \"late\"")
        self.sync()
        after = self.event(self.anna)
        self.assertEqual(after["post_title"], "Dîner \\ \"late\"")
        self.assertEqual(after["ID"], before["ID"])
        self.assertEqual(after["post_name"], before["post_name"])

    def test_contacts_made_later_are_recognised_at_the_next_change(self):
        self.lunch(self.utc(self.at(1)), attendees=[("zoe@example.org", "Zoë", "ACCEPTED")])
        self.sync()
        self.assertEqual(self.event(self.anna)["json"]["_matched_people"], [])
        zoe = self.person(self.anna, "Zoë", "Bee", "zoe@example.org")
        self.lunch(self.utc(self.at(1, 13)), attendees=[("zoe@example.org", "Zoë", "ACCEPTED")])
        self.sync()
        self.assertEqual([match["person_id"] for match in
                          self.event(self.anna)["json"]["_matched_people"]], [zoe])


class OnXandikos(OnRadicale):
    server = "xandikos"
