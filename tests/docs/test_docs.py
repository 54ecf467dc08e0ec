# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents say is there, is there: make targets, paths, commands and options."""

import glob
import os
import re
import subprocess
import unittest
from pathlib import Path

from lib.limits import limit, limits
from lib.program import program_path

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# A path of ours in running text: begins with one of our folders.
PATH = re.compile(r"(?<![\w/.-])((?:src|tests|scripts|conf|sql|packaging)/[\w./*-]*|\.ci/run)")
COMMAND = re.compile(r"^ {4}prm-calendar ([a-z]+)([^#\n]*)", re.MULTILINE)


def documents():
    for path in sorted([*glob.glob(os.path.join(TOP, "*.md")), *glob.glob(os.path.join(TOP, "docs", "*.md")), os.path.join(TOP, "src", "README.md")]):
        with open(path, encoding="utf-8") as file:
            yield os.path.relpath(path, TOP), file.read()


def help_of(*arguments):
    return subprocess.run([program_path(), *arguments, "--help"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True).stdout


class Documents(unittest.TestCase):

    def test_make_targets_exist(self):
        listed = subprocess.run(["make", "-s", "help"], cwd=TOP, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, check=True).stdout
        targets = set(re.findall(r"^\s+([a-z-]+)", listed, re.MULTILINE))
        self.assertLessEqual({"all", "check", "demo", "lint", "format"}, targets)
        for name, text in documents():
            for target in re.findall(r"(?:`|^ {4})make ([a-z-]+)", text, re.MULTILINE):
                with self.subTest(document=name):
                    self.assertIn(target, targets)

    def test_paths_exist(self):
        for name, text in documents():
            for path in PATH.findall(text):
                if re.search(r"[A-Z]{3}", path):
                    continue  # a placeholder: tests/unit/ROOM/test-MODULE.c
                with self.subTest(document=name):
                    found = glob.glob(os.path.join(TOP, path.rstrip(".")))
                    self.assertTrue(found, f"{path} is not there")

    def test_links_lead_somewhere(self):
        for name, text in documents():
            for target in re.findall(r"\]\(([^)#:]+)\)", text):
                with self.subTest(document=name):
                    self.assertTrue(os.path.exists(os.path.join(TOP, target)), target)

    def test_tests_that_are_named_exist(self):
        """Each `test_…` stands in a file that was named in the same line, a row of a table as a rule."""
        for name, text in documents():
            for line in text.splitlines():
                files = [os.path.join(TOP, path) for path in PATH.findall(line) if path.endswith(".py")]
                source = "".join(Path(path).read_text("utf-8") for path in files if os.path.isfile(path))
                for test in re.findall(r"`(test_[a-z0-9_]+)`", line if files else ""):
                    with self.subTest(document=name, test=test):
                        self.assertIn(f"def {test}(self", source)

    def test_security_names_a_test_for_every_threat(self):
        with open(os.path.join(TOP, "SECURITY.md"), encoding="utf-8") as file:
            rows = [line for line in file if line.startswith("|")][2:]
        self.assertGreater(len(rows), 10)
        for row in rows:
            with self.subTest(row=row):
                self.assertRegex(row.rstrip().split("|")[-2], r"`tests/")

    def test_every_limit_is_tested_and_those_of_the_ini_are_in_its_manual(self):
        """Each by the name in the table, or, where the ini sets it, by its key."""
        tests = "".join(Path(path).read_text(encoding="utf-8") for kind in ("py", "c")
                        for path in glob.glob(os.path.join(TOP, "tests", "**", f"test*.{kind}"), recursive=True))
        keys = Path(TOP, "src/util/config_keys.c").read_text(encoding="utf-8")
        manual = Path(TOP, "packaging/man/prm-calendar.ini.5").read_text(encoding="utf-8")
        for name in limits():
            with self.subTest(limit=name):
                key = re.search(rf'"(\w+)", CONFIG_INT, 0, FIELD\(\w+\),\s*{name}\b', keys)
                if key:
                    self.assertTrue(re.search(rf"Cm {key[1]} No = Ar {limit(name)}\b", manual), "not in the manual")
                self.assertTrue(re.search(rf"sync_{key[1]}\b" if key else rf"\b{name}\b", tests), "in no test")

    def test_every_fuzz_target_has_seeds_and_a_dictionary(self):
        targets = [Path(path).stem.removeprefix("fuzz-") for path in glob.glob(os.path.join(TOP, "tests", "fuzz", "fuzz-*.c"))]
        self.assertGreater(len(targets), 10)
        for target in targets:
            with self.subTest(target):
                self.assertTrue(os.listdir(os.path.join(TOP, "tests", "fuzz", "corpus", target)))
                self.assertTrue(os.path.exists(os.path.join(TOP, "tests", "fuzz", "dictionaries", f"{target}.dict")))

    def test_commands_and_options_exist(self):
        overview = help_of()
        for name, text in documents():
            for command, rest in COMMAND.findall(text):
                with self.subTest(document=name, command=command):
                    self.assertRegex(overview, rf"(?m)^\s+{command}\b")
                    options = set(re.findall(r"--[a-z-]+", rest))
                    self.assertLessEqual(options, set(re.findall(r"--[a-z-]+", help_of(command))))


if __name__ == "__main__":
    unittest.main()
