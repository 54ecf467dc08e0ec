# SPDX-License-Identifier: GPL-2.0-or-later
"""MySQL Group Replication on loopback: Oracle's server (lib/mysql.py), each member with a folder and ports of its own."""

import contextlib
import os
import shutil
import signal

from .cluster_member import ClusterMember
from .mysql import MySql
from .processes import wait_until

GROUP = "5ca1ab1e-0000-4000-8000-000000000001"
RECOVERY = "recovery"  # the account by which a member gets what it has missed, and its password
SYNC_SECS = 60
REJOIN_SECS = 10


class GroupMember(ClusterMember, MySql):
    product = "Group Replication member"

    def __init__(self, folder, number, single_primary):
        super().__init__(folder, number, options=())
        self._single_primary = single_primary

    def _command_line(self):
        on = "ON" if self._single_primary else "OFF"
        return [*super()._command_line(), f"--server-id={self.number + 1}", "--gtid-mode=ON", "--enforce-gtid-consistency=ON",
                "--report-host=127.0.0.1", f"--report-port={self.port}",
                "--plugin-load-add=group_replication.so", f"--group-replication-group-name={GROUP}",
                f"--group-replication-local-address={self.address}",
                f"--group-replication-group-seeds={','.join(self.peers)}", "--group-replication-start-on-boot=OFF",
                f"--group-replication-single-primary-mode={on}",
                f"--group-replication-enforce-update-everywhere-checks={'OFF' if self._single_primary else 'ON'}",
                "--group-replication-recovery-get-public-key=ON", "--group-replication-member-expel-timeout=2"]

    def make_data(self):
        with open(os.path.join(self.folder, "mariadb.log"), "ab") as out:
            self._make_data(os.path.join(self.folder, "mariadb"), self._account(), out)

    def copy_data(self, other):
        """Of a member that was never started: a new server makes its own identity (auto.cnf)."""
        data = os.path.join(self.folder, "mariadb")
        shutil.copytree(os.path.join(other.folder, "mariadb"), data)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(data, "auto.cnf"))

    def prepare(self):
        """Once, on a new member; what is not logged needs not be the same everywhere."""
        self.sql(f"SET sql_log_bin = 0; CREATE USER {RECOVERY}@'%' IDENTIFIED BY '{RECOVERY}';"
                 f"GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN, GROUP_REPLICATION_STREAM ON *.* TO {RECOVERY}@'%';"
                 "SET sql_log_bin = 1; CHANGE REPLICATION SOURCE TO "
                 f"SOURCE_USER='{RECOVERY}', SOURCE_PASSWORD='{RECOVERY}' FOR CHANNEL 'group_replication_recovery'")

    def join(self, bootstrap=False):
        if bootstrap:
            self.sql("SET GLOBAL group_replication_bootstrap_group = ON; START GROUP_REPLICATION;"
                     "SET GLOBAL group_replication_bootstrap_group = OFF")
        else:
            self.sql("START GROUP_REPLICATION")
        wait_until(lambda: self.state == "ONLINE", f"member {self.number} to be online", SYNC_SECS)

    def _own(self, column):
        rows = self.sql(f"SELECT {column} FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid")
        return rows[0][0] if rows else None

    @property
    def state(self):
        return self._own("MEMBER_STATE")

    @property
    def role(self):
        return self._own("MEMBER_ROLE")

    @property
    def may_write(self):
        return self.sql("SELECT @@GLOBAL.super_read_only")[0][0] == "0"

    def online(self):
        """How many members it sees online."""
        return int(self.sql("SELECT COUNT(*) FROM performance_schema.replication_group_members "
                            "WHERE MEMBER_STATE = 'ONLINE'")[0][0])


class ReplicationGroup:
    def __init__(self, folder, single_primary=True, size=3):
        self.single_primary = single_primary
        self.members = [GroupMember(os.path.join(folder, f"member{number}"), number, single_primary) for number in range(size)]
        for member in self.members:
            member.peers = [peer.address for peer in self.members]

    def start(self):
        first = self.members[0]
        first.make_data()
        for member in self.members:
            if member is not first:
                member.copy_data(first)
        for member in self.members:
            member.start()
            member.prepare()
            member.join(bootstrap=member is first)
        return self

    def writable(self, number):
        """Where the sidecar of this number writes: in a group with one primary always there."""
        return self.primary if self.single_primary else self.members[number]

    def mend(self):
        """Lets all members take part again."""
        for member in self.members:
            member.revive()
        # One that still counts on the others joins by itself, or is left out by them first.
        for member in self.members:
            with contextlib.suppress(TimeoutError):
                wait_until(lambda member=member: member.state == "ONLINE", "the member", REJOIN_SECS)
                continue
            member.sql("STOP GROUP_REPLICATION")
            member.join(bootstrap=not any(other.state == "ONLINE" for other in self.members))
        self.wait_for_size(len(self.members))
        # Where WordPress is.
        if self.single_primary and self.primary is not self.members[0]:
            first = self.members[0].sql("SELECT @@server_uuid")[0][0]
            self.primary.sql(f"SELECT group_replication_set_as_primary('{first}')")
            wait_until(lambda: self.primary is self.members[0], "the first to write again", SYNC_SECS)

    @property
    def living(self):
        return [member for member in self.members if member.is_living]

    @property
    def primary(self):
        """The first of the living that may write, once they have agreed."""
        def find():
            return next((member for member in self.living if member.role == "PRIMARY" and member.may_write), None)
        return wait_until(find, "a primary", SYNC_SECS)

    def wait_for_size(self, size):
        for member in self.living:
            wait_until(lambda member=member: member.online() == size, f"a group of {size}", SYNC_SECS)

    def settle(self):
        """Until every member has applied all that any has."""
        for member in self.living:
            done = member.sql("SELECT @@GLOBAL.gtid_executed")[0][0].replace("\\n", "")
            for other in self.living:
                other.sql(f"SELECT WAIT_FOR_EXECUTED_GTID_SET('{done}', {SYNC_SECS})")

    def stop(self):
        for member in self.members:
            with contextlib.suppress(ProcessLookupError):
                member.stop(signal.SIGKILL)
