# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's own systemd as its process 1, in namespaces and a cgroup of its own, where the kernel lets us."""

import os
import re
import signal
import subprocess

from lib.processes import wait_until

BOOT_SECS = 60
BOOT = """
mount --rbind "$0" "$0"
mount -t proc proc "$0/proc"
mount -t sysfs sysfs "$0/sys"
mount -t tmpfs tmpfs "$0/run"
mount -t tmpfs -o mode=755 tmpfs "$0/dev"
for node in null zero full random urandom tty; do
	touch "$0/dev/$node" && mount --bind "/dev/$node" "$0/dev/$node"
done
mkdir "$0/dev/pts" "$0/dev/shm"
ln -s pts/ptmx "$0/dev/ptmx"
ln -s /proc/self/fd "$0/dev/fd"
mount -t cgroup2 cgroup2 "$0/sys/fs/cgroup"
for pair in $PRM_TEST_SHOWN; do
	mkdir -p "$(dirname "$0${pair#*=}")" && touch "$0${pair#*=}" && mount --bind "${pair%%=*}" "$0${pair#*=}"
done
# Not chroot, from within which the kernel makes no user namespaces.
cd "$0"
pivot_root . mnt
exec env -i container=docker PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	sh -c 'umount --lazy /mnt && mount --make-rshared / && exec /lib/systemd/systemd' </dev/null >/dev/null 2>&1
"""
NAMESPACES = ["--mount", "--pid", "--cgroup", "--ipc", "--uts"]


class DoesNotBoot(Exception):
    pass


def _own_cgroup():
    """The folder of the cgroup that we are in, in the one hierarchy of version 2."""
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = re.findall(r"^\S+ \S+ \S+ / (\S+) .* - cgroup2 ", file.read(), re.MULTILINE)
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        paths = re.findall(r"^0::(\S+)$", file.read(), re.MULTILINE)
    if not mounts or not paths:
        raise DoesNotBoot("no cgroups of version 2")
    return mounts[0] + paths[0].rstrip("/")


class Systemd:
    def __init__(self, machine):
        self.machine = machine
        self._cgroup = os.path.join(_own_cgroup(), f"prm-test-{os.getpid()}")
        self._process = None
        self._pid = None

    def boot(self):
        try:
            os.mkdir(self._cgroup)
        except OSError as error:
            raise DoesNotBoot(f"no cgroup: {error}") from error
        shown = " ".join(f"{host}={inside}" for host, inside in self.machine.shown.items())
        self._process = subprocess.Popen(
            ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', self._cgroup, "unshare",
             *NAMESPACES, "--propagation=private", "--fork", "--kill-child", "sh", "-ec", BOOT,
             self.machine.root],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PRM_TEST_SHOWN": shown})
        try:
            wait_until(self._is_up, "systemd", BOOT_SECS)
        except (TimeoutError, ChildProcessError) as error:
            raise DoesNotBoot(str(error)) from error
        return self

    def _is_up(self):
        if self._process.poll() is not None:
            raise ChildProcessError(f"it ended with {self._process.returncode}")
        if self._pid is None:
            with open(f"/proc/{self._process.pid}/task/{self._process.pid}/children",
                      encoding="ascii") as file:
                children = file.read().split()
            if not children:
                return False
            self._pid = children[0]
        return self.attempt("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def attempt(self, *argv):
        return subprocess.run(
            ["nsenter", f"--target={self._pid}", *NAMESPACES, "--root", "--wd", "env", "-i",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
             "DEBIAN_FRONTEND=noninteractive", *argv],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=BOOT_SECS, check=False)

    def show(self, unit, name):
        """A property of a unit."""
        return self.attempt("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def stop(self):
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        wait_until(self._remove_cgroups, "the last process in the cgroup")

    def _remove_cgroups(self):
        try:
            for folder, _, _ in os.walk(self._cgroup, topdown=False):
                os.rmdir(folder)
        except OSError:
            return False
        return True
