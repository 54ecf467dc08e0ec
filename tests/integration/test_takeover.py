# SPDX-License-Identifier: GPL-2.0-or-later
"""Who syncs: the theme's WP-Cron event goes and comes back, as WordPress sees it."""

from lib.story import Story

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
                         {"hook": HOOK, "scheduled": False, "changed": False})
        self.assertEqual(self.stored(), stored)

    def test_a_damaged_schedule_is_left_alone(self):
        self.wp.run("global $wpdb; return $wpdb->update( $wpdb->options,"
                    " array( 'option_value' => 'a:1:{i:5' ), array( 'option_name' => 'cron' ) );")
        done = self.run_it("takeover", status=1)
        self.assert_one_line(done.stderr, "'cron'", "left as it is")
        self.assertEqual(self.stored(), "a:1:{i:5")
