# SPDX-License-Identifier: GPL-2.0-or-later
"""Who syncs: the theme's WP-Cron event goes and comes back, as WordPress sees it."""

import os
import time

from lib.ics import vevent
from lib.story import Story
from lib.theme import Theme, theme_event

HOOK = "prm_calendar_sync"
STORED = "SELECT option_value FROM {p}options WHERE option_name = 'cron'"


class Takeover(Story):
    def next_run(self):
        return self.wp.call("wp_next_scheduled", HOOK)

    def stored(self):
        return self.wp.rows(STORED)[0]["option_value"]

    def test_takeover_unschedules_and_handback_schedules_again(self):
        self.assertTrue(self.next_run(), "the theme schedules its event")
        text = self.run_it("takeover").stdout
        self.assert_one_line(text, HOOK, "now not scheduled")
        self.assertFalse(self.next_run())
        text = self.run_it("handback").stdout
        self.assert_one_line(text, HOOK, "now scheduled")
        event = self.wp.run("return (array) wp_get_scheduled_event( $hook );", hook=HOOK)
        self.assertEqual((event["schedule"], event["interval"], event["args"]),
                         ("every_15_minutes", 900, []))

    def test_the_former_schedule_comes_back_with_its_phase(self):
        for recurrence, interval in (("hourly", 3600), ("every_15_minutes", 900), ("daily", 86400)):
            with self.subTest(recurrence):
                before = self.wp.run(
                    "wp_clear_scheduled_hook( $hook ); wp_schedule_event( time() - 100000, $recurrence, $hook );"
                    " return wp_next_scheduled( $hook );", hook=HOOK, recurrence=recurrence)
                self.run_it("takeover")
                self.drop_own_tables()
                self.run_it("takeover")
                # Not through the theme, which would schedule its event again.
                self.run_it("handback")
                self.assertEqual(self.wp.call("wp_get_schedule", HOOK), recurrence)
                after = self.next_run()
                self.assertEqual((after - before) % interval, 0)
                self.assertTrue(before + 100000 <= after + 5 <= before + 100000 + interval + 600, after - before)
                self.assertEqual(self.wp.rows("SELECT * FROM {p}options WHERE option_name LIKE '%former%'"), [])

    def test_every_dialects_hook_is_known(self):
        for prefix in ("prm", "stadion", "rondo"):
            hook = f"{prefix}_calendar_sync"
            self.wp.run("wp_clear_scheduled_hook( $hook ); wp_schedule_event( time() + 300, 'hourly', $hook );"
                        " return true;", hook=hook)
            before = self.wp.call("wp_next_scheduled", hook)
            ini = self.write_ini(f"{prefix}.ini", theme_prefix=prefix)
            self.run_it("takeover", ini=ini)
            self.assertFalse(self.wp.call("wp_next_scheduled", hook))
            self.run_it("handback", ini=ini)
            self.assertEqual((self.wp.call("wp_next_scheduled", hook), self.wp.call("wp_get_schedule", hook)),
                             (before, "hourly"))

    def test_all_else_in_the_schedule_stays_byte_for_byte(self):
        self.wp.run("wp_schedule_single_event( time() + 86400, 'other', array( 'é\"', 1.5, true ) );"
                    " wp_clear_scheduled_hook( $hook ); return true;", hook=HOOK)
        without = self.stored()
        self.wp.run("wp_schedule_event( wp_next_scheduled( 'other', array( 'é\"', 1.5, true ) ),"
                    " 'every_15_minutes', $hook ); return true;", hook=HOOK)
        self.assertNotEqual(self.stored(), without)
        self.run_it("takeover")
        self.assertEqual(self.stored(), without)
        self.run_it("handback")
        self.wp.run("wp_clear_scheduled_hook( $hook ); return true;", hook=HOOK)
        self.assertEqual(self.stored(), without)

    def test_doing_it_twice_changes_nothing(self):
        self.next_run()
        self.assertTrue(self.run_it("takeover", "--json").json["changed"])
        stored = self.stored()
        self.assertEqual(self.run_it("takeover", "--json").json,
                         {"hook": HOOK, "scheduled": False, "changed": False, "visited": True, "locked": 0, "not_locked": 0,
                          "theme_asks_for_locks": None})
        self.assertEqual(self.stored(), stored)

    def test_a_site_that_nobody_visited_yet_is_taken_over_and_handed_back(self):
        self.sandbox.database.sql("DELETE FROM wp_options WHERE option_name = 'cron'", self.wp.name)
        said = self.run_it("takeover").stdout
        self.assert_one_line(said, HOOK, "already not scheduled")
        self.assert_one_line(said, "visited", "takeover")
        self.assertIs(self.run_it("takeover", "--json").json["visited"], False)
        self.assertEqual(list(self.sandbox.database.sql(STORED.replace("{p}", "wp_"), self.wp.name)), [],
                         "nothing is made up")
        self.assert_one_line(self.run_it("handback").stdout, "now scheduled")
        event = self.wp.run("return (array) wp_get_scheduled_event( $hook );", hook=HOOK)
        self.assertEqual((event["schedule"], event["interval"]), ("every_15_minutes", 900))

    def test_a_damaged_schedule_is_left_alone(self):
        self.wp.run("global $wpdb; return $wpdb->update( $wpdb->options,"
                    " array( 'option_value' => 'a:1:{i:5' ), array( 'option_name' => 'cron' ) );")
        done = self.run_it("takeover", status=1)
        self.assert_one_line(done.stderr, "'cron'", "left as it is")
        self.assertEqual(self.stored(), "a:1:{i:5")


class Locks(Story):
    """From takeover to handback the "Sync now" of newer themes finds each connection locked."""

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.work = self.account()
        self.connection, = self.connect(self.anna, self.work.connection())
        self.lock = self.lock_of(self.connection)
        self.put("lunch", "Lunch")
        self.sync()

    def put(self, name, summary):
        self.work.put(name, vevent(f"{name}@story", self.utc(self.at(1)), summary=summary))

    def lock_of(self, connection):
        return f"prm_sync_lock_{self.anna}_{connection['id']}"

    def held(self, lock=None):
        return self.wp.call("get_transient", lock or self.lock)

    def secs_left(self):
        return int(self.wp.call("get_option", f"_transient_timeout_{self.lock}")) - time.time()

    def sync_now(self, connection=None, *events):
        """A person clicks in a newer theme, which finds no event: false when it left all alone."""
        return Theme(self.wp, self.anna, (connection or self.connection)["id"]).new_caldav(*events)

    def own(self, assignments):
        self.sandbox.database.sql(f"UPDATE wp_prm_calendar_connections SET {assignments}", self.wp.name)

    def test_sync_now_does_nothing_from_takeover_to_handback(self):
        self.assertEqual(self.run_it("takeover", "--json").json["locked"], 1)
        before = self.content()
        self.assertFalse(self.sync_now())
        self.assertEqual(self.content(), before)
        self.put("tea", "Tea")
        self.assertNotIn("something else", self.sync().stderr)
        self.assertEqual(self.titles(self.anna), ["Lunch", "Tea"])
        self.assertFalse(self.sync_now())
        self.sync("--all", "--full")
        self.assertFalse(self.sync_now())
        self.assertEqual(self.titles(self.anna), ["Lunch", "Tea"])
        self.assert_one_line(self.run_it("handback").stdout, "Sync now", "1 connection again")
        self.assertFalse(self.held())
        self.assertTrue(self.sync_now())
        self.assertEqual(self.titles(self.anna), [])
        self.assert_one_line(self.sync().stderr, "something else wrote", "2 added")
        self.assertFalse(self.held())

    def test_a_connection_that_is_added_later_is_locked_by_the_next_pass(self):
        self.run_it("takeover")
        home = self.work.connection(2)
        self.connect(self.anna, self.connection, home)
        self.sync()
        self.assertFalse(self.sync_now(home))
        self.run_it("handback")
        self.assertTrue(self.sync_now(home))

    def test_connections_that_are_switched_off_are_the_themes(self):
        self.connect(self.anna, {**self.work.connection(), "sync_enabled": False})
        self.assertEqual(self.run_it("takeover", "--json").json["locked"], 0)
        self.assertTrue(self.sync_now(None, theme_event("lunch@story", self.utc(self.at(1)), "Lunch")))

    def test_passes_renew_the_lock_when_half_of_its_time_is_over(self):
        self.run_it("takeover")
        self.sync()
        week = 7 * 86400
        self.assertAlmostEqual(self.secs_left(), week, delta=120)
        statements = self.statements(self.sync)
        self.assertFalse([text for text in statements if "sync_lock" in text])
        self.own("locked_until = locked_until - 86400 * 4")
        self.wp.call("update_option", f"_transient_timeout_{self.lock}", int(time.time()) + 3 * 86400)
        self.sync()
        self.assertAlmostEqual(self.secs_left(), week, delta=120)
        lease = [number for number, sql in enumerate(self.statements(self.sync)) if ".lock'" in sql]
        self.assertLessEqual(lease[1] - lease[0] + 1, 4)

    def test_a_lock_that_was_lost_is_taken_again_when_something_was_written(self):
        self.run_it("takeover")
        self.sync()
        self.wp.call("delete_transient", self.lock)
        self.assertTrue(self.sync_now())
        self.assert_one_line(self.sync().stderr, "something else wrote", "1 added", "an older theme does not ask")
        self.assertFalse(self.sync_now())
        self.wp.call("delete_transient", self.lock)
        self.put("tea", "Tea")
        self.sync()
        self.assertFalse(self.sync_now())
        self.assertEqual(self.titles(self.anna), ["Lunch", "Tea"])

    def test_what_the_theme_holds_at_takeover_is_left_to_it(self):
        self.wp.call("set_transient", self.lock, True, 300)
        done = self.run_it("takeover", "--json").json
        self.assertEqual((done["locked"], done["not_locked"]), (0, 1))
        self.put("tea", "Tea")
        self.assert_one_line(self.sync().stdout, "anna", "skipped", "theme is syncing")
        self.wp.call("delete_transient", self.lock)
        self.sync()
        self.assertFalse(self.sync_now())
        self.assertEqual(self.titles(self.anna), ["Lunch", "Tea"])

    def test_without_our_own_tables_the_locks_are_held_and_given_back(self):
        self.drop_own_tables()
        self.run_it("takeover")
        self.assertFalse(self.sync_now())
        self.run_it("handback")
        self.assertFalse(self.held())

    def test_handback_leaves_the_themes_own_lock(self):
        self.run_it("takeover")
        self.wp.call("set_transient", self.lock, True, 300)
        self.run_it("handback")
        self.assertTrue(self.held())

    def test_takeover_says_what_the_themes_button_does(self):
        wordpress = os.path.join(self.wp.folder, "files")
        theme = os.path.join(wordpress, "wp-content", "themes", "personal-crm")
        os.makedirs(theme)
        config, functions = os.path.join(wordpress, "wp-config.php"), os.path.join(theme, "functions.php")
        for path, text in ((os.path.join(wordpress, "wp-settings.php"), "<?php"),
                           (config, "<?php\n$table_prefix = 'wp_';\nrequire_once __DIR__ . '/wp-settings.php';\n")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        for text, words, asks in (
                ("<?php echo 1;", ["does not know the lock", "deleted for good"], False),
                ("<?php set_transient( \"prm_sync_lock_{$user}_$id\", true, 300 );", ["leaves 1 connection alone"],
                 True)):
            with open(functions, "w", encoding="utf-8") as file:
                file.write(text)
            place = ("--wp-config", config)
            self.assert_one_line(self.run_it("takeover", *place).stdout, "Sync now", *words)
            self.assertEqual(self.run_it("takeover", "--json", *place).json["theme_asks_for_locks"], asks)
        self.assertIn("Which one this is is not known: say where", self.run_it("takeover").stdout)
