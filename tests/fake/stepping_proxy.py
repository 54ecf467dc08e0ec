# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands between the program and a calendar server, numbers each request, and strikes at the one that was chosen."""

import threading
from dataclasses import dataclass

from .spoiling_proxy import Answer, SpoilingProxy


@dataclass
class HttpFault:
    """`do` is "kill", "cut" or a status to answer with. `after`: the server has done its work,
    and nobody hears of it."""
    step: int
    do: object
    after: bool = False

    def __str__(self):
        doing = f"answer {self.do}" if isinstance(self.do, int) else self.do
        return f"{doing} {'after' if self.after else 'before'}"


class SteppingProxy(SpoilingProxy):
    """`steps` holds what came since begin(); at most one fault happens."""

    def __init__(self, port, victim):
        self.steps = []
        self.has_struck = False
        self._victim = victim
        self._fault = None
        self._counting = threading.Lock()
        super().__init__(port)

    def begin(self, fault=None):
        """A new count, for a new run of the program."""
        with self._counting:
            self.steps, self._fault, self.has_struck = [], fault, False

    def _count(self, request):
        with self._counting:
            self.steps.append(f"{request.command} {request.path}")
            fault = self._fault if self._fault and self._fault.step == len(self.steps) else None
            if fault:
                self._fault, self.has_struck = None, True
        return fault

    def forward(self, request, port):
        fault = self._count(request)
        if fault is None:
            return super().forward(request, port)
        # The body is read in any case: a connection that is closed on unread octets is reset.
        answer = super().forward(request, port) if fault.after else None
        if isinstance(fault.do, int):
            if answer is None:
                request.rfile.read(int(request.headers.get("Content-Length") or 0))
            return Answer(fault.do, {"Content-Type": "text/plain"}, b"Sorry.")
        if fault.do == "kill":
            self._victim.kill()
        return None
