#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares `prm-calendar explain` with two independent programs over a folder of calendar files.

    tests/world/check.py --program=build/prm-calendar --ical-js=FILE FOLDER…

For each file: the starts of all occurrences in two years from its first event on, as we, ical.js and Debian's
python3-recurring-ical-events give them. Where the two agree with each other and not with us, the file is listed with what differs; then
the exit status is 1, unless the file `known` beside this one has a reason for it. Nothing is fetched."""

import argparse
import json
import os
import re
import select
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

SITE = "Asia/Kathmandu"  # a zone that no file is in: floating times stand out
FILE_BYTES_MAX = 2 * 1024 * 1024
WINDOW = timedelta(days=730)
SECS = 20
OCCURRENCES_MAX = 20000
SHOWN_MAX = 4


class Failed(Exception):
    """The program gives no answer for this file."""


def window_of(data):
    """From the first DTSTART of a VEVENT on; None when there is none that makes sense."""
    starts = []
    for event in re.findall(rb"BEGIN:VEVENT(.*?)END:VEVENT", data, re.DOTALL | re.IGNORECASE):
        for text in re.findall(rb"^DTSTART[^:\r\n]*:(\d{8})", event, re.MULTILINE | re.IGNORECASE):
            try:
                starts.append(datetime.strptime(text.decode(), "%Y%m%d").replace(tzinfo=timezone.utc))
            except ValueError:
                pass
    starts = [start for start in starts if 1950 < start.year < 2100]
    if not starts:
        return None
    return min(starts) - timedelta(days=2), min(starts) + WINDOW


def spell(start):
    if not isinstance(start, datetime):
        return start.isoformat()
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(SITE))
    return start.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_within(start, window):
    moment = datetime.fromisoformat(start.replace("Z", "+00:00"))
    return window[0] <= (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) < window[1]


def ours(program, path, window):
    """Occurrences, and what explain said of the file."""
    done = subprocess.run(
        [program, "explain", "--json", f"--timezone={SITE}", f"--from={window[0]:%Y-%m-%dT%H:%M:%SZ}",
         f"--to={window[1]:%Y-%m-%dT%H:%M:%SZ}", path],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=SECS, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{path}: explain ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    answer = json.loads(done.stdout)
    notes = [problem["message"] for problem in answer["problems"]]
    if done.returncode == 1:
        raise Failed("; ".join(notes))
    # An event without UID is named by its file: the others leave it nameless.
    name = os.path.splitext(os.path.basename(path))[0]
    found = [("" if event["uid"].startswith(name) else event["uid"], event.get("start_date") or event["start_utc"])
             for event in answer["events"]]
    return [item for item in found if is_within(item[1], window)], notes


def alarm(_signum, _frame):
    raise Failed("took too long")


def recurring_ical_events_of(data, window):
    signal.signal(signal.SIGALRM, alarm)
    signal.alarm(SECS)
    try:
        found = []
        for calendar in icalendar.Calendar.from_ical(data, multiple=True):
            for event in recurring_ical_events.of(calendar).between(window[0], window[1]):
                found.append((str(event.get("UID", "")), spell(event["DTSTART"].dt)))
        return [item for item in found if is_within(item[1], window)]
    except Failed:
        raise
    except Exception as error:  # whatever it thinks of the file
        raise Failed(f"{type(error).__name__}: {error}") from error
    finally:
        signal.alarm(0)


class IcalJs:
    """One process for all files; another one when it takes too long."""

    def __init__(self, module):
        self.module = module
        self.process = None

    def start(self):
        driver = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ical_js.mjs")
        self.process = subprocess.Popen(["node", driver, self.module], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def close(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def occurrences(self, path, window):
        if self.process is None:
            self.start()
        question = {"path": path, "zone": SITE, "from": window[0].timestamp() * 1000, "to": window[1].timestamp() * 1000}
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], SECS)[0]:
            self.close()
            raise Failed("took too long")
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise Failed("ended")
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise Failed(answer["error"])
        return [(uid if uid is not None else "", start) for uid, start in answer]


def known_reasons():
    """{end of a path: why we stay with what we say}"""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known"), encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t", 1) for line in file if not line.startswith("#"))


def reason_for(path, reasons):
    return next((reason for end, reason in reasons.items() if os.path.abspath(path).endswith("/" + end)), None)


def attempt(function, *arguments):
    """(occurrences as a set, None), or (None, why not)."""
    try:
        return frozenset(function(*arguments)), None
    except Failed as failure:
        return None, str(failure)


def describe(path, mine, theirs, notes):
    lines = [f"DIFFERS {path}"]
    for name, items in (("only they", theirs - mine), ("only we", mine - theirs)):
        for uid, start in sorted(items)[:SHOWN_MAX]:
            lines.append(f"    {name}: {start}  {uid[:80]}")
        if len(items) > SHOWN_MAX:
            lines.append(f"    {name}: and {len(items) - SHOWN_MAX} more")
    return "\n".join(lines + [f"    we said: {note}" for note in notes[:SHOWN_MAX]])


def check_file(program, ical_js, path, counts):
    """A description of what both others see otherwise, or None."""
    with open(path, "rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    window = window_of(data) if len(data) <= FILE_BYTES_MAX else None
    if window is None:
        counts["without an event to compare"] += 1
        return None
    notes = []
    try:
        found, notes = ours(program, path, window)
        mine, refused = frozenset(found), None
    except Failed as failure:
        mine, refused = None, str(failure)
    if any("occurrences left out" in note for note in notes):
        counts["more occurrences than are compared"] += 1
        return None
    first, _ = attempt(recurring_ical_events_of, data, window)
    second, _ = attempt(ical_js.occurrences, path, window)
    if first is None and second is None:
        counts["neither of the others reads it, " + ("nor do we" if mine is None else "we do")] += 1
    elif first is None or second is None:
        other = first if first is not None else second
        counts["one of the others reads it, " + ("as we do" if mine == other else "otherwise than we")] += 1
    elif first != second:
        agrees = "we agree with one" if mine in (first, second) else "we with neither"
        counts[f"the others disagree, {agrees}"] += 1
    elif mine == first:
        counts["all three agree"] += 1
    else:
        return describe(path, mine or frozenset(), first, [refused] if refused else notes)
    return None


def calendar_files(folders):
    for folder in folders:
        for parent, names, files in os.walk(folder):
            names.sort()
            for name in sorted(files):
                if name.lower().endswith((".ics", ".ical", ".icalendar", ".vcs")):
                    yield os.path.join(parent, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--ical-js", required=True, help="ical.js's own file: …/ical.js/dist/ical.js")
    parser.add_argument("--all", action="store_true", help="also name the files about which the others disagree")
    parser.add_argument("folders", nargs="+")
    arguments = parser.parse_args()
    counts = Counter()
    ical_js = IcalJs(os.path.abspath(arguments.ical_js))
    differences = 0
    reasons = known_reasons()
    try:
        for path in calendar_files(arguments.folders):
            counts["files"] += 1
            before = Counter(counts)
            text = check_file(arguments.program, ical_js, path, counts)
            if arguments.all and not text:
                print("; ".join(counts - before), path, sep=": ")
            reason = text and reason_for(path, reasons)
            if reason:
                counts["both others agree against us, for a known reason"] += 1
                print(f"{text}\n    known: {reason}", flush=True)
            elif text:
                differences += 1
                counts["BOTH OTHERS AGREE AGAINST US"] += 1
                print(text, flush=True)
    finally:
        ical_js.close()
    for name, count in counts.most_common():
        print(f"{count:6}  {name}")
    if not counts["files"]:
        print("no calendar files there", file=sys.stderr)
        return 64
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
