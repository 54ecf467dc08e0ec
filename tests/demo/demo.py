#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make demo: sample calendars become activities in a real WordPress, in a temporary folder."""

import argparse
import os
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from sample import (CALENDARS, GOOGLE_EMAIL, GOOGLE_MEETINGS, GOOGLE_PERSON, MEETINGS, PEOPLE,  # noqa: E402
                    Sample)
from fake.google_emulator import CLIENT_ID, CLIENT_SECRET, GoogleEmulator, Unavailable  # noqa: E402
from lib.processes import clean_up_on_signals  # noqa: E402
from lib.program import write_ini  # noqa: E402
from lib.sandbox import Sandbox  # noqa: E402

# What a sync must leave alone when nothing changed; usermeta holds `last_sync`, which moves.
CONTENT_TABLES = ("wp_posts", "wp_postmeta", "wp_comments", "wp_commentmeta", "wp_users")

ACTIVITIES = """
$people = array();
foreach ( get_posts( array( 'post_type' => 'person', 'author' => $user, 'numberposts' => -1,
		'orderby' => 'ID', 'order' => 'ASC' ) ) as $person ) {
	$activities = array();
	foreach ( get_comments( array( 'post_id' => $person->ID, 'type' => 'activity',
			'orderby' => 'comment_date', 'order' => 'ASC' ) ) as $comment ) {
		$activities[] = array(
			'content'      => html_entity_decode( $comment->comment_content, ENT_QUOTES | ENT_HTML5 ),
			'date'         => get_comment_meta( $comment->comment_ID, 'activity_date', true ),
			'time'         => get_comment_meta( $comment->comment_ID, 'activity_time', true ),
			'minutes'      => get_comment_meta( $comment->comment_ID, 'duration_minutes', true ),
			'location'     => get_comment_meta( $comment->comment_ID, 'location', true ),
			'url'          => get_comment_meta( $comment->comment_ID, 'meeting_url', true ),
			'participants' => array_map( function ( $id ) {
				return get_post( $id )->post_title;
			}, get_comment_meta( $comment->comment_ID, 'participants', true ) ?: array() ),
		);
	}
	$people[] = array( 'name' => $person->post_title, 'count' => (int) $person->comment_count,
		'activities' => $activities );
}
return $people;
"""

EVENTS = """
$events = array();
foreach ( get_posts( array( 'post_type' => 'calendar_event', 'author' => $user, 'numberposts' => -1,
		'orderby' => 'date', 'order' => 'ASC' ) ) as $event ) {
	$events[] = array(
		'title'  => $event->post_title,
		'start'  => get_post_meta( $event->ID, '_start_time', true ),
		'allday' => '1' === get_post_meta( $event->ID, '_all_day', true ),
		'people' => array_map( function ( $match ) {
			return get_post( $match['person_id'] )->post_title . ' (' . $match['match_type'] . ' '
				. $match['confidence'] . '%)';
		}, json_decode( get_post_meta( $event->ID, '_matched_people', true ), true ) ),
	);
}
return $events;
"""


class Demo:
    """Each method is a step that a person sees."""

    def __init__(self, program, keep):
        self.program = program
        self.keep = keep
        self.sandbox = Sandbox(keep=keep)
        self.site = None
        self.ini = os.path.join(self.sandbox.folder, "prm-calendar.ini")
        self.users = {}
        self.people = list(PEOPLE)
        self.meetings = dict(MEETINGS)
        self.google = None
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.steps = 0

    # --- printing

    def _styled(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def step(self, title):
        self.steps += 1
        print("\n" + self._styled("1", f"{self.steps}. {title}"), flush=True)

    @staticmethod
    def say(text):
        print(f"   {text}", flush=True)

    def run(self, *arguments):
        """Runs prm-calendar and shows command line and output; a failure ends the demo."""
        argv = [self.program, *arguments, "-c", self.ini]
        print(self._styled("36", "   $ " + shlex.join(argv)), flush=True)
        done = subprocess.run([os.path.abspath(self.program), *argv[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False)
        for line in done.stdout.splitlines():
            self.say(f"  {line}")
        if done.returncode != 0:
            raise SystemExit(f"prm-calendar {arguments[0]} ended with {done.returncode}")
        return done.stdout

    # --- the steps

    def start_servers(self):
        self.step("A private MariaDB and a private Radicale (CalDAV) in a temporary folder")
        self.say(f"folder    {self.sandbox.folder}")
        self.say(f"MariaDB   {self.sandbox.database.socket}")
        self.say(f"Radicale  {self.sandbox.radicale.url}")
        try:
            self.google = GoogleEmulator(self.sandbox.folder, Sample().google(), keep=self.keep)
        except Unavailable as reason:
            self.say(f"Google    left out of this demo: {reason}")
            return
        self.say(f"Google    {self.google.url} (the npm package @emulators/google)")
        self.people.append(GOOGLE_PERSON)
        self.meetings.update(GOOGLE_MEETINGS)

    def install_wordpress(self):
        self.step("A real WordPress, installed by its own wp_install()")
        self.site = self.sandbox.new_site("wordpress")
        version = self.site.run("global $wp_version; return $wp_version;")
        self.say(f"WordPress {version}, time zone {self.site.call('wp_timezone_string')}, "
                 f"database `{self.site.name}`, tables wp_…")

    def make_people(self):
        self.step("Users with contacts")
        for login, display_name, contacts in self.people:
            user = self.site.call("seed_user", login, display_name)
            self.users[login] = user
            names = [f"{first} {last}" for first, last, _ in contacts]
            for first, last, emails in contacts:
                self.site.call("seed_person", user, first, last, emails)
            self.say(f"{display_name}: {', '.join(names)}")

    def make_calendars(self):
        self.step("Calendars, filled over CalDAV" + (", and one at Google" if self.google else ""))
        objects = Sample().objects()
        connections = {login: [] for login in self.users}
        for number, (login, name, display_name) in enumerate(CALENDARS):
            radicale = self.sandbox.radicale
            if login not in radicale.passwords:
                radicale.add_user(login, f"{login}'s pass wörd")
            client = radicale.client(login)
            url = client.make_calendar(name, display_name)
            for object_name, ics in objects[login, name].items():
                client.put(name, object_name, ics)
            self.say(f"{display_name} of {login}: {len(objects[login, name])} objects at {url}")
            # One connection by the account's URL and a path, as people paste either.
            connections[login].append({
                "id": f"conn_65a4f0c1d2e{number:02x}", "provider": "caldav", "name": display_name,
                "calendar_id": client.path(name), "sync_enabled": True, "auto_log": True,
                "credentials": {"url": radicale.url, "username": login,
                                "password": radicale.passwords[login]},
            })
        if self.google:
            connections[GOOGLE_PERSON[0]].append({
                "id": "conn_65a4f0c1d2eff", "provider": "google", "name": "Google", "calendar_id": "primary",
                "sync_enabled": True, "auto_log": True, "credentials": self.google.credentials(GOOGLE_EMAIL),
            })
            self.say(f"primary of {GOOGLE_PERSON[0]}, whose access token has run out")
        for login, user in self.users.items():
            self.site.call("seed_connections", user, connections[login])
        write_ini(self.site, self.ini, **self._google_settings())
        self.say(f"configuration: {self.ini}")

    def _google_settings(self):
        if not self.google:
            return {}
        return {"google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET,
                "google_api_base": self.google.api_base, "google_token_url": self.google.token_url}

    def sync(self):
        self.step("The program reads the calendars, writes WordPress's tables, and logs past meetings")
        self.run("sync", "--all")

    def show_events(self):
        self.step("What WordPress has now: get_posts(), get_post_meta()")
        for login, user in self.users.items():
            self.say(self._styled("1", login))
            for event in self.site.run(EVENTS, user=user):
                when = event["start"][:10] + " all day" if event["allday"] else event["start"][:16]
                people = ", ".join(event["people"])
                self.say(f"  {when:18}  {event['title']}{'  → ' + people if people else ''}")

    def show_activities(self):
        self.step("What WordPress reads back for each contact: get_comments(), get_comment_meta()")
        found = {}
        for login, user in self.users.items():
            self.say(self._styled("1", f"{login}'s contacts"))
            for person in self.site.run(ACTIVITIES, user=user):
                self._show_person(person)
                found[person["name"]] = len(person["activities"])
        if found != self.meetings:
            raise SystemExit(f"these are not the activities that were expected: {self.meetings}")

    def _show_person(self, person):
        if person["count"] != len(person["activities"]):
            raise SystemExit(f"{person['name']}: comment_count is {person['count']}")
        self.say(f"  {person['name']}" + ("" if person["activities"] else ": no meeting yet"))
        for activity in person["activities"]:
            details = [f"{activity['minutes']} min"] if activity["minutes"] else []
            details += [activity[key] for key in ("location", "url") if activity[key]]
            if activity["participants"]:
                details.append("with " + ", ".join(activity["participants"]))
            self.say(f"    {activity['date']} {activity['time']:5}  {activity['content']}"
                     f"  ({'; '.join(details)})")

    def status(self):
        self.step("How things stand")
        self.run("status")

    def sync_again(self):
        self.step("A second sync finds that nothing changed")
        before = self._content()
        self.run("sync", "--all")
        if self._content() != before:
            raise SystemExit("the second sync changed rows")
        self.say(f"checksums of {', '.join(CONTENT_TABLES)} are the same as before")

    def _content(self):
        return self.site.rows("CHECKSUM TABLE " + ", ".join(CONTENT_TABLES))

    def end(self):
        if not self.keep:
            self.step("The end: servers stopped, folder removed")
            return
        self.step("The sandbox is still running (KEEP=1)")
        sandbox, ini = self.sandbox, shlex.quote(self.ini)
        self.say("look at the tables:")
        self.say("  " + shlex.join(sandbox.database.command(self.site.name)))
        self.say("look at the calendars, or change them and sync again:")
        for login, password in sandbox.radicale.passwords.items():
            self.say(f"  {sandbox.radicale.url}  user {login}, password {password}")
        self.say("run the program:")
        self.say(f"  {self.program} sync --all -c {ini}")
        self.say(f"  {self.program} status --json -c {ini}")
        self.say("end it:")
        pids = " ".join(str(pid) for pid in [*sandbox.pids(), *([self.google.server.pid] if self.google else [])])
        self.say(f"  kill -9 {pids} && rm -r {shlex.quote(sandbox.folder)}")

    def close(self, finished):
        """Ends everything, unless it shall stay and all went well."""
        if self.site is not None:
            self.site.close()
        if not (self.keep and finished):
            if self.google:
                self.google.close()
            self.sandbox.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--keep", action="store_true", help="leave the sandbox running")
    arguments = parser.parse_args()
    clean_up_on_signals()
    started = time.monotonic()
    demo = Demo(arguments.program, arguments.keep)
    finished = False
    try:
        for step in (demo.start_servers, demo.install_wordpress, demo.make_people,
                     demo.make_calendars, demo.sync, demo.status,
                     demo.show_events, demo.show_activities, demo.sync_again, demo.end):
            step()
        finished = True
    finally:
        demo.close(finished)
    print(f"\n   {time.monotonic() - started:.1f} seconds", flush=True)


if __name__ == "__main__":
    main()
