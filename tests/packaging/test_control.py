# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages that are needed are named in several files, which have to agree."""

import os
import re
import shutil
import subprocess
import tempfile
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


class Packager(unittest.TestCase):
    """Who packages says so in one variable, and the source stays as it is."""

    def named(self, **values):
        folder = tempfile.mkdtemp(prefix="prm-packager-")
        self.addCleanup(shutil.rmtree, folder)
        for name in ("control", "changelog"):
            shutil.copy(os.path.join(TOP, "debian", name), folder)
        subprocess.run([os.path.join(TOP, "packaging", "name-packager"), folder], check=True, stdin=subprocess.DEVNULL,
                       env={"PATH": os.environ["PATH"], **values})
        texts = []
        for name in ("control", "changelog"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                texts.append(file.read())
        return texts

    def test_without_a_word_nothing_changes(self):
        self.assertEqual(self.named(), [read("debian", "control"), read("debian", "changelog")])
        self.assertEqual(self.named(MAINTAINER="", HOMEPAGE=""), [read("debian", "control"), read("debian", "changelog")])

    def test_all_that_names_the_packager_is_changed(self):
        who = "Ann & Bob | O'Brien \\ Söns <deb@example.net>"
        control, changelog = self.named(MAINTAINER=who, HOMEPAGE="https://example.net/?a&b", VCS_GIT="https://example.net/x.git",
                                        VCS_BROWSER="https://example.net/x")
        source = control.split("\n\n")[0].splitlines()
        self.assertIn(f"Maintainer: {who}", source)
        for line in ("Homepage: https://example.net/?a&b", "Vcs-Git: https://example.net/x.git",
                     "Vcs-Browser: https://example.net/x"):
            self.assertIn(line, source)
        self.assertRegex(changelog, re.escape(f"\n -- {who}  ") + r"\w{3}, \d\d \w{3} \d{4}")
        self.assertNotIn("example.org", control + changelog)


if __name__ == "__main__":
    unittest.main()
