# SPDX-License-Identifier: GPL-2.0-or-later
"""What a calendar on a server holds, asked for and read by the tests themselves: events as WordPress's rows have to show them.

It reads what the stories put there, and knows nothing else: weekly series with COUNT, EXDATE and changed instances."""

import re
import urllib.parse
import xml.etree.ElementTree
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from lib.story import HOME

DAV = "{DAV:}"


def held(client, path):
    """{event uid: (title, start, end, all day)} of the calendar at that path, as invariants.violations() takes it."""
    events = {}
    for member in members(client, path):
        events.update(_events(client.request("GET", member)))
    return events


def members(client, path):
    """The paths of all objects, as the server spells them."""
    listing = client.request("PROPFIND", path, "", {"Depth": "1", "Content-Length": "0"})
    paths = [urllib.parse.urlsplit(href.text.strip()).path
             for href in xml.etree.ElementTree.fromstring(listing).iter(DAV + "href")]
    return [member for member in paths if member.endswith(".ics")]


def _events(text):
    components = [_properties(body) for body in re.findall(
        r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", re.sub(r"\r?\n[ \t]", "", text), re.DOTALL)]
    for master in components:
        if "RECURRENCE-ID" in master:
            continue
        uid, title = master["UID"][1], _title(master)
        if "RRULE" not in master:
            yield uid, _event(title, master)
            continue
        changed = {_moment(*component["RECURRENCE-ID"]): component for component in components
                   if "RECURRENCE-ID" in component and component["UID"][1] == uid}
        left_out = {_moment(*master["EXDATE"])} if "EXDATE" in master else set()
        for start, end in _weeks(master):
            if start in left_out:
                continue
            instance = changed.get(start)
            name = f"{uid}_{start.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"
            yield name, (_event(_title(instance), instance) if instance else _row(title, start, end))


def _properties(body):
    """{name: (parameters, value)} of the event's own lines, of which each name is given once."""
    lines = re.sub(r"BEGIN:VALARM.*?END:VALARM\r?\n", "", body, flags=re.DOTALL).splitlines()
    found = [re.match(r"([A-Z-]+)((?:;[^:]*)?):(.*)$", line) for line in lines]
    return {match[1]: (match[2], match[3]) for match in found if match}


def _title(component):
    return re.sub(r"\\(.)", r"\1", component["SUMMARY"][1])


def _weeks(master):
    start, end = _moment(*master["DTSTART"]), _moment(*master["DTEND"])
    count = int(re.search(r"COUNT=(\d+)", master["RRULE"][1])[1])
    assert "FREQ=WEEKLY" in master["RRULE"][1]
    return [(start + timedelta(weeks=week), end + timedelta(weeks=week)) for week in range(count)]


def _moment(parameters, value):
    when = datetime.strptime(value[:15], "%Y%m%dT%H%M%S")
    zone = re.search(r"TZID=\"?([^;\"]+)", parameters)
    return when.replace(tzinfo=ZoneInfo(zone[1]) if zone else timezone.utc)


def _event(title, component):
    parameters, value = component["DTSTART"]
    if "VALUE=DATE" in parameters:
        start, end = (datetime.strptime(component[name][1], "%Y%m%d") for name in ("DTSTART", "DTEND"))
        return title, str(start), str(end), "1"
    return _row(title, _moment(parameters, value), _moment(*component["DTEND"]))


def _row(title, start, end):
    return title, *(f"{when.astimezone(HOME):%Y-%m-%d %H:%M:%S}" for when in (start, end)), "0"
