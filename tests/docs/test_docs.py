# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents say is there, is there: make targets, paths, commands and options."""

import glob
import os
import re
import subprocess
import unittest

from lib.program import program_path

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# A path of ours in running text: begins with one of our folders.
PATH = re.compile(r"(?<![\w/.-])((?:src|tests|scripts|conf|sql|packaging)/[\w./*-]*|\.ci/run)")
COMMAND = re.compile(r"^ {4}prm-calendar ([a-z]+)([^#\n]*)", re.MULTILINE)


def documents():
    for path in sorted([*glob.glob(os.path.join(TOP, "*.md")), os.path.join(TOP, "src", "README.md")]):
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
