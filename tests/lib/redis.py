# SPDX-License-Identifier: GPL-2.0-or-later
"""A private Redis on a socket."""

import os
import shutil
import socket
import subprocess

from .processes import Server


class Redis:
    """Debian's redis-tools hold the server too, under a name by which it is a checker; the first
    word of its command line decides."""

    password = "open sésame"

    def __init__(self, folder):
        self.socket = os.path.join(folder, "redis.sock")
        self._program = shutil.which("redis-check-rdb")
        self._server = None
        self._folder = folder

    def start(self):
        link = os.path.join(self._folder, "redis-server")
        if not os.path.lexists(link):
            os.symlink(self._program, link)
        self._server = Server("Redis", [
            link, "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no",
            "--dir", self._folder, "--requirepass", self.password,
        ], os.path.join(self._folder, "redis.log"))
        self._server.wait_ready(self._answers)
        return self

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def command(self, *words, database=0):
        """What redis-cli prints."""
        return subprocess.run(
            ["redis-cli", "-s", self.socket, "-n", str(database), *words], capture_output=True,
            text=True, encoding="utf-8", check=True,
            env={**os.environ, "REDISCLI_AUTH": self.password}).stdout.strip()

    def stop(self):
        if self._server:
            self._server.stop()
            self._server = None
