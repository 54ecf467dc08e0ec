# SPDX-License-Identifier: GPL-2.0-or-later
"""The running program as the proxies see it: they kill it at the step that was asked for."""

import signal
import subprocess
import threading

from .program import RUN_SECS, Done, start_program


class Victim:
    """Runs the program so that kill() can end it from another thread, at any moment."""

    def __init__(self):
        self._process = None
        self._is_started = threading.Event()

    def run(self, *arguments, ini, env=None):
        self._is_started.clear()
        self._process = start_program(*arguments, ini=ini, env=env)
        self._is_started.set()
        try:
            stdout, stderr = self._process.communicate(timeout=RUN_SECS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            stdout, stderr = self._process.communicate()
            raise TimeoutError(f"{' '.join(self._process.args)} hangs\n{stdout}{stderr}") from None
        return Done(self._process.args, self._process.returncode, stdout, stderr)

    @property
    def was_killed(self):
        return self._process.returncode == -signal.SIGKILL

    def kill(self):
        """As kill -9; nothing when it has ended by itself."""
        self._is_started.wait()
        self._process.send_signal(signal.SIGKILL)
