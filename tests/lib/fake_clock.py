# SPDX-License-Identifier: GPL-2.0-or-later
"""Another time of day for the program alone, by Debian's libfaketime: it goes on from there, and what is measured
(time-outs, how long something took) stays real."""

import glob
import os

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def environment(now):
    """What the program's environment needs so that it begins at `now`."""
    library, = glob.glob(LIBRARY)
    return {
        "LD_PRELOAD": library,
        # Read as local time.
        "FAKETIME": f"@{now:%Y-%m-%d %H:%M:%S}", "TZ": "UTC0",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # The sanitizer wants to be loaded first, but does without.
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
    }
