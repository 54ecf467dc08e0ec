# SPDX-License-Identifier: GPL-2.0-or-later
"""The database and AUTH_KEY come from wp-config.php, as PHP reads it."""

from lib import ics
from lib.story import Story

FROM_WP_CONFIG = {name: None for name in (
    "database_socket", "database_name", "database_user", "database_password_file",
    "wordpress_table_prefix", "wordpress_auth_key_file")}


class WpConfig(Story):
    def ini_with(self, path):
        return self.write_ini("short.ini", **FROM_WP_CONFIG, wordpress_wp_config=path)

    def edit_config(self, old, new):
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(self.wp.config_path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def test_an_ini_that_only_names_wp_config_is_enough(self):
        anna = self.user()
        account = self.account()
        self.connect(anna, account.connection())
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.run_it("sync", "--all", ini=self.ini_with(self.wp.config_path))
        self.assertEqual(self.titles(anna), ["Lunch"])

    def test_a_file_from_a_windows_editor_is_read(self):
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = file.read()
        with open(self.wp.config_path, "w", encoding="utf-8-sig", newline="\r\n") as file:
            file.write(text)
        self.run_it("status", ini=self.ini_with(self.wp.config_path))

    def test_a_value_that_php_computes_is_named(self):
        self.edit_config("define( 'AUTH_KEY', ", "define( 'AUTH_KEY', strrev( 'x' ) . ")
        done = self.run_it("status", status=78, ini=self.ini_with(self.wp.config_path))
        self.assert_one_line(done.stderr, "AUTH_KEY is computed", self.wp.config_path,
                             "set auth_key in [wordpress]")

    def test_the_ini_may_have_what_php_computes(self):
        self.edit_config("define( 'AUTH_KEY', ", "define( 'AUTH_KEY', strrev( '' ) . ")
        overrides = {**FROM_WP_CONFIG, "wordpress_wp_config": self.wp.config_path}
        del overrides["wordpress_auth_key_file"]
        self.run_it("status", ini=self.write_ini("mixed.ini", **overrides))
