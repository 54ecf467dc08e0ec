# SPDX-License-Identifier: GPL-2.0-or-later
"""A private Oracle MySQL, from a folder into which packaging/unpack-debian has unpacked it."""

import os
import subprocess

from .mariadb import MariaDb

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOT = os.path.join(TOP, "build", "mysql", "root")  # `make check DATABASE=mysql` puts it there
LOADER = "usr/lib64/ld-linux-x86-64.so.2"


class MySql(MariaDb):
    """As MariaDb, with MySQL's server and, unlike there, the server's own sql_mode.

    The server needs the C library of its own release: so the loader of that release starts it. Accounts are
    MySQL's default ones (caching_sha2_password), which PHP and MariaDB's client know, too."""

    product = "MySQL"

    @staticmethod
    def _mysqld():
        loader = os.path.join(ROOT, LOADER)
        if not os.path.exists(loader):
            raise FileNotFoundError(f"{loader} is not there (make check DATABASE=mysql)")
        libraries = os.path.join(ROOT, "usr/lib/x86_64-linux-gnu")
        return [loader, "--library-path", libraries, os.path.join(ROOT, "usr/sbin/mysqld"), "--no-defaults",
                f"--basedir={ROOT}/usr", f"--plugin-dir={ROOT}/usr/lib/mysql/plugin",
                f"--lc-messages-dir={ROOT}/usr/share/mysql",
                f"--character-sets-dir={ROOT}/usr/share/mysql/charsets"]

    def _make_data(self, data, user, out):
        subprocess.run(
            [*self._mysqld(), "--initialize-insecure", f"--user={user}", f"--datadir={data}"],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True)

    def _command_line(self):
        # The X protocol would listen on a port of the machine; files go to a folder that is not there.
        return [*self._mysqld(), "--mysqlx=OFF", "--secure-file-priv=NULL", "--innodb-redo-log-capacity=64M"]

    @staticmethod
    def default_role(role, account):
        return f"SET DEFAULT ROLE {role} TO {account}"
