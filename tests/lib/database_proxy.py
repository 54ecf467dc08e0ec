# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands between the program and MariaDB, numbers each command, and strikes at the one that was chosen.

It knows as much of the MySQL protocol as that takes: a packet is three octets of length, one of sequence, and a
body; a command is a packet from the client whose sequence is 0."""

import os
import socket
import struct
import threading
from dataclasses import dataclass

from .processes import wait_until

COMMANDS = {0x01: "quit", 0x03: "query", 0x0e: "ping", 0x16: "prepare", 0x17: "execute", 0x18: "long data",
            0x19: "close", 0x1a: "reset"}
# Not counted: the program does not wait for them, so that they arrive at any moment between the others.
UNANSWERED = ("quit", "long data", "close")
DEADLOCK = (1213, "40001", "Deadlock found when trying to get lock; try restarting transaction")
LOCK_WAIT = (1205, "HY000", "Lock wait timeout exceeded; try restarting transaction")
# None of these says anything of the row that was to be written.
REFUSALS = (
    (1317, "70100", "Query execution was interrupted"),
    (1969, "70100", "Query execution was interrupted (max_statement_time exceeded)"),
    (1142, "42000", "command denied to user"),
    (1364, "HY000", "Field 'meta_id' doesn't have a default value"),
    (1449, "HY000", "The user specified as a definer does not exist"),
    (1290, "HY000", "The MariaDB server is running with the --read-only option so it cannot execute this statement"),
    (1021, "HY000", "Disk full; waiting for someone to free some space..."),
    (1467, "HY000", "Failed to read auto-increment value from storage engine"),
)
_CHUNK = 65536
_PASS_ON, _WITHHOLD, _END = "pass on", "withhold", "end"


@dataclass
class Step:
    number: int  # from 1
    command: str
    sql: str

    @property
    def verb(self):
        return self.sql.split(None, 1)[0].upper() if self.sql else ""

    @property
    def writes(self):
        """It may leave something behind, so that it matters whether it happened before the break."""
        return self.command in ("query", "execute") and self.verb not in ("SELECT", "SET", "SHOW", "START")

    def __str__(self):
        return f"{self.number} ({self.command}: {' '.join(self.sql.split())[:90]})"


@dataclass
class Fault:
    """`do` is "kill", "cut" or "refuse" (with an error that the server gives), or a function that is called before the
    connection is cut. `after`: the server has done its work, and nobody hears of it."""
    step: int
    do: object
    after: bool = False
    error: tuple = None

    def __str__(self):
        doing = self.do if isinstance(self.do, str) else self.do.__name__
        return f"{doing}{f' {self.error[0]}' if self.error else ''} {'after' if self.after else 'before'}"


class DatabaseProxy:
    """Listens on a socket of its own. `steps` holds what came since begin(); at most one fault happens."""

    def __init__(self, target, path, victim):
        self.path = path
        self.steps = []
        self.has_struck = False
        self.watch = None     # called with each Step before it is passed on
        self.rewrite = {}     # octets -> octets of the same length, in what the client says
        self._target = target
        self._victim = victim
        self._fault = None
        self._lock = threading.Lock()
        self._open = 0        # ends of connections
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(32)
        threading.Thread(target=self._accept, daemon=True).start()

    def begin(self, fault=None):
        """A new count, for a new run of the program. What the last one said as it ended is waited for."""
        wait_until(lambda: self._open == 0, "the connections of the last run to end")
        with self._lock:
            self.steps, self._fault, self.has_struck = [], fault, False

    def close(self):
        self._listener.close()
        os.unlink(self.path)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                # As if nobody listened here either.
                client.close()
                server.close()
                continue
            wire = _Wire(self, client, server)
            for work in (wire.from_client, wire.from_server):
                self.add_open(1)
                threading.Thread(target=wire.guarded, args=(work,), daemon=True).start()

    def add_open(self, number):
        with self._lock:
            self._open += number

    def count(self, command, sql):
        """The step, and the fault when it is due now."""
        with self._lock:
            step = Step(len(self.steps) + 1, command, sql)
            self.steps.append(step)
            fault = self._fault if self._fault and self._fault.step == step.number else None
            if fault:
                self._fault = None
        if self.watch:
            self.watch(step)
        return step, fault

    def strike(self, fault):
        self.has_struck = True
        if fault.do == "kill":
            self._victim.kill()
        elif callable(fault.do):
            fault.do()


class _Wire:
    """One connection: two threads that pass on octets."""

    def __init__(self, proxy, client, server):
        self._proxy, self._client, self._server = proxy, client, server
        self._statements = {}   # id -> text
        self._prepared = None   # text whose id the next answer brings
        self._swallow = None    # the fault that the next answer sets off

    def guarded(self, work):
        try:
            work()
        except OSError:
            pass
        finally:
            self._cut()
            self._proxy.add_open(-1)

    def _cut(self):
        for end in (self._server, self._client):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def from_client(self):
        while True:
            header = self._read(4)
            if not header:
                return
            body = self._read(int.from_bytes(header[:3], "little"))
            for old, new in self._proxy.rewrite.items():
                body = body.replace(old, new)
            verdict = self._on_command(body) if header[3] == 0 else _PASS_ON
            if verdict == _END:
                return
            if verdict == _PASS_ON:
                self._server.sendall(header + body)

    def _read(self, size):
        data = b""
        while len(data) < size:
            chunk = self._client.recv(size - len(data))
            if not chunk:
                return b""
            data += chunk
        return data

    def _on_command(self, body):
        """What becomes of a command."""
        command = COMMANDS.get(body[0], f"command {body[0]}")
        if command in UNANSWERED:
            return _PASS_ON
        step, fault = self._proxy.count(command, self._text(command, body))
        self._prepared = step.sql if command == "prepare" else None
        if fault is None:
            return _PASS_ON
        if fault.do == "refuse":
            return self._refuse(fault)
        if fault.after:
            self._swallow = fault
            return _PASS_ON
        self._proxy.strike(fault)
        return _END

    def _text(self, command, body):
        if command in ("query", "prepare"):
            return body[1:].decode("utf-8", "replace")
        if command in ("execute", "reset"):
            return self._statements.get(body[1:5], "")
        return ""

    def _refuse(self, fault):
        """As InnoDB does it: a deadlock ends the transaction, a time-out only the statement."""
        instead = b"\x03ROLLBACK" if fault.error == DEADLOCK else b"\x03DO 0"
        self._swallow, self._prepared = fault, None
        self._server.sendall(struct.pack("<I", len(instead)) + instead)
        return _WITHHOLD

    def _answer_of(self, fault):
        """What the client hears instead of the server's answer; None when the connection ends."""
        if fault.do != "refuse":
            self._proxy.strike(fault)
            return None
        self._proxy.has_struck = True
        number, state, message = fault.error
        body = b"\xff" + struct.pack("<H", number) + b"#" + state.encode() + message.encode()
        return struct.pack("<I", len(body) | 1 << 24) + body

    def from_server(self):
        while True:
            data = self._server.recv(_CHUNK)
            fault, self._swallow = self._swallow, None
            if data and fault is not None:
                data = self._answer_of(fault)
            if not data:
                return
            if self._prepared is not None and len(data) >= 9 and data[4] == 0:
                self._statements[data[5:9]] = self._prepared
                self._prepared = None
            self._client.sendall(data)
