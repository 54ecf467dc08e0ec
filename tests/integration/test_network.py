# SPDX-License-Identifier: GPL-2.0-or-later
"""A multisite network: users are shared, everything else belongs to one site, and stays there."""

import os

from lib import ics
from lib.processes import wait_until
from lib.story import Story
from lib.theme import Theme

MAKE_NETWORK = """
global $wpdb;
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';
foreach ( $wpdb->tables( 'ms_global' ) as $table => $name ) {
	$wpdb->$table = $name;
}
define( 'WP_INSTALLING_NETWORK', true );
install_network();
return true === populate_network( 1, 'crm.example.org', 'admin@example.org', 'Network', '/', false );
"""

MAKE_SITE = """
$id = wpmu_create_blog( 'crm.example.org', '/two/', 'Two', 1 );
switch_to_blog( $id );
update_option( 'template', 'personal-crm' );
update_option( 'stylesheet', 'personal-crm' );
update_option( 'timezone_string', 'Europe/Amsterdam' );
wp_schedule_event( time() + 600, 'hourly', 'prm_calendar_sync' );
restore_current_blog();
return $id;
"""

SITE = {"MULTISITE": "1", "SUBDOMAIN_INSTALL": "", "DOMAIN_CURRENT_SITE": "crm.example.org",
        "PATH_CURRENT_SITE": "/", "SITE_ID_CURRENT_SITE": "1", "BLOG_ID_CURRENT_SITE": "1"}


class Network(Story):

    def setUp(self):
        super().setUp()
        self.assertTrue(self.wp.run(MAKE_NETWORK))
        self.wp.write_config(**SITE)
        self.assertEqual(self.wp.run(MAKE_SITE), 2)
        self.made = os.path.join(self.wp.folder, "etc", "made.ini")
        self.latest = ""  # the latest last_sync of anna's connection
        os.makedirs(os.path.dirname(self.made))
        self.ben = self.user("ben", "Ben of site 1")
        self.anna, self.jose = self.on_site_2("""
            $user = seed_user( 'anna', 'Anna of site 2' );
            return array( $user, seed_person( $user, 'José', 'Núñez', array( 'jose@example.org' ) ) );""")
        for user in (self.anna, self.ben):
            account = self.account()
            account.put("lunch", ics.vevent("lunch@story", self.utc(self.at(-1)), summary="Lunch",
                                            attendees=[("jose@example.org", "José", "ACCEPTED")]))
            self.connect(user, account.connection())

    def on_site_2(self, code, **variables):
        return self.wp.run("switch_to_blog( 2 ); try { " + code + " } finally { restore_current_blog(); }", **variables)

    def init(self, *arguments):
        done = self.run_it("init", f"--wp-config={self.wp.config_path}", *arguments, ini=self.made)
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        return done.stdout

    def site_1(self):
        """Changes with every row that belongs to the main site."""
        tables = [row[0] for row in self.sandbox.database.sql("SHOW TABLES", self.wp.name)]
        return self.sandbox.database.checksum(self.wp.name, leave_out=(
            "wp_usermeta", *(name for name in tables if name.startswith("wp_2_"))))

    def test_one_site_is_synced_with_the_users_who_belong_to_it(self):
        text = self.init("--blog-id=2")
        self.assert_one_line(text, "Network", "site 2")
        self.assert_one_line(text, "blog_id = 2")
        self.assert_one_line(text, "wp_2_posts", "GRANT")
        self.assert_one_line(text, "GRANT", ".wp_usermeta")
        before = self.site_1()
        self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.on_site_2("""
            return array_map( function ( $post ) { return array( $post->post_title, (int) $post->post_author ); },
                get_posts( array( 'post_type' => 'calendar_event' ) ) );"""), [["Lunch", self.anna]])
        self.assertEqual(len(self.on_site_2(
            "return get_comments( array( 'post_id' => $person, 'type' => 'activity' ) );", person=self.jose)), 1)
        self.assertEqual(self.on_site_2("return get_post( $person )->comment_count;", person=self.jose), "1")
        self.assertIsNone(self.connections(self.anna)[0].get("last_error"))
        self.assertTrue(self.connections(self.anna)[0]["last_sync"])
        self.assertIsNone(self.connections(self.ben)[0].get("last_sync"))
        self.assertEqual(self.site_1(), before)
        done = self.run_it("sync", "--user=ben", ini=self.made, status=1)
        self.assert_one_line(done.stderr, "ben", "does not belong to site 2")
        self.assertEqual(self.run_it("status", "--json", ini=self.made).json["total_users_with_connections"], 1)

    def test_takeover_leaves_the_other_sites_sync_alone(self):
        self.init("--blog-id=2")
        self.run_it("takeover", ini=self.made)
        self.assertFalse(self.on_site_2("return wp_next_scheduled( 'prm_calendar_sync' );"))
        self.assertTrue(self.wp.call("wp_next_scheduled", "prm_calendar_sync"))

    def test_without_a_word_it_is_the_main_site(self):
        self.assert_one_line(self.init(), "blog_id = 1")
        self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.titles(self.ben), ["Lunch"])
        self.assertEqual(self.events(self.anna), [])
        self.assertEqual(self.on_site_2("return get_posts( array( 'post_type' => 'calendar_event' ) );"), [])
        self.assertNotIn("wp_2_prm_calendar_schema", str(self.sandbox.database.sql("SHOW TABLES", self.wp.name)))

    def sync_as(self, ini):
        """What the sync of anna's connection says, once it has set a later `last_sync` than there ever was."""
        said = []

        def has_synced():
            done = self.run_it("sync", "--user=anna", "--json", ini=ini)
            said.append((done.json["connections"][0], done.stderr))
            return self.connections(self.anna)[0]["last_sync"] > self.latest

        wait_until(has_synced, "last_sync moves on", 10)
        self.latest = self.connections(self.anna)[0]["last_sync"]
        return said[0]

    def test_our_own_sync_of_another_site_is_no_foreign_hand(self):
        self.init("--blog-id=2")
        second = self.made
        self.made = os.path.join(self.wp.folder, "etc", "one", "made.ini")
        os.makedirs(os.path.dirname(self.made))
        self.init("--blog-id=1")
        self.wp.call("add_user_to_blog", 1, self.anna, "author")
        for ini in (self.made, second) * 3:
            done, _ = self.sync_as(ini)
            self.assertFalse(done["written_by_others"])
            if ini == self.made:
                self.assertEqual(done["outcome"], "done")
        # Nothing was looked at but the mark of what is stored.
        self.assertEqual(done["events"]["seen"], 0)
        self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.run_it("rematch", ini=self.made)
        self.assertFalse(self.sync_as(second)[0]["written_by_others"])
        self.assertFalse(self.sync_as(self.made)[0]["written_by_others"])
        Theme(self.wp, self.anna, self.connections(self.anna)[0]["id"]).new_caldav()
        self.assertEqual(self.titles(self.anna), [])
        self.assertFalse(self.sync_as(second)[0]["written_by_others"])
        done, said = self.sync_as(self.made)
        self.assertTrue(done["written_by_others"])
        self.assert_one_line(said, "something else wrote", "1 added")
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.assertFalse(self.sync_as(second)[0]["written_by_others"])
