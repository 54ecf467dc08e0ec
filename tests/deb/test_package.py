# SPDX-License-Identifier: GPL-2.0-or-later
"""The package's life on a clean Debian that has nothing but its dependencies."""

import concurrent.futures
import filecmp
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from deb import packages
from deb.machine import Machine, MachineError, keep_mounts_to_ourselves
from deb.systemd import DoesNotBoot, Systemd
from lib.ics import vevent
from lib.processes import wait_until
from lib.story import Story

TOP = packages.TOP
IN_SANDBOX = os.path.join(TOP, "tests", "packaging", "in_sandbox.py")
INI = "/etc/prm-calendar/prm-calendar.ini"
SITE_INI = "/etc/prm-calendar/sites/second.ini"
WP_CONFIG = "/var/www/html/wp-config.php"
SOCKET = "/run/mysqld/mysqld.sock"  # where Debian's MariaDB has it
UNITS = "/lib/systemd/system"
DROP_IN = "/etc/systemd/system/prm-calendar.service.d/credentials.conf"
EXAMPLES = "/usr/share/doc/prm-calendar/examples"
TIMERS = "/etc/systemd/system/timers.target.wants"
EX_CONFIG = 78

# Writes down what is asked of a systemd that runs; what concerns links alone is done.
SYSTEMCTL = """#!/bin/sh
for word in "$@"; do
	case $word in
	is-enabled | enable | disable | preset) SYSTEMD_OFFLINE=1 exec systemctl.real "$@" ;;
	is-active | is-failed) exit 3 ;;
	esac
done
echo "$@" >>/var/log/systemctl.log
"""


class Build:
    """What all tests share: built once, and a Debian with the package's dependencies, but without it."""

    folder = None
    first = second = None  # {name of .deb: path}
    pool = None
    clean = None
    problem = None


def setUpModule():
    Build.folder = tempfile.mkdtemp(prefix="prm-deb-")
    try:
        keep_mounts_to_ourselves()  # before there are threads, which inherit it
    except MachineError as error:
        Build.problem = str(error)
    Build.pool = concurrent.futures.ThreadPoolExecutor(2)
    if not Build.problem:
        bootstrap = Build.pool.submit(Machine.bootstrap, os.path.join(Build.folder, "clean"))
    first = Build.pool.submit(packages.build, os.path.join(Build.folder, "first"))
    Build.first = first.result()
    # Another folder, zone and language, and later.
    Build.second = Build.pool.submit(packages.build, os.path.join(Build.folder, "another", "place"),
                                     TZ="Asia/Kolkata", LC_ALL="C", LANG="C")
    if Build.problem:
        return
    try:
        Build.clean = bootstrap.result()
    except MachineError as error:
        Build.problem = str(error)
        return
    Build.clean.apt("satisfy", packages.field(our_deb(), "Depends"))


def tearDownModule():
    Build.pool.shutdown(cancel_futures=True)
    shutil.rmtree(Build.folder, ignore_errors=True)


def our_deb():
    return next(path for name, path in Build.first.items() if name.startswith("prm-calendar_"))


class Building(unittest.TestCase):

    def test_lintian_finds_nothing(self):
        done = subprocess.run(
            [os.path.join(TOP, "packaging", "lint-deb"), os.path.dirname(our_deb())],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        overrides = [name for name in os.listdir(os.path.join(TOP, "debian")) if "override" in name]
        self.assertEqual(overrides, [])

    def test_two_builds_are_identical(self):
        second = Build.second.result()
        self.assertEqual(set(Build.first), set(second))
        for name, path in Build.first.items():
            with self.subTest(name):
                self.assertTrue(filecmp.cmp(path, second[name], shallow=False))

    def test_php_is_not_asked_for(self):
        for name in ("Depends", "Recommends", "Suggests"):
            self.assertNotIn("php", packages.field(our_deb(), name))


class OnAMachine(Story):
    """A copy of the clean Debian for each test; WordPress and the calendars are the host's."""

    def setUp(self):
        if Build.problem:
            self.skipTest(Build.problem)
        super().setUp()
        self.machine = Build.clean.copy(os.path.join(Build.folder, "machine"))
        self.addCleanup(self.machine.remove)
        self.machine.shown[self.sandbox.database.socket] = SOCKET
        self.anna, account = self.user(), self.account()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        account.put("one", vevent("one@story", self.utc(self.at(-1)), summary="Lunch",
                                  attendees=[("jose@example.org", "José", "ACCEPTED")]))
        self.connect(self.anna, account.connection())

    def older(self, version="0.0.1"):
        """Early versions shipped their sample as the configuration itself."""
        folder = tempfile.mkdtemp(dir=Build.folder)
        with open(os.path.join(TOP, "conf", "prm-calendar.ini"), encoding="utf-8") as file:
            return packages.other_version(our_deb(), folder, version, {INI: file.read()})

    def configure(self, ini=INI):
        """As the manual has it. The test's calendar server, on this host and without TLS, is all that is added."""
        with open(self.wp.config_path, encoding="utf-8") as file:
            text = re.sub(r"(define\( 'DB_HOST', ).*", r"\1'localhost' );", file.read())
        self.machine.write(WP_CONFIG, text, 0o640)
        said = self.machine.run("prm-calendar", "init", f"--wp-config={WP_CONFIG}", "-c", ini)
        with open(self.machine.path(ini), "a", encoding="utf-8") as file:
            file.write("\n[network]\nallow_http = yes\nallow_private = 127.0.0.1\n")
        return said

    def service(self, instance=None):
        """What `systemctl start` runs: ExecCondition, then ExecStart, as the unit's user in its sandbox. Returns
        exit status and output of the last one that was run."""
        path = f"{UNITS}/prm-calendar{'@' if instance else ''}.service"
        unit = self.machine.read(path).replace("%i", instance or "")
        paths = [path, *([DROP_IN] if os.path.exists(self.machine.path(DROP_IN)) else [])]
        for setting in ("ExecCondition", "ExecStart"):
            program, *arguments = re.search(rf"^{setting}=(.*)$", unit, re.MULTILINE).group(1).split()
            done = subprocess.run(
                [IN_SANDBOX, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False,
                env={"PATH": os.environ["PATH"], "PRM_TEST_SANDBOX": json.dumps({
                    "program": program, "root": self.machine.root,
                    "user": re.search(r"^User=(.*)$", unit, re.MULTILINE).group(1),
                    "units": [self.machine.path(name) for name in paths],
                    "show": {SOCKET: self.sandbox.database.socket}})})
            if done.returncode != 0:
                break
        return done.returncode, done.stdout

    def assert_service(self, instance=None, status=0):
        found, said = self.service(instance)
        self.assertEqual(found, status, said)
        return said

    def everything(self):
        """Changes when anything in WordPress's database does."""
        return self.sandbox.database.checksum(self.wp.name)


class Installing(OnAMachine):

    def test_nothing_else_is_needed(self):
        before = self.machine.run("dpkg-query", "--show")
        self.machine.install(our_deb())
        new = set(self.machine.run("dpkg-query", "--show").splitlines()) - set(before.splitlines())
        self.assertEqual([line.split("\t")[0] for line in new], ["prm-calendar"])
        self.assertEqual(self.machine.run("dpkg", "--verify", "prm-calendar"), "")
        self.assertIn("prm-calendar", self.machine.run("prm-calendar", "--version"))

    def test_a_fresh_installation_is_quiet_and_says_what_to_do(self):
        said = self.machine.install(our_deb())
        self.assertIn("prm-calendar init --wp-config=", said)
        self.assertIn("systemctl enable --now prm-calendar.timer", said)
        self.assertFalse(os.path.lexists(self.machine.path(f"{TIMERS}/prm-calendar.timer")))
        self.assertIn(f"there is no {INI}", self.assert_service(status=1))
        self.assertFalse(os.path.lexists(self.machine.path(INI)))
        self.assertTrue(os.path.isfile(self.machine.path(f"{EXAMPLES}/prm-calendar.ini")))
        # What dpkg knows of, it asks about at an upgrade.
        self.assertEqual(self.machine.run("dpkg-query", "--showformat=${Conffiles}", "--show", "prm-calendar"), "")

    def test_from_init_to_the_first_activity(self):
        self.machine.install(our_deb())
        said = self.configure()
        self.assertIn("systemctl enable --now prm-calendar.timer", said)
        for name in (INI, "/etc/prm-calendar/database.password", "/etc/prm-calendar/auth.key"):
            self.assertEqual(self.machine.owner(name), ["root", "prm-calendar", "640"], name)
        self.assert_service()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        activity, = self.activities(self.jose)
        self.assertEqual(activity["comment_content"], "Meeting: Lunch")
        before = self.content()
        self.assert_service()
        self.assertEqual(self.content(), before)
        self.assertIn("Work", self.machine.run("prm-calendar", "status"))

    def test_several_sites(self):
        self.machine.install(our_deb())
        self.machine.write(SITE_INI, "")
        self.assertIn("not filled in", self.assert_service("second", status=1))
        said = self.configure(SITE_INI)
        self.assertIn("systemctl enable --now prm-calendar@second.timer", said)
        self.assert_service("second")
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.assertIn(f"there is no {INI}", self.assert_service(status=1))

    def test_secrets_as_credentials(self):
        self.machine.install(our_deb())
        self.configure()
        for name in ("database.password", "auth.key"):
            self.machine.run("chmod", "600", f"/etc/prm-calendar/{name}")
        self.assertIn("Permission denied", self.assert_service(status=EX_CONFIG))
        self.machine.write(DROP_IN, self.machine.read(f"{EXAMPLES}/credentials.conf"))
        self.assert_service()
        self.assertEqual(len(self.activities(self.jose)), 1)
        # By hand, root reads the files themselves.
        self.machine.run("prm-calendar", "status")


class Upgrading(OnAMachine):

    def test_the_configuration_stays_and_works(self):
        self.machine.install(self.older())
        self.configure()
        self.machine.run("systemctl", "enable", "prm-calendar.timer")
        before = self.machine.read(INI)
        self.machine.install(our_deb())
        version = packages.field(our_deb(), "Version")
        self.assertIn(version, self.machine.run("dpkg-query", "--show", "prm-calendar"))
        self.assertEqual(self.machine.read(INI), before)
        self.assertEqual(self.machine.owner(INI), ["root", "prm-calendar", "640"])
        self.assertTrue(os.path.lexists(self.machine.path(f"{TIMERS}/prm-calendar.timer")))
        self.assert_service()
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_an_older_packages_sample_gives_way_to_init(self):
        self.machine.install(self.older())
        self.machine.install(our_deb())
        self.assertIn("not filled in", self.assert_service(status=1))
        self.configure()
        self.assert_service()

    def test_nothing_is_asked_about_the_configuration_ever_again(self):
        self.machine.install(self.older())
        self.configure()
        before = self.machine.read(INI)
        self.machine.install(our_deb())
        self.machine.install(packages.other_version(our_deb(), tempfile.mkdtemp(dir=Build.folder), "99"))
        self.assertEqual(self.machine.read(INI), before)
        self.assert_service()

    def test_the_timer_stays_off_where_it_was_switched_off(self):
        self.machine.install(self.older())
        self.configure()
        self.machine.run("systemctl", "enable", "prm-calendar.timer")
        self.machine.run("systemctl", "disable", "prm-calendar.timer")
        self.machine.install(our_deb())
        self.assertFalse(os.path.lexists(self.machine.path(f"{TIMERS}/prm-calendar.timer")))


class WithSystemd(OnAMachine):
    """What the package's scripts ask of a systemd that runs."""

    def setUp(self):
        super().setUp()
        self.machine.run("mv", "/usr/bin/systemctl", "/usr/bin/systemctl.real")
        self.machine.write("/usr/bin/systemctl", SYSTEMCTL, 0o755)
        self.machine.write("/usr/sbin/policy-rc.d", "#!/bin/sh\n", 0o755)
        os.makedirs(self.machine.path("/run/systemd/system"))

    def asked(self):
        """The lines since the last call that name one of our units."""
        log = self.machine.path("/var/log/systemctl.log")
        with open(log, "a+", encoding="utf-8") as file:
            file.seek(0)
            lines = [line.strip() for line in file if "prm-calendar" in line]
            file.truncate(0)
        return lines

    def test_an_installation_starts_nothing(self):
        self.machine.install(our_deb())
        self.assertEqual(self.asked(), [])

    def test_a_configuration_that_waited_starts_the_timer(self):
        # As after `apt remove`, or where an administrator's tool writes files first.
        self.machine.write(INI, "[wordpress]\nwp_config = /var/www/html/wp-config.php\n")
        self.machine.install(our_deb())
        self.assertEqual([line.split()[-2:] for line in self.asked()],
                         [["start", "prm-calendar.timer"]])

    def test_an_upgrade_leaves_a_running_pass_alone(self):
        self.machine.install(self.older())
        self.configure()
        self.machine.run("systemctl", "enable", "prm-calendar.timer")
        self.asked()
        self.machine.install(our_deb())
        for line in self.asked():
            self.assertNotRegex(line, r"\.service|\bstop\b|\brestart\b")

    def test_removing_stops_the_timers_and_no_pass(self):
        self.machine.install(our_deb())
        self.configure()
        self.asked()
        self.machine.apt("remove", "prm-calendar")
        asked = self.asked()
        self.assertTrue(any("stop" in line and "prm-calendar.timer" in line
                            and "prm-calendar@*.timer" in line for line in asked), asked)
        self.assertFalse([line for line in asked if ".service" in line])


class UnderSystemd(OnAMachine):
    """The units as systemd itself runs them."""

    def setUp(self):
        super().setUp()
        self.machine.install(self.older())
        os.remove(self.machine.path("/usr/sbin/policy-rc.d"))
        try:
            systemd = Systemd(self.machine)
            self.addCleanup(systemd.stop)
            self.machine.systemd = systemd.boot()
        except DoesNotBoot as error:
            self.skipTest(f"systemd does not come up here: {error}")
        self.systemd = systemd

    def start(self, *options):
        done = self.machine.attempt("systemctl", "start", *options, "prm-calendar.service")
        if done.returncode != 0:
            self.fail(self.machine.run("journalctl", "--no-pager", "--unit=prm-calendar.service"))

    def test_quiet_then_configured_then_removed(self):
        self.start()
        status = self.machine.attempt("systemctl", "--no-pager", "status", "prm-calendar.service")
        self.assertIn("prm-calendar init --wp-config=PATH", status.stdout)
        self.assertIn("Skipped", status.stdout)

        self.configure()
        self.start()
        self.assertEqual(self.systemd.show("prm-calendar.service", "Result"), "success")
        self.assertEqual(len(self.activities(self.jose)), 1)
        self.machine.run("systemctl", "enable", "--now", "prm-calendar.timer")

        self.machine.install(our_deb())
        self.assertEqual(self.systemd.show("prm-calendar.timer", "ActiveState"), "active")
        self.machine.apt("remove", "prm-calendar")
        self.assertEqual(self.systemd.show("prm-calendar.timer", "ActiveState"), "inactive")
        stamps = Path(self.machine.path("/var/lib/systemd/timers"))
        self.assertTrue(list(stamps.glob("stamp-prm-calendar*")))
        self.machine.apt("purge", "prm-calendar")
        self.assertEqual(list(stamps.glob("stamp-prm-calendar*")), [])

    def test_secrets_as_credentials(self):
        self.configure()
        self.machine.run("chmod", "600", "/etc/prm-calendar/database.password",
                         "/etc/prm-calendar/auth.key")
        self.assertNotEqual(self.machine.attempt("systemctl", "start",
                                                 "prm-calendar.service").returncode, 0)
        self.machine.write(DROP_IN, self.machine.read(f"{EXAMPLES}/credentials.conf"))
        self.machine.run("systemctl", "daemon-reload")
        self.start()
        self.assertEqual(len(self.activities(self.jose)), 1)

    def test_an_upgrade_leaves_a_running_pass_alone(self):
        self.configure()
        # A pass that lasts until somebody writes to the pipe.
        self.machine.run("mkfifo", "/etc/prm-calendar/go-on")
        self.machine.write(DROP_IN, "[Service]\nExecStart=\nUser=root\n"
                           "ExecStart=/bin/sh -c 'read line </etc/prm-calendar/go-on'\n")
        self.machine.run("systemctl", "daemon-reload")
        self.start("--no-block")
        wait_until(lambda: self.systemd.show("prm-calendar.service", "MainPID") != "0", "the pass")
        before = self.systemd.show("prm-calendar.service", "MainPID")
        self.machine.install(our_deb())
        self.assertEqual(self.systemd.show("prm-calendar.service", "ActiveState"), "activating")
        self.assertEqual(self.systemd.show("prm-calendar.service", "MainPID"), before)
        self.machine.run("sh", "-c", "echo >/etc/prm-calendar/go-on")
        wait_until(lambda: self.systemd.show("prm-calendar.service", "ActiveState") == "inactive",
                   "the end of the pass")
        self.assertEqual(self.systemd.show("prm-calendar.service", "Result"), "success")


class Leaving(OnAMachine):

    def test_nothing_is_left_behind_and_wordpress_keeps_everything(self):
        clean = self.machine.files()
        self.machine.install(our_deb())
        self.configure()
        self.machine.write(SITE_INI, self.machine.read(INI), 0o640)
        self.machine.run("systemctl", "enable", "prm-calendar.timer", "prm-calendar@second.timer")
        self.assert_service()
        rows = self.everything()

        self.machine.apt("remove", "prm-calendar")
        left = set(self.machine.files()) - set(clean)
        self.assertIn(INI, left)
        self.assertFalse([path for path in left if path.startswith(("/usr", "/lib"))])

        said = self.machine.apt("purge", "prm-calendar")
        self.assertIn("handback", said)
        self.assertIn("DROP TABLE", said)
        self.assertIn("DROP USER", said)
        os.remove(self.machine.path(WP_CONFIG))
        os.removedirs(os.path.dirname(self.machine.path(WP_CONFIG)))
        left = self.machine.files()
        self.assertEqual({path: what for path, what in left.items() if clean.get(path) != what}, {})
        self.assertEqual(set(clean) - set(left), set())
        self.assertEqual(self.everything(), rows)

    def test_what_purging_says_to_run_drops_all_our_tables(self):
        sql = Path(TOP, "sql", "001_state.sql").read_text(encoding="utf-8")
        self.sandbox.database.sql(sql, self.wp.name)
        self.machine.install(our_deb())
        said = self.machine.apt("purge", "prm-calendar")
        statements = re.findall(r"^  ((?:DROP TABLE|DELETE).*?;)$", said, re.MULTILINE | re.DOTALL)
        self.sandbox.database.sql("".join(statements), self.wp.name)
        self.assertEqual([name for name, in self.sandbox.database.sql("SHOW TABLES", self.wp.name)
                          if "prm_calendar" in name], [])
        manual = " ".join(Path(TOP, "packaging", "man", "prm-calendar.7").read_text(
            encoding="utf-8").split())
        self.assertIn(" ".join(statements[0].split()), manual)

    def test_removed_and_installed_again_it_goes_on(self):
        self.machine.install(our_deb())
        self.configure()
        self.machine.apt("remove", "prm-calendar")
        self.machine.install(our_deb())
        self.assert_service()
        self.assertEqual(len(self.activities(self.jose)), 1)


if __name__ == "__main__":
    unittest.main()
