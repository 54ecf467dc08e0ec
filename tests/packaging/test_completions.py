# SPDX-License-Identifier: GPL-2.0-or-later
"""The shells complete what the program understands."""

import os
import re
import shutil
import subprocess
import unittest

from lib.program import program_path

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(TOP, "build", os.environ.get("PRM_TEST_VARIANT", "plain"), "completions")
ASK = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prm_calendar
printf '%s\\n' "${COMPREPLY[@]}\""""


def complete(*words):
    done = subprocess.run(["bash", "-c", ASK, "bash", os.path.join(FOLDER, "bash"), "prm-calendar", *words],
                          cwd=os.path.join(TOP, "conf"), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def help_of(*arguments):
    return subprocess.run([program_path(), *arguments, "--help"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True).stdout


def commands():
    listed = help_of().split("Commands:\n")[1].split("\n\n")[0]
    return set(re.findall(r"^  (\S+)", listed, re.MULTILINE))


class Bash(unittest.TestCase):

    def test_every_command_is_offered(self):
        self.assertLessEqual(commands(), complete(""))
        self.assertEqual(complete("stat"), {"status"})

    def test_every_option_is_offered(self):
        for command in commands():
            with self.subTest(command=command):
                options = re.findall(r"^ .*?(--[a-z-]+=?)", help_of(command), re.MULTILINE)
                self.assertEqual(set(options), complete(command, "--"))

    def test_files_are_offered_where_a_file_is_wanted(self):
        for words in (("-c", "prm"), ("--config", "=", "prm"), ("status", "-c", "prm"),
                      ("explain", "prm")):
            with self.subTest(words=words):
                self.assertEqual(complete(*words), {"prm-calendar.ini"})
        self.assertEqual(complete("sync", "--user", "=", "prm"), set())


class Zsh(unittest.TestCase):

    def test_it_parses_and_has_every_command_and_option(self):
        path = os.path.join(FOLDER, "zsh")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n", path], check=True, stdin=subprocess.DEVNULL)
        for command in commands():
            branch = text.split(f"\n\t{command})\n")[1].split("\n\t\t;;\n")[0]
            for option in re.findall(r"^ .*?(--[a-z-]+=?)", help_of(command), re.MULTILINE):
                with self.subTest(command=command):
                    self.assertIn(option, branch)


if __name__ == "__main__":
    unittest.main()
