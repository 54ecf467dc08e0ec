# SPDX-License-Identifier: GPL-2.0-or-later
"""The theme writes our rows, too: what it left is never believed, and mended at the next pass."""

from lib.ics import vevent
from lib.story import Story
from lib.theme import Theme, theme_event

JOSE = ("jose@example.org", "José Núñez", "accepted")


class OnCaldav(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.connection = self.connect(self.anna, self.account.connection())[0]
        self.theme = Theme(self.wp, self.anna, self.connection["id"])

    def meet(self, uid, start, **more):
        self.account.put(uid, vevent(f"{uid}@story", self.utc(start), attendees=[(*JOSE[:2], "ACCEPTED")],
                                     **{"summary": uid, **more}))

    def as_the_theme_has_it(self, uid, start, **more):
        """The clock of UTC, which the calendar names; no class."""
        return theme_event(f"{uid}@story", self.utc(start), uid, guests=[JOSE], matched=[(self.jose, JOSE[0])], **more)

    def logged(self):
        return [activity["comment_content"] for activity in self.activities(self.jose)]


class OnlyWhatWasRead(OnCaldav):
    """Nothing is logged that this program has not itself read from its calendar in the row's present form."""

    def test_what_the_theme_left_is_not_logged_before_it_was_read(self):
        self.meet("lunch", self.at(-2))
        self.meet("doctor", self.at(-3), lines=["CLASS:PRIVATE"])
        self.theme.old_caldav(self.as_the_theme_has_it("lunch", self.at(-2)),
                              self.as_the_theme_has_it("doctor", self.at(-3)))
        self.run_it("log")
        self.assertEqual(self.logged(), [])
        done = self.run_it("log", "--dry-run")
        for title in ("lunch", "doctor"):
            self.assert_one_line(done.stdout, "would not log", title, "not yet: its row was written by something else")
        self.assertIn("0 activities would be logged, 2 meetings wait for their calendars to be read", done.stdout)
        waiting = self.run_it("log", "--dry-run", "--json").json["waiting"]
        self.assertEqual(sorted(meeting["title"] for meeting in waiting), ["doctor", "lunch"])
        self.sync()
        self.assertEqual(self.logged(), ["Meeting: lunch"])
        self.assertEqual(self.activities(self.jose)[0]["comment_date"], self.site_time(self.at(-2)))

    def test_a_private_appointment_whose_row_the_theme_wrote_again_stays_private(self):
        self.meet("doctor", self.at(-3), lines=["CLASS:PRIVATE"])
        self.sync()
        for raw in ({"uid": "doctor@story"}, {"uid": "doctor@story", "class": 'PRIVATE "x"'}):
            self.theme.old_caldav(self.as_the_theme_has_it("doctor", self.at(-3), raw=raw))
            self.run_it("log")
            self.run_it("log", str(self.event(self.anna)["ID"]), status=1)
            self.assertEqual(self.logged(), [])

    def test_another_users_rows_wait_for_another_users_pass(self):
        """The first pass is for anna; bob's rows are as the theme left them."""
        bob = self.user("bob", "Bob")
        work = Story.account(self)
        work.put("doctor", vevent("doctor@story", self.utc(self.at(-3)), lines=["CLASS:PRIVATE"],
                                  attendees=[(*JOSE[:2], "ACCEPTED")], summary="doctor"))
        his = self.connect(bob, work.connection(2))[0]
        his_jose = self.person(bob, "José", "Núñez", "jose@example.org")
        Theme(self.wp, bob, his["id"]).old_caldav(theme_event(
            "doctor@story", self.utc(self.at(-3)), "doctor", guests=[JOSE], matched=[(his_jose, JOSE[0])]))
        self.run_it("run")
        self.run_it("run")
        self.assertEqual(self.activities(his_jose), [])

    def test_log_of_one_event_says_what_it_waits_for(self):
        self.theme.old_caldav(self.as_the_theme_has_it("lunch", self.at(-2)))
        done = self.run_it("log", str(self.event(self.anna)["ID"]), status=1)
        self.assertIn("not yet: its row was written by something else", done.stderr)
