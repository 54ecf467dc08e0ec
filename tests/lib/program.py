# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs prm-calendar on a site, with an ini written for it."""

import json
import os
import subprocess
from dataclasses import dataclass

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RUN_SECS = 120


def program_path():
    return os.environ.get("PRM_TEST_PROGRAM") or os.path.join(TOP, "build", "prm-calendar")


def write_secret(path, content):
    with open(path, "w", encoding="utf-8") as file:
        os.chmod(path, 0o600)
        file.write(content)


def write_ini(site, path, **overrides):
    """The ini of design.md 12 for a site; overrides are section_key=value, None leaves a key out."""
    secrets = {"password": site.password, "auth_key": site.auth_key}
    for name, value in secrets.items():
        # Files, because both hold what would be a comment in an ini.
        write_secret(f"{path}.{name}", value)
    settings = {
        "database_socket": site.database.socket, "database_name": site.name,
        "database_user": site.user, "database_password_file": f"{path}.password",
        "wordpress_table_prefix": site.table_prefix, "wordpress_auth_key_file": f"{path}.auth_key",
        "theme_prefix": "prm", "theme_stylesheet": "personal-crm",
        "network_allow_http": "yes", "network_allow_private": "127.0.0.1",
        **overrides,
    }
    sections = {}
    for name, value in settings.items():
        section, key = name.split("_", 1)
        if value is not None:
            sections.setdefault(section, []).append(f"{key} = {value}")
    text = "\n\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items())
    write_secret(path, text + "\n")
    return path


@dataclass
class Done:
    """How a run of the program ended."""
    argv: list
    status: int
    stdout: str
    stderr: str

    @property
    def json(self):
        return json.loads(self.stdout)

    def __str__(self):
        return (f"$ {' '.join(self.argv)}\nexit status {self.status}\n--- stdout\n{self.stdout}"
                f"--- stderr\n{self.stderr}")


def start_program(*arguments, ini=None, stdin=subprocess.DEVNULL, env=None):
    """A running process with pipes as its output. `env`: what comes to the environment."""
    argv = [program_path(), arguments[0], *(["-c", ini] if ini else []), *arguments[1:]]
    return subprocess.Popen(
        argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", errors="replace",
        env={**os.environ, "G_DEBUG": "fatal-criticals", "NO_COLOR": "1",
             **(env or {})})


def run_program(*arguments, ini=None, stdin=None, env=None, secs=RUN_SECS):
    """`stdin`: the text that it reads, or None. After `secs` it is killed."""
    pipe = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    with start_program(*arguments, ini=ini, stdin=pipe, env=env) as process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=secs)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Done(process.args, process.returncode, stdout, stderr)
