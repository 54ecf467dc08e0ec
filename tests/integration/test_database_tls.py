# SPDX-License-Identifier: GPL-2.0-or-later
"""The database is reached by TLS: whose certificate is taken for the server's, and what doctor says of it."""

import os
import shutil
import subprocess
import tempfile

from lib.database import server_class
from lib.program import run_program
from lib.sandbox import Sandbox
from lib.story import Story


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def make_authority(folder, name):
    """Returns its certificate and key."""
    files = [os.path.join(folder, f"{name}.{end}") for end in ("pem", "key")]
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2",
            "-out", files[0], "-keyout", files[1])
    return files


def make_certificate(folder, host, authority):
    request, certificate, key, extra = (os.path.join(folder, f"{host}.{end}") for end in ("csr", "pem", "key", "ext"))
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}", "-out", request, "-keyout", key)
    with open(extra, "w", encoding="ascii") as file:
        file.write(f"subjectAltName=IP:{host}\n")
    openssl("x509", "-req", "-in", request, "-CA", authority[0], "-CAkey", authority[1], "-CAcreateserial",
            "-days", "2", "-extfile", extra, "-out", certificate)
    for name in (certificate, key):
        os.chmod(name, 0o644)  # the server may run as somebody else
    return certificate, key


class DatabaseTls(Story):
    """The server's certificate is for 127.0.0.1, by an authority of its own."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="prm-tls-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        cls.authority = make_authority(folder, "ours")
        cls.stranger = make_authority(folder, "stranger")
        certificate, key = make_certificate(folder, "127.0.0.1", cls.authority)
        cls.tls_sandbox = Sandbox(own_database=True)
        cls.tls_sandbox._database = server_class()(
            folder, tcp=True, addresses="127.0.0.1,127.0.0.2", options=(f"--ssl-ca={cls.authority[0]}", f"--ssl-cert={certificate}",
                                       f"--ssl-key={key}")).start()
        cls.addClassCleanup(cls.tls_sandbox.close)

    def choose_sandbox(self):
        return self.tls_sandbox

    def ini_with(self, tls, tls_ca=None, host="127.0.0.1"):
        return self.write_ini("tls.ini", database_socket="", database_host=host,
                              database_port=str(self.sandbox.database.port), database_tls=tls,
                              **({"database_tls_ca": tls_ca} if tls_ca else {}))

    def tls_check(self, ini):
        return next(one for one in run_program("doctor", "--json", ini=ini).json["checks"] if one["check"] == "tls")

    def test_required_without_an_authority_takes_anybody_and_doctor_says_so(self):
        ini = self.ini_with("required")
        self.assertEqual(run_program("status", ini=ini).status, 0)
        check = self.tls_check(ini)
        self.assertEqual(check["status"], "warn")
        self.assertIn("any certificate is taken", check["message"])
        self.assertIn("tls_ca", check["remedy"])

    def test_a_stranger_is_refused_with_a_reason(self):
        for tls in ("required", "preferred"):
            with self.subTest(tls):
                done = run_program("status", ini=self.ini_with(tls, self.stranger[0]))
                self.assertEqual(done.status, 69, done)
                self.assert_one_line(done.stderr, "TLS", "tls_ca")

    def test_another_host_of_the_right_authority_is_refused(self):
        done = run_program("status", ini=self.ini_with("required", self.authority[0], host="127.0.0.2"))
        self.assertEqual(done.status, 69, done)
        self.assert_one_line(done.stderr, "TLS", "tls_ca")

    def test_the_right_one_is_taken(self):
        ini = self.ini_with("required", self.authority[0])
        self.assertEqual(run_program("status", ini=ini).status, 0)
        check = self.tls_check(ini)
        self.assertEqual(check["status"], "ok")
        self.assertIn("encrypted", check["message"])
