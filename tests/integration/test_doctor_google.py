# SPDX-License-Identifier: GPL-2.0-or-later
"""doctor --online asks Google for each calendar that a connection has chosen, says what to do, and writes nothing."""

from lib.google_story import OnGoogle

TEAM = "team@group.calendar.google.com"
GONE = "gone@group.calendar.google.com"


class DoctorAsksGoogle(OnGoogle):
    """A connection is asked with a single request for each calendar, however much is in it."""

    def setUp(self):
        super().setUp()
        self.account.add_calendar(TEAM, "Team", role="reader")
        for number in range(30):
            self.calendar.meeting(f"m{number}", self.at(number % 5, 8), summary=f"Meeting {number}")
        self.connect_work(calendar_ids=["primary", TEAM])
        self.run_it("sync", "--all")
        self.google.requests.clear()
        self.google.token_requests = 0

    def providers(self, status=None, ini=None):
        """What doctor says of them; nothing is ever written."""
        before = self.sandbox.database.checksum(self.wp.name)
        report = self.run_it("doctor", "--online", "--json", status=status, ini=ini).json
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)
        return [(one["status"], one["message"], one["remedy"]) for one in report["checks"] if one["check"] == "providers"]

    def assert_one(self, wanted, *words, remedy, ini=None):
        """Of that connection; a second line may say that none of all answers."""
        found = self.providers(ini=ini)
        self.assertEqual(found[0][0], wanted, found)
        for word in words:
            self.assertIn(word, found[0][1])
        self.assertIn(remedy, found[0][2])
        self.assertNotIn("ya29", str(found))
        self.assertNotIn("1//refresh", str(found))
        return found

    def choose(self, *calendars, **fields):
        self.connect_work(calendar_ids=list(calendars), **fields)
        self.google.requests.clear()

    def test_calendars_that_answer_are_asked_once_each(self):
        self.google.page_size = 2
        self.assertEqual(self.providers(), [("ok", "1 of 1 connections answer", None)])
        self.assertEqual(self.google.count("/calendars/primary/events"), 1)
        self.assertEqual(self.google.count("/calendars/team%40group.calendar.google.com/events"), 1)
        self.assertEqual(self.google.token_requests, 0)

    def test_one_that_is_gone_is_named_and_the_others_answer(self):
        self.choose("primary", GONE, TEAM)
        found = self.assert_one("warn", "anna: Work (google, ", f", calendar {GONE}: ", remedy="connect")
        self.assertEqual(len(found), 1)
        self.assertEqual(self.google.count("/calendars/primary/events"), 1)
        self.assertEqual(self.google.count("/calendars/team%40"), 1)

    def test_one_that_is_closed_is_named(self):
        self.google.fail("/calendars/team", 403, "forbidden", times=9)
        found = self.assert_one("warn", f", calendar {TEAM}: ", remedy="connect")
        self.assertEqual(len(found), 1)

    def test_only_one_and_that_is_gone(self):
        self.choose(GONE)
        self.assertEqual(len(self.assert_one("warn", f", calendar {GONE}: ", remedy="connect")), 1)

    def test_an_expired_token_is_renewed_once_and_kept_nowhere(self):
        self.choose("primary", TEAM, credentials=self.account.credentials(expires_in=-60))
        before = self.credentials()
        self.assertEqual(self.providers(), [("ok", "1 of 1 connections answer", None)])
        self.assertEqual(self.google.token_requests, 1)
        self.assertEqual(self.credentials(), before)

    def test_access_that_was_withdrawn(self):
        self.account.refresh_token = "1//another"
        self.choose("primary", TEAM, credentials={**self.account.credentials(expires_in=-60), "refresh_token": "1//refresh-old"})
        found = self.assert_one("warn", "anna: Work (google, ", remedy="connect it again")
        # Not said once more for each calendar.
        self.assertEqual(len([one for one in found if "anna: Work" in one[1]]), 1)

    def test_a_client_that_google_does_not_know_is_the_sites_affair(self):
        ini = self.write_ini("other.ini", google_client_secret="wrong")
        self.choose("primary", credentials=self.account.credentials(expires_in=-60))
        self.assert_one("fail", "anna: Work", remedy="[google]", ini=ini)

    def test_trouble_that_passes(self):
        self.google.fail("/events", 503, "backendError", times=99)
        found = self.assert_one("warn", "anna: Work", remedy="try again later")
        self.assertEqual(found[-1][0], "fail")
        self.assertIn("none of 1 connections answers", found[-1][1])
