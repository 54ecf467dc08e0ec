# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual is well-formed. That it is complete, tests/unit/cli/test-manual.c checks."""

import glob
import os
import subprocess
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# References between pages that are not installed yet, and to pages of packages that are not there.
UNKNOWN_HERE = ("referenced manual not found", "outdated mandoc.db", "mandoc.db: No such file")


def complaints(path):
    lint = subprocess.run(["mandoc", "-T", "lint", path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return [line for line in lint.stdout.splitlines()
            if not any(known in line for known in UNKNOWN_HERE)]


class ManPages(unittest.TestCase):

    def test_mandoc_finds_nothing(self):
        pages = sorted(glob.glob(os.path.join(TOP, "packaging", "man", "*.[1-9]")))
        self.assertEqual(len(pages), 4)
        for page in pages:
            with self.subTest(page=os.path.basename(page)):
                self.assertEqual(complaints(page), [])


if __name__ == "__main__":
    unittest.main()
