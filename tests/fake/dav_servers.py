#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts Radicale or Xandikos, fills it, says what is where, and ends when standard input closes.

Usage: dav_servers.py radicale|xandikos FOLDER. The answer is lines of NAME=VALUE and then "ready"."""

import os
import re
import sys
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
# pylint: disable=wrong-import-position
from lib.caldav import Radicale, Xandikos  # noqa: E402
from lib.processes import clean_up_on_signals  # noqa: E402

USER = "anna"
PASSWORD = "wört:geheim"
PRINCIPALS = {"radicale": f"/{USER}/", "xandikos": "/user/"}
EVENTS = 120  # more than two multigets
# Names that servers and clients spell differently.
NAMES = ["sp ace@x+y.ics", "no-extension", "b\u00fcro.ics", "100%25.ics", "a:b.ics", "q&a's.ics"]


def event(uid, day, hour, more=""):
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202601{day:02}T{hour:02}0000Z\r\n"
            f"DTEND:202601{day:02}T{hour:02}3000Z\r\nSUMMARY:Meeting {uid}\r\n{more}"
            "END:VEVENT\r\nEND:VCALENDAR\r\n")


def put_as(client, name, number):
    client.request("PUT", client.path("work") + urllib.parse.quote(name),
                   event(f"n{number}", 10, 10), {"Content-Type": "text/calendar; charset=utf-8"})


def fill(client):
    client.make_calendar("work", "Work & B\u00fcro")
    client.make_calendar("empty", "Empty")
    for number in range(EVENTS):
        client.put("work", f"e{number}", event(f"e{number}", number % 28 + 1, number % 20))
    for number, name in enumerate(NAMES):
        try:
            put_as(client, name, number)
        except RuntimeError:
            # Radicale 3.8 does not take all of these.
            put_as(client, re.sub("[:&']", "=", name), number)
    client.put("work", "weekly", event("weekly", 5, 9, "RRULE:FREQ=WEEKLY;COUNT=3\r\n"))
    client.put("work", "past", event("past", 1, 9).replace("202601", "202001"))


def make_task_list(client):
    client.request("MKCALENDAR", client.path("tasks"), (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
        "<D:displayname>Tasks</D:displayname><C:supported-calendar-component-set>"
        '<C:comp name="VTODO"/></C:supported-calendar-component-set>'
        "</D:prop></D:set></C:mkcalendar>"), {"Content-Type": "application/xml; charset=utf-8"})


def main():
    name, folder = sys.argv[1:]
    clean_up_on_signals()
    server = {"radicale": Radicale, "xandikos": Xandikos}[name](folder)
    server.add_user(USER, PASSWORD)
    server.start()
    try:
        client = server.client(USER)
        if name == "radicale":
            # Radicale makes the home when its owner first asks for it.
            client.request("PROPFIND", server.home(USER), headers={"Depth": "0"})
            make_task_list(client)
        fill(client)
        root = server.url.rstrip("/")
        print(f"root={root}/", f"principal={root}{PRINCIPALS[name]}", f"home={client.url()}",
              f"calendar={client.url('work')}", f"user={USER}", f"password={PASSWORD}",
              f"events={EVENTS + len(NAMES) + 3}", "ready", sep="\n", flush=True)
        sys.stdin.read()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
