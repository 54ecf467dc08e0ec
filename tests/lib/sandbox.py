# SPDX-License-Identifier: GPL-2.0-or-later
"""A temporary folder with servers in it, and fresh WordPress sites on demand."""

import os
import shutil
import signal
import tempfile

from .caldav import Radicale, Xandikos
from .database import server_class
from .wordpress import WordPress


class Sandbox:
    """Starts what is asked for, when it is asked for; close() ends it all and removes the folder."""

    _shared = None

    def __init__(self, keep=False, own_database=False):
        """`own_database`: never the one that the runner started for all."""
        self.folder = tempfile.mkdtemp(prefix="prm-calendar-")
        self.keep = keep
        self._own_database = own_database or keep
        self._database = None
        self._servers = {}
        self._template = None
        self._sites = 0

    @classmethod
    def shared(cls):
        """The one that all stories of a process use; close_shared() ends it."""
        if cls._shared is None:
            cls._shared = cls()
        return cls._shared

    @classmethod
    def close_shared(cls):
        if cls._shared is not None:
            cls._shared.close()
            cls._shared = None

    @property
    def database(self):
        if self._database is None:
            running = os.environ.get("PRM_TEST_MYSQL_SOCKET")
            kind = server_class()
            self._database = (kind.running_at(running) if running and not self._own_database
                              else kind(self.folder, keep=self.keep).start())
        return self._database

    def server(self, kind):
        """The running one of that kind; all stories share it."""
        if kind.name not in self._servers:
            self._servers[kind.name] = kind(self.folder, keep=self.keep).start()
        return self._servers[kind.name]

    @property
    def radicale(self):
        return self.server(Radicale)

    @property
    def xandikos(self):
        return self.server(Xandikos)

    def new_site(self, name=None):
        """A WordPress of its own, as it is after installation."""
        unique = f"{os.getpid()}_{self._sites}"
        self._sites += 1
        if name is not None:
            return WordPress(self.database, self.folder, name).install()
        if self._template is None:
            self._template = WordPress(
                self.database, self.folder, f"prm_template_{os.getpid()}").install()
        return WordPress(self.database, self.folder, f"prm_site_{unique}").copy_of(self._template)

    def pids(self):
        servers = list(self._servers.values())
        return [server.pid for server in [*servers, self._database] if server]

    def close(self):
        if self._template is not None:
            self._template.drop()
        for server in self._servers.values():
            server.stop()
        if self._database is not None:
            self._database.stop(signal.SIGKILL)  # the folder goes anyhow
        shutil.rmtree(self.folder, ignore_errors=True)
