# SPDX-License-Identifier: GPL-2.0-or-later
"""What a site holds, as rows that can be compared: with names in place of ids, and without clocks."""

import json
import re
from collections import Counter

TABLES = ("posts", "postmeta", "comments", "commentmeta", "usermeta")
CONNECTIONS = "_prm_calendar_connections"
CLOCKS = ("post_modified", "post_modified_gmt")

# Each user's connections as PHP reads them, the credentials opened.
OPENED = """
global $wpdb;
$key = hash( 'sha256', AUTH_KEY . 'prm_calendar', true );
$all = array();
foreach ( $wpdb->get_results( "SELECT user_id, meta_value FROM $wpdb->usermeta
		WHERE meta_key = '_prm_calendar_connections'" ) as $row ) {
	$list = unserialize( $row->meta_value );
	foreach ( $list as &$entry ) {
		$box = base64_decode( $entry['credentials'] ?? '' );
		if ( strlen( $box ) > 40 ) {
			$entry['credentials'] = json_decode(
				sodium_crypto_secretbox_open( substr( $box, 24 ), substr( $box, 0, 24 ), $key ), true );
		}
	}
	unset( $entry );
	$all[ 'user ' . $row->user_id ] = $list;
}
return $all;
"""


class SiteRows:
    """A snapshot, read at once. `connections` is {"user 7": [entry …]} with opened credentials."""

    def __init__(self, session, wp):
        self.tables = {table: session.rows(f"SELECT * FROM wp_{table};") for table in TABLES}
        self.connections = wp.run(OPENED)
        self.meta = {}
        for row in self.tables["postmeta"]:
            self.meta.setdefault(row["post_id"], []).append((row["meta_key"], row["meta_value"]))
        self.comment_meta = {}
        for row in self.tables["commentmeta"]:
            self.comment_meta.setdefault(row["comment_id"], []).append((row["meta_key"], row["meta_value"]))

    def first_meta(self, post_id, key):
        return next((value for name, value in self.meta.get(post_id, ()) if name == key), None)

    @property
    def events(self):
        return [post for post in self.tables["posts"] if post["post_type"] == "calendar_event"]

    @property
    def activities(self):
        return [comment for comment in self.tables["comments"] if comment["comment_type"] == "activity"]

    def name_of(self, post):
        """What an event is, whichever id its post got; other posts were there before."""
        if post["post_type"] != "calendar_event":
            return f"post {post['ID']}"
        connection, uid = (self.first_meta(post["ID"], key) for key in ("_connection_id", "_event_uid"))
        return f"event {post['post_author']}/{connection}/{uid}"

    def live_events(self):
        """{event uid: (title, start, end, all day)} of what is shown; of one that is there twice, a list."""
        live = {}
        for post in self.events:
            if post["post_status"] == "publish":
                keys = ("_start_time", "_end_time", "_all_day")
                event = (post["post_title"], *(self.first_meta(post["ID"], key) for key in keys))
                live.setdefault(self.first_meta(post["ID"], "_event_uid"), []).append(event)
        return {uid: events[0] if len(events) == 1 else events for uid, events in live.items()}

    def comparable(self, mask_credentials=lambda credentials: credentials):
        """Counted rows as text, which two sites of the same calendar have in common."""
        names = {post["ID"]: self.name_of(post) for post in self.tables["posts"]}
        comments = {row["comment_ID"]: " ".join((
            names.get(row["comment_post_ID"], "nowhere"), row["comment_type"], row["comment_date"],
            row["comment_content"])) for row in self.tables["comments"]}
        lines = [f"posts: {_post_line(post, names)}" for post in self.tables["posts"]]
        lines += [f"postmeta: {names.get(post, 'nowhere')}: {_meta_line(key, value)}"
                  for post, pairs in self.meta.items() for key, value in pairs]
        lines += [f"comments: {names.get(row['comment_post_ID'], 'nowhere')}: "
                  f"{_without(row, 'comment_ID', 'comment_post_ID')}" for row in self.tables["comments"]]
        lines += [f"commentmeta: {comments.get(comment, 'nowhere')}: {key} = "
                  f"{names.get(value, value) if key == 'calendar_event_id' else value}"
                  for comment, pairs in self.comment_meta.items() for key, value in pairs]
        lines += [f"usermeta: {_without(row, 'umeta_id')}" for row in self.tables["usermeta"]
                  if row["meta_key"] != CONNECTIONS]
        lines += [f"connections: {user}: {json.dumps(_timeless(entry, mask_credentials), sort_keys=True)}"
                  for user, entries in self.connections.items() for entry in entries]
        return Counter(lines)


def _without(row, *columns):
    return json.dumps({name: value for name, value in row.items() if name not in columns})


def _post_line(post, names):
    row = {**post, "guid": re.sub(rf"\b{post['ID']}$", names[post["ID"]], post["guid"])}
    return names[post["ID"]] + ": " + _without(row, "ID", *CLOCKS)


def _meta_line(key, value):
    if key == "_wp_trash_meta_time" and value.isdigit():
        value = "a moment"
    return f"{key} = {value}"


def _timeless(entry, mask_credentials):
    entry = dict(entry)
    if "last_sync" in entry:
        entry["last_sync"] = bool(entry["last_sync"])
    if isinstance(entry.get("credentials"), dict):
        entry["credentials"] = mask_credentials(entry["credentials"])
    return entry


def difference(expected, found, most=12):
    """What two comparable() have not in common, one row a line; empty when they are equal."""
    lines = [f"missing: {line}" for line in (expected - found).elements()]
    lines += [f"too much: {line}" for line in (found - expected).elements()]
    return "\n".join(line[:600] for line in sorted(lines, key=lambda line: line.split(": ", 1)[1])[:most])
