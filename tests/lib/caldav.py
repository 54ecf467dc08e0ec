# SPDX-License-Identifier: GPL-2.0-or-later
"""Radicale and Xandikos as Debian ships them, on 127.0.0.1, and a client that fills them."""

import base64
import http.client
import os
import sys
import urllib.parse
from xml.sax.saxutils import escape

from .processes import Server, free_port, listens

# Debian's own Python, whose modules the servers are: not whichever comes first in PATH.
DEBIAN_PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
REQUEST_SECS = 120  # of a whole calendar at once, on a busy machine


class CalDavServer:
    """A server process; subclasses say how it starts and where a person's calendars are."""

    name = ""

    def __init__(self, folder, keep=False):
        self.folder = os.path.join(folder, self.name)
        os.makedirs(self.folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.passwords = {}
        self._keep = keep
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        self._process = Server(self.name, self._argv(), os.path.join(self.folder, "log"),
                               keep=self._keep)
        self._process.wait_ready(lambda: listens(self.port))
        return self

    def stop(self):
        if self._process:
            self._process.stop()
            self._process = None

    def add_user(self, user, password):
        self.passwords[user] = password

    def client(self, user):
        return CalDavClient(self, user, self.passwords[user])

    def home(self, user):
        """Path below which a person's calendars are."""
        raise NotImplementedError

    def _argv(self):
        raise NotImplementedError


class Radicale(CalDavServer):
    """Asks for a password; every person sees their own calendars only."""

    name = "radicale"

    def _argv(self):
        users = os.path.join(self.folder, "users")
        with open(users, "a", encoding="utf-8"):
            pass
        config = os.path.join(self.folder, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[server]\nhosts = 127.0.0.1:{self.port}\n"
                       f"[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\n"
                       "htpasswd_encryption = plain\ndelay = 0\n"
                       f"[storage]\nfilesystem_folder = {self.folder}/collections\n"
                       "[logging]\nlevel = warning\n")
        return [DEBIAN_PYTHON, "-m", "radicale", "--config", config]

    def add_user(self, user, password):
        super().add_user(user, password)
        with open(os.path.join(self.folder, "users"), "w", encoding="utf-8") as file:
            file.writelines(f"{name}:{word}\n" for name, word in self.passwords.items())

    def home(self, user):
        return f"/{user}/"


class Xandikos(CalDavServer):
    """Asks for no password, and has one principal; "people" are folders of calendars below it."""

    name = "xandikos"

    def _argv(self):
        return ["/usr/bin/xandikos", "-d", os.path.join(self.folder, "data"), "--defaults",
                "--current-user-principal", "/user/", "-l", "127.0.0.1", "-p", str(self.port)]

    def home(self, user):
        return "/user/calendars/"


class CalDavClient:
    """Just enough of CalDAV to fill a server with what a story needs."""

    def __init__(self, server, user, password):
        self.server = server
        self._home = server.home(user)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def path(self, calendar, name=""):
        """Of a calendar, or of an object in it."""
        return self._home + urllib.parse.quote(f"{calendar}/{name}")

    def url(self, calendar=""):
        return self.server.url.rstrip("/") + (self.path(calendar) if calendar else self._home)

    def request(self, method, path, body=None, headers=None, expect=(200, 201, 204, 207)):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=REQUEST_SECS)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body,
                               {**self._headers, **(headers or {})})
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        if response.status == 301 and 301 not in expect:
            return self.request(method, urllib.parse.urlsplit(response.headers["Location"]).path, body, headers, expect)
        if response.status not in expect:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]}")
        return text

    def make_calendar(self, calendar, display_name=None):
        name = escape(display_name or calendar)
        self.request("MKCALENDAR", self.path(calendar), (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
            f"<D:displayname>{name}</D:displayname>"
            '<C:supported-calendar-component-set><C:comp name="VEVENT"/>'
            "</C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>"),
            {"Content-Type": "application/xml; charset=utf-8"})
        return self.url(calendar)

    def delete_calendar(self, calendar):
        self.request("DELETE", self.path(calendar))

    def put(self, calendar, name, ics):
        """Stores an object, new or instead of the old one; `name` without ".ics"."""
        self.request("PUT", self.path(calendar, name + ".ics"), ics,
                     {"Content-Type": "text/calendar; charset=utf-8"})

    def delete(self, calendar, name):
        self.request("DELETE", self.path(calendar, name + ".ics"))
