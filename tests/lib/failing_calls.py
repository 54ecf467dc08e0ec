# SPDX-License-Identifier: GPL-2.0-or-later
"""The program with tests/fake/failing_calls.c before its libraries."""

import os
import subprocess

from .program import TOP

# What fails for want of memory alone: that ends the program.
MEMORY = ("curl_url", "xmlCreateIOParserCtxt", "icalparser_new", "icalparser_add_line", "icalparameter_as_ical_string_r")
SOURCE = os.path.join(TOP, "tests", "fake", "failing_calls.c")


class FailingCalls:
    """`environment(…)` is for one run; `counted()` says what the run before called, and how often."""

    def __init__(self, folder):
        self._library = os.path.join(folder, "failing_calls.so")
        self._log = os.path.join(folder, "failing_calls.log")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self._library, SOURCE], check=True)

    def environment(self, name="", at=0, goes_on=False):
        """Counts, and lets the call with that number (from 1) fail, or that and all later ones."""
        return {"LD_PRELOAD": self._library,
                **({"FAILING_CALL": name, "FAILING_AT": str(at)} if name else {"FAILING_LOG": self._log}),
                **({"FAILING_ON": "1"} if goes_on else {}),
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def counted(self):
        """{name: how often}."""
        with open(self._log, encoding="ascii") as log:
            pairs = [line.split() for line in log]
        return {name: int(number) for name, number in pairs if number != "0"}

    def forget(self):
        if os.path.exists(self._log):
            os.unlink(self._log)
