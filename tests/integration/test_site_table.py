# SPDX-License-Identifier: GPL-2.0-or-later
"""A table of installations, by the names that people give them: what init makes of each, what doctor says of it, and that a sync
then writes to this site's tables, or nowhere. Those that take more than files to set up have stories of their own in
test_installations and test_site_kinds; the reader's own table is tests/data/wp-config."""

import os
import re
import shutil
from dataclasses import dataclass, field

from integration.test_installations import BEDROCK, DOCKER
from lib import ics
from lib.program import run_program
from lib.story import Story
from lib.wordpress import php_quote

END = """
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
"""
NAMES = ("DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "AUTH_KEY")
# As `wp config create` writes it; {DB_NAME} and the like stand for quoted values.
USUAL = """<?php
/** The name of the database for WordPress */
define( 'DB_NAME', {DB_NAME} );
define( 'DB_USER', {DB_USER} );
define( 'DB_PASSWORD', {DB_PASSWORD} );
define( 'DB_HOST', {DB_HOST} );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'AUTH_KEY', {AUTH_KEY} );
define( 'SECURE_AUTH_KEY', 'put your unique phrase here' );
$table_prefix = 'wp_';
define( 'WP_DEBUG', false );
"""
DATABASE = USUAL.split("define( 'DB_CHARSET'")[0]
REST = "define( 'AUTH_KEY', {AUTH_KEY} );\n$table_prefix = 'wp_';\n"


def from_environment(call):
    """wp-config.php that asks for everything, in this way."""
    return "<?php\n" + "".join(f"define( '{name}', {call.format(name=name)} );\n" for name in NAMES) + \
        "$table_prefix = 'wp_';\n" + END


def env_quote(value):
    return '"' + re.sub(r'(["$\\\\])', r"\\\1", value) + '"'


def environment():
    return "".join(f"{name}={{ENV_{name}}}\n" for name in NAMES)


def docker_environment(password="WORDPRESS_DB_PASSWORD={ENV_DB_PASSWORD}\n"):
    return ("WORDPRESS_DB_NAME={ENV_DB_NAME}\nWORDPRESS_DB_USER={ENV_DB_USER}\nWORDPRESS_DB_HOST={ENV_DB_HOST}\n"
            "WORDPRESS_AUTH_KEY={ENV_AUTH_KEY}\n" + password)


@dataclass
class Kind:
    """`text` is wp-config.php; `files` lie beside it. `refused`: words of init's refusal; then nothing is made, and nothing synced.
    site.env is given as --env-file; `path`: where wp-config.php lies in the site's folder."""
    text: str
    files: dict = field(default_factory=dict)
    refused: tuple = ()
    status: int = 78
    path: str = "wp-config.php"


KINDS = {
    "wp config create": Kind(USUAL + END),
    "written on Windows": Kind((USUAL + END).replace("\n", "\r\n")),
    "with a byte order mark": Kind("\ufeff" + USUAL + END),
    "in double quotes": Kind(USUAL.replace("'DB_CHARSET'", '"DB_CHARSET"').replace("'utf8mb4'", '"utf8mb4"') + END),
    "in capitals, as PHP does not mind": Kind(USUAL.replace("define(", "DEFINE(").replace("false", "FALSE") + END),
    "on one line": Kind("<?php " + " ".join(line for line in USUAL.splitlines()[2:]) + END.replace("\n", " ")),
    "const": Kind("<?php\n" + "".join(f"const {name} = {{{name}}};\n" for name in NAMES) + "$table_prefix = 'wp_';\n" + END),
    "defined() or define()": Kind("<?php\n" + "".join(
        f"defined( '{name}' ) || define( '{name}', {{{name}}} );\n" for name in NAMES) + "$table_prefix = 'wp_';\n" + END),
    "if ( ! defined() )": Kind("<?php\n" + "".join(
        f"if ( ! defined( '{name}' ) ) {{\n\tdefine( '{name}', {{{name}}} );\n}}\n" for name in NAMES)
        + "$table_prefix = 'wp_';\n" + END),
    "a heredoc that looks like it": Kind(USUAL + "$note = <<<'TEXT'\ndefine( 'DB_NAME', 'not this' );\nTEXT;\n" + END),
    "a page cache's first line": Kind("<?php\ndefine( 'WP_CACHE', true ); // Added by WP Rocket\n" + USUAL[6:] + END),
    "W3 Total Cache": Kind("<?php\n/** Enable W3 Total Cache */\ndefine('WP_CACHE', true); // Added by W3 Total Cache\n"
                           + USUAL[6:] + END),
    "Really Simple SSL": Kind("<?php\n//Begin Really Simple SSL session cookie settings\n@ini_set('session.cookie_httponly', true);\n"
                              "@ini_set('session.cookie_secure', true);\n//END Really Simple SSL\n" + USUAL[6:] + END),
    "behind a proxy that ends TLS": Kind(
        USUAL + "if ( isset( $_SERVER['HTTP_X_FORWARDED_PROTO'] ) && 'https' === $_SERVER['HTTP_X_FORWARDED_PROTO'] ) "
        "{\n\t$_SERVER['HTTPS'] = 'on';\n}\n" + END),
    "WP Engine": Kind(USUAL + "# WP Engine Settings\ndefine( 'WPE_APIKEY', 'x' );\n$wpe_netdns_domains=array ( );\n"
                      "$wpe_cdn_uris=array ( 0 => 'a', );\n"
                      "$memcached_servers=array ( 'default' =>  array ( 0 => 'unix:///tmp/memcached.sock', ), );\n"
                      "define('WPLANG','');\n" + END),
    "SiteGround": Kind(USUAL + END + "\n@include_once('/var/lib/sec/wp-settings.php'); // Added by SiteGround WordPress management system\n"),
    "Flywheel, Local": Kind(USUAL + "define( 'WP_ENVIRONMENT_TYPE', 'local' );\n" + END),
    "debugging by address": Kind(USUAL.replace("define( 'WP_DEBUG', false );", "define( 'WP_DEBUG', isset( $_GET['debug'] ) );") + END),
    "an address by host": Kind(USUAL + "define( 'WP_HOME', 'https://' . $_SERVER['HTTP_HOST'] );\n"
                               "define( 'WP_SITEURL', WP_HOME );\n" + END),
    "the database in a file of its own": Kind(
        "<?php\nrequire_once __DIR__ . '/wp-config-db.php';\n" + REST + END, {"wp-config-db.php": DATABASE}),
    "a local file where there is one": Kind(
        "<?php\nif ( file_exists( __DIR__ . '/local-config.php' ) ) {\n\tinclude __DIR__ . '/local-config.php';\n} else {\n"
        "\tdefine( 'DB_NAME', 'production' );\n}\n" + REST + END, {"local-config.php": DATABASE}),
    "a file above the web root": Kind(
        "<?php\nrequire dirname( __FILE__ ) . '/private/secrets.php';\n$table_prefix = 'wp_';\n" + END,
        {"private/secrets.php": USUAL}),
    "getenv()": Kind(from_environment("getenv( '{name}' )"), {"site.env": environment()}),
    "$_ENV": Kind(from_environment("$_ENV['{name}']"), {"site.env": environment()}),
    "$_SERVER": Kind(from_environment("$_SERVER['{name}']"), {"site.env": environment()}),
    "getenv() with a default": Kind(from_environment("getenv( '{name}' ) ?: 'none'"), {"site.env": environment()}),
    "Pantheon": Kind(
        "<?php\nif (isset($_ENV['PANTHEON_ENVIRONMENT'])) {\n" + "".join(
            f"\tdefine('{name}', $_ENV['{name}']);\n" for name in NAMES) + "}\n$table_prefix = 'wp_';\n" + END,
        {"site.env": environment() + "PANTHEON_ENVIRONMENT=live\n"}),
    "without the environment": Kind(from_environment("getenv( '{name}' )"),
                                    refused=tuple(f"{name}" for name in NAMES)),
    "a database for each host": Kind(
        "<?php\nif ( 'a.example' === $_SERVER['HTTP_HOST'] ) {\n\tdefine( 'DB_NAME', 'a' );\n} else {\n"
        "\tdefine( 'DB_NAME', 'b' );\n}\n" + USUAL.split("\n", 3)[3] + END, refused=("DB_NAME",)),
    "a database for each host, in a switch": Kind(
        "<?php\nswitch ( $_SERVER['SERVER_NAME'] ) {\n\tcase 'a.example':\n\t\tdefine( 'DB_NAME', 'a' );\n\t\tbreak;\n"
        "\tdefault:\n\t\tdefine( 'DB_NAME', 'b' );\n}\n" + USUAL.split("\n", 3)[3] + END, refused=("DB_NAME",)),
    "a password that a program knows": Kind(
        USUAL.replace("{DB_PASSWORD}", "trim( shell_exec( 'pass show db' ) )") + END, refused=("DB_PASSWORD",)),
    "an array of settings": Kind(
        "<?php\n$settings = parse_ini_file( '/etc/site.ini' );\n" + USUAL[6:].replace("{DB_NAME}", "$settings['name']") + END,
        refused=("DB_NAME",)),
    "a database URL": Kind(
        "<?php\n$url = parse_url( getenv( 'DATABASE_URL' ) );\n" + USUAL[6:].replace("{DB_NAME}", "trim( $url['path'], '/' )") + END,
        refused=("DB_NAME",)),
    "a prefix for each host": Kind(
        USUAL.replace("$table_prefix = 'wp_';", "$table_prefix = prefix_of( $_SERVER['HTTP_HOST'] );") + END),
    "no configuration at all": Kind("", refused=("DB_NAME",)),
    "the sample, as it came": Kind(
        (USUAL + END).replace("{DB_NAME}", "'database_name_here'").replace("{DB_USER}", "'username_here'")
        .replace("{DB_PASSWORD}", "'password_here'").replace("{DB_HOST}", "'localhost'"), refused=("username_here", "check"), status=69),
    "a damaged file": Kind(USUAL.split("{DB_PASSWORD}", maxsplit=1)[0] + "'half", refused=("never ends",)),
}


KINDS |= {
    "Docker's official image": Kind(DOCKER, {"site.env": docker_environment()}),
    "Docker's official image, with secrets": Kind(DOCKER, {
        "site.env": docker_environment(password="WORDPRESS_DB_PASSWORD_FILE={FOLDER}/secret\n"), "secret": "{RAW_DB_PASSWORD}\n"}),
    "Docker's official image, not told its environment": Kind(DOCKER, refused=("WORDPRESS_DB_NAME", "--env-file")),
    "Bedrock": Kind(
        "<?php\nrequire_once dirname(__DIR__) . '/vendor/autoload.php';\nrequire_once dirname(__DIR__) . '/config/application.php';\n"
        "require_once ABSPATH . 'wp-settings.php';\n",
        {"config/application.php": BEDROCK, "web/wp/wp-settings.php": "<?php\n",
         ".env": "".join(f"{name}={{ENV_{name}}}\n" for name in NAMES)}, path="web/wp-config.php"),
    "Dotenv in wp-config.php": Kind(
        "<?php\nrequire __DIR__ . '/vendor/autoload.php';\n$dotenv = Dotenv\\Dotenv::createImmutable( __DIR__ );\n$dotenv->load();\n"
        + from_environment("$_ENV['{name}']")[6:], {".env": "".join(f"{name}={{ENV_{name}}}\n" for name in NAMES)}),
    "Elastic Beanstalk": Kind(
        "<?php\n" + "".join(f"define( '{name}', $_SERVER['RDS_{name}'] );\n" for name in NAMES) + "$table_prefix = 'wp_';\n" + END,
        {"site.env": "".join(f"RDS_{name}={{ENV_{name}}}\n" for name in NAMES)}),
    "Azure's App Service": Kind(
        "<?php\n$connectstr = getenv( 'DATABASE_NAME' );\ndefine( 'DB_NAME', $connectstr );\n" + USUAL.split("\n", 3)[3]
        .replace("{DB_NAME}", "'x'") + END, {"site.env": "DATABASE_NAME={ENV_DB_NAME}\n"}),
    "Platform.sh": Kind(
        "<?php\n$relationships = json_decode( base64_decode( getenv( 'PLATFORM_RELATIONSHIPS' ) ), true );\n"
        + USUAL[6:].replace("{DB_NAME}", "$relationships['database'][0]['path']") + END, refused=("DB_NAME",)),
    "DDEV": Kind(
        "<?php\n/** ddev-generated */\n$ddev_settings = dirname( __FILE__ ) . '/wp-config-ddev.php';\n"
        "if ( is_readable( $ddev_settings ) && ! defined( 'DB_USER' ) ) {\n\trequire_once $ddev_settings;\n}\n" + REST + END,
        {"wp-config-ddev.php": DATABASE}, refused=("under a condition", "wp-config-ddev.php")),
    "WordPress VIP": Kind(
        "<?php\nif ( file_exists( __DIR__ . '/vip-config/vip-config.php' ) ) {\n\trequire_once __DIR__ . '/vip-config/vip-config.php';\n}\n"
        + USUAL[6:] + END, {"vip-config/vip-config.php": "<?php\ndefine( 'WPCOM_VIP', true );\n"}),
    "GoDaddy's managed WordPress": Kind(
        USUAL + "if ( file_exists( '/web/conf/gd-config.php' ) ) {\n\trequire_once '/web/conf/gd-config.php';\n}\n" + END),
    "Softaculous": Kind(USUAL.replace("$table_prefix = 'wp_';", "$table_prefix  = 'wp_';") + "define( 'FS_METHOD', 'direct' );\n"
                        "/* That's all, stop editing! Happy publishing. */\n" + END),
    "Plesk's toolkit": Kind(USUAL + "define( 'WP_ALLOW_MULTISITE', true );\ndefine( 'AUTOMATIC_UPDATER_DISABLED', true );\n" + END),
    "a network that was never made": Kind(USUAL + "define( 'WP_ALLOW_MULTISITE', true );\n" + END),
    "strict types": Kind("<?php\ndeclare( strict_types = 1 );\n" + USUAL[6:] + END),
    "in the global namespace, by name": Kind(USUAL.replace("define(", "\\define(") + END),
    "a closing tag": Kind(USUAL + END + "?>\n"),
    "a closing tag and lines after it": Kind(USUAL + END + "?>\n\n\n"),
    "old values in comments": Kind(
        USUAL.replace("define( 'DB_NAME'", "// define( 'DB_NAME', 'old' );\n/* define( 'DB_NAME', 'older' ); */\n"
                      "# define( 'DB_NAME', 'oldest' );\ndefine( 'DB_NAME'") + END),
    "given twice": Kind(USUAL + "define( 'DB_NAME', 'too late' );\n$table_prefix = 'wp_';\n" + END),
    "the prefix given twice": Kind(USUAL.replace("$table_prefix = 'wp_';", "$table_prefix = 'old_';\n$table_prefix = 'wp_';") + END),
    "put together of strings": Kind(USUAL.replace("'wp_'", "'w' . 'p' . '_'") + END),
    "from a variable": Kind(USUAL.replace("define( 'DB_NAME', {DB_NAME} );", "$name = {DB_NAME};\ndefine( 'DB_NAME', $name );") + END),
    "from another constant": Kind(USUAL.replace("define( 'DB_USER', {DB_USER} );", "define( 'DB_USER', DB_NAME );") + END),
    "a function that nobody calls": Kind(USUAL[:6] + "function reset_db() {\n\tdefine( 'DB_NAME', 'never' );\n}\n" + USUAL[6:] + END,
                                         refused=("under a condition",)),
    "encoded": Kind(USUAL.replace("{DB_PASSWORD}", "base64_decode( 'c2VjcmV0' )") + END, refused=("DB_PASSWORD",)),
    "decided by the day": Kind(USUAL.replace("{DB_NAME}", "date( 'N' ) > 5 ? 'a' : 'b'") + END, refused=("DB_NAME",)),
    "returned by a file": Kind(
        "<?php\n$config = require __DIR__ . '/config.php';\n" + USUAL[6:].replace("{DB_NAME}", "$config['db']") + END,
        {"config.php": "<?php\nreturn array( 'db' => {DB_NAME} );\n"}, refused=("DB_NAME",)),
    "behind an include that is not there": Kind(
        "<?php\nrequire '/etc/hosting/defaults.php';\n" + USUAL[6:] + END, refused=("may be set before",)),
    "behind an include that need not be there": Kind(
        "<?php\n@include '/etc/hosting/defaults.php';\n" + USUAL[6:] + END, refused=("may be set before",)),
    "a page instead of PHP": Kind("<!DOCTYPE html>\n<html></html>\n", refused=("DB_NAME",)),
}


class SiteTable(Story):
    """One site, whose wp-config.php is another one each time."""

    story_secs = 600

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.account.put("lunch", ics.vevent("lunch", self.utc(self.at(1)), summary="Lunch"))
        self.connect(self.anna, self.account.connection())
        self.wp.run("return get_option( 'home' );")  # so that the theme has run once
        self.wp.close()
        self.values = {"DB_NAME": self.wp.name, "DB_USER": self.wp.user, "DB_PASSWORD": self.wp.password,
                       "DB_HOST": "localhost:" + self.wp.database.socket, "AUTH_KEY": self.wp.auth_key}

    def filled(self, text, folder):
        for name, value in self.values.items():
            for pattern, written in (("{%s}", php_quote), ("{ENV_%s}", env_quote), ("{RAW_%s}", str)):
                text = text.replace(pattern % name, written(value))
        return text.replace("{FOLDER}", folder)

    def make(self, kind):
        """The folder of this kind, with WordPress's own files as far as anybody looks at them."""
        folder = os.path.join(self.wp.folder, "site")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(self.wp.folder, "wp-content"), os.path.join(folder, "wp-content"))
        for name, text in {kind.path: kind.text, "wp-settings.php": "<?php\n", "wp-load.php": "<?php\n",
                           **kind.files}.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(self.filled(text, folder))
        return folder

    def init(self, kind, folder):
        made = os.path.join(folder, "etc", "made.ini")
        os.makedirs(os.path.dirname(made))
        arguments = [f"--env-file={folder}/site.env"] if "site.env" in kind.files else []
        return made, run_program("init", f"--wp-config={folder}/{kind.path}", *arguments, ini=made)

    def failed_checks(self, made):
        checks = run_program("doctor", "--json", ini=made).json["checks"]
        return [f"{one['check']}: {one['message']}" for one in checks if one["status"] == "fail"]

    def works(self, kind, folder):
        made, done = self.init(kind, folder)
        self.assertEqual(done.status, 0, done)
        with open(made, "a", encoding="utf-8") as file:
            file.write("[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        self.assertEqual(self.failed_checks(made), [])
        self.run_it("sync", "--all", ini=made)
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.wp.close()

    def is_refused(self, kind, folder):
        before = self.content()
        made, done = self.init(kind, folder)
        self.assertEqual(done.status, kind.status, done)
        for word in kind.refused:
            self.assertIn(word, done.stderr)
        self.assertNotIn(self.wp.password, done.stderr)
        self.assertFalse(os.path.exists(made), "an ini was made")
        self.assertEqual(run_program("sync", "--all", ini=made).status, 78)
        self.assertEqual(run_program("doctor", ini=made).status, 1)
        self.assertEqual(self.content(), before)

    def test_each_kind(self):
        for name, kind in KINDS.items():
            with self.subTest(name):
                self.sandbox.database.sql(
                    "DELETE FROM wp_posts WHERE post_type = 'calendar_event'; DELETE m FROM wp_postmeta m LEFT JOIN wp_posts p"
                    " ON p.ID = m.post_id WHERE p.ID IS NULL", self.wp.name)
                self.drop_own_tables()
                folder = self.make(kind)
                (self.is_refused if kind.refused else self.works)(kind, folder)
