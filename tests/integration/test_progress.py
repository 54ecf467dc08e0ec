# SPDX-License-Identifier: GPL-2.0-or-later
"""Long work shows on a terminal how far it is, in one line that fits; and shows nothing elsewhere."""

import fcntl
import os
import re
import struct
import subprocess
import termios

from lib.ics import vevent
from lib.program import program_path
from lib.story import Story

LINE = re.compile(r"^(\d+) of (\d+) users?, (\d+) events")


class Progress(Story):

    def setUp(self):
        super().setUp()
        for name in ("anna", "bram"):
            account = self.account()
            account.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
            self.connect(self.user(name, name.title()), account.connection(name="A calendar of a long name 日本語"))

    def run_on_terminal(self, *words, columns=80):
        """What a terminal of so many columns shows of stderr."""
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            with subprocess.Popen([program_path(), words[0], "-c", self.ini, *words[1:]], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=theirs) as process:
                os.close(theirs)
                shown = b""
                try:
                    while piece := terminal.read(4096):
                        shown += piece
                except OSError:  # the other end is closed
                    pass
                self.assertEqual(process.wait(60), 0, shown)
        return shown.decode()

    def test_it_says_at_once_how_many_there_are_to_do(self):
        shown = self.run_on_terminal("sync", "--all")
        lines = shown.split("\r\x1b[K")
        first = LINE.match(lines[0])
        self.assertTrue(first, shown)
        self.assertEqual(first.groups(), ("0", "2", "0"))
        self.assertRegex(lines[0], r": (anna|bram)$")
        self.assertEqual(lines[-1], "", "the last line is taken away")

    def test_it_fits_the_terminal(self):
        shown = self.run_on_terminal("sync", "--all", columns=24)
        for line in shown.split("\r\x1b[K"):
            self.assertLess(len(line), 24, shown)
        self.assertTrue(shown.startswith("0 of 2 users, 0 events:"), shown)

    def test_quiet_and_pipes_see_none(self):
        self.assertEqual(self.run_on_terminal("sync", "--all", "-q"), "")
        self.assertEqual(self.sync().stderr, "")
