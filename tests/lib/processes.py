# SPDX-License-Identifier: GPL-2.0-or-later
"""Child processes that never outlive us, and waiting by condition with a deadline."""

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

TERMINATE_SECS = 10
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def wait_until(condition, what, timeout_secs=30.0, interval_secs=0.02):
    """Polls until condition() is true and returns its value; TimeoutError names `what` otherwise."""
    deadline = time.monotonic() + timeout_secs
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_secs:.0f} s for {what}")
        time.sleep(interval_secs)


def free_port():
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _die_with_parent():
    """Runs in the child: the kernel ends it when we are killed without a chance to clean up."""
    os.setsid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A process in a process group of its own, with its output in a file; stop() ends the group."""

    _running = []

    def __init__(self, name, argv, log_path, env=None, stdin=subprocess.DEVNULL, keep=False):
        self.name = name
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                argv, stdin=stdin, stdout=log, stderr=log, env=env, cwd="/",
                preexec_fn=os.setsid if keep else _die_with_parent)
        if not keep:
            Server._running.append(self)

    @property
    def pid(self):
        return self.process.pid

    def wait_ready(self, condition, timeout_secs=60.0):
        """Waits for condition(); a server that ends meanwhile is an error that shows its log."""
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"{self.name} ended with {self.process.returncode}:\n{self.log_tail()}")
            return condition()
        try:
            wait_until(ready, f"{self.name} to answer", timeout_secs)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log_tail()}") from None

    def log_tail(self, lines=20):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def stop(self, how=signal.SIGTERM):
        if self in Server._running:
            Server._running.remove(self)
        stop_group(self.process, how)

    @classmethod
    def stop_all(cls):
        for server in reversed(list(cls._running)):
            server.stop()


def stop_group(process, how=signal.SIGTERM):
    """Ends a child and all that it started: first as asked, then by force."""
    for signum, patience in ((how, TERMINATE_SECS), (signal.SIGKILL, TERMINATE_SECS)):
        try:
            os.killpg(process.pid, signum)
        except ProcessLookupError:
            pass
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


def clean_up_on_signals():
    """Makes SIGTERM and SIGHUP end the program as Ctrl-C does, through its `finally` blocks."""
    def stop(signum, _frame):
        sys.exit(128 + signum)
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)


atexit.register(Server.stop_all)
