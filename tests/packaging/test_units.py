# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of systemd: how closed the sandbox is, that the program works in it, and when it stays quiet."""

import json
import os
import re
import subprocess
import tempfile
import unittest
import unittest.mock

from lib.ics import vevent
from lib.program import program_path
from lib.story import Story

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SYSTEMD = os.path.join(TOP, "packaging", "systemd")
IS_CONFIGURED = os.path.join(TOP, "packaging", "is-configured")
IN_SANDBOX = os.path.join(TOP, "tests", "packaging", "in_sandbox.py")
DEMO = os.path.join(TOP, "tests", "demo", "demo.py")
EXPOSURE_MAX = 1.5
FORBIDDEN = {
    "changing the root": "import os; os.chroot('/')",
    "raw packets": "import socket; socket.socket(17, 3)",
    "writing to /etc": "open('/etc/prm-calendar-was-here', 'w')",
    "writing to /var": "open('/var/prm-calendar-was-here', 'w')",
    "homes": "import os; os.listdir('/root')",
    "disks": "import os; os.mknod('/tmp/disk', 0o060600, 2048)",
    "memory that is written and executed": "import mmap; mmap.mmap(-1, 4096, prot=7)",
    "namespaces": "import ctypes, os; ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0 "
                  "or exec('raise OSError(ctypes.get_errno(), \"\")')",
}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def run(*argv, **options):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, **options)


class Units(unittest.TestCase):

    def test_exposure_is_low(self):
        for name in ("prm-calendar.service", "prm-calendar@.service"):
            with self.subTest(unit=name):
                done = run("systemd-analyze", "--no-pager", "security", "--offline=true",
                           f"--threshold={int(EXPOSURE_MAX * 10)}", os.path.join(SYSTEMD, name))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                exposure = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout).group(1)
                self.assertLess(float(exposure), EXPOSURE_MAX)

    def test_one_site_and_many_sites_have_the_same_sandbox(self):
        one, many = (read(SYSTEMD, name).split("\n# What follows is the same")
                     for name in ("prm-calendar.service", "prm-calendar@.service"))
        self.assertEqual(one[1], many[1])
        ini = "/etc/prm-calendar/prm-calendar.ini"
        self.assertEqual(many[0].count("/etc/prm-calendar/sites/%i.ini"), one[0].count(ini) + 1)

    def test_a_busy_pass_is_no_failure(self):
        self.assertIn("\nSuccessExitStatus=75 79 143\n", read(SYSTEMD, "prm-calendar.service"))

    def test_a_stop_is_no_failure_and_lasts_longer_than_the_way_to_a_safe_point(self):
        safe_msecs = int(re.search(r"INTERRUPTION_SAFE_MSECS = (\d+)", read(TOP, "src/cli/interruption.h")).group(1))
        for name in ("prm-calendar.service", "prm-calendar@.service"):
            with self.subTest(unit=name):
                unit = read(SYSTEMD, name)
                self.assertRegex(unit, r"\nSuccessExitStatus=.*\b143\b")
                self.assertIn("\nKillMode=mixed\n", unit)
                stop_secs = int(re.search(r"\nTimeoutStopSec=(\d+)s\n", unit).group(1))
                self.assertGreater(stop_secs * 1000, 2 * safe_msecs)


class Quiet(unittest.TestCase):

    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
            file.write(text)
            file.flush()
            return run(IS_CONFIGURED, file.name)

    def test_the_sample_is_not_configured(self):
        done = run(IS_CONFIGURED, os.path.join(TOP, "conf", "prm-calendar.ini"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("not filled in", done.stdout)

    def test_a_missing_file_is_not_configured(self):
        self.assertEqual(run(IS_CONFIGURED, "/nonexistent/x.ini").returncode, 1)

    def test_what_is_filled_in_is_configured(self):
        filled = "[database]\nname = wp\nuser=crm\n[wordpress]\nauth_key_file: /x\n"
        self.assertEqual(self.check(filled).returncode, 0)
        self.assertEqual(self.check("[wordpress]\nwp_config = /x\n").returncode, 0)
        for key in ("name", "user", "auth_key_file"):
            with self.subTest(empty=key):
                emptied = re.sub(rf"^({key}\s*[=:]).*$", r"\1", filled, flags=re.MULTILINE)
                self.assertEqual(self.check(emptied).returncode, 1)


class InTheSandbox(Story):
    """Where tests run, systemd is not process 1: in_sandbox.py puts on what the unit says."""

    def setUp(self):
        super().setUp()
        if os.environ.get("PRM_TEST_VARIANT", "plain") not in ("plain", "coverage"):
            self.skipTest("sanitizers need system calls that the unit does not allow")
        done = self.inside("/bin/true")
        if "in_sandbox: unshare" in done.stderr:
            self.skipTest(f"no namespaces to be had here: {done.stderr.strip()}")
        patched = unittest.mock.patch.dict(os.environ, {
            "PRM_TEST_PROGRAM": IN_SANDBOX,
            "PRM_TEST_SANDBOX": json.dumps({"program": program_path()})})
        patched.start()
        self.addCleanup(patched.stop)

    @staticmethod
    def inside(program, *arguments):
        return run(IN_SANDBOX, *arguments, env={
            **os.environ, "PRM_TEST_SANDBOX": json.dumps({"program": program})})

    def test_the_whole_demo_works(self):
        """A first sync, activities logged by itself, a second run that changes nothing; it checks them all."""
        done = run("/usr/bin/python3", "-B", DEMO, f"--program={IN_SANDBOX}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("checksums of wp_posts", done.stdout)

    def test_a_scheduled_pass_works(self):
        anna, account = self.user(), self.account()
        jose = self.person(anna, "José", "Núñez", "jose@example.org")
        account.put("one", vevent("one@story", self.utc(self.at(-1)), summary="Lunch",
                                  attendees=[("jose@example.org", "José", "ACCEPTED")]),
                    calendar=account.work)
        self.connect(anna, account.connection())
        self.run_it("run", "-v")
        self.assertEqual(self.event(anna)["post_title"], "Lunch")
        self.assertEqual(len(self.activities(jose)), 1)
        self.run_it("status")

    def test_what_the_unit_forbids_is_refused(self):
        for what, code in FORBIDDEN.items():
            with self.subTest(what):
                done = self.inside("/usr/bin/python3", "-c", code)
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stderr, r"PermissionError|\[Errno (1|30)\]")

    def test_what_the_program_needs_is_allowed(self):
        done = self.inside("/usr/bin/python3", "-c", "import tempfile, threading\n"
                           "tempfile.TemporaryFile()\nthreading.Thread(target=print).start()\n")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_other_processes_are_not_seen(self):
        done = self.inside("/bin/ls", "/proc")
        self.assertNotIn(str(os.getpid()), done.stdout.split())

    def test_no_capability_is_left(self):
        done = self.inside("/bin/grep", "^Cap", "/proc/self/status")
        self.assertEqual(set(re.findall(r":\s*(\w+)", done.stdout)), {"0" * 16}, done.stderr)


if __name__ == "__main__":
    unittest.main()
