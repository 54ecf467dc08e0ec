# SPDX-License-Identifier: GPL-2.0-or-later
"""Installations by the names that people give them: what init, doctor and sync say of each. What PHP makes of many more
texts of wp-config.php is compared in tests/unit/cli/test-wp_config_php.c."""

import itertools
import os
import re
import shutil
from unittest import mock

from lib import ics
from lib.program import TOP, run_program
from lib.story import Story
from lib.wordpress import php_quote

CACHE = "<?php\n/* Plugin Name: Redis Object Cache Drop-In\nAuthor: Till Krüss */\nclass WP_Object_Cache {}\n"
ACTIVITY = "<?php const TYPE = 'prm_activity';\n"
DOCKER = """<?php
function getenv_docker($env, $default) {
	if ($fileEnv = getenv($env . '_FILE')) {
		return rtrim(file_get_contents($fileEnv), "\\r\\n");
	}
	else if (($val = getenv($env)) !== false) {
		return $val;
	}
	else {
		return $default;
	}
}
define( 'DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress') );
define( 'DB_USER', getenv_docker('WORDPRESS_DB_USER', 'example username') );
define( 'DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example password') );
define( 'DB_HOST', getenv_docker('WORDPRESS_DB_HOST', 'mysql') );
define( 'AUTH_KEY', getenv_docker('WORDPRESS_AUTH_KEY', '9e0f3ba1') );
$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');
if ($configExtra = getenv_docker('WORDPRESS_CONFIG_EXTRA', '')) {
	eval($configExtra);
}
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
"""
BEDROCK = """<?php
use Roots\\WPConfig\\Config;
use function Env\\env;
$root_dir = dirname(__DIR__);
define('WP_ENV', env('WP_ENV') ?: 'production');
Config::define('WP_CONTENT_DIR', $root_dir . '/web/app');
Config::define('DB_NAME', env('DB_NAME'));
Config::define('DB_USER', env('DB_USER'));
Config::define('DB_PASSWORD', env('DB_PASSWORD'));
Config::define('DB_HOST', env('DB_HOST') ?: 'localhost');
$table_prefix = env('DB_PREFIX') ?: 'wp_';
if (env('DATABASE_URL')) {
	$dsn = (object) parse_url(env('DATABASE_URL'));
	Config::define('DB_NAME', substr($dsn->path, 1));
}
Config::define('AUTH_KEY', env('AUTH_KEY'));
$env_config = __DIR__ . '/environments/' . WP_ENV . '.php';
if (file_exists($env_config)) {
	require_once $env_config;
}
Config::apply();
if (!defined('ABSPATH')) {
	define('ABSPATH', $root_dir . '/web/wp/');
}
"""


class Installations(Story):
    def setUp(self):
        super().setUp()
        self.wp.run("return get_option( 'home' );")  # so that the theme has run once
        self.folder = os.path.join(self.wp.folder, "etc")
        os.makedirs(self.folder)
        self.made = os.path.join(self.folder, "made.ini")
        self.content_folder = os.path.join(self.wp.folder, "wp-content")
        self.theme = os.path.join(self.content_folder, "themes", "personal-crm")

    def write(self, *path, text="<?php\n"):
        name = os.path.join(self.wp.folder, *path)
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def config(self, path="wp-config.php", before="", after="", content=None):
        """A wp-config.php that leaves WP_CONTENT_DIR out, or gives it as PHP."""
        with open(self.wp.config_path, encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if "WP_CONTENT_DIR" not in line]
        if content is not None:
            lines.insert(1, f"define( 'WP_CONTENT_DIR', {content} );")
        text = "\n".join(lines).replace("<?php", f"<?php\n{before}", 1)
        text = text.replace("if ( ! defined( 'ABSPATH' ) )", f"{after}\nif ( ! defined( 'ABSPATH' ) )", 1)
        if not before.startswith("define( 'ABSPATH'"):
            text = text.replace("define( 'ABSPATH', '/", "define( 'ABSPATH', __DIR__ . '/nowhere/")
        return self.write(path, text=text)

    def init(self, *arguments, path=None, status=0):
        path = path or self.wp.config_path
        return self.run_it("init", f"--wp-config={path}", "--dry-run", *arguments, status=status, ini=self.made)

    def found(self, *arguments, **options):
        done = self.init("--json", *arguments, **options).json
        return done["activity_comment_type"], done["object_cache"]

    def option(self, name, value):
        self.wp.call("update_option", name, value)
        self.wp.close()

    # --- where things are

    def test_a_usual_installation(self):
        self.assertEqual(self.found(), ("activity", None))
        text = self.init().stdout
        self.assert_one_line(text, "no comment and no file of the theme names another")
        self.assert_one_line(text, "Object cache", "none (no wp-content/object-cache.php)")

    def test_a_child_theme(self):
        """The parent has the code."""
        shutil.copytree(self.theme, os.path.join(self.content_folder, "themes", "child"))
        self.write("wp-content/themes/personal-crm/inc/types.php", text=ACTIVITY)
        self.option("stylesheet", "child")
        self.assertEqual(self.found(), ("prm_activity", None))

    def test_a_child_theme_whose_parent_is_missing(self):
        shutil.copytree(self.theme, os.path.join(self.content_folder, "themes", "child"))
        self.option("stylesheet", "child")
        self.option("template", "gone")
        self.assert_one_line(self.init().stdout, "Activities", "not known", "--wordpress=DIR")

    def test_a_theme_in_a_subfolder(self):
        os.makedirs(os.path.join(self.content_folder, "themes", "group"))
        shutil.move(self.theme, os.path.join(self.content_folder, "themes", "group", "crm"))
        self.write("wp-content/themes/group/crm/types.php", text=ACTIVITY)
        self.option("stylesheet", "group/crm")
        self.option("template", "group/crm")
        self.assertEqual(self.found(), ("prm_activity", None))

    def wordpress_in(self, folder):
        """WordPress's files, as far as anybody looks at them."""
        self.write(folder, "wp-settings.php")
        self.write(folder, "wp-load.php")
        shutil.move(self.content_folder, os.path.join(self.wp.folder, folder, "wp-content"))
        self.write(folder, "wp-content/object-cache.php", text=CACHE)
        self.write(folder, "wp-content/themes/personal-crm/types.php", text=ACTIVITY)

    def test_a_configuration_above_the_web_root(self):
        self.config()
        self.wordpress_in("htdocs")
        self.assertEqual(self.found(), ("prm_activity", "redis-cache"))

    def test_a_folder_of_wordpress_whose_configuration_is_above(self):
        self.config()
        self.wordpress_in("htdocs")
        self.assertEqual(self.found(path=os.path.join(self.wp.folder, "htdocs")), ("prm_activity", "redis-cache"))

    def test_two_installations_below_one_configuration(self):
        self.config()
        self.wordpress_in("one")
        self.write("two/wp-settings.php")
        text = self.init().stdout
        self.assert_one_line(text, "Object cache", "not known", "--wordpress=DIR")
        self.assertEqual(self.found(f"--wordpress={self.wp.folder}/one"), ("prm_activity", "redis-cache"))

    def test_a_content_folder_by_another_name(self):
        shutil.move(self.content_folder, os.path.join(self.wp.folder, "app"))
        self.write("app/object-cache.php", text=CACHE)
        for expression in ("__DIR__ . '/app'", "dirname( __FILE__ ) . '/app'"):
            with self.subTest(expression):
                self.config(content=expression)
                self.assertEqual(self.found(), ("activity", "redis-cache"))

    def test_a_symlinked_configuration(self):
        self.config(path="shared/wp-config.php")
        self.wordpress_in("releases/7")
        link = os.path.join(self.wp.folder, "releases/7/wp-config.php")
        os.symlink("../../shared/wp-config.php", link)
        self.assertEqual(self.found(path=link), ("prm_activity", "redis-cache"))

    def test_a_content_folder_that_php_computes(self):
        self.config(content="$_SERVER['DOCUMENT_ROOT'] . '/app'")
        text = self.init().stdout
        self.assert_one_line(text, "Object cache", "not known", "WP_CONTENT_DIR is computed in line")
        self.assert_one_line(text, "Activities", "not known")
        self.assertNotIn("none", text.split("Object cache")[1].splitlines()[0])
        self.write("wp-content/object-cache.php", text=CACHE)
        self.assertEqual(self.found(f"--wordpress={self.wp.folder}"), ("activity", "redis-cache"))

    def test_a_content_folder_of_another_host(self):
        self.config(content="'/var/www/nowhere/app'")
        self.assert_one_line(self.init().stdout, "Object cache", "not known", "/var/www/nowhere/app")

    def test_a_content_folder_without_the_active_theme(self):
        """Another site's, perhaps: that it holds no drop-in says nothing."""
        self.option("stylesheet", "elsewhere")
        self.assert_one_line(self.init().stdout, "Object cache", "not known", "the active theme is not in")

    def test_a_copy_of_the_configuration_on_another_host(self):
        self.config(path="copy/wp-config.php")
        text = self.init(path=os.path.join(self.wp.folder, "copy/wp-config.php")).stdout
        self.assert_one_line(text, "Object cache", "not known", "no WordPress is found")

    def test_doctor_looks_there_too(self):
        self.config()
        self.wordpress_in("htdocs")
        done = run_program("doctor", "--json", f"--wordpress={self.wp.folder}/htdocs", ini=self.ini)
        check, = (one for one in done.json["checks"] if one["check"] == "object cache")
        self.assertEqual(check["status"], "warn")
        self.assertIn("htdocs/wp-content/object-cache.php", check["message"])

    # --- other databases

    def test_the_sqlite_integration(self):
        self.write("wp-content/db.php", text="<?php\n// SQLITE_DB_DROPIN_VERSION\n")
        done = self.init(status=78)
        self.assert_one_line(done.stderr, "db.php is the SQLite integration", "MySQL or MariaDB")

    def test_hyperdb(self):
        path = self.write("wp-content/db.php", text="<?php\nclass hyperdb extends wpdb {}\n")
        self.assert_one_line(self.init().stdout, path, "HyperDB")
        self.assertIn("it is the primary", self.init().stdout)
        done = run_program("doctor", "--json", f"--wp-config={self.wp.config_path}", ini=self.ini)
        check, = (one for one in done.json["checks"] if one["check"] == "db.php")
        self.assertEqual(check["status"], "warn")
        self.assertIn("primary", check["remedy"])

    # --- values from elsewhere

    def test_an_include_before_the_literals(self):
        """PHP keeps what the include defined."""
        with open(self.wp.config_path, encoding="utf-8") as file:
            real = file.read()
        self.write("local.php", text=real.split("define( 'DISABLE_WP_CRON'")[0])
        self.write("wp-config.php", text="<?php\nrequire __DIR__ . '/local.php';\ndefine( 'DB_NAME', 'stale' );\n"
                   "define( 'AUTH_KEY', 'stale' );\n$table_prefix = 'wp_';\n")
        self.assert_one_line(self.init().stdout, "Database ", self.wp.name)

    def test_an_include_that_cannot_be_read(self):
        self.config(before="require $_SERVER['CONFIG'] . '/secrets.php';\n")
        done = self.init(status=78)
        for name in ("DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "AUTH_KEY"):
            self.assert_one_line(done.stderr, f"{name} may be set before by a file that is included")

    def draft(self, **keys):
        """An ini that somebody began."""
        secrets = {name: self.write(name, text=text) for name, text in (
            ("password", self.wp.password), ("key", self.wp.auth_key))}
        keys = {"name": self.wp.name, "user": self.wp.user, "password_file": secrets["password"],
                "socket": self.wp.database.socket, **keys}
        lines = [f"{name} = {value}" for name, value in keys.items() if value is not None]
        os.makedirs(os.path.dirname(self.made), exist_ok=True)
        with open(self.made, "w", encoding="utf-8") as file:
            file.write("\n".join(["; mine", "[database]", *lines, "[wordpress]", f"auth_key_file = {secrets['key']}", ""]))
        for path in (self.made, *secrets.values()):
            os.chmod(path, 0o600)

    def hosts_own(self):
        """Nothing stands in wp-config.php as it is."""
        self.config(before="require $_SERVER['HOST_CODE'] . '/settings.php';\n")
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = re.sub(r"\$table_prefix = .*;", "$table_prefix = host_prefix();", file.read())
        self.write("wp-config.php", text=text)

    def test_a_configuration_that_only_php_knows(self):
        """A managed host: everything comes from its own code, so the administrator gives the login, and init finds
        out the rest."""
        self.wp.rename_tables("crm_")
        self.hosts_own()
        self.assert_one_line(self.init(status=78).stderr, "DB_NAME may be set before", self.wp.config_path)
        self.draft()
        found = self.init().stdout
        self.assert_one_line(found, "Prefix ", "crm_", "wp-config.php does not tell")
        self.assert_one_line(found, "would be kept in")
        self.run_it("init", f"--wp-config={self.wp.config_path}", ini=self.made)
        with open(self.made + ".draft", encoding="utf-8") as file:
            self.assertIn("; mine", file.read())
        with open(self.made, encoding="utf-8") as file:
            made = file.read()
        self.assertIn("table_prefix = crm_", made)
        self.assertNotIn(self.wp.password, made)
        self.run_it("status", ini=self.made)

    def test_a_database_of_two_sites_whose_prefix_only_php_knows(self):
        self.hosts_own()
        for table in ("options", "posts", "postmeta", "comments", "commentmeta", "users", "usermeta"):
            self.sandbox.database.sql(f"CREATE TABLE old_{table} LIKE wp_{table}", self.wp.name)
        self.draft()
        self.assert_one_line(self.init(status=78).stderr, "several of WordPress: old_, wp_", "set table_prefix")
        self.draft(name="information_schema")
        self.assert_one_line(self.init(status=78).stderr, "holds no tables of WordPress", "check name")

    def test_an_ini_that_is_more_than_begun(self):
        self.draft()
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[sync]\nworkers = 3\n")
        done = self.run_it("init", f"--wp-config={self.wp.config_path}", ini=self.made, status=78)
        self.assert_one_line(done.stderr, self.made, "is left as it is")

    def docker_environment(self):
        return (f"WORDPRESS_DB_NAME={self.wp.name}\nWORDPRESS_DB_USER={self.wp.user}\n"
                f"WORDPRESS_DB_PASSWORD_FILE={self.write('secret', text=self.wp.password + chr(10))}\n"
                f"WORDPRESS_DB_HOST=localhost:{self.wp.database.socket}\n")

    def test_dockers_official_image(self):
        self.write("wp-config.php", text=DOCKER)
        self.wordpress_in("html")
        done = self.init(status=78)
        for name in ("NAME", "USER", "PASSWORD", "HOST"):
            self.assert_one_line(done.stderr, f"WORDPRESS_DB_{name}", "which is not known here")
        self.assertLess(max(len(line) for line in done.stderr.splitlines()), 500)
        environment = self.write("site.env", text=self.docker_environment())
        self.assertEqual(self.found(f"--env-file={environment}"), ("prm_activity", "redis-cache"))

    def test_dockers_official_image_with_a_prefix(self):
        self.wp.rename_tables("crm_")
        self.write("wp-config.php", text=DOCKER)
        environment = self.write("site.env", text=self.docker_environment() + "WORDPRESS_TABLE_PREFIX=crm_\n")
        self.assert_one_line(self.init(f"--env-file={environment}").stdout, "Database ", "tables crm_")

    def compose(self, after, indent):
        """The lines behind one, as far as they are indented."""
        with open(os.path.join(TOP, "packaging/examples/compose.yaml"), encoding="utf-8") as file:
            lines = iter(file.read().splitlines())
        next(line for line in lines if line == after)
        found = itertools.takewhile(lambda line: line.startswith(indent) or not line, lines)
        return [line[len(indent):] for line in found]

    def test_the_compose_example(self):
        """Its names are those that the image asks for, and its ini is enough."""
        names = [line.split(":")[0] for line in self.compose("x-wordpress: &wordpress", "  ") if line]
        self.assertEqual({name for name in names if f"'{name}'" not in DOCKER}, set())
        values = {"WORDPRESS_DB_NAME": self.wp.name, "WORDPRESS_DB_USER": self.wp.user,
                  "WORDPRESS_DB_PASSWORD": self.wp.password, "WORDPRESS_TABLE_PREFIX": "wp_",
                  "WORDPRESS_DB_HOST": f"localhost:{self.wp.database.socket}"}
        self.assertEqual(set(names), set(values))
        self.one_event()
        self.write("wp-config.php", text=DOCKER.replace("'9e0f3ba1'", php_quote(self.wp.auth_key)))
        ini = "\n".join(self.compose("    content: |", "      "))
        self.assertIn("wp_config = /var/www/html/wp-config.php\n", ini)
        self.write("etc/made.ini", text=ini.replace("/var/www/html/wp-config.php", self.wp.config_path)
                   + "\n[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        with mock.patch.dict(os.environ, values):
            self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.rows_of("post_title"), ["Lunch"])

    def test_bedrock(self):
        self.write("web/wp-config.php", text="<?php\nrequire_once dirname(__DIR__) . '/vendor/autoload.php';\n"
                   "require_once dirname(__DIR__) . '/config/application.php';\n"
                   "require_once ABSPATH . 'wp-settings.php';\n")
        self.write("config/application.php", text=BEDROCK)
        self.write("web/wp/wp-settings.php")
        shutil.move(self.content_folder, os.path.join(self.wp.folder, "web", "app"))
        self.write("web/app/object-cache.php", text=CACHE)
        path = os.path.join(self.wp.folder, "web", "wp-config.php")
        password = self.wp.password.replace("\\", "\\\\")
        self.write(".env", text=f'DB_NAME={self.wp.name}\nDB_USER="{self.wp.user}"\nDB_PASSWORD="{password}"\n'
                   f"# DB_PREFIX=no_\nDB_HOST='localhost:{self.wp.database.socket}'\nAUTH_KEY='a;b#c'\n")
        self.assertEqual(self.found(path=path), ("activity", "redis-cache"))

    # --- other users

    def other_users(self, kind="TABLE"):
        """The users are in wp_people; wp_users and wp_usermeta are what was left when they went there."""
        anna = self.user()
        account = self.account()
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.connect(anna, account.connection())
        self.wp.close()
        for name in ("users", "usermeta"):
            self.sandbox.database.sql(
                f"CREATE TABLE other_{name} LIKE wp_{name}; INSERT INTO other_{name} SELECT * FROM wp_{name};"
                + (f"CREATE VIEW people_{name} AS SELECT * FROM other_{name};" if kind == "VIEW" else
                   f"RENAME TABLE other_{name} TO people_{name};"), self.wp.name)
        ben = self.user("ben", "Left behind")
        stale = self.account()
        stale.put("old", ics.vevent("old", self.utc(self.at(1)), summary="Old"))
        self.connect(ben, stale.connection())
        self.wp.close()
        return anna, ben

    def sync_other_users(self, kind):
        anna, ben = self.other_users(kind)
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = file.read()
        self.write("wp-config.php", text=text.replace(
            "if ( ! defined( 'ABSPATH'", "define( 'CUSTOM_USER_TABLE', 'people_users' );\n"
            "define( 'CUSTOM_USER_META_TABLE', 'people_' . 'usermeta' );\nif ( ! defined( 'ABSPATH'", 1))
        done = self.run_it("init", f"--wp-config={self.wp.config_path}", ini=self.made)
        self.assert_one_line(done.stdout, "Users ", "people_users", "people_usermeta")
        self.assert_one_line(done.stdout, "GRANT SELECT, INSERT, UPDATE ON", "people_usermeta")
        with open(self.made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        self.run_it("sync", "--all", ini=self.made)
        self.assertEqual(self.titles(anna), ["Lunch"])
        self.assertEqual(self.events(ben), [])
        self.assertTrue(self.connections(anna)[0]["last_sync"])

    def test_users_of_another_table(self):
        self.sync_other_users("TABLE")

    def test_users_through_a_view(self):
        self.sync_other_users("VIEW")

    def test_users_of_another_database(self):
        self.config(after="define( 'CUSTOM_USER_TABLE', 'other.wp_users' );")
        self.assert_one_line(self.init(status=78).stderr, "users_table 'other.wp_users'", "make a view of it")

    # --- addresses and options

    def one_event(self):
        anna = self.user()
        account = self.account()
        account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.connect(anna, account.connection())
        self.wp.close()
        return anna

    def test_an_address_in_the_configuration(self):
        """WP_HOME wins over the option."""
        self.one_event()
        self.config(after="define( 'WP_HOME', 'https://other.example.org/' );")
        self.assertIn("home = https://other.example.org/", self.init().stdout)
        self.run_it("sync", "--all", ini=self.write_ini("home.ini", wordpress_wp_config=self.wp.config_path))
        self.assertTrue(self.rows_of("guid")[0].startswith("https://other.example.org/?"), self.rows_of("guid"))
        self.assertEqual(self.rows_of("post_title"), ["Lunch"])

    def rows_of(self, column):
        return [row[0] for row in self.sandbox.database.sql(
            f"SELECT {column} FROM wp_posts WHERE post_type = 'calendar_event'", self.wp.name)]

    def test_options_that_were_doubled_by_an_import(self):
        """WordPress takes the last row."""
        self.one_event()
        self.sandbox.database.sql(
            "ALTER TABLE wp_options DROP INDEX option_name;"
            "INSERT INTO wp_options (option_name, option_value, autoload)"
            " VALUES ('home', 'https://last.example.org', 'yes')", self.wp.name)
        self.assertEqual(self.wp.call("get_option", "home"), "https://last.example.org")
        self.run_it("sync", "--all")
        self.assertTrue(self.rows_of("guid")[0].startswith("https://last.example.org/?"), self.rows_of("guid"))

    def test_keys_that_a_plugin_changed(self):
        """Whoever connected before, and who does after, is synced; the log tells the administrator."""
        anna = self.one_event()
        ini = self.write_ini("keys.ini", wordpress_wp_config=self.wp.config_path)
        self.wp.write_config(AUTH_KEY="changed;today")
        self.wp.auth_key = "changed;today"
        ben = self.user("ben")
        account = self.account()
        account.put("tea", ics.vevent("tea", self.utc(self.at(1)), summary="Tea"))
        self.connect(ben, account.connection())
        done = self.run_it("sync", "--all", ini=ini)
        self.assert_one_line(done.stderr, "AUTH_KEY of", "no longer the auth_key", "administrator")
        self.assertEqual((self.titles(anna), self.titles(ben)), (["Lunch"], ["Tea"]))
        done = run_program("doctor", "--json", ini=ini)
        messages = [one["message"] for one in done.json["checks"] if one["check"] == "credentials"]
        self.assertIn("no longer the auth_key", messages[0])
        self.assertIn("2 of 2", messages[1])
        os.unlink(self.wp.config_path)
        self.run_it("status", ini=ini)

    def test_a_key_that_is_not_the_sites(self):
        """Whose auth_key is stale, or of another site: that is the administrator's, and no owner is blamed."""
        anna = self.one_event()
        account = self.account()
        account.put("tea", ics.vevent("tea", self.utc(self.at(1)), summary="Tea"))
        ben = self.user("ben")
        self.connect(ben, account.connection())
        self.wp.close()
        right = self.wp.auth_key
        self.wp.auth_key = "of another site"
        wrong = self.write_ini("wrong-key.ini")
        self.wp.auth_key = right
        before = self.content()
        for command in (["sync", "--all"], ["run"]):
            self.assert_one_line(self.run_it(*command, ini=wrong, status=78).stderr,
                                 "opens none of the 2 stored passwords", "set auth_key")
        self.assertEqual(self.content(), before)
        self.run_it("sync", "--all", ini=self.write_ini("right-key.ini"))
        self.assertEqual((self.titles(anna), self.titles(ben)), (["Lunch"], ["Tea"]))

    def examine_credentials(self, ini):
        return [(one["status"], one["message"]) for one in run_program("doctor", "--json", ini=ini).json["checks"]
                if one["check"] == "credentials"]

    def test_no_keys_in_the_configuration(self):
        """WordPress makes some up then, and keeps them in the database (wp_salt())."""
        kept = "made-up|by'WordPress"
        self.wp.write_config(AUTH_KEY=kept)
        anna = self.one_event()
        self.wp.call("update_option", "auth_key", kept)
        self.wp.write_config(AUTH_KEY=None)
        self.assert_one_line(self.init().stdout, "Key ", "option auth_key")
        self.run_it("init", f"--wp-config={self.wp.config_path}", ini=self.made)
        with open(os.path.join(os.path.dirname(self.made), "auth.key"), encoding="utf-8") as file:
            self.assertEqual(file.read().strip(), kept)
        ini = self.write_ini("keyless.ini", wordpress_wp_config=self.wp.config_path, wordpress_auth_key_file=None)
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual(self.titles(anna), ["Lunch"])
        said, opened = self.examine_credentials(ini)
        self.assertIn("option auth_key", said[1])
        self.assertIn("1 of 1", opened[1])
        self.wp.call("delete_option", "auth_key")
        self.assert_one_line(self.run_it("sync", "--all", ini=ini, status=78).stderr, "AUTH_KEY", "auth_key",
                             "[wordpress]")

    def test_the_keys_of_the_sample(self):
        """Whichever the theme took, WordPress's own or the words of the sample, the passwords open."""
        sample = "put your unique phrase here"
        self.wp.write_config(AUTH_KEY=sample)
        anna = self.one_event()
        self.wp.write_config(AUTH_KEY="made up")
        ben = self.user("ben")
        account = self.account()
        account.put("tea", ics.vevent("tea", self.utc(self.at(1)), summary="Tea"))
        self.connect(ben, account.connection())
        self.wp.call("update_option", "auth_key", "made up")
        self.wp.write_config(AUTH_KEY=sample)
        ini = self.write_ini("sample.ini", wordpress_wp_config=self.wp.config_path, wordpress_auth_key_file=None)
        self.run_it("sync", "--all", ini=ini)
        self.assertEqual((self.titles(anna), self.titles(ben)), (["Lunch"], ["Tea"]))
        self.assertIn("2 of 2", self.examine_credentials(ini)[1][1])

    # --- networks that do not look like one

    def make_network_tables(self):
        self.sandbox.database.sql("CREATE TABLE wp_blogs (blog_id BIGINT PRIMARY KEY) ENGINE=InnoDB", self.wp.name)

    def test_a_network_whose_constants_are_in_another_file(self):
        self.make_network_tables()
        self.config(after="foreach ( glob( '/etc/x/*.php' ) as $file ) {\n\trequire $file;\n}\n$table_prefix = 'wp_';")
        self.assert_one_line(self.init(status=78).stderr, "wp_blogs", "multisite network", "--blog-id")
        self.assert_one_line(self.init("--blog-id=1").stdout, "Network", "site 1")
        self.assertIn("blog_id = 0", self.init("--blog-id=0").stdout)

    def test_a_network_whose_constants_are_in_a_file_that_can_be_read(self):
        self.write("network.php", text="<?php\ndefine( 'MULTISITE', true );\ndefine( 'BLOG_ID_CURRENT_SITE', 1 );\n")
        self.make_network_tables()
        self.config(after="require __DIR__ . '/network.php';")
        self.assert_one_line(self.init().stdout, "Network", "site 1")

    def test_a_network_without_multisite(self):
        """is_multisite() goes by SUBDOMAIN_INSTALL and SUNRISE, too."""
        self.make_network_tables()
        for name in ("SUBDOMAIN_INSTALL", "SUNRISE"):
            with self.subTest(name):
                self.config(after=f"define( '{name}', 'on' );")
                self.assert_one_line(self.init().stdout, "Network", "site 1")

    def test_a_network_is_never_synced_as_a_single_site(self):
        self.make_network_tables()
        self.assert_one_line(self.run_it("sync", "--all", status=78).stderr, "wp_blogs", "set blog_id")
        self.run_it("sync", "--all", ini=self.write_ini("given-up.ini", wordpress_blog_id=0))
        self.run_it("sync", "--all", ini=self.write_ini("main.ini", wordpress_blog_id=1))
