# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program is started with and in: descriptors, files that are none, other users of the machine."""

import os
import shutil
import stat
import subprocess
import tempfile

from lib.ics import vevent
from lib.processes import wait_until
from lib.program import program_path
from lib.story import Story

NOBODY = 65534


class Surroundings(Story):

    def setUp(self):
        super().setUp()
        account = self.account()
        self.anna = self.user()
        account.put("one", vevent("one@story", self.utc(self.at(1)), summary="Lunch"))
        self.connect(self.anna, account.connection())

    def test_closed_descriptors_are_opened_before_anything_else_is(self):
        """The connection to the database would be the first to get a free one."""
        with subprocess.Popen(["sh", "-c", f'exec {program_path()} explain - >&- 2>&-'],
                              stdin=subprocess.PIPE) as process:
            for number in (1, 2):
                # It stays there, reading, until its input ends.
                wait_until(lambda fd=f"/proc/{process.pid}/fd/{number}": os.path.realpath(fd) == "/dev/null",
                           "something harmless in the place of what is closed")
            process.stdin.close()
        with open(os.devnull, "rb") as nothing:
            done = subprocess.run(["sh", "-c", 'exec "$0" sync --all -v -c "$1" >&- 2>&-', program_path(), self.ini],
                                  stdin=nothing, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def test_a_pipe_in_place_of_a_password_is_refused_at_once(self):
        pipe = os.path.join(self.wp.folder, "pipe")
        ini = self.write_ini("pipe.ini", database_password_file=pipe)
        os.mkfifo(pipe, 0o600)
        done = self.run_it("status", status=78, ini=ini)
        self.assert_one_line(done.stderr, pipe, "no regular file")

    def test_metrics_never_take_the_place_of_a_device(self):
        device = os.path.join(self.wp.folder, "device")
        ini = self.write_ini("device.ini", output_metrics_file=device)
        os.mkfifo(device)
        done = self.run_it("run", ini=ini)
        self.assert_one_line(done.stderr, "warning", device, "no regular file")
        self.assertTrue(stat.S_ISFIFO(os.lstat(device).st_mode))
        self.assertEqual(self.titles(self.anna), ["Lunch"])

    def test_an_ini_that_others_may_change_is_refused(self):
        ini = self.write_ini("open.ini")
        os.chmod(ini, 0o602)
        done = self.run_it("status", status=78, ini=ini)
        self.assert_one_line(done.stderr, "open.ini", "chmod o-w")

    def test_memory_is_closed_to_other_processes_of_the_user(self):
        """What is not dumpable belongs to root in /proc, and leaves no core wherever a handler takes it."""
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        os.chmod(folder, 0o755)
        program = shutil.copy(program_path(), folder)
        as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        with subprocess.Popen([program, "explain", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd="/", **as_user) as process:
            # It reads all of its input before it says anything: it is at work now.
            process.stdin.write(b"BEGIN:VCALENDAR\r\n")
            process.stdin.flush()
            owner = NOBODY if os.geteuid() == 0 else os.geteuid()
            if os.environ.get("PRM_TEST_VARIANT") == "asan":  # which has to look into its own memory
                self.assertEqual(os.stat(f"/proc/{process.pid}/environ").st_uid, owner)
            else:
                wait_until(lambda: os.stat(f"/proc/{process.pid}/environ").st_uid == 0, "its memory to be closed")
            process.communicate(b"END:VCALENDAR\r\n")
