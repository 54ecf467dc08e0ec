# SPDX-License-Identifier: GPL-2.0-or-later
"""What the nodes of a Galera cluster and the members of a replication group have in common."""

import os
import signal

from .processes import free_port


class ClusterMember:
    """In front of a server's class: one of several on loopback, with a folder and ports of its own."""

    def __init__(self, folder, number, **more):
        os.makedirs(folder)
        super().__init__(folder, tcp=True, **more)
        self.number = number
        self.group_port = free_port()
        self.peers = []  # addresses of all
        self.is_frozen = False

    @property
    def address(self):
        return f"127.0.0.1:{self.group_port}"

    @property
    def is_living(self):
        return bool(self.pid) and not self.is_frozen

    def kill(self):
        self.stop(signal.SIGKILL)
        self.is_frozen = False

    def freeze(self):
        """As a machine does whose disk or hypervisor hangs."""
        os.kill(self.pid, signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)
        self.is_frozen = False

    def revive(self):
        """Lets it run again, whatever was done to it."""
        if self.is_frozen:
            self.thaw()
        if not self.pid:
            self.start()
