# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes iCalendar objects: calendar(vevent("uid", start, hours=1, summary="Lunch"))."""

from datetime import date, datetime, timedelta, timezone

# New York as every calendar client sends it: rules since 2007.
NEW_YORK = "\r\n".join((
    "BEGIN:VTIMEZONE", "TZID:America/New_York",
    "BEGIN:DAYLIGHT", "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "TZNAME:EDT", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "TZNAME:EST", "END:STANDARD",
    "END:VTIMEZONE"))


def text(value):
    """RFC 5545, 3.3.11."""
    return (value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
            .replace("\r\n", "\\n").replace("\n", "\\n"))


def parameter(value):
    """RFC 6868, for quotes in a common name."""
    return value.replace("^", "^^").replace('"', "^'").replace("\n", "^n")


def fold(line):
    """RFC 5545, 3.1: at most 75 octets, never in the middle of a character."""
    folded, octets = [], 0
    for character in line:
        size = len(character.encode())
        if octets + size > 74:
            folded.append("\r\n ")
            octets = 1
        folded.append(character)
        octets += size
    return "".join(folded)


def stamp(when, tzid=None):
    """The value of a date property, with its parameters: ":20260115T090000Z", ";VALUE=DATE:…"."""
    if not isinstance(when, datetime):
        return f";VALUE=DATE:{when:%Y%m%d}"
    if tzid:
        return f";TZID={tzid}:{when:%Y%m%dT%H%M%S}"
    if when.tzinfo is None:
        return f":{when:%Y%m%dT%H%M%S}"
    return f":{when.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"


def person(kind, email, name=None, status=None):
    parts = [kind]
    if name:
        parts.append(f'CN="{parameter(name)}"')
    if status:
        parts.append(f"PARTSTAT={status}")
    return ";".join(parts) + f":mailto:{email}"


def vevent(uid, start, *, end=None, hours=1, minutes=None, tzid=None, summary=None, attendees=(), organizer=None,
           description=None, location=None, recurrence_id=None, lines=()):
    """`attendees` are (email, name, PARTSTAT); `lines` are further properties as they are. A date as start
    makes an all-day event of one day, unless `end` says otherwise. `minutes` are written as a duration, which is the
    same on any day; an end is a time of the clock."""
    if end is None:
        is_day = isinstance(start, date) and not isinstance(start, datetime)
        end = start + (timedelta(days=1) if is_day else timedelta(hours=hours))
    out = ["BEGIN:VEVENT", f"UID:{text(uid)}", "DTSTAMP:20260101T000000Z"]
    if recurrence_id is not None:
        out.append("RECURRENCE-ID" + stamp(recurrence_id, tzid))
    out += ["DTSTART" + stamp(start, tzid),
            "DTEND" + stamp(end, tzid) if minutes is None else f"DURATION:PT{minutes}M"]
    for name, value in (("SUMMARY", summary), ("DESCRIPTION", description),
                        ("LOCATION", location)):
        if value is not None:
            out.append(f"{name}:{text(value)}")
    if organizer:
        out.append(person("ORGANIZER", *organizer))
    out += [person("ATTENDEE", *attendee) for attendee in attendees]
    out += [*lines, "END:VEVENT"]
    return "\r\n".join(fold(line) for line in out)


def calendar(*components):
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//prm-calendar//tests//EN",
                        *components, "END:VCALENDAR", ""))
