# SPDX-License-Identifier: GPL-2.0-or-later
"""A private MariaDB in a folder: reached through its socket, with a TCP port only when asked for."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess

from .processes import Server, free_port

# What the harness's own sessions take, whatever the server's default is or a story sets it to: strict, with
# WordPress's zero dates.
INIT_COMMAND = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"


class MariaDb:
    """`root` has no password and gets in through the socket; every site has a user of its own."""

    product = "MariaDB"

    def __init__(self, folder, tcp=False, keep=False, addresses="127.0.0.1", options=("--skip-log-bin",)):
        self.folder = folder
        self.socket = os.path.join(folder, "mariadb.sock")
        self.port = free_port() if tcp else None
        self._addresses = addresses
        self._keep = keep
        self._options = options
        self._server = None
        self._owned = True

    @classmethod
    def running_at(cls, socket):
        """The server that somebody else started and will stop."""
        server = cls(os.path.dirname(socket))
        server.socket = socket
        server._owned = False
        return server

    @property
    def pid(self):
        return self._server.pid if self._server else None

    def start(self):
        if not self._owned:
            return self
        data = os.path.join(self.folder, "mariadb")
        user = self._account()
        log = os.path.join(self.folder, "mariadb.log")
        if not os.path.isdir(data):
            with open(log, "ab") as out:
                self._make_data(data, user, out)
        network = ([f"--port={self.port}", f"--bind-address={self._addresses}"] if self.port
                   else ["--skip-networking"])
        self._server = Server(self.product, [
            *self._command_line(), f"--user={user}", f"--datadir={data}",
            f"--socket={self.socket}", f"--pid-file={self.folder}/mariadb.pid", *network,
            # A server that starts deletes the temporary tables of all others that share its folder.
            f"--tmpdir={data}",
            "--skip-name-resolve", *self._options, "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=0", "--max-allowed-packet=64M",
            "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
        ], log, keep=self._keep)
        self._server.wait_ready(self._answers)
        return self

    def _account(self):
        """The user of this machine as whom the server runs."""
        return pwd.getpwuid(os.getuid()).pw_name

    def _make_data(self, data, user, out):
        """Makes the folder with the server's own tables; what is said of it goes to the file `out`."""
        subprocess.run(
            [_program("mariadb-install-db"), "--no-defaults", f"--user={user}",
             f"--datadir={data}", f"--tmpdir={self.folder}", "--auth-root-authentication-method=normal",
             "--skip-test-db", "--skip-name-resolve", "--force"],  # though nobody knows this host's name
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True)

    def _command_line(self):
        """The server, and the options that it alone knows."""
        return [_program("mariadbd"), "--no-defaults", "--innodb-log-file-size=32M"]

    def stop(self, how=signal.SIGTERM):
        if self._server:
            self._server.stop(how)
            self._server = None

    def _answers(self):
        return os.path.exists(self.socket) and self._client("SELECT 1").returncode == 0

    def command(self, *arguments):
        """The command line of the client, for people to copy."""
        return [_program("mariadb"), "--no-defaults", f"--socket={self.socket}", "--user=root",
                "--default-character-set=utf8mb4", f"--init-command={INIT_COMMAND}", *arguments]

    def _client(self, sql, database=None):
        return subprocess.run(
            self.command("--batch", "--skip-column-names", *([database] if database else [])),
            input=sql, capture_output=True, text=True, encoding="utf-8", check=False)

    def sql(self, sql, database=None):
        """Runs statements as root and returns rows of text, tabs and newlines escaped as \\t and \\n."""
        done = self._client(sql, database)
        if done.returncode != 0:
            raise RuntimeError(f"{done.stderr.strip()}\nin: {sql[:500]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def create_database(self, name, user, password):
        # The site's own user, so that what one program did can be told from what others did.
        self.sql(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4;"
                 f"CREATE USER '{user}'@'localhost' IDENTIFIED BY '{password}';"
                 f"GRANT ALL ON `{name}`.* TO '{user}'@'localhost';"
                 + (f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{password}';"
                    f"GRANT ALL ON `{name}`.* TO '{user}'@'127.0.0.1';" if self.port else ""))

    def drop_database(self, name, user):
        self.sql(f"DROP DATABASE IF EXISTS `{name}`; DROP USER IF EXISTS '{user}'@'localhost';"
                 f"DROP USER IF EXISTS '{user}'@'127.0.0.1';")

    @staticmethod
    def default_role(role, account):
        """The statement that makes a granted role active at login."""
        return f"SET DEFAULT ROLE {role} FOR {account}"

    def copy_tables(self, source, target):
        """Rows and table definitions; faster than a dump, and needs no further package."""
        names = [row[0] for row in self.sql("SHOW TABLES", source)]
        self.sql("".join(f"CREATE TABLE `{target}`.`{name}` LIKE `{source}`.`{name}`;"
                         f"INSERT INTO `{target}`.`{name}` SELECT * FROM `{source}`.`{name}`;"
                         for name in names))

    @contextlib.contextmanager
    def query_log(self):
        """Logs every statement of every connection meanwhile; yields a QueryLog.

        Into a file: a log in a table would count as writes of the connections that are logged."""
        path = os.path.join(os.path.dirname(self.socket), f"queries-{os.getpid()}.log")
        self.sql(f"SET GLOBAL log_output = 'FILE'; SET GLOBAL general_log_file = '{path}';"
                 "SET GLOBAL general_log = ON")
        try:
            yield QueryLog(path)
        finally:
            self.sql("SET GLOBAL general_log = OFF")
            os.unlink(path)

    def checksum(self, database, leave_out=()):
        """One text that changes when any row of any table of the database does, but for those whose
        names begin like those left out."""
        names = sorted(row[0] for row in self.sql("SHOW TABLES", database)
                       if not row[0].startswith(tuple(leave_out)))
        rows = self.sql("CHECKSUM TABLE " + ",".join(f"`{name}`" for name in names), database)
        return "\n".join(" ".join(row) for row in rows)


class QueryLog:
    """The general query log: "[time]<tab>thread command<tab>text", text over several lines."""

    _ENTRY = re.compile(r"^(?:\d{6} +[\d:]+|\d{4}-\S+Z)?\t+ *(\d+) ([A-Z]\w*(?: \w+)?)\t(.*)$")

    def __init__(self, path):
        self._path = path

    def of(self, user):
        """Statements of connections that this user opened while the log ran, in order."""
        threads, statements, current = set(), [], None
        with open(self._path, encoding="utf-8", errors="replace") as log:
            for line in log:
                entry = self._ENTRY.match(line.rstrip("\n"))
                if not entry:
                    if current is not None:
                        statements[current] += "\n" + line.rstrip("\n")
                    continue
                thread, command, text = entry.groups()
                current = None
                if command == "Connect" and text.startswith(f"{user}@"):
                    threads.add(thread)
                elif command in ("Query", "Execute") and thread in threads:
                    current = len(statements)
                    statements.append(text)
        return statements


def _program(name):
    """Found in /usr/sbin too, where a normal user's PATH does not look."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        raise FileNotFoundError(f"{name} is not installed (make packages)")
    return found
