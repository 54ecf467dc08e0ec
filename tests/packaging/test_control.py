# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages that are needed are named in several files, which have to agree."""

import os
import re
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What Debian takes for granted where packages are built.
ALWAYS_THERE = {"gcc", "make", "libc6-dev"}
OF_DEBHELPER = {"debhelper-compat", "dh-sequence-installsysusers"}


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def group(name):
    """What packaging/packages installs, by the first of its choices."""
    text = re.search(rf"^{name}='([^']*)'", read("packaging", "packages"), re.MULTILINE).group(1)
    return {word.split("|")[0] for word in text.split()}


def fields(text, name):
    """The packages in each field of that name, by the first of their choices, without versions."""
    return [{re.match(r"[\w@.+-]+", word.strip()).group(0) for word in value.split(",")}
            for value in re.findall(rf"^{name}: (.*(?:\n .*)*)", text, re.MULTILINE)]


class Agreement(unittest.TestCase):

    def test_what_building_needs(self):
        wanted, = fields(read("debian", "control"), "Build-Depends")
        self.assertEqual(wanted - OF_DEBHELPER, group("build") - ALWAYS_THERE)

    def test_what_autopkgtest_needs(self):
        demo, life = fields(read("debian", "tests", "control"), "Depends")
        self.assertEqual(demo, group("test") | {"@"})
        self.assertEqual(life, group("test") | group("deb") | group("chroot") | {"@builddeps@"})


if __name__ == "__main__":
    unittest.main()
