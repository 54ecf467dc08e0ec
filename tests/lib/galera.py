# SPDX-License-Identifier: GPL-2.0-or-later
"""A Galera cluster on loopback: MariaDB's server of this machine, each node with a folder and ports of its own."""

import contextlib
import os
import shutil
import signal

from .cluster_member import ClusterMember
from .mariadb import MariaDb
from .processes import free_port, wait_until

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOT = os.path.join(TOP, "build", "galera", "root")  # `make cluster-tests` unpacks it there
PROVIDER = os.path.join(ROOT, "usr/lib/galera/libgalera_smm.so")
SYNC_SECS = 60


class GaleraNode(ClusterMember, MariaDb):
    product = "Galera node"

    def __init__(self, folder, number):
        super().__init__(folder, number)
        self.ist_port, self.sst_port = free_port(), free_port()

    def _account(self):
        """rsync's daemon, which carries the data, gives root's rights up and could then write nothing."""
        if os.geteuid() != 0:
            return super()._account()
        shutil.chown(self.folder, "nobody")
        os.chmod(os.path.dirname(self.folder), 0o711)
        return "nobody"

    def _command_line(self):
        members = ",".join(self.peers)
        return [*super()._command_line(), "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--wsrep-on=ON",
                f"--wsrep-provider={PROVIDER}", "--wsrep-cluster-name=prm", f"--wsrep-cluster-address=gcomm://{members}",
                f"--wsrep-node-name=node{self.number}", "--wsrep-node-address=127.0.0.1", "--wsrep-sst-method=rsync",
                f"--wsrep-sst-receive-address=127.0.0.1:{self.sst_port}",
                f"--wsrep-provider-options=base_dir={self.folder};gmcast.listen_addr=tcp://{self.address};"
                f"ist.recv_addr=127.0.0.1:{self.ist_port};gcache.size=64M"]

    def status(self, name):
        rows = self.sql(f"SHOW STATUS LIKE 'wsrep_{name}'")
        return rows[0][1] if rows else None

    def _answers(self):
        with contextlib.suppress(RuntimeError):
            return super()._answers() and self.status("local_state_comment") == "Synced" and self.status("ready") == "ON"
        return False


class GaleraCluster:
    def __init__(self, folder, size=3):
        # What carries the data to a node that joins.
        os.environ["PATH"] = f"{os.environ['PATH']}:/usr/sbin:{ROOT}/usr/bin"
        self.nodes = [GaleraNode(os.path.join(folder, f"node{number}"), number) for number in range(size)]

    def start(self):
        for node in self.nodes:
            node.start()
            self.nodes[0].peers = []  # while the cluster is made
            for other in self.nodes:
                other.peers = [peer.address for peer in self.nodes]
        return self

    def writable(self, number):
        """Where the sidecar of this number writes."""
        return self.nodes[number]

    def mend(self):
        """Lets all nodes take part again."""
        for node in self.nodes:
            node.revive()
        self.wait_for_size(len(self.nodes))
        for node in self.nodes:
            wait_until(lambda node=node: node.status("local_state_comment") == "Synced", "the node to catch up", SYNC_SECS)

    @property
    def living(self):
        return [node for node in self.nodes if node.is_living]

    def wait_for_size(self, size):
        """Until every node that runs counts so many."""
        for node in self.living:
            wait_until(lambda node=node: node.status("cluster_size") == str(size), f"a cluster of {size}", SYNC_SECS)

    def settle(self):
        """Until every node has applied all that any has: each waits for its own queue, and then agrees."""
        def agreed():
            return len({node.status("last_committed") for node in self.living}) == 1
        wait_until(agreed, "the nodes to agree", SYNC_SECS)

    def stop(self):
        for node in self.nodes:
            node.stop(signal.SIGKILL)
