# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of packages that are unpacked into a folder and not installed: each is started where that folder is the root.

What is mounted there is seen by that program alone, and is gone when it ends. Root may do that; anybody else may where the kernel
gives out user namespaces. The programs run as nobody, for PostgreSQL and Cyrus want no root."""

import os
import shutil
import subprocess

from lib.processes import Server

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSIDE = "/srv"  # where the programs see the test's own folder
NOBODY = 65534

# $1 the root, $2 the test's folder; then the program.
MOUNT = f"""
set -e
root=$1 folder=$2
shift 2
mkdir -p "$root/dev" "$root/proc" "$root/run" "$root/tmp" "$root{INSIDE}"
for scratch in dev run tmp; do
	mount -t tmpfs -o mode=1777 tmpfs "$root/$scratch"
done
# Without /dev/log, by which they would fill the machine's own log.
mkdir -m 1777 "$root/dev/shm"
for device in null zero full random urandom; do
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
mount --rbind /proc "$root/proc"
mount --bind "$folder" "$root{INSIDE}"
"""
AS_ROOT = f'exec chroot --userspec={NOBODY}:{NOBODY} "$root" "$@"'
AS_ANYBODY = f'exec unshare --user --map-user={NOBODY} --map-group={NOBODY} --root="$root" "$@"'
# Packages have no accounts before their scripts have run.
PASSWD = f"root:x:0:0::/:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}::{INSIDE}:/bin/sh\n"
GROUP = f"root:x:0:\nnogroup:x:{NOBODY}:\n"


class UnpackedRoot:
    """The packages that `make server-tests` unpacked into build/NAME, beside a folder for what the programs write."""

    def __init__(self, name, folder):
        self.root = os.path.join(TOP, "build", name, "root")
        if not os.path.isdir(self.root):
            raise FileNotFoundError(f"{self.root} is not there (make server-tests)")
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.set_up("/etc/passwd", PASSWD)
        self.set_up("/etc/group", GROUP)
        self.own(folder)

    def set_up(self, path, text):
        """A file that the packages' own scripts would have made, the same in every test."""
        path = self.root + path
        if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def link(self, path, inside):
        """Leads from a place that a program insists on to a file of the test's folder."""
        path = self.root + path
        if not os.path.islink(path):
            if os.path.exists(path):
                os.unlink(path)
            os.symlink(inside, path)

    def own(self, path):
        """Gives a file or folder to those as whom the programs run."""
        if os.geteuid() == 0:
            shutil.chown(path, NOBODY, NOBODY)
            os.chmod(os.path.dirname(self.folder), 0o711)

    def write(self, name, text):
        """A file in the test's folder; returns the path by which the programs know it."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.own(path)
        return os.path.join(INSIDE, name)

    def make_folder(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        self.own(path)
        return os.path.join(INSIDE, name)

    def argv(self, *argv):
        is_root = os.geteuid() == 0
        return ["unshare", *([] if is_root else ["--user", "--map-root-user"]), "--mount", "sh", "-c",
                MOUNT + (AS_ROOT if is_root else AS_ANYBODY), "sh", self.root, self.folder, *argv]

    def run(self, *argv, stdin=None, env=None):
        """Runs a program to its end; one that fails is an error with what it said."""
        done = subprocess.run(self.argv(*argv), input=stdin, capture_output=True, text=True, check=False,
                              env=self._environment(env))
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def server(self, name, *argv, env=None):
        return Server(name, self.argv(*argv), os.path.join(self.folder, f"{name}.log"), env=self._environment(env))

    @staticmethod
    def _environment(more):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": INSIDE, **(more or {})}
