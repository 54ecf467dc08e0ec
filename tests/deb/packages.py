# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the package, and makes other versions of it."""

import glob
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build(folder, **environment):
    """The .deb files, {name: path}, built in the folder from a copy of the source."""
    done = subprocess.run(
        [os.path.join(TOP, "packaging", "build-deb"), folder], cwd=TOP, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f"the package cannot be built:\n{done.stdout[-5000:]}")
    return {os.path.basename(path): path for path in glob.glob(f"{folder}/*.deb")}


def field(deb, name):
    return subprocess.run(["dpkg-deb", "--field", deb, name], capture_output=True, text=True,
                          check=True).stdout.strip()


def other_version(deb, folder, version, conffiles=None):
    """The same package under another version, with `conffiles`: contents by path."""
    tree = os.path.join(folder, f"tree-{version}")
    subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = re.sub(r"^Version: .*$", f"Version: {version}", file.read(), flags=re.MULTILINE)
    with open(control, "w", encoding="utf-8") as file:
        file.write(text)
    for name, content in (conffiles or {}).items():
        with open(os.path.join(tree, name.lstrip("/")), "w", encoding="utf-8") as file:
            file.write(content)
        with open(os.path.join(tree, "DEBIAN", "conffiles"), "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    made = os.path.join(folder, f"prm-calendar_{version}.deb")
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True,
                   stdout=subprocess.DEVNULL)
    return made
