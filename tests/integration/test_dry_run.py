# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dry run says is what the real run after it does, the activities among it."""

from lib.ics import vevent
from lib.story import Story

JOSE, ZOE = ("jose@example.org", "José Núñez", "ACCEPTED"), ("zoe@example.org", "Zoë", "ACCEPTED")


class DryRun(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.zoe = self.person(self.anna, "Zoë", "van den Berg", "zoe@example.org")

    def meet(self, uid, days, *people, **more):
        self.account.put(uid, vevent(f"{uid}@story", self.utc(self.at(days)), attendees=people,
                                     **{"summary": uid, **more}))

    def activities_of(self, done):
        return sorted((one["title"], one["person_id"]) for one in done.json["activities"])

    def assert_foretold(self, *options):
        """Returns what a dry run said, which wrote nothing and which a real run then did."""
        before = self.content()
        dry = self.sync(*(options or ("--all",)), "--dry-run", "--json")
        self.assertEqual(self.content(), before)
        real = self.sync(*(options or ("--all",)), "--json")
        self.assertEqual(self.activities_of(dry), self.activities_of(real))
        self.assertEqual(dry.json["log"]["activities"], real.json["log"]["activities"])
        return dry.json

    def test_a_first_run_surprises_nobody(self):
        self.meet("lunch", -3, JOSE)
        self.meet("dinner", -2, JOSE, ZOE)
        self.meet("tomorrow", 1, JOSE)
        self.meet("secret", -4, JOSE, lines=["CLASS:PRIVATE"])
        self.meet("alone", -5)
        self.connect(self.anna, self.account.connection())
        text = self.sync("--all", "--dry-run").stdout
        self.assert_one_line(text, "would log", "lunch, with José Núñez")
        self.assert_one_line(text, "Activities by contact (2):")
        self.assert_one_line(text, f"2  José Núñez ({self.jose}), {self.at(-3):%Y-%m-%d} .. {self.at(-2):%Y-%m-%d}")
        self.assert_one_line(text, "3 activities would be logged")
        foretold = self.assert_foretold()
        self.assertEqual(self.activities_of_people(foretold), {self.jose: 2, self.zoe: 1})
        self.assertEqual(foretold["activities_by_person"][0]["person_name"], "José Núñez")
        # Nothing is left for a second one.
        self.assertEqual(self.assert_foretold()["activities_by_person"], [])

    @staticmethod
    def activities_of_people(told):
        return {one["person_id"]: one["meetings"] for one in told["activities_by_person"]}

    def test_a_series_and_many_meetings_are_counted(self):
        for number in range(120):
            self.meet(f"m{number:03}", -1 - number % 60, JOSE)
        self.connect(self.anna, self.account.connection())
        self.assertEqual(self.activities_of_people(self.assert_foretold()), {self.jose: 120})

    def test_what_changes_counts_as_it_will_be(self):
        self.meet("lunch", 2, JOSE)
        self.meet("tea", 3, JOSE)
        self.meet("gone", -2)
        self.connect(self.anna, self.account.connection())
        self.sync()
        self.meet("lunch", -1, JOSE)
        self.meet("gone", -2, ZOE)
        self.assertEqual(self.activities_of_people(self.assert_foretold()), {self.jose: 1, self.zoe: 1})

    def test_what_leaves_before_it_is_logged_is_not_foretold(self):
        self.meet("lunch", -1, JOSE)
        self.connect(self.anna, self.account.connection(auto_log=False))
        self.sync()
        self.connect(self.anna, self.account.connection())
        self.account.client.delete(self.account.work, "lunch")
        self.assertEqual(self.activities_of_people(self.assert_foretold()), {})

    def test_one_meeting_in_two_connections_is_foretold_once(self):
        other = self.account.calendar("second")
        self.meet("lunch", -1, JOSE)
        self.account.put("copy", vevent("lunch@story", self.utc(self.at(-1)), summary="lunch", attendees=[JOSE]),
                         calendar=other)
        second = self.account.connection(2)
        second["credentials"] = {**second["credentials"], "url": self.account.client.url("second")}
        self.connect(self.anna, self.account.connection(), second)
        self.assertEqual(self.activities_of_people(self.assert_foretold()), {self.jose: 1})

    def test_a_connection_that_logs_nothing_is_not_foretold(self):
        self.meet("lunch", -1, JOSE)
        self.connect(self.anna, self.account.connection(auto_log=False))
        self.assertEqual(self.activities_of_people(self.assert_foretold("--user=anna")), {})
