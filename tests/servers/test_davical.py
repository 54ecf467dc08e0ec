# SPDX-License-Identifier: GPL-2.0-or-later
"""DAViCal as Debian ships it: PHP in Apache, before PostgreSQL."""

import contextlib
import signal

from lib.caldav import CalDavServer
from lib.processes import listens

from . import story
from .root import INSIDE, UnpackedRoot

PROGRAMS = "/usr/lib/postgresql/15/bin"
APACHE = """
ServerName localhost
ServerRoot /srv
PHPIniDir /srv
PidFile /srv/apache.pid
Listen 127.0.0.1:{port}
ErrorLog /srv/errors
{modules}
DocumentRoot /usr/share/davical/htdocs
DirectoryIndex index.php
AcceptPathInfo On
TypesConfig /dev/null
AddType application/x-httpd-php .php
StartServers 2
<Directory />
	Require all granted
</Directory>
php_value include_path /usr/share/awl/inc
php_value error_reporting "E_ALL & ~E_NOTICE & ~E_DEPRECATED"
php_value default_charset utf-8
php_flag magic_quotes_gpc off
"""
MODULES = {"mpm_prefork_module": "mod_mpm_prefork", "authz_core_module": "mod_authz_core", "dir_module": "mod_dir",
           "mime_module": "mod_mime", "php_module": "libphp8.2"}
PHP = "\n".join(f"extension={name}" for name in (
    "calendar", "ctype", "gettext", "iconv", "pdo", "xml", "dom", "xmlreader", "xmlwriter", "simplexml", "pgsql", "pdo_pgsql"))
CONFIG = """<?php
ini_set('log_errors', '1');
$c->pg_connect[] = 'dbname=davical host=/srv user=davical_app';
$c->system_name = 'DAViCal';
"""
ENVIRONMENT = {"PGHOST": INSIDE, "PGUSER": "postgres", "PATH": f"{PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin"}
ADD_USER = """
WITH made AS (
	INSERT INTO usr (active, email_ok, updated, username, password, fullname, email)
	VALUES (TRUE, current_date, current_date, :'user', '**' || :'password', :'user', :'user' || '@example.net')
	RETURNING user_no)
INSERT INTO principal (type_id, user_no, displayname, default_privileges) SELECT 1, user_no, :'user', 0::BIT(24) FROM made;
"""
SET_PASSWORD = "UPDATE usr SET password = '**' || :'password' WHERE username = :'user';"
SHARE = """
INSERT INTO grants (by_collection, to_principal, privileges, is_group)
SELECT collection_id, principal_id, privilege_to_bits('DAV::read'), FALSE
FROM collection, principal JOIN usr USING (user_no)
WHERE dav_name = :'path' AND username = :'guest';
"""
REVOKE = """
DELETE FROM grants USING collection, principal JOIN usr USING (user_no)
WHERE by_collection = collection_id AND to_principal = principal_id AND dav_name = :'path' AND username = :'guest';
"""


class DaviCal(CalDavServer):
    name = "davical"

    def __init__(self, folder, keep=False):
        super().__init__(folder, keep)
        self._database = None
        self._root = UnpackedRoot(self.name, self.folder)
        self._root.make_folder("postgresql")
        self._root.write("php.ini", PHP)
        self._root.set_up("/etc/davical/config.php", CONFIG)
        self._root.write("apache.conf", APACHE.format(port=self.port, modules="\n".join(
            f"LoadModule {name} /usr/lib/apache2/modules/{file}.so" for name, file in MODULES.items())))
        self._root.run(f"{PROGRAMS}/initdb", "-D", "/srv/postgresql", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
                       "--locale=C.UTF-8")

    def start(self):
        if self._database is None:
            self.start_database()
        if not self.passwords:
            self._root.run("/usr/share/davical/dba/create-database.sh", "davical", "admin", env=ENVIRONMENT)
        self._process = self._root.server("apache", "/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "/srv/apache.conf")
        self._process.wait_ready(lambda: listens(self.port))
        return self

    def _database_answers(self):
        with contextlib.suppress(RuntimeError):
            self._root.run("pg_isready", "-q", env=ENVIRONMENT)
            return True
        return False

    def _sql(self, sql, **values):
        self._root.run("psql", "-q", "-v", "ON_ERROR_STOP=1", *(f"--set={name}={value}" for name, value in values.items()),
                       "davical", stdin=sql, env=ENVIRONMENT)

    def stop(self):
        super().stop()
        if self._database:
            self.stop_database()

    def stop_database(self):
        self._database.stop(signal.SIGQUIT)
        self._database = None

    def start_database(self):
        self._database = self._root.server(
            "postgresql", f"{PROGRAMS}/postgres", "-D", "/srv/postgresql", "-k", INSIDE, "-c", "listen_addresses=",
            "-c", "fsync=off")
        self._database.wait_ready(self._database_answers)

    def kill(self):
        """PostgreSQL, too, though so that nothing of it stays behind: it recovers as after a crash."""
        self._process.stop(signal.SIGKILL)
        self._process = None
        self.stop_database()

    def add_user(self, user, password):
        super().add_user(user, password)
        self._sql(ADD_USER, user=user, password=password)

    def set_password(self, user, password):
        super().add_user(user, password)
        self._sql(SET_PASSWORD, user=user, password=password)

    def home(self, user):
        return f"/caldav.php/{user}/"

    def addresses(self, user, calendar):
        root = self.url.rstrip("/")
        return {"host": self.url, "context": f"{root}/caldav.php/", "principal and home": root + self.home(user),
                "calendar": f"{root}{self.home(user)}{calendar}/"}

    def share(self, owner, calendar, guest):
        self._sql(SHARE, path=f"/{owner}/{calendar}/", guest=guest)
        return f"{self.home(owner)}{calendar}/"

    def revoke(self, owner, calendar, guest):
        self._sql(REVOKE, path=f"/{owner}/{calendar}/", guest=guest)


class OnDaviCal(story.ServerStory):
    kind = DaviCal
    unknown_tokens = ("nonsense", "data:,1", "data:,999999")

    def test_without_its_database_it_is_in_trouble_and_nothing_goes(self):
        self.put("lunch", 1, "Lunch")
        self.connect_work()
        self.sync_and_compare()
        before = self.content()
        self.calendar_server().stop_database()
        try:
            # 200, and not a byte.
            self.sync(status=1)
            self.assertIn("answered with nothing", self.error())
            self.assertEqual(self.content(), before)
        finally:
            self.calendar_server().start_database()
        self.sync_and_compare()
