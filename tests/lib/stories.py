# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs modules of unittest stories and reports in TAP: python3 -m lib.stories integration.test_x"""

import faulthandler
import os
import signal
import sys
import unittest

from .processes import clean_up_on_signals
from .sandbox import Sandbox
from .tap import TapResult


def main(names):
    faulthandler.register(signal.SIGQUIT)
    clean_up_on_signals()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    result = TapResult(lambda line: print(line, flush=True))
    try:
        unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
    finally:
        Sandbox.close_shared()
    result.finish()
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
