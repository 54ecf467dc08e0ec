# SPDX-License-Identifier: GPL-2.0-or-later
"""From init to the logged activity on sites of every kind: the theme's dialects, table prefixes, character sets."""

import os
from dataclasses import dataclass

from lib import ics
from lib.story import Story

EMOJI = "Lunch 🍕 with José & 𝔘rsula"
ENCODED = "Lunch &#x1f355; with José & &#x1d518;rsula"


@dataclass
class Dialect:
    """A row of data-model 1."""
    prefix: str
    comment_type: str
    released: bool = False  # a theme that reads prm_activity, as its files show
    fields: tuple = ()  # of its connections, beyond those that all have


DIALECTS = {
    "the default": Dialect("prm", "activity"),
    "released prm themes": Dialect("prm", "prm_activity", released=True),
    "stadion": Dialect("stadion", "stadion_activity"),
    "rondo, with the newer list of calendars": Dialect(
        "rondo", "rondo_activity", fields=(("calendar_ids", []), ("sync_frequency", 15))),
}


class SiteKinds(Story):
    def setUp(self):
        super().setUp()
        self.made = os.path.join(self.wp.folder, "etc", "made.ini")
        os.makedirs(os.path.dirname(self.made))

    def meet(self, prefix="prm", summary="Lunch", **fields):
        """A user with one contact, and a past meeting with them in a connected calendar."""
        anna = self.user()
        ben = self.person(anna, "Ben", "Berg", "ben@example.org")
        account = self.account()
        account.put("lunch", ics.vevent(
            "lunch", self.utc(self.at(-1)), summary=summary,
            attendees=[("ben@example.org", "Ben Berg", "ACCEPTED")]))
        self.connect(anna, account.connection(**fields), prefix=prefix)
        return anna, ben

    def init(self):
        """The configuration that init makes, opened to the sandbox's calendar server."""
        found = self.run_it("init", f"--wp-config={self.wp.config_path}", "--json", ini=self.made).json
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        return found

    def sync_twice(self):
        """The second finds nothing to do."""
        self.run_it("sync", "--all", ini=self.made)
        before = self.content()
        self.run_it("sync", "--all", "--full", ini=self.made)
        self.assertEqual(self.content(), before)

    def assert_logged(self, person, event, comment_type):
        activity, = self.activities(person, comment_type)
        self.assertEqual(activity["comment_type"], comment_type)
        self.assertEqual(activity["meta"]["activity_type"], "meeting")
        self.assertEqual(activity["meta"]["activity_date"], event["meta"]["_start_time"][:10])
        self.assertEqual(int(activity["meta"]["calendar_event_id"]), event["ID"])
        self.assertEqual(event["meta"]["_logged_as_activity"], "1")
        return activity

    def whole_story(self, **meeting):
        """init, two syncs, an activity; returns the event and the activity as WordPress reads them."""
        anna, ben = self.meet(**meeting)
        self.init()
        self.sync_twice()
        event = self.event(anna)
        return event, self.assert_logged(ben, event, "activity")

    # --- dialects of the theme

    def hook_story(self, hook):
        """doctor sees the theme's own sync, takeover ends it, handback schedules it again."""
        self.wp.run("wp_clear_scheduled_hook( $hook ); wp_schedule_event( time() + 600, 'hourly', $hook );"
                    " return true;", hook=hook)

        def status():
            checks = self.run_it("doctor", "--json", ini=self.made).json["checks"]
            check, = (check for check in checks if hook in check["message"])
            return check["status"]
        self.assertEqual(status(), "warn")
        self.run_it("takeover", ini=self.made)
        self.assertFalse(self.wp.call("wp_next_scheduled", hook))
        self.assertEqual(status(), "ok")
        self.run_it("handback", ini=self.made)
        self.assertTrue(self.wp.call("wp_next_scheduled", hook))

    def dialect_story(self, dialect):
        anna, ben = self.meet(dialect.prefix, **dict(dialect.fields))
        if dialect.released:
            with open(os.path.join(self.wp.folder, "wp-content/themes/personal-crm/inc.php"), "w",
                      encoding="utf-8") as file:
                file.write("<?php register( 'prm_activity' );\n")
        found = self.init()
        self.assertEqual((found["theme_prefix"], found["activity_comment_type"], found["credentials_opened"]),
                         (dialect.prefix, dialect.comment_type, 1))
        self.sync_twice()
        self.assert_logged(ben, self.event(anna), dialect.comment_type)
        stored, = self.wp.call("get_user_meta", anna, f"_{dialect.prefix}_calendar_connections", True)
        self.assertTrue(stored["last_sync"])
        self.assertIsNone(stored["last_error"])
        for key, value in dialect.fields:
            self.assertEqual(stored[key], value)
        self.run_it("run", ini=self.made)
        transient = f"{dialect.prefix}_calendar_sync_last_user_index"
        self.assertIsNot(self.wp.call("get_transient", transient), False)
        self.hook_story(f"{dialect.prefix}_calendar_sync")

    def test_every_dialect_of_the_theme(self):
        for number, (name, dialect) in enumerate(DIALECTS.items()):
            if number > 0:
                self.new_site()
            with self.subTest(name):
                self.dialect_story(dialect)

    def new_site(self):
        self.wp.drop()
        self.wp = self.sandbox.new_site()
        self.addCleanup(self.wp.drop)
        self.made = os.path.join(self.wp.folder, "etc", "made.ini")
        os.makedirs(os.path.dirname(self.made))

    # --- tables

    def test_every_form_of_table_prefix(self):
        for prefix in ("x_y_", "Site2_", "wp"):
            self.new_site()
            with self.subTest(prefix):
                self.wp.rename_tables(prefix)
                event, _activity = self.whole_story()
                self.assertEqual(event["post_title"], "Lunch")
                names = {row[0] for row in self.sandbox.database.sql("SHOW TABLES", self.wp.name)}
                self.assertIn(f"{prefix}prm_calendar_cursors", names)
                self.assertEqual({name for name in names if not name.startswith(prefix)}, set())

    def convert(self, charset):
        for table in ("posts", "postmeta", "comments", "commentmeta", "options", "usermeta", "users"):
            self.sandbox.database.sql(f"ALTER TABLE wp_{table} CONVERT TO CHARACTER SET {charset}", self.wp.name)
        self.wp.write_config(DB_CHARSET=charset.removesuffix("mb3"))

    def test_emoji_on_a_utf8mb3_site(self):
        self.convert("utf8mb3")
        event, activity = self.whole_story(summary=EMOJI)
        self.assertEqual(event["post_title"], ENCODED)
        self.assertIn("&#x1f355;", activity["comment_content"])
        self.assertIn("&#x1d518;", activity["comment_content"])
        self.assertEqual(self.wp.call("wp_encode_emoji", "🍕"), "&#x1f355;")

    def test_a_latin1_site_is_refused_with_the_way_out(self):
        self.meet()
        self.convert("latin1")
        done = self.run_it("sync", "--all", status=78)
        self.assert_one_line(done.stderr, "latin1", "ALTER TABLE", "utf8mb4")

    # --- servers

    def test_every_sql_mode_of_the_server(self):
        anna, ben = self.meet(summary="Tom's \\\"lunch\" \\ " + "x" * 400)
        self.init()
        before = self.sandbox.database.sql("SELECT @@GLOBAL.sql_mode")[0][0]
        self.addCleanup(self.sandbox.database.sql, f"SET GLOBAL sql_mode = '{before}'")
        titles = set()
        for mode in ("", "STRICT_ALL_TABLES", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ONLY_FULL_GROUP_BY",
                     "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE", "PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH",
                     "TRADITIONAL,ANSI,NO_BACKSLASH_ESCAPES"):
            with self.subTest(mode):
                self.sandbox.database.sql(f"SET GLOBAL sql_mode = '{mode}'")
                self.drop_own_tables()
                for post in [event["ID"] for event in self.events(anna)]:
                    self.wp.call("wp_delete_post", post, True)
                for comment in self.activities(ben):
                    self.wp.call("wp_delete_comment", int(comment["comment_ID"]), True)
                self.sync_twice()
                event = self.event(anna)
                titles.add(event["post_title"])
                self.assert_logged(ben, event, "activity")
        self.assertEqual(len(titles), 1)
