# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that cannot be meant are answered in one line that helps, and as an object where JSON was asked for."""

import unittest

from lib.program import run_program

WRONG = (
    (("statsu",), "unknown command 'statsu'; did you mean status?"),
    (("stat",), "did you mean status?"),
    (("frobnicate",), "unknown command 'frobnicate'"),
    (("sync", "--usr=anna"), "did you mean --user?"),
    (("sync", "--dryrun", "--all"), "did you mean --dry-run?"),
    (("sync", "--all", "--user=anna"), "say whom to sync"),
    (("status", "--page=0"), "--page counts from 1"),
    (("log", "x"), "'x' is no event id"),
    (("log", "--limit=-3"), "--limit must not be negative"),
    (("calendars",), "say whose calendars"),
    (("explain",), "name at least one file"),
    (("init",), "--wp-config=PATH is missing"),
    (("help", "snyc"), "did you mean sync?"),
    (("run", "too", "much"), "unexpected argument 'too'"),
)


class Usage(unittest.TestCase):

    def test_a_wrong_call_says_what_is_wrong(self):
        for words, message in WRONG:
            with self.subTest(" ".join(words)):
                done = run_program(*words)
                self.assertEqual((done.status, done.stdout), (64, ""), done)
                line, = done.stderr.splitlines()
                self.assertIn(message, line)
                self.assertRegex(line, r"; see prm-calendar( \w+)? --help$")

    def test_it_is_an_object_where_json_was_asked_for(self):
        for words, message in WRONG:
            with self.subTest(" ".join(words)):
                done = run_program(*words, "--json")
                self.assertEqual(done.status, 64)
                self.assertEqual(list(done.json), ["error"])
                self.assertIn(message, done.json["error"])

    def test_what_is_like_nothing_gets_no_suggestion(self):
        self.assertNotIn("did you mean", run_program("frobnicate").stderr)

    def test_help_is_what_help_says(self):
        self.assertEqual(run_program("help").stdout, run_program("--help").stdout)
        self.assertEqual(run_program("help", "sync").stdout, run_program("sync", "--help").stdout)
