# SPDX-License-Identifier: GPL-2.0-or-later
"""A real WordPress: Debian's package, run by php-cli, in a database and a folder of its own."""

import json
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
TIMEZONE = "Europe/Amsterdam"
ANSWER_SECS = 60

# As odd as those that api.wordpress.org hands out, with all that a careless reader trips over.
AUTH_KEY = "Iz|*q8*x{:D$|;{l3=~<-y` ;#'\"\\ }%s [auth]=\u00e9\\\\n"


def package_folder():
    """Where Debian's package is installed, or was unpacked by packaging/packages."""
    for folder in ("/usr/share/wordpress", os.path.join(TOP, "build/packages/usr/share/wordpress")):
        if os.path.exists(os.path.join(folder, "wp-settings.php")):
            return folder
    raise FileNotFoundError("WordPress is not there (make packages)")


def php_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class PhpError(Exception):
    """WordPress threw, or PHP printed a warning."""


class WordPress:
    """One site. `call` and `run` reach WordPress's own functions, and always see the tables as they are."""

    def __init__(self, database, folder, name, timezone=TIMEZONE, auth_key=AUTH_KEY):
        self.database = database
        self.folder = os.path.join(folder, name)
        self.name = name
        self.user = name[-32:]
        self.password = "sand'box\\ ;" + name
        self.timezone = timezone
        self.auth_key = auth_key
        self.table_prefix = "wp_"
        self._php = None

    @property
    def config_path(self):
        return os.path.join(self.folder, "wp-config.php")

    def install(self):
        """A fresh site in a fresh database."""
        self._prepare()
        subprocess.run(
            ["php", os.path.join(HERE, "install.php"), self.config_path, self.timezone],
            stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=ANSWER_SECS)
        return self

    def copy_of(self, template):
        """The rows of a site that was installed before; much faster than installing."""
        self._prepare()
        self.database.copy_tables(template.name, self.name)
        return self

    def rename_tables(self, prefix):
        """Moves the site to another table prefix, as administrators do it by hand."""
        self.close()
        old, self.table_prefix = self.table_prefix, prefix
        names = [row[0] for row in self.database.sql("SHOW TABLES", self.name)]
        self.database.sql("".join(
            f"RENAME TABLE `{name}` TO `{prefix}{name.removeprefix(old)}`;" for name in names)
            + f"UPDATE `{prefix}options` SET option_name = '{prefix}user_roles' WHERE option_name = '{old}user_roles';"
            f"UPDATE `{prefix}usermeta` SET meta_key = CONCAT('{prefix}', SUBSTR(meta_key, {len(old) + 1}))"
            f" WHERE LEFT(meta_key, {len(old)}) = '{old}';", self.name)
        self.write_config()

    def write_config(self, **constants):
        """wp-config.php anew, with these constants set or replaced; None leaves one out."""
        self.close()
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(self._config(**constants))
        os.chmod(self.config_path, 0o600)

    def _prepare(self):
        themes = os.path.join(self.folder, "wp-content", "themes")
        os.makedirs(themes)
        shutil.copytree(os.path.join(HERE, "theme"), os.path.join(themes, "personal-crm"))
        # MariaDB's own quoting, not PHP's.
        password = self.password.replace("\\", "\\\\").replace("'", "''")
        self.database.create_database(self.name, self.user, password)
        self.write_config()

    def _config(self, **changed):
        constants = {
            "DB_NAME": self.name, "DB_USER": self.user, "DB_PASSWORD": self.password,
            "DB_HOST": "localhost:" + self.database.socket, "DB_CHARSET": "utf8mb4",
            "DB_COLLATE": "", "AUTH_KEY": self.auth_key,
            "WP_CONTENT_DIR": os.path.join(self.folder, "wp-content"), **changed,
        }
        lines = ["<?php"]
        lines += [f"define( '{name}', {php_quote(value)} );" for name, value in constants.items()
                  if value is not None]
        lines += [
            "define( 'DISABLE_WP_CRON', true );",
            "define( 'WP_HTTP_BLOCK_EXTERNAL', true );",
            f"$table_prefix = '{self.table_prefix}';",
            "if ( ! defined( 'ABSPATH' ) ) {",
            f"\tdefine( 'ABSPATH', {php_quote(package_folder() + '/')} );",
            "}",
            "require_once ABSPATH . 'wp-settings.php';",
        ]
        return "\n".join(lines) + "\n"

    # --- talking to WordPress

    def call(self, function, *args):
        """What WordPress's function of that name returns, as JSON values."""
        return self._ask({"function": function, "args": args})

    def run(self, code, **variables):
        """The value of PHP code that ends in `return …;`."""
        return self._ask({"code": code, "vars": variables})

    def rows(self, sql):
        """Rows of a query as dictionaries; `{p}` is the table prefix."""
        return self.run("global $wpdb; return $wpdb->get_results( $sql, ARRAY_A );",
                        sql=sql.replace("{p}", self.table_prefix))

    def meta(self, post_id, key):
        return self.call("get_post_meta", post_id, key, True)

    def json_meta(self, post_id, key):
        """json_decode( get_post_meta() ), by PHP itself: what the theme sees."""
        return self.run("return json_decode( get_post_meta( $id, $key, true ), true );",
                        id=post_id, key=key)

    def _start(self):
        self._errors = tempfile.TemporaryFile()
        self._php = subprocess.Popen(
            ["php", os.path.join(HERE, "helper.php"), self.config_path], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8")
        self._answer()

    def _ask(self, request):
        if self._php is None:
            self._start()
        self._php.stdin.write(json.dumps(request) + "\n")
        self._php.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self._php.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise PhpError(self._errors.read().decode("utf-8", "replace")[-2000:] or "PHP ended")
        try:
            answer = json.loads(line)
        except ValueError:  # the page with which WordPress dies
            self._php.stdin.close()
            raise PhpError((line + self._php.stdout.read())[-2000:]) from None
        if "error" in answer or answer.get("output"):
            raise PhpError(f"{answer.get('error', '')} {answer.get('output', '')}".strip())
        return answer["value"]

    def close(self):
        if self._php is not None:
            self._php.stdin.close()
            self._php.wait(ANSWER_SECS)
            self._php.stdout.close()
            self._errors.close()
            self._php = None

    def drop(self):
        self.close()
        self.database.drop_database(self.name, self.user)
        shutil.rmtree(self.folder, ignore_errors=True)
