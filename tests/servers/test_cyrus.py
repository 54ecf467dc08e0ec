# SPDX-License-Identifier: GPL-2.0-or-later
"""Cyrus IMAP's calendar server as Debian ships it."""

import contextlib
import imaplib
import signal

from lib.caldav import CalDavServer
from lib.processes import free_port, listens

from . import story
from .root import UnpackedRoot

ADMIN = "admin"
ADMIN_PASSWORD = "admin's"

IMAPD = """
configdirectory: /srv/conf
defaultpartition: default
partition-default: /srv/mail
admins: admin
cyrus_user: nobody
cyrus_group: nogroup
httpmodules: caldav
allowplaintext: yes
unixhierarchysep: no
altnamespace: no
delete_mode: immediate
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: /srv/passwords
servername: localhost
"""

CYRUS = """
START {{
	recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C /srv/imapd.conf -r"
}}
SERVICES {{
	http cmd="httpd -C /srv/imapd.conf" listen="127.0.0.1:{http}" prefork=1 maxchild=20
	imap cmd="imapd -C /srv/imapd.conf" listen="127.0.0.1:{imap}" prefork=0 maxchild=5
}}
"""


class Cyrus(CalDavServer):
    name = "cyrus"

    def __init__(self, folder, keep=False):
        super().__init__(folder, keep)
        self._imap_port = free_port()
        self._root = UnpackedRoot(self.name, self.folder)
        self._root.write("imapd.conf", IMAPD)
        self._root.write("cyrus.conf", CYRUS.format(http=self.port, imap=self._imap_port))
        for name in ("conf", "conf/db", "conf/proc", "conf/socket", "conf/lock", "mail"):
            self._root.make_folder(name)
        self.set_password(ADMIN, ADMIN_PASSWORD)

    def start(self):
        self._process = self._root.server(
            "cyrus", "/usr/lib/cyrus/bin/master", "-C", "/srv/imapd.conf", "-M", "/srv/cyrus.conf", "-p", "/srv/master.pid", "-D")
        self._process.wait_ready(lambda: listens(self.port) and listens(self._imap_port))
        return self

    def set_password(self, user, password):
        self.passwords[user] = password
        self._root.run("/usr/sbin/saslpasswd2", "-p", "-c", "-f", "/srv/passwords", "-u", "localhost", user, stdin=password)

    @contextlib.contextmanager
    def imap(self):
        session = imaplib.IMAP4("127.0.0.1", self._imap_port)
        try:
            session.login(ADMIN, ADMIN_PASSWORD)
            yield session
        finally:
            session.logout()

    def add_user(self, user, password):
        self.set_password(user, password)
        with self.imap() as session:
            session.create(f"user.{user}")

    def home(self, user):
        return f"/dav/calendars/user/{user}/"

    def addresses(self, user, calendar):
        root = self.url.rstrip("/")
        return {"host": self.url, "principal": f"{root}/dav/principals/user/{user}/",
                "home": root + self.home(user), "calendar": f"{root}{self.home(user)}{calendar}/"}

    def share(self, owner, calendar, guest):
        """Lets the guest read it; returns where they find it."""
        with self.imap() as session:
            session.setacl(f"user.{owner}.#calendars.{calendar}", guest, "lrs")
        return f"{self.home(owner)}{calendar}/"

    def revoke(self, owner, calendar, guest):
        with self.imap() as session:
            session.deleteacl(f"user.{owner}.#calendars.{calendar}", guest)

    def kill(self):
        self._process.stop(signal.SIGKILL)
        self._process = None


class OnCyrus(story.ServerStory):
    kind = Cyrus
    unknown_tokens = ("nonsense", "data:,1-1", "data:,1795781488-999999")
