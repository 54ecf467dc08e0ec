# SPDX-License-Identifier: GPL-2.0-or-later
"""What a connection costs that has many events, of which none or one changed: requests,
and statements: of an unchanged one from taking its user's lease to giving it back, of a change all told."""

from fake.spoiling_proxy import SpoilingProxy
from lib.google_story import OnGoogle
from lib.ics import vevent
from lib.story import PASSWORD, Story

# Of more than 1,000 it is counted how much room there is: that is one statement more.
EVENTS = 300
UNCHANGED_STATEMENTS = 4
CHANGE_STATEMENTS = 36


class Costs:
    """Of `self.anna`, with EVENTS events."""

    def cost(self):
        """Requests, and statements."""
        self.forget_requests()
        statements = self.statements(self.sync)
        return self.count_requests(), statements

    def assert_unchanged(self):
        requests, statements = self.cost()
        self.assertEqual(requests, 1)
        first, last = (number for number, sql in enumerate(statements) if ".lock'" in sql)
        self.assertLessEqual(last - first + 1, UNCHANGED_STATEMENTS, statements)

    def test_it_does_not_grow_with_what_is_stored(self):
        self.assert_unchanged()
        for change, number in ((lambda: self.put("new", "New"), EVENTS + 1),
                               (lambda: self.put("e200", "Changed"), EVENTS + 1),
                               (lambda: self.delete("e200"), EVENTS)):
            change()
            requests, statements = self.cost()
            self.assertLessEqual(requests, self.change_requests)
            self.assertLessEqual(len(statements), CHANGE_STATEMENTS, "\n".join(text[:150] for text in statements))
            self.assertEqual(len(self.titles(self.anna)), number)
        self.assert_unchanged()


class FromCaldav(Costs, Story):
    change_requests = 3  # what is there, what changed, and that

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.anna = self.user()
        self.proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(self.proxy.close)
        for number in range(EVENTS):
            self.put(f"e{number}", f"Event {number}")
        self.connect(self.anna, self.account.connection(credentials={
            "url": self.proxy.url + self.account.client.path("work"),
            "username": self.account.login, "password": PASSWORD}))
        self.sync()
        self.sync()

    def put(self, name, title):
        number = int(name[1:]) if name[1:].isdigit() else 0
        start = self.utc(self.at(number % 100 - 80, 8 + number // 100))
        self.account.put(name, vevent(f"{name}@story", start, summary=title))

    def delete(self, name):
        self.account.client.delete("work", name)

    def forget_requests(self):
        self.proxy.requests.clear()

    def count_requests(self):
        return len(self.proxy.requests)


class FromGoogle(Costs, OnGoogle):
    change_requests = 1

    def setUp(self):
        super().setUp()
        for number in range(EVENTS):
            self.put(f"e{number}", f"Event {number}")
        self.connect_work()
        self.sync()
        self.sync()

    def put(self, name, title):
        number = int(name[1:]) if name[1:].isdigit() else 0
        self.calendar.meeting(name, self.at(number % 100 - 80, 8 + number // 100), summary=title)

    def delete(self, name):
        self.calendar.cancel(name)

    def forget_requests(self):
        self.google.requests.clear()

    def count_requests(self):
        return len(self.google.requests)
