# SPDX-License-Identifier: GPL-2.0-or-later
"""One meeting in several calendars of a CalDAV connection, told differently: the best copy counts, whatever comes first."""

import itertools

from fake.spoiling_proxy import SpoilingProxy, status
from integration.test_deltas import HIDDEN, hiding
from lib.ics import vevent
from lib.story import PASSWORD, Story

JOSE = ("jose@example.org", "José Núñez", "ACCEPTED")


class Copies(Story):
    hidden = ()

    def setUp(self):
        super().setUp()
        self.account = self.account()
        for calendar in ("home", "team"):
            self.account.calendar(calendar)
        self.anna = self.user()
        self.proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(self.proxy.close)
        self.proxy.spoil(hiding(self.hidden), "PROPFIND")

    def put(self, calendar, title, *, sequence=0, name="lunch", uid=None, start=None, guests=(JOSE,), lines=()):
        self.account.put(name, vevent(uid or f"{name}@story", self.utc(start or self.at(1)), summary=title,
                                      attendees=guests, lines=[f"SEQUENCE:{sequence}", *lines]), calendar=calendar)

    def put_whole(self, calendar, **more):
        self.put(calendar, f"Whole in {calendar}", sequence=1, **more)

    def put_without_guests(self, calendar, **more):
        self.put(calendar, f"Without guests in {calendar}", sequence=1, guests=(), **more)

    def put_outdated(self, calendar, **more):
        self.put(calendar, f"Outdated in {calendar}", start=self.at(2), **more)

    def put_masked(self, calendar, **more):
        self.put(calendar, None, sequence=3, guests=(), lines=["CLASS:CONFIDENTIAL"], **more)

    def delete(self, calendar, name="lunch"):
        self.account.client.request(
            "DELETE", self.account.client.path(calendar, f"{name}.ics"), expect=(200, 204, 404))

    def choose(self, *calendars):
        self.connect(self.anna, self.account.connection(
            calendar_ids=[self.account.client.path(calendar) for calendar in calendars],
            credentials={"url": self.proxy.url + self.account.client.path("work"),
                         "username": self.account.login, "password": PASSWORD}))

    def forget_all(self):
        self.wp.run("foreach ( get_posts( array( 'post_type' => 'calendar_event', 'post_status' => 'any',"
                    " 'numberposts' => -1 ) ) as $p ) { wp_delete_post( $p->ID, true ); }")
        self.drop_own_tables()

    def assert_settled(self):
        """Another pass, a listing of all, and one without our own tables find nothing to do."""
        before = self.content()
        self.sync()
        self.sync("--all", "--full")
        self.assertEqual(self.content(), before)
        self.drop_own_tables()
        self.sync()
        self.assertEqual(self.content(), before)

    def assert_title(self, title):
        self.assertEqual(self.titles(self.anna), [title])


class Best(Copies):
    """Of each pair the first, in whichever calendar it lies: the one that is listed first, or the other."""
    pairs = (("whole", "without_guests"), ("whole", "outdated"), ("without_guests", "outdated"), ("outdated", "masked"))

    def put_all(self, which):
        """`which` 0: the better ones, 1: the others."""
        for one, other in (("work", "home"), ("home", "work")):
            for pair in self.pairs:
                getattr(self, f"put_{pair[which]}")((one, other)[which], name="-".join((*pair, one)))

    def assert_best(self):
        self.assertEqual(self.titles(self.anna), sorted(
            f"{pair[0].capitalize().replace('_', ' ')} in {calendar}"
            for pair, calendar in itertools.product(self.pairs, ("work", "home"))))
        self.assertEqual(len(self.events(self.anna)), 2 * len(self.pairs))

    def test_from_the_beginning(self):
        self.put_all(0)
        self.put_all(1)
        self.choose("work", "home")
        self.sync()
        self.assert_best()
        self.assert_settled()

    def test_one_after_the_other(self):
        self.choose("work", "home")
        self.put_all(1)
        self.sync()
        before = [event["ID"] for event in self.events(self.anna)]
        self.put_all(0)
        self.sync()
        self.assert_best()
        self.assertEqual([event["ID"] for event in self.events(self.anna)], before)
        self.put_all(1)
        self.sync()
        self.assert_best()
        self.assert_settled()


class BestWithoutReports(Best):
    hidden = HIDDEN["ctag and list"]
    test_from_the_beginning = None


class OneAfterTheOther(Copies):

    def test_what_is_gone_is_followed_by_the_next_best_in_the_same_pass(self):
        self.put_whole("home")
        self.put_without_guests("work")
        self.put_outdated("team")
        for order in (("work", "home", "team"), ("team", "home", "work")):
            with self.subTest(order=order):
                self.forget_all()
                self.put_whole("home")
                self.put_without_guests("work")
                self.choose(*order)
                self.sync()
                self.assert_title("Whole in home")
                post = self.event(self.anna)["ID"]
                self.delete("team")
                self.sync()
                self.assert_title("Whole in home")
                self.put_outdated("team")
                self.delete("home")
                self.sync()
                self.assert_title("Without guests in work")
                self.delete("work")
                self.sync()
                self.assert_title("Outdated in team")
                self.put_whole("home")
                self.sync()
                self.assert_title("Whole in home")
                self.assertEqual(self.event(self.anna)["ID"], post)
                self.assert_settled()

    def test_what_gets_worse_gives_way_in_the_same_pass_and_takes_over_again(self):
        for order in itertools.permutations(("work", "home")):
            with self.subTest(order=order):
                self.forget_all()
                self.put("work", "Whole in work", sequence=2)
                self.put_without_guests("home")
                self.choose(*order)
                self.sync()
                self.assert_title("Whole in work")
                self.put_outdated("work")
                self.sync()
                self.assert_title("Without guests in home")
                self.delete("home")
                self.sync()
                self.assert_title("Outdated in work")
                self.put_without_guests("home")
                self.sync()
                self.assert_title("Without guests in home")
                self.put("work", "Whole in work", sequence=2)
                self.sync()
                self.assert_title("Whole in work")
                self.assert_settled()

    def test_a_calendar_is_deselected_and_chosen_again(self):
        self.put_whole("work")
        self.put_without_guests("home")
        for order in itertools.permutations(("work", "home")):
            with self.subTest(order=order):
                self.forget_all()
                self.choose(*order)
                self.sync()
                for chosen, title in ((["home"], "Without guests in home"), (order, "Whole in work"),
                                      (["work"], "Whole in work"), (order, "Whole in work")):
                    self.choose(*chosen)
                    self.sync()
                    self.assert_title(title)
                self.assert_settled()

    def test_an_object_gets_another_name(self):
        self.choose("home", "work")
        self.put_whole("work")
        self.put_without_guests("home")
        self.sync()
        for calendar, put in (("work", "Whole in work"), ("home", "Without guests in home")):
            self.delete(calendar)
            self.put(calendar, put, sequence=1, name="a", uid="lunch@story", guests=(JOSE,) if calendar == "work" else ())
            self.sync()
            self.assert_title("Whole in work")
        self.delete("work", "a")
        self.sync()
        self.assert_title("Without guests in home")
        self.assert_settled()

    def test_the_better_one_is_cancelled(self):
        self.choose("home", "work")
        self.put_whole("work")
        self.put_without_guests("home")
        self.sync()
        self.put("work", "Cancelled", sequence=2, lines=["STATUS:CANCELLED"])
        self.sync()
        self.assert_title("Without guests in home")
        self.put_whole("work")
        self.sync()
        self.assert_title("Whole in work")
        self.assert_settled()

    def test_while_the_next_best_cannot_be_asked_the_meeting_stays_as_it_was(self):
        self.choose("home", "work")
        self.put_whole("work")
        self.put_without_guests("home")
        self.sync()
        self.delete("work")
        home = self.account.client.path("home").encode()
        self.proxy.spoil(lambda answer: status(503)(answer) if home in answer.body else answer)
        self.sync(status=1)
        self.assert_title("Whole in work")
        self.proxy.spoil(None)
        self.sync()
        self.assert_title("Without guests in home")
        self.assert_settled()


class EqualCopies(Copies):

    def test_the_calendar_alone_decides_between_equals(self):
        found = set()
        for order in itertools.permutations(("work", "home")):
            with self.subTest(order=order):
                self.forget_all()
                for calendar, name in itertools.product(order, order):
                    self.delete(calendar, name)
                    if calendar != name:
                        self.put_whole(calendar, name=name)
                    self.put_whole(calendar, name="lunch")
                self.choose(*order)
                self.sync()
                for calendar in order:
                    self.put_whole(calendar, name=calendar)
                self.sync()
                self.assertEqual(len(self.titles(self.anna)), 3)
                found.update(self.titles(self.anna))
                self.assert_settled()
        self.assertEqual(len(found), 1, found)


class Many(Copies):

    def test_more_than_one_batch_changes_hands(self):
        for calendar, guests in (("work", ()), ("home", (JOSE,))):
            for number in range(3):
                self.put(calendar, f"{number} in {calendar}", name=f"s{number}", uid=f"s{number}@story",
                         start=self.at(-88, 9 + number), guests=guests, lines=["RRULE:FREQ=DAILY;COUNT=110"])
        for chosen in (("work", "home"), ("work",), ("home", "work")):
            self.choose(*chosen)
            self.sync()
            self.assertEqual({title.split()[-1] for title in self.titles(self.anna)}, {min(chosen)})
            self.assertEqual(len(self.titles(self.anna)), 330)
        self.assertEqual(len(self.events(self.anna)), 330)
