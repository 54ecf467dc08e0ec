# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of src/: which may use which, and by which doors; src/README.md draws them."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """`uses`: the rooms whose doors it may include, util aside. `doors`: the headers that others
    may include; all its other headers are its own. `holds_sql`: SQL may stand in it."""
    uses: str
    doors: str
    holds_sql: bool = False


# From the top floor down: a room uses only rooms that stand below it.
ROOMS = {
    "cli": Room("sync provider match schema wp user state site cache event net db", ""),
    "sync": Room("provider match wp user state site cache event net db",
                 "account addition auto_log connection_sync context due forecast health inquiry pass patience removal report tidy "
                 "turn"),
    "wp": Room("user state site cache text php match event db",
               "activities activity_claims event_attendees event_clear event_counts event_rematch event_store past_event "
               "write_trial", holds_sql=True),
    "user": Room("state site cache text php match db",
                 "connection connection_account connections_row people user user_state",
                 holds_sql=True),
    "schema": Room("state db", "grants grants_held indexes new_user prefix schema server", holds_sql=True),
    "state": Room("site db", "calendar_objects connection_state contact_marks hash known_events run_history schema "
                  "sightings user_records waiting_events",
                  holds_sql=True),
    "site": Room("cache text php db", "column_text credentials cron lease option site site_env theme_detect theme_lock time "
                 "transient wp_config wp_config_file", holds_sql=True),
    "cache": Room("php db", "object_cache server"),
    "text": Room("php", "emoji esc html_entities markup post_slug sanitize script_scheme utf8"),
    "php": Room("", "date json lexer text url value zone"),
    "provider": Room("net event", "google_consent provider providers"),
    "match": Room("event", "contact_index levenshtein"),
    "event": Room("", "civil event event_copy event_json ical meeting_link"),
    "net": Room("", "dav_response href http loopback multistatus"),
    "db": Room("", "db db_sql sql_script", holds_sql=True),
    "util": Room("", "config limits log process_mark time_zone secret secret_file visible"),
}
# Libraries that one room owns.
OWNED = {
    "curl/": "net", "mysql": "db", "libical/": "event", "libxml/": "net", "ini.h": "util", "hiredis": "cache",
    "libmemcached": "cache",
}
INCLUDE = re.compile(r'\s*#\s*include\s+["<]([^">]+)[">]')


def room_of(path):
    """The room of a path below src/; None for all others."""
    return path.parts[1] if path.parts[0] == "src" else None


def check_include(path, line):
    """What is wrong with an #include that a file of src/ makes, or None."""
    include, room = INCLUDE.match(line), room_of(path)
    if not include or room not in ROOMS:
        return None
    name = include.group(1)
    for library, owner in OWNED.items():
        if name.startswith(library) and room != owner:
            return f"only src/{owner}/ may include <{name}>"
    target = name.split("/")[0]
    if "/" not in name or target not in ROOMS or target == room:
        return None
    if target not in ROOMS[room].uses.split() + ["util"]:
        return f"src/{room}/ may not include src/{target}/"
    if Path(name).stem not in ROOMS[target].doors.split():
        return f"{name} is no door of src/{target}/: only its own room may include it"
    return None


def sql_rooms():
    return {name for name, room in ROOMS.items() if room.holds_sql}


def find_circle(arrows):
    """A circle in a graph {node: nodes that it points to}, as a list that begins and ends with the same node; or
    None."""
    done = set()

    def visit(node, trail):
        if node in trail:
            return trail[trail.index(node):] + [node]
        if node in done:
            return None
        for target in sorted(arrows.get(node, ())):
            circle = visit(target, trail + [node])
            if circle:
                return circle
        done.add(node)
        return None

    for start in sorted(arrows):
        circle = visit(start, [])
        if circle:
            return circle
    return None


def table_problems():
    """What is wrong with the table itself: an arrow that points up, or a door that is not there."""
    names = list(ROOMS)
    for name, room in ROOMS.items():
        for target in room.uses.split():
            if target not in names or names.index(target) <= names.index(name):
                yield f"the table of rooms lets src/{name}/ use src/{target}/, which does not stand below it"
        for door in room.doors.split():
            if Path("src", name).is_dir() and not Path("src", name, f"{door}.h").is_file():
                yield f"the table of rooms names a door src/{name}/{door}.h, which is not there"


def include_circle(files):
    """A circle of files that include each other, or None. `files`: {Path: text without comments}."""
    return find_circle({
        str(path): {f"src/{name}" for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.MULTILINE)}
        for path, text in files.items() if path.parts[0] == "src"})
