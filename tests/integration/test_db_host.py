# SPDX-License-Identifier: GPL-2.0-or-later
"""Every form of DB_HOST leads to the server that WordPress itself reaches by it."""

import os
import shutil
import socket
import tempfile
import unittest

from lib.database import server_class
from lib.program import run_program
from lib.wordpress import WordPress


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class DbHost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="prm-calendar-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.server = server_class()(cls.folder, tcp=True,
                                    addresses="127.0.0.1,::1" if has_ipv6() else "127.0.0.1").start()
        cls.addClassCleanup(cls.server.stop)
        cls.wp = WordPress(cls.server, cls.folder, "prm_hosts").install()
        cls.addClassCleanup(cls.wp.close)
        password = cls.wp.password.replace("\\", "\\\\").replace("'", "''")
        cls.server.sql(f"CREATE USER '{cls.wp.user}'@'::1' IDENTIFIED BY '{password}';"
                       f"GRANT ALL ON `{cls.wp.name}`.* TO '{cls.wp.user}'@'::1'")

    def init_with(self, db_host):
        """What init makes of it, after WordPress was asked whether it gets there itself."""
        with open(self.wp.config_path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        lines = [f"define( 'DB_HOST', '{db_host}' );" if "'DB_HOST'" in line else line
                 for line in lines]
        with open(self.wp.config_path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.wp.close()
        self.assertEqual(self.wp.call("get_option", "home"), "https://crm.example.org")
        ini = os.path.join(self.folder, "made.ini")
        done = run_program("init", f"--wp-config={self.wp.config_path}", "--dry-run", "--json",
                           ini=ini)
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.json["home"], "https://crm.example.org")
        self.pass_with_what_init_makes()
        return done.json["ini"]

    def pass_with_what_init_makes(self):
        """Its own connections too, as workers open them: a pass is noted in the site's tables."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            ini = os.path.join(folder, "made.ini")
            for arguments in (("init", f"--wp-config={self.wp.config_path}"), ("run",)):
                done = run_program(*arguments, ini=ini)
                self.assertEqual(done.status, 0, done)
        runs = self.server.sql("SELECT COUNT(*) FROM wp_prm_calendar_runs", self.wp.name)
        self.server.sql("DELETE FROM wp_prm_calendar_runs", self.wp.name)
        self.assertEqual(runs, [["1"]])

    def test_host_and_port(self):
        ini = self.init_with(f"127.0.0.1:{self.server.port}")
        self.assertIn(f"host = 127.0.0.1\nport = {self.server.port}\n", ini)

    def test_host_and_socket(self):
        ini = self.init_with(f"localhost:{self.server.socket}")
        self.assertIn(f"socket = {self.server.socket}\n", ini)
        self.assertNotIn("host =", ini)

    def test_socket_alone(self):
        self.assertIn(f"socket = {self.server.socket}\n", self.init_with(f":{self.server.socket}"))

    @unittest.skipUnless(has_ipv6(), "this machine has no IPv6")
    def test_ipv6_and_port(self):
        ini = self.init_with(f"[::1]:{self.server.port}")
        self.assertIn(f"host = ::1\nport = {self.server.port}\n", ini)
