# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar that asks for more than anybody needs: it gets a bound, its owner a reason, and the others their turn."""

from lib.ics import vevent
from lib.story import Story

SERIES_EVENTS = 5000


class Rows(Story):

    def test_a_small_object_makes_no_flood_of_rows(self):
        anna = self.user()
        account = self.account()
        account.put("flood", vevent("flood@story", self.utc(self.at(-90)), summary="Flood",
                                    lines=["RRULE:FREQ=MINUTELY;INTERVAL=9"]), calendar=account.work)
        account.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"), calendar=account.work)
        self.connect(anna, account.connection())
        self.sync()
        counts = dict(self.sandbox.database.sql("SELECT post_title, COUNT(*) FROM wp_posts WHERE post_type = "
                                                "'calendar_event' GROUP BY post_title", self.wp.name))
        self.assertEqual(counts, {"Flood": str(SERIES_EVENTS), "Lunch": "1"})
        # Nine minutes apart, half of them on either side of now.
        reach = self.sandbox.database.sql(
            "SELECT MAX(ABS(TIMESTAMPDIFF(MINUTE, post_date_gmt, UTC_TIMESTAMP()))) FROM wp_posts "
            "WHERE post_title = 'Flood'", self.wp.name)
        self.assertLess(int(reach[0][0]), 9 * (SERIES_EVENTS // 2 + 10))
        for _pass in range(2):  # the second has nothing to read, and tells it all the same
            self.assertIn(f"the {SERIES_EVENTS} nearest to now are kept", self.connections(anna)[0]["last_error"])
            self.assertIn("nearest to now", self.run_it("status").stdout)
            self.sync()
