# SPDX-License-Identifier: GPL-2.0-or-later
"""The connections row, transients, whose turn it is, and what status says."""

import re
from datetime import datetime, timedelta, timezone

from fake.spoiling_proxy import SpoilingProxy
from lib.ics import vevent
from lib.processes import wait_until
from lib.story import Story

ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")


class Connections(Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.account.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))

    def raw(self, user):
        return self.wp.rows("SELECT meta_value FROM {p}usermeta WHERE user_id = %d AND meta_key ="
                            " '_prm_calendar_connections'" % user)[0]["meta_value"]

    def test_only_last_sync_and_last_error_change(self):
        odd = {"colour": "é\"\\ 🎉", "weights": [1, 2.5, True, None, {"deep": ["x"]}], "0": "zero",
               "sync_frequency": "15", "last_error": "old trouble"}
        stored = self.connect(
            self.anna, self.account.connection(1, **odd), "not even a map",
            {"id": 7, "provider": "caldav"},
            {"id": "conn_other", "provider": "carrier-pigeon", "sync_enabled": True, "x": [1]})
        self.sync()
        after = self.connections(self.anna)
        self.assertEqual(after[1:], stored[1:])
        self.assertIsNone(after[0]["last_error"])
        self.assertRegex(after[0]["last_sync"], ISO)
        synced = datetime.fromisoformat(after[0]["last_sync"])
        self.assertLess(abs(datetime.now(timezone.utc) - synced), timedelta(minutes=5))
        for name in ("last_sync", "last_error"):
            after[0].pop(name)
            stored[0].pop(name, None)
        self.assertEqual(after[0], stored[0])
        self.assertEqual(list(after[0]), list(stored[0]))

    def test_objects_of_other_code_are_kept_byte_for_byte(self):
        self.connect(self.anna, self.account.connection())
        self.wp.run("""
            global $wpdb;
            $list = get_user_meta( $user, '_prm_calendar_connections', true );
            $list[0]['stuff'] = (object) array( 'a' => 1.0, 'b' => 'é' );
            $raw = str_replace( 'O:8:"stdClass"', 'O:12:"Some_Missing"', serialize( $list ) );
            $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->usermeta SET meta_value = %s
                WHERE user_id = %d AND meta_key = '_prm_calendar_connections'", $raw, $user ) );
            return true;""", user=self.anna)
        self.sync()
        self.assertIn('s:5:"stuff";O:12:"Some_Missing":2:{s:1:"a";d:1;s:1:"b";s:2:"é";}',
                      self.raw(self.anna))
        self.assertIn("last_sync", self.raw(self.anna))

    def test_where_nothing_changed_no_number_of_events_is_told(self):
        self.connect(self.anna, self.account.connection())
        self.assertIn("1 event", self.sync().stdout)
        said = self.sync().stdout
        self.assertIn("nothing changed", said)
        self.assertNotRegex(said, r"Work.*\d+ events?")

    def test_an_account_without_calendars_says_so(self):
        home = self.account.client.url().rstrip("/") + "/"
        self.account.client.delete_calendar("work")
        self.connect(self.anna, self.account.connection(credentials={
            "url": home, "username": self.account.login, "password": self.account.password}))
        said = self.run_it("calendars", f"--user={self.anna}", status=1)
        self.assertIn("no calendar", said.stdout + said.stderr)
        self.assertIn("no calendar", self.run_it("doctor", "--online", status=1).stdout)
        self.sync(status=1)
        self.assertIn("no calendar", self.connections(self.anna)[0]["last_error"])

    def test_a_connection_that_is_off_is_left_alone(self):
        self.connect(self.anna, self.account.connection(sync_enabled=False))
        before = self.raw(self.anna)
        self.sync()
        self.assertEqual(self.raw(self.anna), before)
        self.assertEqual(self.events(self.anna), [])

    def test_one_user_is_synced_by_login_id_and_address(self):
        bram = self.user("bram", "Bram")
        self.connect(bram, self.account.connection())
        self.connect(self.anna, self.account.connection())
        for name in ("bram", str(bram), "bram@example.org"):
            self.sync(f"--user={name}")
            self.assertEqual(self.titles(bram), ["One"])
        self.assertEqual(self.events(self.anna), [])
        done = self.sync("--user=nobody", status=1)
        self.assert_one_line(done.stderr, "nobody")

    def test_nothing_is_remembered_of_a_connection_that_was_removed(self):
        self.account.calendar("home")
        self.account.put("two", vevent("two@story", self.utc(self.at(1))), calendar="home")
        first, second = self.account.connection(1), self.account.connection(2, credentials={
            "url": self.account.client.url("home"), "username": self.account.login,
            "password": self.account.password})
        self.connect(self.anna, first, second)
        self.sync()
        self.connect(self.anna, second)
        self.sync()
        remembered = {table: int(self.wp.rows(
            f"SELECT COUNT(*) AS n FROM wp_prm_calendar_{table}")[0]["n"])
            for table in ("connections", "cursors", "objects", "events")}
        self.assertEqual(set(remembered.values()), {1}, remembered)
        self.assertEqual(len(self.titles(self.anna)), 2, "what was stored stays")


class Turns(Story):

    def setUp(self):
        super().setUp()
        self.account = self.account()
        self.account.put("one", vevent("one@story", self.utc(self.at(1)), summary="One"))
        self.users = [self.user(login, login.title()) for login in ("anna", "bram", "carl")]
        for user in (self.users[0], self.users[2]):
            self.connect(user, self.account.connection())

    def synced(self):
        return [user for user in self.users if self.events(user)]

    def index(self):
        return self.wp.call("get_transient", "prm_calendar_sync_last_user_index")

    def test_users_with_connections_take_turns(self):
        anna, _, carl = self.users
        self.run_it("run")
        self.assertEqual(self.synced(), [anna])
        first = self.index()
        self.run_it("run")
        self.assertEqual(self.synced(), [anna, carl])
        self.assertNotEqual(self.index(), first)
        self.assertEqual({int(first), int(self.index())}, {0, 1})

    def test_nobody_starves_when_somebody_leaves(self):
        anna, _, carl = self.users
        self.run_it("run")
        self.wp.call("delete_user_meta", anna, "_prm_calendar_connections")
        self.run_it("run")
        self.assertIn(carl, self.synced())

    def test_all_users_in_one_pass_when_the_ini_says_so(self):
        self.run_it("run", ini=self.write_ini("all.ini", sync_users_per_pass="all"))
        self.assertEqual(self.synced(), [self.users[0], self.users[2]])

    def test_a_pass_also_logs(self):
        anna = self.users[0]
        jose = self.person(anna, "José", "Núñez", "jose@example.org")
        self.account.put("met", vevent("met@story", self.utc(self.at(-1)), summary="Met", attendees=[
            ("jose@example.org", "José", "ACCEPTED")]))
        self.run_it("run")
        self.assertEqual(len(self.activities(jose)), 1)

    def test_a_connection_waits_for_its_own_frequency(self):
        anna = self.users[0]
        ini = self.write_ini("all.ini", sync_users_per_pass="all")
        self.run_it("run", ini=ini)
        self.account.put("two", vevent("two@story", self.utc(self.at(2)), summary="Two"))
        self.run_it("run", ini=ini)
        self.assertEqual(self.titles(anna), ["One"])
        self.sync()
        self.assertEqual(self.titles(anna), ["One", "Two"])

    def synced_before(self, user, minutes):
        """As if the connection's last sync had begun so long ago."""
        connection, = self.connections(user)
        began = datetime.fromisoformat(connection["last_sync"]) - timedelta(minutes=minutes)
        self.connect(user, {**connection, "last_sync": began.isoformat()})

    def test_last_sync_is_when_the_sync_began(self):
        proxy = SpoilingProxy(self.account.server.port)
        self.addCleanup(proxy.close)
        asked = []

        def slowly(answer):
            asked.append(datetime.now(timezone.utc))
            wait_until(lambda: datetime.now(timezone.utc) > asked[0] + timedelta(seconds=2), "two seconds")
            return answer

        proxy.spoil(slowly)
        self.connect(self.users[0], self.account.connection(credentials={
            "url": proxy.url + self.account.client.path("work"), "username": self.account.login,
            "password": self.account.password}))
        self.run_it("run")
        last = datetime.fromisoformat(self.connections(self.users[0])[0]["last_sync"])
        self.assertLessEqual(last, asked[0])
        self.assertGreater(last, asked[0] - timedelta(seconds=30))

    def test_a_timer_that_comes_a_little_early_is_not_sent_away(self):
        anna = self.users[0]
        ini = self.write_ini("all.ini", sync_users_per_pass="all")
        self.run_it("run", ini=ini)
        self.account.put("two", vevent("two@story", self.utc(self.at(2)), summary="Two"))
        self.synced_before(anna, 9)
        self.run_it("run", ini=ini)
        self.assertEqual(self.titles(anna), ["One"])
        self.synced_before(anna, 2)
        self.run_it("run", ini=ini)
        self.assertEqual(self.titles(anna), ["One", "Two"])

    def next_due(self, ini):
        """Of Anna's connection, in minutes from the next pass."""
        status = self.run_it("status", "--json", ini=ini).json
        due = datetime.fromisoformat(status["connections"][0]["next_due"])
        return round((due - datetime.fromisoformat(status["next_scheduled"])).total_seconds() / 60)

    def test_status_knows_which_pass_will_sync(self):
        anna = self.users[0]
        ini = self.write_ini("all.ini", sync_users_per_pass="all")
        self.run_it("run", ini=ini)
        self.assertEqual(self.next_due(ini), 0)
        self.connect(anna, {**self.connections(anna)[0], "sync_frequency": 60})
        self.assertEqual(self.next_due(ini), 45)
        self.assertEqual(self.next_due(None), 60)  # two users take turns: at each second pass
        self.connect(anna, {**self.connections(anna)[0], "sync_frequency": 15, "credentials": {
            "url": self.account.client.url("work"), "username": self.account.login, "password": "wrong"}})
        self.synced_before(anna, 60)
        self.run_it("run", ini=ini, status=1)
        # A week after the refusal, which came within the pass.
        self.assertIn(self.next_due(ini), (7 * 24 * 60 - 15, 7 * 24 * 60))

    def test_the_theme_finds_what_it_shows(self):
        """What PRM_Calendar_Sync::get_sync_status() and the settings page read."""
        carl = self.users[2]
        account = self.connections(carl)[0]
        self.connect(carl, {**account, "credentials": {
            "url": self.account.client.url("work"), "username": self.account.login,
            "password": "wrong"}})
        self.run_it("run")
        self.run_it("run", status=1)
        theirs = self.wp.run("""
            global $wpdb;
            $total = 0;
            foreach ( $wpdb->get_col( "SELECT DISTINCT user_id FROM $wpdb->usermeta
                    WHERE meta_key = '_prm_calendar_connections'" ) as $id ) {
                $list   = get_user_meta( (int) $id, '_prm_calendar_connections', true );
                $total += (int) ! empty( array_filter( array_column( $list, 'sync_enabled' ) ) );
            }
            return array(
                'current_user_index'           => (int) get_transient( 'prm_calendar_sync_last_user_index' ),
                'total_users_with_connections' => $total,
            );""")
        ours = self.run_it("status", "--json").json
        self.assertEqual({key: ours[key] for key in theirs}, theirs)
        self.assertEqual(theirs["current_user_index"], 1)
        anna, carl = (self.connections(user)[0] for user in (self.users[0], carl))
        shown = self.wp.run("return array( strtotime( $at ), time() );", at=anna["last_sync"])
        self.assertLess(abs(shown[0] - shown[1]), 300)
        self.assertIsNone(anna["last_error"])
        self.assertIsNone(carl.get("last_sync"))
        self.assertIn("password", carl["last_error"])

    def test_status_names_what_the_theme_names(self):
        self.run_it("run")
        status = self.run_it("status", "--json").json
        self.assertEqual(status["total_users_with_connections"], 2)
        self.assertIn("current_user_index", status)
        self.assertTrue(status["next_scheduled"])
        self.assertIs(status["is_scheduled"], True)
        self.assertEqual(status["cron_schedule"], "every_15_minutes")
        self.assertIn("estimated_full_cycle", status)
        text = self.run_it("status").stdout
        self.assertIn("anna", text)
        self.assertIn("Work", text)

    def test_the_index_is_remembered_as_long_as_the_theme_does(self):
        self.run_it("run")
        ends = self.wp.call("get_option", "_transient_timeout_prm_calendar_sync_last_user_index")
        now = self.wp.run("return time();")
        self.assertTrue(3000 < int(ends) - now <= 3600, (ends, now))

    def test_sync_alone_is_one_pass(self):
        one = self.run_it("sync", "--json").json
        self.assertEqual(one["totals"]["done"] + one["totals"]["failed"], 1)
        run, = self.run_it("status", "--json").json["runs"]
        self.assertEqual(run["command"], "run")
        self.run_it("sync", "--full", status=64)

    def test_with_another_theme_active_the_program_pauses(self):
        for option in ("stylesheet", "template"):
            self.wp.call("update_option", option, "twentytwentythree")
        before = self.content()
        done = self.run_it("run", status=79)
        self.assertEqual(self.content(), before)
        self.assert_one_line(done.stderr, "twentytwentythree")
