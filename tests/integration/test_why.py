# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a meeting was logged or not, whom it matched and by which rule, and what is logged next."""

from lib.ics import vevent
from lib.story import Story

JOSE, ZOE = ("jose@example.org", "José Núñez", "ACCEPTED"), ("zoe@example.org", "Zoë", "ACCEPTED")
STRANGER = ("who@example.org", "Who Ever", "DECLINED")


class Why(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")

    def meet(self, uid, days, *people, **more):
        self.account.put(uid, vevent(f"{uid}@story", self.utc(self.at(days)), attendees=people,
                                     **{"summary": uid, **more}))

    def connect_and_sync(self, **fields):
        self.connect(self.anna, self.account.connection(**fields))
        self.sync()

    def why(self, title):
        event, = [event for event in self.events(self.anna) if event["post_title"] == title]
        before = self.content()
        told = self.run_it("why", str(event["ID"]), "--json").json
        self.assertEqual(self.content(), before)
        return told["events"][0]

    def test_each_reason_is_told(self):
        self.meet("lunch", -2, JOSE, STRANGER)
        self.meet("tomorrow", 1, JOSE)
        self.meet("secret", -3, JOSE, lines=["CLASS:PRIVATE"])
        self.meet("strangers", -4, STRANGER)
        self.connect_and_sync()
        lunch = self.why("lunch")
        self.assertEqual((lunch["logged"], lunch["in_queue"], lunch["reason"]), (True, False, None))
        self.assertEqual(lunch["matched"], [{
            "person_id": self.jose, "person_name": "José Núñez", "match_type": "email_exact", "confidence": 100,
            "attendee_email": "jose@example.org", "gets_activity": False}])
        self.assertEqual(lunch["no_contact"], [{"email": "who@example.org"}])
        for title, words in (("tomorrow", "has not ended"), ("secret", "private"), ("strangers", "none of its attendees")):
            with self.subTest(title):
                told = self.why(title)
                self.assertFalse(told["logged"] or told["in_queue"])
                self.assertIn(words, told["reason"])

    def test_a_connection_that_does_not_log_says_so_and_then_it_is_in_the_queue(self):
        self.meet("lunch", -2, JOSE)
        self.connect_and_sync(auto_log=False)
        self.assertIn("auto_log", self.why("lunch")["reason"])
        self.connect(self.anna, self.account.connection())
        told = self.why("lunch")
        self.assertEqual((told["in_queue"], told["reason"], told["matched"][0]["gets_activity"]), (True, None, True))
        following = self.run_it("why", "--user=anna", "--json").json["next"]
        self.assertEqual([(one["title"], one["person_name"]) for one in following], [("lunch", "José Núñez")])

    def test_what_somebody_else_wrote_waits_for_its_calendar(self):
        self.meet("lunch", -2, JOSE)
        self.connect_and_sync(auto_log=False)
        self.connect(self.anna, self.account.connection())
        self.sandbox.database.sql("UPDATE wp_posts SET post_title = 'dinner' WHERE post_title = 'lunch'", self.wp.name)
        self.assertIn("next sync of its connection", self.why("dinner")["reason"])

    def test_a_meeting_that_its_people_have_already(self):
        self.meet("lunch", -2, JOSE)
        self.connect_and_sync()
        self.sandbox.database.sql("DELETE FROM wp_postmeta WHERE meta_key = '_logged_as_activity'", self.wp.name)
        self.assertIn("among their activities already", self.why("lunch")["reason"])

    def test_a_day_is_told_to_people(self):
        self.meet("lunch", -2, JOSE, STRANGER)
        self.meet("older", -20, JOSE)
        self.connect_and_sync()
        text = self.run_it("why", "--user=anna").stdout
        self.assert_one_line(text, "lunch (event")
        self.assert_one_line(text, "matched", f"José Núñez ({self.jose}): email_exact, 100 %")
        self.assert_one_line(text, "no contact  who@example.org (declined)")
        self.assert_one_line(text, "logged      yes")
        self.assertIn("Logged next:\n  nothing", text)
        self.assertNotIn("older", text)
        self.assertIn("older (event", self.run_it("why", "--user=anna", f"--date={self.at(-20):%Y-%m-%d}").stdout)
        self.assertIn("No event begins", self.run_it("why", "--user=anna", "--date=2001-01-01").stdout)

    def test_what_cannot_be_meant(self):
        for words in ((), ("1", "--user=anna"), ("x",), ("--user=anna", "--date=yesterday"), ("--user=anna", "--date=2026-02-30")):
            with self.subTest(words):
                self.run_it("why", *words, status=64)
        self.assert_one_line(self.run_it("why", "999999", status=1).stderr, "no calendar event of this id")
        self.assert_one_line(self.run_it("why", "--user=nobody", status=1).stderr, "nobody")
