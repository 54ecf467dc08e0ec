# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads and writes TAP, the one language in which all our tests report."""

import re
import unittest
from dataclasses import dataclass, field

_RESULT = re.compile(r"^(not ok|ok)\b(?:\s+\d+)?\s*(?:-\s*)?(.*)$")
_SKIP = re.compile(r"\s*#\s*skip\b\s*(.*)$", re.IGNORECASE)
_PLAN = re.compile(r"^1\.\.(\d+)")


@dataclass
class Result:
    """What one test program said."""
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)  # (name, reason)
    planned: int = None

    def add(self, line):
        plan = _PLAN.match(line)
        if plan:
            self.planned = int(plan.group(1))
            return
        result = _RESULT.match(line)
        if not result:
            return
        verdict, name = result.groups()
        skip = _SKIP.search(name)
        if skip:
            self.skipped.append((name[:skip.start()].strip(), skip.group(1).strip()))
        elif verdict == "ok":
            self.passed.append(name)
        else:
            self.failed.append(name)

    @property
    def count(self):
        return len(self.passed) + len(self.failed) + len(self.skipped)


def read(text):
    result = Result()
    for line in text.splitlines():
        result.add(line)
    return result


class TapResult(unittest.TestResult):
    """Prints one TAP line a test, with the traceback of a failure as comment lines."""

    def __init__(self, write):
        super().__init__()
        self._write = write
        self._number = 0
        self._seen_failures = set()

    def _say(self, verdict, test, suffix=""):
        self._number += 1
        self._write(f"{verdict} {self._number} {_name_of(test)}{suffix}")

    def _say_failure(self, test, error):
        for line in self._exc_info_to_string(error, test).rstrip().splitlines():
            self._write("# " + line)
        self._say("not ok", test)

    def addSuccess(self, test):
        super().addSuccess(test)
        if test.id() not in self._seen_failures:
            self._say("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._say_failure(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._say_failure(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._seen_failures.add(test.id())
            self._say_failure(subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say("ok", test, f" # SKIP {reason}")

    def finish(self):
        self._write(f"1..{self._number}")


def _name_of(test):
    """"tests.integration.test_first_sync.FirstSync.test_x" -> "FirstSync.test_x", one line."""
    return " ".join(".".join(test.id().split(".")[-2:]).split()).replace("#", "")
