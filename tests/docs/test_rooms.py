# SPDX-License-Identifier: GPL-2.0-or-later
"""src/README.md draws the house that is there."""

import os
import re
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, os.path.join(TOP, "tests", "lint"))
# pylint: disable=wrong-import-position
from rooms import ROOMS, table_problems  # noqa: E402

TEXT = (TOP / "src" / "README.md").read_text(encoding="utf-8")


class House(unittest.TestCase):

    def test_its_doors_are_those_of_the_table(self):
        drawn = {room: set(re.findall(r"`(\w+)`", doors))
                 for room, doors in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", TEXT, re.MULTILINE)}
        self.assertEqual(drawn, {name: set(room.doors.split()) for name, room in ROOMS.items() if room.doors})

    def test_its_rooms_are_the_folders(self):
        folders = {path.name for path in (TOP / "src").iterdir() if path.is_dir()}
        self.assertEqual(folders, set(ROOMS))
        drawing = TEXT[:TEXT.index("## The doors")]
        for room in ROOMS:
            self.assertRegex(drawing, rf"(?<![`\w]){room}  ", f"{room} is not drawn")

    def test_its_table_is_in_order(self):
        here = os.getcwd()
        os.chdir(TOP)
        self.addCleanup(os.chdir, here)
        self.assertEqual(list(table_problems()), [])

    def test_the_functions_that_it_follows_are_there(self):
        code = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "src").rglob("*.c"))
        for name in set(re.findall(r"`(\w+)\(\)`", TEXT)) - {"wp_trash_post"}:
            with self.subTest(function=name):
                is_there = re.search(rf"^(?:[\w *]*[ *])?{name}\(", code, re.MULTILINE)
                self.assertTrue(is_there, f"{name}() is no function of ours")

    def test_no_room_is_too_big(self):
        lines = {room: sum(len(path.read_text(encoding="utf-8").splitlines())
                           for path in (TOP / "src" / room).glob("*.[ch]")) for room in ROOMS}
        biggest = max(lines, key=lines.get)
        self.assertLess(lines[biggest] / sum(lines.values()), 0.17,
                        f"src/{biggest}/ holds {lines[biggest]} of {sum(lines.values())} lines: does a room want to come out?")


if __name__ == "__main__":
    unittest.main()
