# SPDX-License-Identifier: GPL-2.0-or-later
"""A private memcached on a socket."""

import getpass
import os
import shutil
import socket

from .processes import Server

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def memcached_program():
    """Where Debian's package is installed, or was unpacked by packaging/packages."""
    return (shutil.which("memcached")
            or os.path.join(TOP, "build/packages/usr/bin/memcached"))


class Memcached:
    def __init__(self, folder, name="memcached"):
        self.socket = os.path.join(folder, name + ".sock")
        self._log = os.path.join(folder, name + ".log")
        self._server = None

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        self._server = Server("memcached", [
            memcached_program(), "-s", self.socket, "-u", getpass.getuser(), "-m", "16", "-t", "1",
        ], self._log)
        self._server.wait_ready(self._answers)
        return self

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def _ask(self, line, end):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(self.socket)
            connection.sendall(line.encode() + b"\r\n")
            answer = b""
            while not answer.endswith(end):
                part = connection.recv(65536)
                if not part:
                    raise ConnectionError(f"memcached closed after {answer!r}")
                answer += part
            return answer.decode("utf-8", "replace")

    def get(self, name):
        lines = self._ask(f"get {name}", b"END\r\n").split("\r\n")
        return lines[1] if lines[0].startswith("VALUE") else None

    def set(self, name, value):
        self._ask(f"set {name} 0 0 {len(value)}\r\n{value}", b"STORED\r\n")

    def stored(self):
        """{name: seconds left, or -1 for ever} of all entries."""
        found = {}
        for line in self._ask("lru_crawler metadump all", b"END\r\n").splitlines()[:-1]:
            fields = dict(part.split("=", 1) for part in line.split())
            left = int(fields["exp"])
            found[fields["key"].replace("%3A", ":")] = left
        return found

    def count(self, command):
        """How often clients gave a command: delete_hits, cmd_flush …"""
        stats = dict(line.split(" ")[1:3] for line in self._ask("stats", b"END\r\n").splitlines()
                     if line.startswith("STAT"))
        return int(stats[command])

    def stop(self):
        if self._server:
            self._server.stop()
            self._server = None
