# SPDX-License-Identifier: GPL-2.0-or-later
"""Past meetings become activities on contacts, once, and WordPress counts them as its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timezone
from zoneinfo import ZoneInfo

from lib.ics import vevent
from lib.story import Story


class AutoLog(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.zoe = self.person(self.anna, "Zoë", "van den Berg", "zoe@example.org")

    def meet(self, uid, start, *people, **more):
        known = {"jose": ("jose@example.org", "José Núñez", "ACCEPTED"),
                 "zoe": ("zoe@example.org", "Zoë van den Berg", "ACCEPTED")}
        self.account.put(uid, vevent(f"{uid}@story", self.utc(start), attendees=[
            known.get(person, person) for person in people], **{"summary": uid, **more}))

    def sync_and_log(self, **fields):
        """A sync by hand also logs; a further log finds nothing that was left."""
        self.connect(self.anna, self.account.connection(**fields))
        self.sync()
        before = self.content()
        self.run_it("log")
        self.assertEqual(self.content(), before)

    def recount(self, person):
        """comment_count, and what WordPress counts itself."""
        return self.wp.run(
            "$old = get_post( $person )->comment_count; wp_update_comment_count_now( $person );"
            "clean_post_cache( $person ); return array( $old, get_post( $person )->comment_count );",
            person=person)

    def test_meetings_are_remembered_as_long_as_their_people(self):
        """Also that an activity was deleted: until its person is, too."""
        self.meet("lunch", self.at(-2), "jose", "zoe")
        self.sync_and_log()
        database = self.sandbox.database

        def remembered():
            return {int(row[0]) for row in database.sql(
                "SELECT DISTINCT person_id FROM wp_prm_calendar_activities", self.wp.name)}

        def many_runs_later(number):
            database.sql(f"ALTER TABLE wp_prm_calendar_runs AUTO_INCREMENT = {number}", self.wp.name)
            self.run_it("log")
        self.wp.call("wp_delete_comment", int(self.activities(self.zoe)[0]["comment_ID"]), True)
        many_runs_later(100)
        self.assertEqual(remembered(), {self.jose, self.zoe})
        self.wp.call("wp_delete_post", self.jose, True)
        self.wp.call("wp_trash_post", self.zoe)
        self.run_it("log")
        self.assertEqual(remembered(), {self.jose, self.zoe})
        many_runs_later(150)
        self.assertEqual(remembered(), {self.zoe})

    def test_a_past_meeting_becomes_an_activity_on_each_contact(self):
        start = self.at(-2, 12, 30)
        self.meet("lunch", start, "jose", "zoe", hours=1.5, summary='Lunch "Ω" & <b>R&D</b> \\o/',
                  location="Café", description="https://meet.google.com/abc-defg-hij")
        self.sync_and_log()
        event = self.event(self.anna)
        for person, other in ((self.jose, self.zoe), (self.zoe, self.jose)):
            activity, = self.activities(person)
            self.assertEqual(activity["comment_content"], self.wp.run(
                "return 'Meeting: ' . esc_html( $title );", title=event["post_title"]))
            self.assertEqual(activity["comment_author"], "Anna O'Brien")
            self.assertEqual(activity["comment_date"], self.site_time(start))
            self.assertEqual(activity["comment_date_gmt"],
                             self.utc(start).strftime("%Y-%m-%d %H:%M:%S"))
            self.assertEqual((activity["user_id"], activity["comment_approved"]),
                             (str(self.anna), "1"))
            self.assertEqual((activity["comment_author_email"], activity["comment_agent"],
                              activity["comment_parent"]), ("", "", "0"))
            meta = activity["meta"]
            self.assertEqual(meta["activity_type"], "meeting")
            self.assertEqual(meta["calendar_event_id"], str(event["ID"]))
            self.assertEqual(meta["duration_minutes"], "90")
            self.assertEqual(meta["location"], "Café")
            self.assertEqual(meta["meeting_url"], "https://meet.google.com/abc-defg-hij")
            self.assertEqual(meta["activity_date"], start.strftime("%Y-%m-%d"))
            self.assertEqual(meta["activity_time"], "12:30")
            self.assertEqual(meta["participants"], [other])
            self.assertEqual(meta["calendar_event_uid"],
                             f"{event['meta']['_connection_id']}/lunch@story")
            self.assertEqual(self.recount(person), ["1", "1"])
        self.assertEqual(event["meta"]["_logged_as_activity"], "1")

    def log_as_the_theme(self, person, title, clock):
        """What its button and its auto-log leave: title and place, and the time that it stored."""
        self.wp.run(
            "$id = wp_insert_comment( array( 'comment_post_ID' => $person, 'user_id' => $user,"
            " 'comment_content' => esc_html( $title ) . ' at Room 4', 'comment_approved' => 1,"
            " 'comment_type' => 'activity' ) ); update_comment_meta( $id, 'activity_type', 'meeting' );"
            "update_comment_meta( $id, 'activity_date', $date );"
            "update_comment_meta( $id, 'activity_time', $time );",
            person=person, user=self.anna, title=title, date=f"{clock:%Y-%m-%d}", time=f"{clock:%H:%M}")

    def test_what_the_theme_logged_by_another_clock_is_not_logged_again(self):
        """It takes a CalDAV event's own clock for the site's. Also when the connection is made anew."""
        start = self.at(-3, 12, 30)
        tokyo = start.astimezone(ZoneInfo("Asia/Tokyo"))
        self.meet("in utc", start, "jose", summary="R&D <1>")
        self.account.put("far", vevent("far@story", tokyo, tzid="Asia/Tokyo", summary="Far away", attendees=[
            ("jose@example.org", "José Núñez", "ACCEPTED")]))
        self.meet("new", start, "jose", summary="New")
        self.log_as_the_theme(self.jose, "R&D &lt;1&gt;", start.astimezone(timezone.utc))
        self.log_as_the_theme(self.jose, "Far away", tokyo)
        for number in (1, 2):
            self.connect(self.anna, self.account.connection(number))
            self.sync()
            self.assertEqual(len(self.activities(self.jose)), 3)
            self.wp.run("foreach ( get_posts( array( 'post_type' => 'calendar_event', 'numberposts' => -1,"
                        " 'post_status' => 'any' ) ) as $post ) wp_delete_post( $post->ID, true );")

    def test_what_was_written_of_the_same_minute_is_no_meeting(self):
        start = self.at(-3, 12, 30)
        self.meet("lunch", start, "jose", "zoe", summary="Lunch at Gino's")
        self.log_as_the_theme(self.jose, "Called about the boiler", start)
        self.log_as_the_theme(self.zoe, "lunch at gino's", start)
        self.sync_and_log()
        self.assertEqual((len(self.activities(self.jose)), len(self.activities(self.zoe))), (2, 1))

    def test_who_was_there_is_named(self):
        self.meet("lunch", self.at(-2, 12, 30), "jose")
        self.connect(self.anna, self.account.connection())
        done = self.sync()
        self.assert_one_line(done.stdout, "logged", "lunch", f"with José Núñez ({self.jose})")
        self.meet("tea", self.at(-1, 12, 30), "zoe")
        logged, = self.sync("--all", "--json").json["activities"]
        self.assertEqual((logged["title"], logged["person_id"], logged["person_name"]),
                         ("tea", self.zoe, "Zoë van den Berg"))

    def test_a_pass_names_neither_meetings_nor_people(self):
        self.meet("lunch", self.at(-2, 12, 30), "jose")
        self.connect(self.anna, self.account.connection(name="My secret label"))
        done = self.run_it("run")
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.assert_one_line(done.stdout, "1 activity logged")
        for word in ("lunch", "José", "secret label"):
            self.assertNotIn(word, done.stdout + done.stderr)
        self.meet("tea", self.at(-1, 12, 30), "jose")
        self.sandbox.database.sql("UPDATE wp_usermeta SET meta_value = REPLACE(meta_value, "
                                  "'s:9:\"last_sync\";s:25', 's:9:\"lost_sync\";s:25')", self.wp.name)
        self.assert_one_line(self.run_it("run", "-v").stdout, "logged", "tea", "José")

    def test_alone_with_one_contact_there_are_no_participants(self):
        self.meet("lunch", self.at(-2), "jose")
        self.sync_and_log()
        activity, = self.activities(self.jose)
        self.assertNotIn("participants", activity["meta"])

    def test_a_meeting_is_logged_once(self):
        self.meet("lunch", self.at(-2), "jose")
        self.sync_and_log()
        for _ in range(2):
            self.sync()
            self.run_it("log")
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.account.client.delete("work", "lunch")
        self.sync()
        self.meet("lunch", self.at(-2), "jose")
        self.sync()
        self.run_it("log")
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_the_same_meeting_in_two_connections_is_logged_once(self):
        self.meet("lunch", self.at(-2), "jose")
        self.connect(self.anna, self.account.connection(1), self.account.connection(2))
        self.sync()
        self.run_it("log")
        self.assertEqual(len(self.events(self.anna)), 2)
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_an_activity_that_a_person_deleted_is_not_made_again(self):
        self.meet("lunch", self.at(-2), "jose")
        self.sync_and_log()
        activity, = self.activities(self.jose)
        self.wp.call("wp_delete_comment", int(activity["comment_ID"]), True)
        self.sync()
        self.run_it("log")
        self.assertEqual(self.activities(self.jose), [])

    def test_two_processes_at_once_log_each_meeting_once(self):
        for number in range(30):
            self.meet(f"met{number:02}", self.at(-20 + number // 2, 8 + number % 2), "jose", "zoe")
        # The same meetings through a second connection, too.
        connections = [self.account.connection(1), self.account.connection(2)]
        self.connect(self.anna, *({**connection, "auto_log": False} for connection in connections))
        self.sync()
        self.connect(self.anna, *connections)
        with ThreadPoolExecutor() as pool:
            done = list(pool.map(lambda _: self.run_it("log", "--limit=1000", "--json"), range(3)))
        self.assertEqual(sum(len(run.json["activities"]) for run in done), 60)
        for person in (self.jose, self.zoe):
            self.assertEqual(sorted(activity["comment_content"] for activity in self.activities(person)),
                             [f"Meeting: met{number:02}" for number in range(30)])
            self.assertEqual(self.recount(person), ["30", "30"])

    def test_an_activity_deleted_for_good_stays_deleted_when_its_event_comes_back(self):
        self.meet("lunch", self.at(-2), "jose")
        self.sync_and_log()
        activity, = self.activities(self.jose)
        self.wp.call("wp_delete_comment", int(activity["comment_ID"]), True)
        self.account.client.delete("work", "lunch")
        self.sync()
        self.wp.call("wp_delete_post", self.event(self.anna)["ID"], True)
        self.meet("lunch", self.at(-2), "jose")
        self.sync()
        self.run_it("log")
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assertEqual(self.activities(self.jose), [])

    def test_what_does_not_qualify_is_left_alone(self):
        katherine = self.person(self.anna, "Katherine", "Johnson")
        self.meet("future", self.at(1), "jose")
        self.meet("vague", self.at(-1), ("kj@example.net", "Kathrine Johnson", "ACCEPTED"))
        self.meet("private", self.at(-1), "jose", lines=["CLASS:PRIVATE"])
        self.meet("cancelled", self.at(-1), "jose", lines=["STATUS:CANCELLED"])
        self.meet("stranger", self.at(-1), ("x@example.net", "X", "ACCEPTED"))
        self.sync_and_log()
        self.assertGreaterEqual(len(self.titles(self.anna)), 4)
        for person in (self.jose, self.zoe, katherine):
            self.assertEqual(self.activities(person), [])

    def test_a_connection_without_auto_log_is_not_logged(self):
        self.meet("lunch", self.at(-2), "jose")
        self.sync_and_log(auto_log=False)
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assertEqual(self.activities(self.jose), [])

    def test_ten_a_run_the_oldest_first_and_never_blocked(self):
        for number in range(15):
            self.meet(f"nobody{number:02}", self.at(-30, 8), ("x@example.net", "X", "ACCEPTED"))
        for number in range(12):
            self.meet(f"met{number:02}", self.at(-20 + number), "jose")
        # Synced before logging was switched on: a catch-up logs without a limit.
        self.connect(self.anna, self.account.connection(auto_log=False))
        self.sync()
        self.connect(self.anna, self.account.connection())
        self.run_it("log")
        self.assertEqual([activity["comment_content"] for activity in self.activities(self.jose)],
                         [f"Meeting: met{number:02}" for number in range(10)])
        self.run_it("log")
        self.assertEqual(len(self.activities(self.jose)), 12)
        self.assertEqual(self.recount(self.jose), ["12", "12"])

    def test_one_event_is_logged_when_asked_for_by_its_id(self):
        self.meet("lunch", self.at(-2), "jose")
        self.meet("dinner", self.at(-2, 19), "zoe")
        self.connect(self.anna, self.account.connection(auto_log=False))
        self.sync()
        lunch = next(event for event in self.events(self.anna) if event["post_title"] == "lunch")
        self.run_it("log", str(lunch["ID"]))
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.assertEqual(self.activities(self.zoe), [])

    def test_a_dry_run_of_log_writes_nothing(self):
        self.meet("lunch", self.at(-2), "jose")
        self.connect(self.anna, self.account.connection(auto_log=False))
        self.sync()
        self.connect(self.anna, self.account.connection())
        before = self.sandbox.database.checksum(self.wp.name)
        done = self.run_it("log", "--dry-run")
        self.assert_one_line(done.stdout, "lunch")
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)
