# SPDX-License-Identifier: GPL-2.0-or-later
"""The program on a terminal, with somebody who answers what it asks."""

import os
import pty
import select
import subprocess
import time

from .program import program_path

SCREEN_SECS = 60


def on_terminal(ini, arguments, answers):
    """`answers`: (what is on the screen when it is typed, the line or a function of the process that returns it), in their
    order. Returns all that the screen showed, and the exit status."""
    master, slave = pty.openpty()
    answers, screen = list(answers), ""
    with subprocess.Popen([program_path(), arguments[0], "-c", ini, *arguments[1:]], stdin=slave, stdout=slave, stderr=slave,
                          env={**os.environ, "NO_COLOR": "1"}) as process:
        os.close(slave)
        deadline = time.monotonic() + SCREEN_SECS
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                screen += os.read(master, 4096).decode()
            except OSError:
                break
            if answers and answers[0][0] in screen:
                answer = answers.pop(0)[1]
                os.write(master, ((answer(process) if callable(answer) else answer) + "\n").encode())
        else:
            process.kill()
        status = process.wait()
    os.close(master)
    return screen, status
