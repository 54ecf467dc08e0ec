# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be found in the program's memory: no secrets of connections that are done with."""

import os
import re
import unittest

from fake.http_server import FakeServer
from lib.ics import vevent
from lib.interruptions import IS_PLAIN
from lib.processes import wait_until
from lib.program import start_program
from lib.story import PASSWORD, Story
from lib.terminal import on_terminal


def written(secret):
    """The ways in which it could stand there."""
    return [text.encode() for text in (secret, secret.replace("\\", "\\\\").replace('"', '\\"'))]


def memory_of(pid):
    """All that a core dump would hold."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if span:
                start, end = (int(edge, 16) for edge in span.groups())
                memory.seek(start)
                found.append(memory.read(end - start))
    return b"".join(found)


@unittest.skipUnless(os.geteuid() == 0, "only root sees the memory of a process that hides it")
class Memory(Story):

    def setUp(self):
        super().setUp()
        self.hanging = FakeServer({"*": [{"stall": True}]})
        self.addCleanup(self.hanging.close)
        self.anna = self.user()

    def hang(self):
        return {"id": "conn_0000000000002", "provider": "caldav", "name": "Slow", "calendar_id": "",
                "sync_enabled": True, "auto_log": True, "credentials": {
                    "url": self.hanging.url, "username": "anna", "password": "still in use"}}

    def test_the_password_of_a_connection_that_is_done_with_is_wiped(self):
        work = self.account()
        work.put("lunch", vevent("lunch@story", self.utc(self.at(1)), summary="Lunch"))
        self.connect(self.anna, work.connection(), self.hang())
        with start_program("sync", "--all", ini=self.ini) as process:
            try:
                wait_until(self.hanging.count, "the request")
                # A sanitizer keeps what was freed, to see who touches it.
                memory = memory_of(process.pid) if IS_PLAIN else b""
            finally:
                process.kill()
        self.assertEqual(self.titles(self.anna), ["Lunch"], "the first connection is done with")
        self.assertEqual(b"still in use" in memory, IS_PLAIN, "what is in use is seen")
        for secret in written(PASSWORD):
            self.assertNotIn(secret, memory)

    def test_the_password_that_was_typed_is_wiped_once_the_account_was_tried(self):
        work = self.account()
        work.calendar("home", "Home")
        home = work.client.url().rstrip("/") + "/"
        seen = []

        def look(process):
            if IS_PLAIN:
                seen.append(memory_of(process.pid))
            return "1"

        screen, status = on_terminal(
            self.ini, ["connect", "caldav", "--user=anna", f"--url={home}", f"--username={work.login}"],
            [("Password of", PASSWORD), ("Number", look)])
        self.assertEqual(status, 0, screen)
        for memory in seen:
            # Whole, it would be no message that anybody could read.
            self.assertTrue(work.login.encode() in memory, "its memory is seen")
            self.assertEqual([memory.count(secret) for secret in written(PASSWORD)], [0, 0])
