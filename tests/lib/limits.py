# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of limits, src/util/limits.h, for tests at their edges: limit("LIMIT_SERIES_EVENTS")."""

import os
import re

from .program import TOP


def limits():
    """{name: value}; of those that the ini sets, the default as text."""
    with open(os.path.join(TOP, "src", "util", "limits.h"), encoding="utf-8") as file:
        return dict(re.findall(r"^#define (LIMIT_\w+) (.+)$", file.read(), re.MULTILINE))


def limit(name):
    product = 1
    for factor in limits()[name].strip('()"').split("*"):
        product *= int(factor)
    return product
