# SPDX-License-Identifier: GPL-2.0-or-later
"""One open database connection as root: many small queries without a new client each, and row locks to hold."""

import re
import subprocess

_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\0": "\0", "\\\\": "\\"}


class SqlError(Exception):
    """The server refused a statement; the session has ended."""


class SqlSession:
    """Statements end with a semicolon. Values come as text, NULL as "NULL"."""

    def __init__(self, database, name):
        self._ends = 0
        self._client = subprocess.Popen(
            database.command("--batch", "--unbuffered", name), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def send(self, sql):
        """Does not wait for the answer; the next rows() does."""
        self._client.stdin.write(sql.encode() + b"\n")
        self._client.stdin.flush()

    def rows(self, sql):
        """The rows of one statement as dictionaries; an empty list for all statements that have none."""
        self._ends += 1
        end = f"end of answer {self._ends}"
        self.send(f"{sql}\nSELECT '{end}';")
        lines = []
        while lines[-2:] != [end, end]:
            line = self._client.stdout.readline()
            if not line:
                raise SqlError(self._client.stderr.read().decode().strip() or "the connection is gone")
            lines.append(line.decode("utf-8", "replace").rstrip("\n"))
        table = [line.split("\t") for line in lines[:-2]]
        return [dict(zip(table[0], map(_unescape, row))) for row in table[1:]]

    run = rows

    def close(self):
        try:
            self._client.stdin.close()
        except BrokenPipeError:
            pass  # the server went first
        self._client.wait()
        self._client.stdout.close()
        self._client.stderr.close()


def _unescape(text):
    return re.sub(r"\\[nt0\\]", lambda found: _ESCAPES[found.group()], text) if "\\" in text else text
