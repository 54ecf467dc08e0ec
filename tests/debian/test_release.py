# SPDX-License-Identifier: GPL-2.0-or-later
"""A clean Debian of another release: both compilers, the unit tests, the package from building to running.

PRM_TEST_RELEASE names it. What is built is a copy of this checkout; nothing of this machine is used but its archive."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from deb.machine import Machine, MachineError, keep_mounts_to_ourselves

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RELEASE = os.environ.get("PRM_TEST_RELEASE", "")
# Oracle's client library and server are in no stable release of Debian.
HAS_MYSQL = ("sid",)
ORACLES_CLIENT = "libmysqlclient-dev"
COMPILERS = ("gcc", "clang")
SERVERS = ("python3", "openssl", "mariadb-server-core", "mariadb-client-core", "python3-radicale", "xandikos",
           "redis-tools", "php-cli", "memcached")  # of the unit tests


def packages_of(group):
    """What packaging/packages installs, by the first of its choices."""
    with open(os.path.join(TOP, "packaging", "packages"), encoding="utf-8") as file:
        words = re.search(rf"^{group}='([^']*)'", file.read(), re.MULTILINE).group(1).split()
    return [word.split("|")[0] for word in words]


def copy_source(folder):
    """As packaging/build-deb takes it: what git knows, or would."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=TOP, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source = os.path.join(TOP, name)
        if os.path.exists(source):
            target = os.path.join(folder, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target)


class Release(unittest.TestCase):
    machine = None

    @classmethod
    def setUpClass(cls):
        if not RELEASE:
            raise unittest.SkipTest("PRM_TEST_RELEASE names no release (make check-debian RELEASE=trixie)")
        folder = tempfile.mkdtemp(prefix="prm-debian-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        try:
            keep_mounts_to_ourselves()
            cls.machine = Machine.bootstrap(os.path.join(folder, RELEASE), RELEASE)
        except MachineError as error:
            raise unittest.SkipTest(str(error)) from None
        cls.machine.run_secs = 1800
        cls.machine.apt("install", *packages_of("build"), *packages_of("deb"), "clang", *SERVERS)
        copy_source(cls.machine.path("/src"))

    def make(self, *arguments):
        return self.machine.run("make", "-C", "/src", f"-j{os.cpu_count()}", "WERROR=1", *arguments)

    def build(self, compiler, name=None):
        """Returns the folder of what was built."""
        build = f"build/{name or compiler}"
        self.make(f"CC={compiler}", f"BUILD={build}", f"PROGRAM={build}/prm-calendar", "all", "unit-tests", "checker")
        return build

    def unit_tests(self, build, database="mariadb"):
        """Runs them against that server; nothing may fail, and what is left out says why."""
        done = self.machine.attempt(
            "sh", "-c", f"cd /src && exec python3 -B tests/run --only=unit/ --database={database} $(find {build}/tests/unit -name 'test-*' -type f ! -name '*.*')")
        self.assertEqual(done.returncode, 0, done.stdout[-5000:])
        passed, failed, skipped = map(int, re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", done.stdout, re.MULTILINE)[-1])
        self.assertEqual(failed, 0)
        self.assertGreater(passed, 1000, "most of the tests were left out")
        print(f"# note: {RELEASE}, {build}, {database}: {passed} unit tests passed, {skipped} skipped", flush=True)

    def test_1_gcc_and_clang_build_it_without_a_warning(self):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler):
                self.build(compiler)

    def test_2_the_unit_tests_pass(self):
        self.unit_tests(self.build("gcc"))

    def test_3_the_package_is_built_installed_and_clean(self):
        self.machine.run("sh", "-c", "cd /src && packaging/build-deb /src/build/deb && packaging/lint-deb /src/build/deb")
        deb, = self.machine.run("sh", "-c", "ls /src/build/deb/prm-calendar_*.deb").split()
        self.machine.apt("install", deb)
        self.assertRegex(self.machine.run("prm-calendar", "--version"), r"prm-calendar \d")
        self.assertIn("prm-calendar", self.machine.run("getent", "passwd", "prm-calendar"))
        self.machine.apt("purge", "prm-calendar")

    if RELEASE in HAS_MYSQL:
        def test_4_it_does_the_same_with_oracles_client_library(self):
            self.machine.apt("install", ORACLES_CLIENT)
            build = self.build("gcc", "oracle")
            linked = self.machine.run("ldd", f"/src/{build}/prm-calendar")
            self.assertIn("libmysqlclient.so", linked)
            self.assertNotIn("libmariadb.so", linked)
            # With its own server: it cannot log in to MariaDB's (mysql_native_password). Only unpacked, for both cannot be installed.
            self.machine.run("sh", "-c", "cd /src && packaging/unpack-debian sid build/mysql mysql-server-core")
            self.unit_tests(build, "mysql")


if __name__ == "__main__":
    unittest.main()
