# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a first, a full and an unchanged sync of a large Google calendar take, beside curl asking for the same
pages. Figures of one run on one machine; only the ratios mean anything elsewhere."""

import argparse
import os
import random
import sys
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bench.first_sync import SEED, names, questions, seed_people, timed  # noqa: E402
from fake.google_server import CLIENT_ID, CLIENT_SECRET, GoogleServer  # noqa: E402
from lib.processes import clean_up_on_signals  # noqa: E402
from lib.program import program_path, write_ini  # noqa: E402
from lib.sandbox import Sandbox  # noqa: E402


def fill(calendar, people, events):
    rng = random.Random(SEED)
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(days=80)
    for number in range(events):
        guests = [{"email": email, "displayName": f"{first} {last}", "responseStatus": "accepted"}
                  for first, last, email in rng.sample(people, 2)]
        calendar.meeting(f"bench{number}", start + timedelta(minutes=rng.randrange(100 * 24 * 60)),
                         summary=f"Meeting {number}", description="What it is about. " * 20, attendees=guests)


def show(label, figures, more):
    wall, processor, memory, _ = figures
    print(f"{label:<34} {wall:7.2f} s  {processor:6.2f} s cpu  {memory:6.1f} MB  {more}", flush=True)


def sync(site, ini, google, label, *options):
    before, asked = questions(site.database), len(google.requests)
    figures = timed([program_path(), "sync", "-c", ini, "--all", *options])
    show(label, figures, f"{questions(site.database) - before - 1} statements, "
                         f"{len(google.requests) - asked} requests")
    return figures[0]


def curl(google, account, folder, paths, label):
    """The same pages, on one connection."""
    token = account.credentials()["access_token"]
    config = os.path.join(folder, "curl.conf")
    with open(config, "w", encoding="ascii") as file:
        for path in paths:
            file.write(f'url = "{google.url}{path}"\noutput = "/dev/null"\n')
    figures = timed(["curl", "--silent", "--show-error", "--globoff", "--header",
                     f"Authorization: Bearer {token}", "--config", config])
    show(label, figures, f"{len(paths)} requests")
    return figures[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--events", type=int, default=10000)
    options = parser.parse_args()
    clean_up_on_signals()
    sandbox = Sandbox()
    google = GoogleServer()
    try:
        site = sandbox.new_site("prm_bench")
        user = site.call("seed_user", "anna", "Anna")
        people = names(options.people)
        seed_people(site, user, people)
        account = google.account("anna@example.org")
        fill(account.calendar(), people, options.events)
        site.call("seed_connections", user, [{
            "id": "conn_65a4f0c1d2e01", "provider": "google", "name": "Work", "calendar_id": "primary",
            "credentials": account.credentials(), "sync_enabled": True, "auto_log": False}])
        ini = write_ini(site, os.path.join(site.folder, "prm-calendar.ini"),
                        google_client_id=CLIENT_ID, google_client_secret=CLIENT_SECRET,
                        google_api_base=google.api_base, google_token_url=google.token_url)
        print(f"{options.people} people, {options.events} events, a scripted Google and MariaDB on this machine\n")
        sync(site, ini, google, "prm-calendar, first sync")
        pages = [path for _, path in google.requests]
        whole = curl(google, account, sandbox.folder, pages, "curl, the same pages")
        full = sync(site, ini, google, "prm-calendar, all listed again", "--full")
        again = sync(site, ini, google, "prm-calendar, nothing changed")
        delta = curl(google, account, sandbox.folder, [google.requests[-1][1]], "curl, the same request")
        print(f"\nall listed again / curl      {full / whole:.2f}")
        print(f"unchanged sync / curl        {again / delta:.2f}")
    finally:
        google.close()
        sandbox.close()


if __name__ == "__main__":
    main()
