# SPDX-License-Identifier: GPL-2.0-or-later
"""SOGo as Debian ships it, behind Apache, before a MariaDB."""

import os
import signal

from lib.caldav import CalDavServer
from lib.mariadb import MariaDb
from lib.processes import free_port, listens

from . import story
from .root import UnpackedRoot

SOGO = """{{
	SOGoProfileURL = "{database}/sogo_user_profile";
	OCSFolderInfoURL = "{database}/sogo_folder_info";
	OCSSessionsFolderURL = "{database}/sogo_sessions_folder";
	SOGoUserSources = ({{
		type = sql; id = directory; viewURL = "{database}/people"; canAuthenticate = YES; isAddressBook = YES;
		userPasswordAlgorithm = plain; displayName = "People";
	}});
	SOGoMemcachedHost = "127.0.0.1:{memcached}";
	SOGoTimeZone = "Europe/Amsterdam";
	SOGoAppointmentSendEMailNotifications = NO;
	SOGoPasswordChangeEnabled = NO;
	WOPort = "127.0.0.1:{port}";
	WOWorkersCount = 3;
	WONoDetach = YES;
	WOLogFile = "-";
	WOPidFile = "/run/sogo.pid";
	SxVMemLimit = 512;
}}
"""
# Debian's sample of /usr/share/doc/sogo, as far as calendars need it.
APACHE = """
ServerName localhost
ServerRoot /srv
PidFile /srv/apache.pid
Listen 127.0.0.1:{port}
ErrorLog /srv/errors
{modules}
StartServers 2
RewriteEngine On
RewriteRule ^/\\.well-known/caldav/?$ /SOGo/dav [R=301,L]
ProxyRequests Off
ProxyPreserveHost On
SetEnv proxy-nokeepalive 1
ProxyPass /SOGo http://127.0.0.1:{sogo}/SOGo retry=0 nocanon
<Proxy http://127.0.0.1:{sogo}/SOGo>
	RequestHeader set "x-webobjects-server-port" "{port}"
	RequestHeader set "x-webobjects-server-name" "127.0.0.1"
	RequestHeader set "x-webobjects-server-url" "http://127.0.0.1:{port}"
	RequestHeader set "x-webobjects-server-protocol" "HTTP/1.0"
</Proxy>
"""
MODULES = ("mpm_prefork", "authz_core", "proxy", "proxy_http", "headers", "rewrite", "env")
PEOPLE = """
CREATE TABLE people (c_uid VARCHAR(60) PRIMARY KEY, c_name VARCHAR(60), c_password VARCHAR(255), c_cn VARCHAR(128),
	mail VARCHAR(128)) CHARACTER SET utf8mb4;
"""
PASSWORD = "sogo"


class SoGo(CalDavServer):
    name = "sogo"

    def __init__(self, folder, keep=False):
        super().__init__(folder, keep)
        self._root = UnpackedRoot(self.name, self.folder)
        # Beside SOGo's root, for the machine's own server it is.
        data = os.path.join(folder, "sogo-database")
        os.makedirs(data)
        self._database = MariaDb(data, tcp=True).start()
        self._database.create_database("sogo", "sogo", PASSWORD)
        self._database.sql(PEOPLE, "sogo")
        self._sogo_port, self._memcached_port = free_port(), free_port()
        self._root.link("/etc/sogo/sogo.conf", self._root.write("sogo.conf", SOGO.format(
            database=f"mysql://sogo:{PASSWORD}@127.0.0.1:{self._database.port}/sogo", memcached=self._memcached_port,
            port=self._sogo_port)))
        self._root.write("apache.conf", APACHE.format(port=self.port, sogo=self._sogo_port, modules="\n".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)))
        self._others = []

    def start(self):
        if not self._others:
            memcached = self._root.server("memcached", "/usr/bin/memcached", "-l", "127.0.0.1", "-p", str(self._memcached_port))
            memcached.wait_ready(lambda: listens(self._memcached_port))
            apache = self._root.server("apache", "/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "/srv/apache.conf")
            apache.wait_ready(lambda: listens(self.port))
            self._others = [memcached, apache]
        self._process = self._root.server("sogo", "/usr/sbin/sogod")
        self._process.wait_ready(lambda: listens(self._sogo_port))
        return self

    def stop_all(self):
        super().stop()
        for other in self._others:
            other.stop()
        self._others = []

    def stop(self):
        self.stop_all()
        self._database.stop(signal.SIGKILL)

    def kill(self):
        self._process.stop(signal.SIGKILL)
        self._process = None

    def add_user(self, user, password):
        super().add_user(user, password)
        quoted = password.replace("\\", "\\\\").replace("'", "\\'")
        self._database.sql(f"REPLACE INTO people VALUES ('{user}', '{user}', '{quoted}', '{user}', '{user}@example.net')", "sogo")

    def set_password(self, user, password):
        """SOGo remembers for minutes which password was right: until it is started anew."""
        self.add_user(user, password)
        self.stop_all()
        self.start()

    def home(self, user):
        return f"/SOGo/dav/{user}/Calendar/"

    def addresses(self, user, calendar):
        root = self.url.rstrip("/")
        return {"host": self.url, "context": f"{root}/SOGo/dav/", "principal": f"{root}/SOGo/dav/{user}/",
                "home": root + self.home(user), "calendar": f"{root}{self.home(user)}{calendar}/"}

    def _set_roles(self, owner, calendar, guest, roles):
        path = f"{self.home(owner)}{calendar}/"
        self.client(owner).request("POST", path, (
            '<?xml version="1.0" encoding="utf-8"?><acl-query xmlns="urn:inverse:params:xml:ns:inverse-dav">'
            f'<set-roles user="{guest}">{roles}</set-roles></acl-query>'), {"Content-Type": "application/xml; charset=utf-8"})
        return path

    def share(self, owner, calendar, guest):
        return self._set_roles(owner, calendar, guest, "<PublicViewer/><ConfidentialViewer/><PrivateViewer/>")

    def revoke(self, owner, calendar, guest):
        self._set_roles(owner, calendar, guest, "")


class OnSoGo(story.ServerStory):
    kind = SoGo
    unknown_tokens = ("nonsense", "1", "9999999999")
    counts_seconds = True
