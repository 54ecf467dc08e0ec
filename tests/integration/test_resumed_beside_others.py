# SPDX-License-Identifier: GPL-2.0-or-later
"""Others at work in the same tables: rows that are locked, a deadlock, a second process, WordPress itself, a restart."""

import copy
import random
import threading

from lib.calendar_model import CalendarModel
from lib.ics import vevent
from lib.interruptions import EVERY_STEP, InterruptedStory, note
from lib.invariants import violations
from lib.model_places import CalDavPlaces
from lib.program import run_program
from lib.sql_session import SqlSession

BESIDE_SECS = 60 if EVERY_STEP else 20
CHANGES = ("create", "create_series", "move", "rename", "cancel", "delete", "leave_out", "change_instance",
           "cancel_instance", "as_planned", "shift", "cut_off")

# A plugin that keeps a note of its own in the first connection: sets it, changes it, takes it away, and looks each
# time whether it is as it was left. Only it writes the note; so any other note is one that somebody overwrote.
PLUGIN = r"""
$end  = microtime( true ) + $secs;
$left = null;
$lost = array();
for ( $n = 1; microtime( true ) < $end || null !== $left; $n++ ) {
	wp_cache_flush();
	$list = get_user_meta( $user, '_prm_calendar_connections', true );
	$seen = $list[0]['plugin_note'] ?? null;
	if ( $seen !== $left ) {
		$lost[] = array( $n, $left, $seen );
	}
	$left = 0 === $n % 3 ? null : "note $n é \\ \"";
	if ( null === $left ) {
		unset( $list[0]['plugin_note'] );
	} else {
		$list[0]['plugin_note'] = $left;
	}
	update_user_meta( $user, '_prm_calendar_connections', wp_slash( $list ) );
	usleep( 1000 );
}
return array( 'times' => $n - 1, 'lost' => $lost );
"""


class BesideOthers(InterruptedStory):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account = self.account()
        self.connect(self.anna, self.proxied_connection(self.account))
        self.connections_before = self.rows().connections
        self.other = SqlSession(self.wp.database, self.wp.name)
        self.addCleanup(self.other.close)

    def met(self, name, day):
        self.account.put(name, vevent(f"{name}@story", self.utc(self.at(day)), summary=name,
                                      attendees=[("jose@example.org", "José", "ACCEPTED")]))

    def assert_everything_holds(self, calendar):
        """All six, also against what the calendar holds."""
        rows = self.rows()
        self.assertEqual(violations(rows, calendar, self.connections_before), [])
        self.assert_only_a_cache(self.comparable(rows), "sync", "--all")

    def lunch(self, day):
        start, end = (self.site_time(self.at(day, hour)) for hour in (12, 13))
        return {"lunch@story": ("lunch", start, end, "0")}

    def wait_a_second_for_locks(self):
        self.proxy.rewrite = {b"innodb_lock_wait_timeout = 10": b"innodb_lock_wait_timeout =  1"}

    def count_executions(self, words, when):
        """Calls when(n) before the n-th statement with these words."""
        seen = []

        def watch(step):
            if step.command == "execute" and words in step.sql:
                seen.append(step)
                when(len(seen))
        self.proxy.watch = watch
        return seen

    def test_a_row_that_is_locked_is_tried_again(self):
        self.wait_a_second_for_locks()
        self.met("lunch", -1)
        self.other.run(f"START TRANSACTION; SELECT * FROM wp_usermeta WHERE user_id = {self.anna} FOR UPDATE;")
        seen = self.count_executions("UPDATE `wp_usermeta`",
                                     lambda number: number == 2 and self.other.run("ROLLBACK;"))
        self.run_well("sync", "--all")
        self.assertGreaterEqual(len(seen), 2)
        self.assertTrue(self.connections(self.anna)[0]["last_sync"])
        self.assert_everything_holds(self.lunch(-1))

    def test_a_row_that_stays_locked_fails_the_run_and_not_the_next(self):
        self.wait_a_second_for_locks()
        self.met("lunch", -1)
        self.other.run(f"START TRANSACTION; SELECT * FROM wp_usermeta WHERE user_id = {self.anna} FOR UPDATE;")
        done = self.run_with("sync", "--all")
        self.assertEqual(done.status, 1, done)
        self.assert_one_line(done.stderr, "cannot store when the calendars were synced", "Lock wait timeout")
        self.other.run("ROLLBACK;")
        self.run_well("sync", "--all")
        self.assertTrue(self.connections(self.anna)[0]["last_sync"])
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assert_everything_holds(self.lunch(-1))

    def test_the_loser_of_a_deadlock_begins_again(self):
        self.met("lunch", -1)
        self.connect(self.anna, self.proxied_connection(self.account, auto_log=False))
        self.run_well("sync", "--all")
        self.connect(self.anna, self.proxied_connection(self.account))
        # Has written more than the program: InnoDB ends the transaction that has written less.
        self.other.run("CREATE TABLE heavy (n INT PRIMARY KEY);")
        self.other.run(f"START TRANSACTION; INSERT INTO heavy WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL"
                       " SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n;"
                       f"SELECT * FROM wp_postmeta WHERE post_id = {self.event(self.anna)['ID']} FOR UPDATE;")
        flags = []

        def embrace(step):
            if step.command != "execute":
                return
            if "'_logged_as_activity'" in step.sql and step.verb == "INSERT":
                flags.append(step)
                if len(flags) == 1:
                    # Waits for the person, whom the program holds while it is about to wait for the event's meta.
                    self.other.send(f"SELECT * FROM wp_posts WHERE ID = {self.jose} FOR UPDATE;")
            elif flags and "FOR UPDATE" in step.sql:
                self.other.run("ROLLBACK;")
        self.proxy.watch = embrace
        self.run_well("log")
        self.assertEqual(len(flags), 2, "there was no deadlock")
        self.assertEqual(len(self.rows().activities), 1)
        self.run_well("sync", "--all")
        self.assert_everything_holds(self.lunch(-1))

    def test_two_processes_and_wordpress_at_once(self):
        plugin = copy.copy(self.wp)
        plugin._php = None  # pylint: disable=protected-access
        self.addCleanup(plugin.close)
        answers, statuses, finished = [], [], threading.Event()

        def be_plugin():
            try:
                answers.append(plugin.run(PLUGIN, user=self.anna, secs=BESIDE_SECS))
            finally:
                finished.set()

        def be_program(*more):
            while not finished.is_set():
                statuses.append(run_program("sync", "--all", *more, ini=self.proxied_ini))
        self.account.calendar("team")  # which some are in, and which the connection does not name
        threads = [threading.Thread(target=be_plugin), threading.Thread(target=be_program),
                   threading.Thread(target=be_program, args=("--full",))]
        for thread in threads:
            thread.start()
        model = CalendarModel(CalDavPlaces(self.account), random.Random(1), CHANGES)
        changes = 0
        while not finished.wait(0.1):
            model.change()
            changes += 1
        for thread in threads:
            thread.join()
        self.assertEqual(answers[0]["lost"], [])
        bad = [str(done) for done in statuses if done.status not in (0, 75)]
        self.assertEqual(bad, [])
        self.run_well("sync", "--all")
        self.assert_everything_holds(model.events())
        self.assert_counts_as_wordpress()
        busy = sum(done.status == 75 for done in statuses)
        note(f"beside each other for {BESIDE_SECS} s: {changes} changes, {answers[0]['times']} writes by WordPress, "
             f"{len(statuses) - busy} runs, {busy} that found another one busy")
