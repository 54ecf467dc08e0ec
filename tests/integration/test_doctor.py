# SPDX-License-Identifier: GPL-2.0-or-later
"""The doctor: all is well on a healthy site, and each thing that breaks is named with its remedy."""

import os

from lib import ics
from lib.story import Story

CHECKS = ["configuration", "files", "database", "db.php", "server", "tls", "clock", "privileges", "tables",
          "own tables", "engines", "character sets", "indexes", "site", "writes", "theme", "theme's sync",
          "other writers", "object cache", "credentials", "runs", "timer"]
OFFERED_PASSWORD = "change me"


class Doctor(Story):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.work = self.account()
        self.connect(self.anna, self.work.connection())
        self.work.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.sidecar = "prm_" + self.wp.user[-24:]
        self.ini = self.healthy_ini()
        self.run_it("takeover")
        self.run_it("run")

    def healthy_ini(self, name="least.ini", **overrides):
        """With the user of least privilege that init offers."""
        made = os.path.join(self.wp.folder, "etc", "made.ini")
        os.makedirs(os.path.dirname(made))
        grants = self.run_it("init", f"--wp-config={self.wp.config_path}", "--json",
                             ini=made).json["grants"]
        self.sandbox.database.sql(grants.replace("prm_calendar'@", f"{self.sidecar}'@"))
        self.addCleanup(self.sandbox.database.sql, f"DROP USER '{self.sidecar}'@'localhost'")
        self.healthy = {"database_user": self.sidecar, "database_password_file": None,
                        "database_password": OFFERED_PASSWORD, **overrides}
        return self.write_ini(name, **self.healthy)

    def root(self, sql):
        self.sandbox.database.sql(sql, self.wp.name)

    def examine(self, *arguments, status=0, ini=None):
        return self.run_it("doctor", "--json", *arguments, status=status, ini=ini).json

    def assert_only(self, wanted, check, *words, report=None, remedy="", no_trial=False):
        """One finding of all is not OK: this one. The rest was checked all the same, but for trial writes that could
        not go well."""
        report = report or self.examine(status=1 if wanted == "fail" else 0)
        found = [finding for finding in report["checks"] if finding["status"] != "ok"]
        self.assertEqual([(one["check"], one["status"]) for one in found], [(check, wanted)], found)
        for word in words:
            self.assertIn(word, found[0]["message"])
        self.assertIn(remedy, found[0]["remedy"])
        self.assertEqual([one["check"] for one in report["not_checked"]], ["writes"] if no_trial else [])
        return found[0]

    def findings(self, report, check):
        return [(one["status"], one["message"], one["remedy"])
                for one in report["checks"] if one["check"] == check]

    # --- as it should be

    def test_a_healthy_site_is_ok_line_by_line(self):
        before = self.sandbox.database.checksum(self.wp.name)
        done = self.run_it("doctor")
        self.assertNotIn("WARN  ", done.stdout)
        self.assertNotIn("FAIL  ", done.stdout)
        for check in CHECKS:
            self.assert_one_line(done.stdout, "OK ", f"  {check} ")
        self.assert_one_line(done.stdout, f"{len(CHECKS)} OK, 0 WARN, 0 FAIL")
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)

    def test_json_has_the_same_form_always(self):
        report = self.examine()
        self.assertEqual(list(report), ["checks", "not_checked", "warnings", "failures"])
        self.assertEqual([one["check"] for one in report["checks"]], CHECKS)
        for one in report["checks"]:
            self.assertEqual(list(one), ["check", "status", "message", "remedy"])
            self.assertEqual((one["status"], one["remedy"]), ("ok", None))
        self.assertEqual((report["warnings"], report["failures"]), (0, 0))

    def test_no_secret_is_shown(self):
        for arguments in ((), ("--json",), ("--online", "-v")):
            done = self.run_it("doctor", *arguments)
            for secret in (OFFERED_PASSWORD, self.wp.auth_key, self.work.password, "IDENTIFIED"):
                self.assertNotIn(secret, done.stdout + done.stderr)

    def test_quiet_shows_failures_only(self):
        self.assertEqual(self.run_it("doctor", "-q").stdout, "")
        self.wp.call("update_option", "stylesheet", "twentytwenty")
        self.wp.call("update_option", "template", "twentytwenty")
        done = self.run_it("doctor", "-q", status=1)
        self.assertEqual(len(done.stdout.splitlines()), 2, done)
        self.assert_one_line(done.stdout, "FAIL", "theme", "twentytwenty", "personal-crm")

    # --- configuration and files

    def test_every_mistake_in_the_ini_is_named_and_the_rest_checked(self):
        ini = self.write_ini("typo.ini", **self.healthy, sync_worker="3", sync_workers="many")
        report = self.examine(status=1, ini=ini)
        found = self.findings(report, "configuration")
        self.assertEqual([status for status, _, _ in found], ["fail", "fail"])
        self.assertIn("unknown key worker in [sync]", found[0][1])
        self.assertIn("workers in [sync] is 'many'", found[1][1])
        self.assertEqual(self.findings(report, "runs")[0][0], "ok")

    def test_an_ini_that_is_not_there(self):
        report = self.examine(status=1, ini=os.path.join(self.wp.folder, "none.ini"))
        self.assertEqual(self.findings(report, "configuration")[0][0], "fail")
        self.assertEqual(self.findings(report, "timer")[0][0], "warn")
        skipped = {one["check"]: one["reason"] for one in report["not_checked"]}
        self.assertEqual(list(skipped), CHECKS[1:-1])
        self.assertEqual(set(skipped.values()), {"the configuration cannot be read"})

    def test_a_secret_that_others_may_read(self):
        path = self.ini + ".auth_key"
        os.chmod(path, 0o644)
        self.assert_only("fail", "files", path, remedy=f"chmod o= {path}")

    # --- the database

    def test_a_database_that_is_away_leaves_the_rest(self):
        ini = self.write_ini("away.ini", **{**self.healthy, "database_socket": "/nowhere/sock"})
        done = self.run_it("doctor", ini=ini, status=1)
        self.assert_one_line(done.stdout, "FAIL", "database", "/nowhere/sock")
        self.assert_one_line(done.stdout, "→ check host, port and socket in section [database]")
        self.assert_one_line(done.stdout, "OK ", "  files ")
        self.assert_one_line(done.stdout, "OK ", "  configuration ")
        self.assert_one_line(done.stdout, "Not checked, for there is no connection to the database:",
                             "privileges", "runs")

    def test_a_wrong_password(self):
        ini = self.write_ini("wrong.ini", **{**self.healthy, "database_password": "no"})
        report = self.examine(status=1, ini=ini)
        self.assertIn("check user and password", self.findings(report, "database")[0][2])

    def test_a_missing_privilege(self):
        self.root(f"REVOKE UPDATE ON wp_postmeta FROM '{self.sidecar}'@'localhost'")
        self.assert_only("fail", "privileges", "missing: UPDATE on wp_postmeta",
                         remedy="sql/grants.sql", no_trial=True)

    def test_privileges_of_wordpress_are_too_many(self):
        ini = self.write_ini("wordpress.ini")
        self.assert_only("warn", "privileges", "more than is needed", "ALL PRIVILEGES on ",
                         report=self.examine(ini=ini), remedy="sql/grants.sql")

    def test_privileges_of_an_active_role_count(self):
        role = self.sidecar + "_r"
        self.root(f"REVOKE UPDATE ON wp_postmeta FROM '{self.sidecar}'@'localhost';"
                  f"CREATE ROLE {role}; GRANT UPDATE ON wp_postmeta TO {role};"
                  f"GRANT {role} TO '{self.sidecar}'@'localhost'")
        self.addCleanup(self.root, f"DROP ROLE {role}")
        self.assert_only("fail", "privileges", "missing: UPDATE on wp_postmeta", role,
                         "SET DEFAULT ROLE", no_trial=True)
        self.root(self.sandbox.database.default_role(role, f"'{self.sidecar}'@'localhost'"))
        self.assertEqual(self.examine()["warnings"], 0)

    def test_a_table_without_transactions(self):
        self.root("ALTER TABLE wp_comments ENGINE=MyISAM")
        found = self.assert_only("fail", "engines", "wp_comments", "MyISAM", no_trial=True)
        self.follow(found)

    def follow(self, found):
        """Does what the remedy says; then all is well."""
        self.root(found["remedy"].removeprefix("run: "))
        report = self.examine()
        self.assertEqual((report["warnings"], report["failures"]), (0, 0), report)

    def test_a_missing_index_is_slow_or_worse(self):
        self.root("ALTER TABLE wp_posts DROP KEY post_author")
        self.follow(self.assert_only("warn", "indexes", "wp_posts (post_author)",
                                     "reads the whole table, about "))
        self.root("ALTER TABLE wp_options DROP KEY option_name")
        self.follow(self.assert_only("fail", "indexes", "wp_options (option_name)", "doubled"))
        self.root("ALTER TABLE wp_postmeta DROP KEY meta_key, DROP KEY post_id")
        self.assertEqual(self.examine()["warnings"], 2)

    def test_character_sets(self):
        self.root("ALTER TABLE wp_postmeta CONVERT TO CHARACTER SET utf8mb3")
        self.assert_only("warn", "character sets", "wp_postmeta", "emoji", remedy="utf8mb4")
        self.root("ALTER TABLE wp_postmeta CONVERT TO CHARACTER SET latin1")
        self.assert_only("fail", "character sets", "wp_postmeta", "latin1",
                         remedy="CONVERT TO CHARACTER SET utf8mb4")

    def test_another_prefix_is_another_site(self):
        ini = self.write_ini("prefix.ini", **{**self.healthy, "wordpress_table_prefix": "other_"})
        report = self.examine(status=1, ini=ini)
        found = self.findings(report, "tables")
        self.assertEqual(len(found), 7, found)
        self.assertIn("other_posts", found[0][1])
        self.assertIn("check table_prefix", found[0][2])
        self.assertIn("runs", [one["check"] for one in report["not_checked"]])

    def test_own_tables_that_are_not_there_yet(self):
        self.root("DROP TABLE wp_prm_calendar_events")
        self.assert_only("warn", "own tables", remedy="001_state.sql")
        self.sync()
        self.assertEqual(self.examine()["warnings"], 0)

    def test_what_gives_no_answer_is_not_checked_and_condemns_nothing(self):
        self.root("CREATE TABLE base (a INT); DROP TABLE wp_prm_calendar_events;"
                  "CREATE VIEW wp_prm_calendar_events AS SELECT a FROM base; DROP TABLE base")
        report = self.examine(status=1)
        self.assertEqual((report["warnings"], report["failures"]), (0, 0), report)
        gap, = report["not_checked"]
        self.assertEqual(gap["check"], "own tables")
        self.assertIn("wp_prm_calendar_events", gap["reason"])
        self.assertNotIn("drop", gap["reason"])
        self.assert_one_line(self.run_it("doctor", "-q", status=1).stdout, "Not checked: own tables",
                             "wp_prm_calendar_events")

    def test_a_clock_that_is_wrong(self):
        server = self.sandbox.database
        self.addCleanup(server.sql, "SET GLOBAL init_connect = ''")
        for seconds, status in ((300, "warn"), (-7200, "fail")):
            # Others use this server, too.
            server.sql("SET GLOBAL init_connect = \"SET timestamp = IF(USER() LIKE "
                       f"'{self.sidecar}@%', UNIX_TIMESTAMP() + {seconds}, 0)\"")
            self.assert_only(status, "clock", "seconds", "behind" if seconds > 0 else "ahead of",
                             remedy="NTP")

    # --- the site

    def test_a_time_zone_that_php_does_not_know(self):
        self.root("UPDATE wp_options SET option_value = 'Mars/Olympus'"
                  " WHERE option_name = 'timezone_string'")
        self.assert_only("fail", "site", "Mars/Olympus")

    def test_another_theme_is_active(self):
        self.wp.call("update_option", "stylesheet", "twentytwenty")
        self.wp.call("update_option", "template", "twentytwenty")
        self.assert_only("fail", "theme", "twentytwenty", "personal-crm", remedy="activate")

    def test_a_prefix_that_no_user_has(self):
        self.connect(self.anna, self.work.connection(), prefix="rondo")
        self.root("DELETE FROM wp_usermeta WHERE meta_key = '_prm_calendar_connections'")
        found = [one for one in self.examine(status=1)["checks"] if one["check"] == "theme"]
        self.assertEqual([one["status"] for one in found], ["fail"])
        self.assertIn("1 user has calendar connections under the prefix rondo", found[0]["message"])
        self.assertIn("nobody under prm", found[0]["message"])
        self.assertIn("prefix = rondo", found[0]["remedy"])
        self.assert_one_line(self.run_it("check", status=2).stdout, "CRITICAL", "under the prefix rondo")

    def test_the_themes_own_sync_is_still_scheduled(self):
        self.run_it("handback")
        found = self.assert_only("warn", "theme's sync", "prm_calendar_sync", "two syncs",
                                 remedy=f"run: prm-calendar takeover -c {self.ini}")
        self.run_it(*found["remedy"].split()[2:3])
        self.assertEqual(self.examine()["warnings"], 0)

    def test_a_damaged_schedule(self):
        self.root("UPDATE wp_options SET option_value = 'x' WHERE option_name = 'cron'")
        self.assert_only("warn", "theme's sync", "'cron'")

    def test_an_object_cache_that_the_ini_does_not_know(self):
        given = f"--wp-config={self.wp.config_path}"
        self.assertEqual(self.examine(given)["warnings"], 0)
        drop_in = os.path.join(self.wp.folder, "wp-content", "object-cache.php")
        with open(drop_in, "w", encoding="utf-8") as file:
            file.write("<?php\n")
        self.assertEqual(self.examine()["warnings"], 0, "nobody knows where wp-content is")
        self.assert_only("warn", "object cache", drop_in, report=self.examine(given),
                         remedy="[cache]")
        ini = self.write_ini("config.ini", **self.healthy,
                             wordpress_wp_config=self.wp.config_path)
        self.assert_only("warn", "object cache", drop_in, report=self.examine(ini=ini))

    def test_a_plugin_tells_of_an_object_cache(self):
        self.root("UPDATE wp_options SET option_value = "
                  "'a:1:{i:0;s:27:\"redis-cache/redis-cache.php\";}'"
                  " WHERE option_name = 'active_plugins'")
        self.assert_only("warn", "object cache", "plugin redis-cache", remedy="[cache]")

    # --- connections

    def test_credentials_of_another_auth_key(self):
        with open(self.ini + ".auth_key", "w", encoding="utf-8") as file:
            file.write("another key")
        self.assert_only("fail", "credentials", "0 of 1 connections", remedy="auth_key")

    def test_credentials_that_are_damaged(self):
        ben = self.user("ben", "Ben")
        self.connect(ben, self.work.connection(2, credentials="x" * 80, sync_enabled=False))
        self.assert_only("warn", "credentials", "1 of 2 connections", remedy="connect")

    def stored(self, **fields):
        connection = {**self.connections(self.anna)[0], **fields}
        self.connect(self.anna, connection)

    def test_a_connection_that_failed(self):
        self.stored(last_error="The server did not answer.")
        self.assert_only("warn", "runs", "1 of 1 connections failed", remedy="status")

    def test_a_connection_that_was_never_synced(self):
        self.stored(last_sync=None)
        self.assert_only("warn", "runs", "never", remedy="prm-calendar sync --all")

    def test_syncs_that_do_not_come(self):
        self.stored(last_sync="2026-01-15T11:00:00+01:00")
        self.assert_only("fail", "runs", "no connection was synced since 2026-01-15T11:00:00",
                         remedy="timer")

    def passes(self, *how):
        """Further passes, each an exit status or None for one that was killed: no process has so high a number."""
        for number, status in enumerate(how):
            begun = f"UNIX_TIMESTAMP() - {1800 * (len(how) - number)}"
            ended = "NULL, NULL" if status is None else f"{begun} + 7, {status}"
            self.root("INSERT INTO wp_prm_calendar_runs (command, host, started_at, ended_at, exit_status) SELECT "
                      f"'run', REGEXP_REPLACE(host, ':[0-9]+[.]', ':4194305.'), {begun}, {ended} "
                      "FROM wp_prm_calendar_runs LIMIT 1")

    def test_passes_that_end_badly(self):
        self.passes(69)
        self.assert_only("warn", "runs", "the last pass failed, since 2", "ended with exit status 69",
                         "the last good one ended at 2", "and took ", remedy="journalctl")
        self.passes(75)
        self.assertEqual(self.examine()["warnings"], 0)
        self.passes(69, 69, 78)
        self.assert_only("fail", "runs", "the last 3 passes failed, since 2", "exit status 78",
                         remedy=f"prm-calendar run -v -c {self.ini}")
        self.root("DELETE FROM wp_prm_calendar_runs WHERE exit_status IN (0, 75)")
        self.assert_only("fail", "runs", "the last 4 passes failed", "no good one is remembered")
        self.run_it("run")
        message = self.findings(self.examine(), "runs")[0][1]
        self.assertIn("the last good one ended at 2", message)

    def test_passes_that_were_killed(self):
        self.passes(None, None)
        self.run_it("sync", "--all")  # by hand: says nothing of the timer's
        self.assert_only("warn", "runs", "the last 2 passes failed", "without saying so, as if killed")

    def test_nothing_calls_it(self):
        self.root("DELETE FROM wp_options WHERE option_name LIKE '%calendar_sync_last_pass'")
        self.assert_only("warn", "timer", "no timer and no crontab",
                         remedy="prm-calendar run -c " + self.ini)

    # --- online

    def test_servers_answer(self):
        before = self.sandbox.database.checksum(self.wp.name)
        report = self.examine("--online")
        self.assertEqual([one["check"] for one in report["checks"]], [*CHECKS, "providers"])
        self.assertEqual(self.findings(report, "providers"),
                         [("ok", "1 of 1 connections answer", None)])
        self.assertEqual(self.sandbox.database.checksum(self.wp.name), before)

    def test_one_server_that_refuses(self):
        ben = self.user("ben", "Ben")
        good = self.work.connection(2)
        self.connect(ben, {**good, "credentials": {**good["credentials"], "password": "no"},
                           "last_sync": self.connections(self.anna)[0]["last_sync"]})
        self.assert_only("warn", "providers", "ben: Work (caldav, conn_",
                         report=self.examine("--online"), remedy="connect")

    def test_each_chosen_calendar_is_asked(self):
        work, gone = (self.work.client.path(name) for name in ("work", "gone"))
        self.stored(calendar_ids=[gone, work])
        self.assert_only("warn", "providers", f"), calendar {gone}: There is no calendar",
                         report=self.examine("--online"), remedy="connect")
        self.stored(calendar_ids=[work])
        self.assertEqual(self.findings(self.examine("--online"), "providers"),
                         [("ok", "1 of 1 connections answer", None)])

    def test_no_calendar_of_a_server_that_answers(self):
        self.stored(calendar_ids=[self.work.client.path("gone")])
        self.assert_only("warn", "providers", "There is no calendar", report=self.examine("--online"))

    def test_no_server_that_answers(self):
        self.stored(credentials={"url": "http://127.0.0.1:9/", "username": "a", "password": "b"})
        report = self.examine("--online", status=1)
        found = self.findings(report, "providers")
        self.assertEqual([one[0] for one in found], ["warn", "fail"])
        self.assertIn("none of 1 connections answers", found[1][1])

    def test_an_address_that_is_not_allowed(self):
        ini = self.write_ini("strict.ini", **self.healthy, network_allow_private=None)
        found = self.findings(self.examine("--online", status=1, ini=ini), "providers")
        self.assertEqual(found[0][0], "fail")
        self.assertIn("[network]", found[0][2])
