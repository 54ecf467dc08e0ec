# SPDX-License-Identifier: GPL-2.0-or-later
"""Events of one UID in several objects of a calendar. Radicale takes no such objects: they lie there under other words,
and a proxy puts in the right ones."""

import re


def cover(name, ics):
    """The object of that name with a UID of its own, and without an override that lacks its series."""
    ics = ics.replace("UID:", f"UID:{name}-scattered-")
    return ics if "RRULE" in ics else ics.replace("RECURRENCE-ID", "X-RECURRENCE-ID")


def uncover(answer):
    """For SpoilingProxy.spoil()."""
    body = re.sub(rb"UID:[\w-]+-scattered-", b"UID:", answer.body)
    return answer.with_body(body.replace(b"X-RECURRENCE-ID", b"RECURRENCE-ID"))


WHERE = ("PROPFIND", "REPORT", "GET")
