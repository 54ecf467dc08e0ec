# SPDX-License-Identifier: GPL-2.0-or-later
"""From a site's wp-config.php to a configuration, and to the first event."""

import os
import shutil
import stat
import tempfile

from lib import ics
from lib.object_cache import RedisKind, install_drop_in
from lib.program import TOP, run_program
from lib.story import Story


class Init(Story):
    def setUp(self):
        super().setUp()
        self.wp.run("return get_option( 'home' );")  # so that the theme has run once
        self.folder = os.path.join(self.wp.folder, "etc")
        os.makedirs(self.folder)
        self.made = os.path.join(self.folder, "made.ini")

    def init(self, *arguments, status=0):
        return self.run_it("init", f"--wp-config={self.wp.config_path}", *arguments,
                           status=status, ini=self.made)

    def test_from_init_to_the_first_event(self):
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection())
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        text = self.init().stdout
        self.assert_one_line(text, "https://crm.example.org", "personal-crm", "Europe/Amsterdam")
        self.assert_one_line(text, "prefix", "prm: 1 user has connections")
        self.assert_one_line(text, "comment type activity")
        self.assert_one_line(text, "1; AUTH_KEY opens the credentials of 1")
        self.assert_one_line(text, "CREATE USER", "'prm_calendar'@'localhost'")
        # The sandbox's calendar server is on this machine, by http.
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.titles(anna), ["Lunch"])

    def test_files_are_closed_and_hold_no_secret_but_in_their_own(self):
        done = self.init()
        for name in ("made.ini", "database.password", "auth.key"):
            status = os.stat(os.path.join(self.folder, name))
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o640, name)
        with open(self.made, encoding="utf-8") as file:
            shown = file.read() + done.stdout + done.stderr
        self.assertNotIn(self.wp.password, shown)
        self.assertNotIn(self.wp.auth_key, shown)

    def root(self, sql):
        return self.sandbox.database.sql(sql)

    def users(self):
        return [row[0] for row in self.root("SELECT User FROM mysql.user WHERE User LIKE 'prm\\_calendar%'")]

    def make_user(self, login="root\n\n", status=0, *arguments):
        self.addCleanup(self.root, "DROP USER IF EXISTS prm_calendar@localhost")
        done = self.run_it("init", f"--wp-config={self.wp.config_path}", "--create-user", *arguments, status=status,
                           ini=self.made, stdin=login)
        self.assertEqual(done.status, status, done)
        return done

    def test_a_database_user_of_least_privilege_is_made(self):
        anna = self.user()
        account = self.account()
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.assert_one_line(self.make_user().stdout, "Made the database user", "'prm_calendar'@'localhost'")
        with open(os.path.join(self.folder, "database.password"), encoding="utf-8") as file:
            password = file.read().strip()
        self.assertGreater(len(password), 30)
        with open(self.made, encoding="utf-8") as file:
            self.assert_one_line(file.read(), "user = prm_calendar")
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        self.run_it("connect", "caldav", "--user=anna", f"--url={account.client.url('work')}",
                    f"--username={account.login}", ini=self.made, stdin=account.password)
        self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.titles(anna), ["Lunch"])
        self.run_it("disconnect", "--user=anna", "--yes", ini=self.made)
        self.assertEqual((self.titles(anna), self.connections(anna)), ([], []))
        found = self.check("privileges")
        self.assertEqual(found["status"], "ok", found)

    def test_the_password_of_the_new_user_is_told_nowhere(self):
        with self.sandbox.database.query_log() as log:
            done = self.make_user()
            with open(os.path.join(self.folder, "database.password"), encoding="utf-8") as file:
                password = file.read().strip()
            with open(self.made, encoding="utf-8") as file:
                self.assertNotIn(password, file.read() + done.stdout + done.stderr + "".join(log.of("root")))

    def test_a_user_that_is_there_is_left_alone(self):
        self.root("CREATE USER prm_calendar@localhost IDENTIFIED BY 'theirs'")
        done = self.make_user(status=78)
        self.assert_one_line(done.stderr, "prm_calendar", "already")
        self.assertFalse(os.path.exists(self.made))

    def test_a_wrong_login_makes_nothing(self):
        for login in ("root\nwrong\n", "nobody\n\n", ""):
            with self.subTest(login=login):
                done = self.make_user(login, status=69 if login else 78)
                self.assertNotIn("wrong", done.stderr.replace("wrong password", ""))
                self.assertEqual((self.users(), os.path.exists(self.made)), ([], False))

    def test_where_the_ini_cannot_be_written_no_user_is_left(self):
        os.makedirs(os.path.join(self.folder, "database.password", "in the way"))
        done = self.run_it("init", f"--wp-config={self.wp.config_path}", "--create-user", status=None, ini=self.made,
                           stdin="root\n\n")
        self.assertNotEqual(done.status, 0)
        self.assertEqual(self.users(), [])

    def test_a_dry_run_asks_nobody_and_makes_nothing(self):
        self.assert_one_line(self.init("--create-user", "--dry-run").stdout, "Would make this database user")
        self.assertEqual(self.users(), [])

    def define(self, *lines):
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = file.read()
        with open(self.wp.config_path, "w", encoding="utf-8") as file:
            file.write(text.replace("<?php\n", "\n".join(("<?php", *lines, "")), 1))

    def test_the_themes_google_client_is_taken_over(self):
        self.assert_one_line(self.init("--dry-run").stdout, "Google ", "no OAuth client")
        self.define("define( 'GOOGLE_OAUTH_CLIENT_ID', '123-abc.apps.googleusercontent.com' );",
                    "define( 'GOOGLE_OAUTH_CLIENT_SECRET', 'GOCSPX-x;y' );")
        done = self.init()
        self.assert_one_line(done.stdout, "client_id = 123-abc.apps.googleusercontent.com")
        self.assertNotIn("GOCSPX", done.stdout + done.stderr)
        path = os.path.join(self.folder, "google.secret")
        self.assert_one_line(done.stdout, f"client_secret_file = {path}")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read().strip(), "GOCSPX-x;y")
        self.run_it("status", ini=self.made)

    def add_drop_in(self, header, **settings):
        install_drop_in(self.wp, **settings)
        path = os.path.join(self.wp.folder, "wp-content", "object-cache.php")
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"\n/*\n{header}\n*/\n")

    def test_the_sites_object_cache_is_taken_over(self):
        """Changed behind the cache by a first run, and right in WordPress after that."""
        folder = tempfile.mkdtemp(prefix="prm-cache-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cache = RedisKind(folder)
        cache.start()
        self.addCleanup(cache.stop)
        self.assert_one_line(self.init("--dry-run").stdout, "Object cache", "none")
        self.add_drop_in("Plugin Name: Redis Object Cache Drop-In\nAuthor: Till Krüss", drop_in="redis-cache",
                         prefix=cache.prefix, **cache.php_settings())
        self.define("define( 'WP_REDIS_SCHEME', 'unix' );", f"define( 'WP_REDIS_PATH', '{cache.redis.socket}' );",
                    f"define( 'WP_REDIS_PASSWORD', '{cache.redis.password}' );", "define( 'WP_REDIS_DATABASE', 3 );",
                    f"define( 'WP_REDIS_PREFIX', '{cache.prefix}' );")
        done = self.init()
        self.assert_one_line(done.stdout, "Object cache", "redis-cache", cache.redis.socket)
        self.assertNotIn(cache.redis.password, done.stdout + done.stderr)
        with open(os.path.join(self.folder, "cache.password"), encoding="utf-8") as file:
            self.assertEqual(file.read().strip(), cache.redis.password)
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection(password="x", last_error="wrong"))
        self.assertEqual(self.connections(anna)[0]["last_error"], "wrong")
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        self.run_it("sync", "--all", ini=self.made)
        self.assertIsNone(self.connections(anna)[0]["last_error"])
        found = self.check("object cache")
        self.assertEqual((found["status"], found["message"]),
                         ("ok", "its server answers, and has this site's entries"))
        cache.stop()
        found = self.check("object cache")
        self.assertEqual(found["status"], "warn")
        self.assertIn(cache.redis.socket, found["message"])

    def check(self, name):
        done = run_program("doctor", "--json", ini=self.made)
        return next(one for one in done.json["checks"] if one["check"] == name)

    def test_an_object_cache_under_other_names_is_noticed(self):
        folder = tempfile.mkdtemp(prefix="prm-cache-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cache = RedisKind(folder)
        cache.start()
        self.addCleanup(cache.stop)
        self.init()
        install_drop_in(self.wp, drop_in="redis-cache", prefix=cache.prefix, **cache.php_settings())
        self.wp.call("get_option", "blogname")
        with open(self.made, "a", encoding="utf-8") as file:
            file.write(f"[cache]\ntype = redis\naddress = {cache.redis.socket}\ndatabase = 3\n"
                       f"password = {cache.redis.password}\nkey_prefix = another\n")
        os.chmod(self.made, 0o600)
        found = self.check("object cache")
        self.assertEqual(found["status"], "warn")
        self.assertIn("has no entry of this site", found["message"])
        self.assertIn("key_prefix", found["remedy"])

    def test_what_is_not_known_of_the_object_cache_is_said(self):
        self.add_drop_in("of nobody", drop_in="redis-cache")
        self.assert_one_line(self.init("--dry-run").stdout, "Object cache", "none that is known")
        self.add_drop_in("WP Redis https://github.com/pantheon-systems/wp-redis WP_Object_Cache", drop_in="redis-cache")
        self.define("define( 'WP_CACHE_KEY_SALT', md5( 'x' ) );")
        text = self.init().stdout
        self.assert_one_line(text, "drop_in = wp-redis")
        self.assert_one_line(text, "look at this", "$redis_server", "WP_CACHE_KEY_SALT is computed in line 2")

    def test_what_only_php_can_tell_is_named_with_the_way_out(self):
        self.define("define( 'AUTH_KEY', getenv( 'AUTH_KEY_OF_SITE' ) );",
                    "define( 'DB_PASSWORD', strrev( 'example' ) );")
        done = self.init(status=78)
        self.assert_one_line(done.stderr, "AUTH_KEY comes from the environment variable AUTH_KEY_OF_SITE", "in line 2",
                             "set auth_key in [wordpress]")
        self.assert_one_line(done.stderr, "DB_PASSWORD is computed in line 3", "set password in [database]")
        self.assert_one_line(done.stderr, f"write {self.made} with these keys", "run init again", "--env-file")
        self.assertEqual(os.listdir(self.folder), [])
        # And that way leads on, with init and without.
        with open(self.made, "w", encoding="utf-8") as file:
            file.write(f"[database]\npassword_file = {self.folder}/database.password\n"
                       f"[wordpress]\nauth_key_file = {self.folder}/auth.key\n")
        for name, text in (("database.password", self.wp.password), ("auth.key", self.wp.auth_key)):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text + "\n")
            os.chmod(os.path.join(self.folder, name), 0o600)
        self.assertIn("kept in " + self.made + ".draft", self.init().stdout)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["auth.key", "database.password", "made.ini", "made.ini.draft"])
        self.assertEqual(self.init(status=78).stderr.count("is left as it is"), 1)
        self.run_it("status", ini=self.made)
        ini = self.write_ini("mixed.ini", database_socket=None, database_name=None, database_user=None,
                             wordpress_table_prefix=None, wordpress_wp_config=self.wp.config_path)
        self.run_it("status", ini=ini)

    def test_a_folder_stands_for_its_wp_config(self):
        done = run_program("init", f"--wp-config={self.wp.folder}", "--dry-run", ini=self.made)
        self.assertEqual(done.status, 0, done)
        deeper = os.path.join(self.folder, "deeper")
        os.makedirs(deeper)
        done = run_program("init", f"--wp-config={deeper}", "--dry-run", ini=self.made)
        self.assert_one_line(done.stderr + done.stdout, "is a folder, and no wp-config.php")

    def test_a_dry_run_writes_nothing(self):
        before = self.content()
        text = self.init("--dry-run").stdout
        self.assertIn("Would write", text)
        self.assertIn("stylesheet = personal-crm", text)
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(self.content(), before)
        self.assert_one_line(text, "would be made as in", "/share/prm-calendar/sql/001_state.sql")
        self.assertEqual(self.own_tables(), [])

    def test_the_tables_are_made(self):
        self.assert_one_line(self.init().stdout, "wp_prm_calendar_", "made as in")
        self.assertIn("prm_calendar_cursors", self.own_tables())
        os.rename(self.made, self.made + ".old")
        for name in ("database.password", "auth.key"):
            os.unlink(os.path.join(self.folder, name))
        self.assert_one_line(self.init().stdout, "wp_prm_calendar_", "are there")

    def test_a_folder_that_is_not_there_is_said(self):
        os.rmdir(self.folder)
        done = self.init(status=78)
        self.assert_one_line(done.stderr, self.folder, "No such file", "make its folder first")

    def test_an_existing_file_is_left_as_it_is(self):
        with open(self.made, "w", encoding="utf-8") as file:
            file.write("mine")
        done = self.init(status=78)
        self.assert_one_line(done.stderr, self.made, "left as it is")
        with open(self.made, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.assertEqual(os.listdir(self.folder), ["made.ini"])

    def test_the_sample_makes_room(self):
        # The package installs it; its administrator has no file to move away.
        shutil.copy(os.path.join(TOP, "conf", "prm-calendar.ini"), self.made)
        self.init()
        self.run_it("status", ini=self.made)
        self.assertEqual(stat.S_IMODE(os.stat(self.made).st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["auth.key", "database.password", "made.ini"])

    def test_a_sample_that_somebody_began_to_fill_in_stays(self):
        shutil.copy(os.path.join(TOP, "conf", "prm-calendar.ini"), self.made)
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("log_level = debug\n")
        self.assert_one_line(self.init(status=78).stderr, self.made, "left as it is")

    def test_the_dialect_is_found(self):
        anna = self.user()
        self.wp.call("update_user_meta", anna, "_stadion_calendar_connections", [{"id": "conn_1"}])
        found = self.init("--dry-run", "--json").json
        self.assertEqual((found["theme_prefix"], found["activity_comment_type"]),
                         ("stadion", "stadion_activity"))
        self.assertEqual(found["users_with_connections"], 1)

    def test_comments_tell_the_type_of_activities(self):
        anna = self.user()
        person = self.person(anna, "Ben", "Berg")
        self.wp.call("wp_insert_comment", {"comment_post_ID": person, "comment_content": "Met",
                                           "comment_type": "prm_activity"})
        found = self.init("--dry-run", "--json").json
        self.assertEqual(found["activity_comment_type"], "prm_activity")

    def test_theme_files_tell_the_type_of_activities(self):
        path = os.path.join(self.wp.folder, "wp-content/themes/personal-crm/inc.php")
        with open(path, "w", encoding="utf-8") as file:
            file.write("<?php const TYPE = 'prm_activity';\n")
        found = self.init("--dry-run", "--json").json
        self.assertEqual(found["activity_comment_type"], "prm_activity")

    def test_credentials_made_with_another_key_are_counted(self):
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection(), account.connection(2, credentials="x" * 80))
        found = self.init("--dry-run", "--json").json
        self.assertEqual((found["connections"], found["credentials_opened"],
                          found["credentials_locked"]), (2, 1, 1))

    def test_the_offered_user_may_do_what_is_needed(self):
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection())
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        sidecar = "prm_" + self.wp.user[-24:]
        grants = self.init("--json").json["grants"].replace("'prm_calendar'", f"'{sidecar}'")
        self.sandbox.database.sql(grants)
        self.addCleanup(self.sandbox.database.sql, f"DROP USER '{sidecar}'@'localhost'")
        ini = self.write_ini("least.ini", database_user=sidecar, database_password_file=None,
                             database_password="change me")
        self.drop_own_tables()
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual(self.titles(anna), ["Lunch"])
        self.assertIn("prm_calendar_cursors", self.own_tables())

    def test_without_a_path_it_is_a_usage_error(self):
        self.run_it("init", status=64)
