# SPDX-License-Identifier: GPL-2.0-or-later
"""How long syncs take - a first one, and then with nothing, one event or one deletion new -, beside curl doing the same
requests and the client loading the same rows. Figures of one run on one machine; only the ratios mean anything
elsewhere."""

import argparse
import os
import random
import re
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import ics  # noqa: E402
from lib.processes import clean_up_on_signals  # noqa: E402
from lib.program import program_path, write_ini  # noqa: E402
from lib.sandbox import Sandbox  # noqa: E402
from lib.story import Account  # noqa: E402

BATCH = 50
SEED = 20260115


def names(count):
    """Distinct people, the same ones in every run."""
    rng = random.Random(SEED)
    first = ["Ana", "Bram", "Chloé", "Daan", "Emma", "Finn", "Guus", "Hanna", "Iris", "Jörg", "Koen", "Lotte"]
    last = ["Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters"]
    return [(rng.choice(first), f"{rng.choice(last)}-{number}", f"person{number}@example.org")
            for number in range(count)]


def seed_people(site, user, people):
    rows, meta = [], []
    for number, (first, last, email) in enumerate(people):
        post = 100000 + number
        rows.append(f"({post},{user},NOW(),UTC_TIMESTAMP(),'','{first} {last}','','publish','person','','','',"
                    f"NOW(),UTC_TIMESTAMP(),'')")
        for key, value in (("first_name", first), ("last_name", last), ("contact_info", "1"),
                           ("contact_info_0_contact_type", "email"), ("contact_info_0_contact_value", email)):
            meta.append(f"({post},'{key}','{value}')")
    sql = ("INSERT INTO wp_posts (ID,post_author,post_date,post_date_gmt,post_content,post_title,post_excerpt,"
           "post_status,post_type,to_ping,pinged,post_content_filtered,post_modified,post_modified_gmt,guid) VALUES "
           + ",".join(rows) + ";\nINSERT INTO wp_postmeta (post_id,meta_key,meta_value) VALUES " + ",".join(meta) + ";")
    site.database.sql(sql, site.name)


def seed_calendar(account, people, events):
    """Straight into the server's folder: a PUT for each would take longer than the measurement."""
    rng = random.Random(SEED)
    folder = os.path.join(account.server.folder, "collections", "collection-root", account.login, "work")
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(days=80)
    for number in range(events):
        when = start + timedelta(minutes=rng.randrange(100 * 24 * 60))
        guests = [(email, f"{first} {last}", "ACCEPTED")
                  for first, last, email in rng.sample(people, 2)]
        event = ics.vevent(f"bench-{number}@example.org", when, summary=f"Meeting {number}",
                           attendees=guests)
        with open(os.path.join(folder, f"bench-{number}.ics"), "w", encoding="utf-8", newline="") as file:
            file.write(ics.calendar(event))


class PeakMemory(threading.Thread):
    """Follows a process's high-water mark; its rusage would count the memory of this one, which started it."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self._path = f"/proc/{pid}/status"
        self.megabytes = 0.0

    def run(self):
        while True:
            try:
                with open(self._path, encoding="ascii", errors="replace") as file:
                    mark = re.search(r"VmHWM:\s+(\d+) kB", file.read())
            except OSError:
                return
            if mark is None:  # it has ended and waits to be reaped
                return
            self.megabytes = int(mark.group(1)) / 1024
            time.sleep(0.005)


def timed(argv, stdin=subprocess.DEVNULL):
    """Wall seconds, processor seconds and peak memory in MB of a command, and its output."""
    began = time.monotonic()
    process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE)
    memory = PeakMemory(process.pid)
    memory.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    memory.join()
    if status != 0:
        sys.exit(f"{argv[0]} ended with status {status}\n{output.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, memory.megabytes, output


def questions(database):
    return int(database.sql("SHOW GLOBAL STATUS LIKE 'Questions'")[0][1])


def sync(site, ini, label):
    before = questions(site.database)
    wall, processor, memory, output = timed([program_path(), "sync", "-c", ini, "--all"])
    statements = questions(site.database) - before - 1
    print(f"{label:<34} {wall:7.2f} s  {processor:6.2f} s cpu  {memory:6.1f} MB  {statements:6d} statements")
    print(f"    {output.decode().splitlines()[-1]}")
    return wall


CHECK = ('<propfind xmlns="DAV:" xmlns:CS="http://calendarserver.org/ns/"><prop><resourcetype/><displayname/>'
         '<CS:getctag/></prop></propfind>')
TOKEN = '<propfind xmlns="DAV:"><prop><sync-token/></prop></propfind>'
CHANGES = ('<sync-collection xmlns="DAV:"><sync-token>%s</sync-token><sync-level>1</sync-level><prop><getetag/></prop>'
           '</sync-collection>')
LISTING = ('<propfind xmlns="DAV:"><prop><getetag/><resourcetype/><getcontenttype/></prop></propfind>')


def curl_listing(account, folder):
    """The same requests as ours: one listing, and multigets of fifty, on one connection."""
    url = account.client.url("work") + "/"
    common = ["--silent", "--show-error", "--user", f"{account.login}:{account.password}",
              "--header", "Depth: 1", "--header", "Content-Type: application/xml; charset=utf-8"]
    wall, processor, memory, listing = timed(
        ["curl", *common, "--request", "PROPFIND", "--data-binary", LISTING, url])
    hrefs = [href for href in re.findall(rb"<href>([^<]+\.ics)</href>", listing)]
    config = []
    for start in range(0, len(hrefs), BATCH):
        body = os.path.join(folder, f"multiget-{start}.xml")
        with open(body, "wb") as file:
            file.write(b'<C:calendar-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/>'
                       b"<C:calendar-data/></prop>"
                       + b"".join(b"<href>" + href + b"</href>" for href in hrefs[start:start + BATCH])
                       + b"</C:calendar-multiget>")
        config += ["--next", *common, "--request", "REPORT", "--data-binary", f"@{body}", "--output",
                   os.path.join(folder, "answer.xml"), url]
    more, more_processor, more_memory, _ = timed(["curl", *config[1:]])
    print(f"{'curl, the same requests':<34} {wall + more:7.2f} s  {processor + more_processor:6.2f} s cpu  "
          f"{max(memory, more_memory):6.1f} MB")
    return wall + more


def curl_requests(account, label, *requests):
    """The requests (method, depth, body, name of an object or "") on one connection."""
    argv = ["curl"]
    for number, (method, depth, body, name) in enumerate(requests):
        argv += ["--next"] * (number > 0)
        argv += ["--silent", "--show-error", "--fail", "--user", f"{account.login}:{account.password}",
                 "--header", f"Depth: {depth}", "--header", "Content-Type: application/xml; charset=utf-8",
                 "--request", method, *(["--data-binary", body] if body else []),
                 f"{account.client.url('work')}/{name}"]
    wall, processor, memory, output = timed(argv)
    if label:
        print(f"{label:<34} {wall:7.2f} s  {processor:6.2f} s cpu  {memory:6.1f} MB")
    return wall, output.decode()


def sync_token(account):
    _, answer = curl_requests(account, None, ("PROPFIND", 0, TOKEN, ""))
    return re.search(r"<sync-token>([^<]+)</sync-token>", answer).group(1)


def put(account, number, summary):
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    account.put(f"bench-{number}", ics.vevent(f"bench-{number}@example.org", start, summary=summary))


def compare_changes(site, ini, account):
    """Each change is made twice, for whoever asks first makes the server look."""
    check = ("PROPFIND", 0, CHECK, "")
    curl_requests(account, None, check)
    curl, _ = curl_requests(account, "curl, the change check", check)
    ratios = [("unchanged sync / curl", sync(site, ini, "prm-calendar, nothing changed") / curl)]
    put(account, 1, "Changed")
    ours = sync(site, ini, "prm-calendar, one event changed")
    token = sync_token(account)
    put(account, 1, "Changed again")
    curl, _ = curl_requests(account, "curl, the same requests", check, ("REPORT", 1, CHANGES % token, ""),
                            ("GET", 0, None, "bench-1.ics"))
    ratios.append(("one changed event / curl", ours / curl))
    account.client.delete("work", "bench-2")
    ours = sync(site, ini, "prm-calendar, one event deleted")
    token = sync_token(account)
    account.client.delete("work", "bench-3")
    curl, _ = curl_requests(account, "curl, the same requests", check, ("REPORT", 1, CHANGES % token, ""))
    ratios.append(("one deleted event / curl", ours / curl))
    return ratios


def load_rows(site, folder):
    """The same rows, into tables that hold the rest already."""
    tables = ["wp_posts", "wp_postmeta", "wp_comments", "wp_commentmeta"]
    dump = os.path.join(folder, "rows.sql")
    with open(dump, "wb") as file:
        for table, where in (("wp_posts", "post_type = 'calendar_event'"),
                             ("wp_postmeta", "post_id IN (SELECT ID FROM wp_posts WHERE post_type = 'calendar_event')"),
                             ("wp_comments", "comment_type = 'activity'"),
                             ("wp_commentmeta", "meta_key <> ''")):
            subprocess.run(["mariadb-dump", "--no-defaults", f"--socket={site.database.socket}", "--user=root",
                            "--no-create-info", "--single-transaction", f"--where={where}", site.name, table],
                           stdout=file, check=True)
    site.database.sql("CREATE DATABASE prm_bench_copy")
    for table in tables:
        site.database.sql(f"CREATE TABLE prm_bench_copy.{table} LIKE {site.name}.{table}")
    with open(dump, "rb") as file:
        wall, processor, memory, _ = timed(site.database.command("prm_bench_copy"), stdin=file)
    print(f"{'mariadb < the same rows':<34} {wall:7.2f} s  {processor:6.2f} s cpu  {memory:6.1f} MB")
    return wall


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--events", type=int, default=3000)
    options = parser.parse_args()
    clean_up_on_signals()
    sandbox = Sandbox()
    try:
        site = sandbox.new_site("prm_bench")
        user = site.call("seed_user", "anna", "Anna")
        people = names(options.people)
        seed_people(site, user, people)
        account = Account(sandbox.radicale, "anna")
        account.calendar("work")
        seed_calendar(account, people, options.events)
        site.call("seed_connections", user, [account.connection()])
        ini = write_ini(site, os.path.join(site.folder, "prm-calendar.ini"))
        print(f"{options.people} people, {options.events} events, Radicale and MariaDB on this machine\n")
        # Fills the server's caches of objects and of changes, so that nobody pays for them below.
        curl_listing(account, sandbox.folder)
        sync_token(account)
        curl = curl_listing(account, sandbox.folder)
        first = sync(site, ini, "prm-calendar, first sync")
        rows = load_rows(site, sandbox.folder)
        ratios = [("first sync / (curl + load)", first / (curl + rows)),
                  *compare_changes(site, ini, account)]
        print()
        for label, ratio in ratios:
            print(f"{label:<28} {ratio:.2f}")
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
