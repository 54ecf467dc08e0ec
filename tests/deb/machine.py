# SPDX-License-Identifier: GPL-2.0-or-later
"""A clean Debian in a folder: made by debootstrap, changed by apt, left without a trace."""

import ctypes
import hashlib
import os
import re
import shutil
import stat
import subprocess

PROXY = "PRM_TEST_"  # what tests/run prepends to the names of the proxies' variables
RUN_SECS = 300
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
MOUNT = """
mount -t proc proc "$0/proc"
for pair in $PRM_TEST_SHOWN; do
	mkdir -p "$(dirname "$0${pair#*=}")" && touch "$0${pair#*=}" && mount --bind "${pair%%=*}" "$0${pair#*=}"
done
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
	${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} chroot "$0" "$@"
"""

# What every installation leaves, whichever package: logs, caches, apt's and dpkg's own lists and backups.
TRACES_OF_ANY_PACKAGE = re.compile(
    r"^/(proc|run|tmp|var/log|var/cache|var/lib/apt|etc/(passwd|group|shadow|gshadow|subuid|subgid)-"
    r"|etc/\.pwd\.lock|var/lib/dpkg/(?!info/|statoverride$))")


class MachineError(Exception):
    """This machine lets us make no chroot."""


def host_output(*argv):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=True).stdout


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        return re.search(r"^VERSION_CODENAME=(\w+)$", file.read(), re.MULTILINE).group(1)


def archive():
    """Where apt of this machine finds Debian's release itself.

    Not its updates: the tests elsewhere run with the newest libraries, and here with the oldest."""
    name = codename()
    listed = host_output("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                         "Created-By: Packages")
    for line in listed.splitlines():
        address, release, component = line.split()
        if (release, component) == (name, "main"):
            return address
    raise MachineError(f"apt knows no archive of {name}")


def proxies():
    return {name[len(PROXY):].lower(): value for name, value in os.environ.items()
            if name.startswith(PROXY) and name.lower().endswith("_proxy")}


def keep_mounts_to_ourselves():
    """What this process mounts from now on is seen by nobody else, and gone when it ends."""
    if os.geteuid() != 0:
        raise MachineError("a chroot needs root: sudo make check-deb")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_MOUNTS) != 0:
        raise MachineError(f"no mounts of our own to be had here: {os.strerror(ctypes.get_errno())}")
    done = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MachineError(f"no mounts of our own to be had here: {done.stderr.strip()}")


class Machine:
    """`shown` maps files of the host to the paths where this Debian sees them, while something runs."""

    def __init__(self, root):
        self.root = root
        self.shown = {}
        self.run_secs = RUN_SECS
        self.systemd = None  # while it runs, commands run where it does

    @classmethod
    def bootstrap(cls, root, release=None):
        """debootstrap's smallest system of this machine's release or another one, as it was released, from the
        archive that apt uses on this machine."""
        address = archive()
        release = release or codename()
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", release, root, address],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, env={**os.environ, **proxies()})
        if done.returncode != 0:
            raise MachineError(f"debootstrap: {done.stdout[-2000:]}")
        machine = cls(root)
        machine.write("/etc/apt/sources.list", f"deb {address} {release} main\n")
        # A mirror may lag behind the date in its lists.
        machine.write("/etc/apt/apt.conf.d/00mirror", 'Acquire::Check-Valid-Until "false";\n')
        machine.write("/etc/apt/apt.conf.d/00host", "".join(
            line + "\n" for line in host_output("apt-config", "dump", "Acquire").splitlines()
            if re.match(r"Acquire::https?::", line)))
        machine.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        machine.run("apt-get", "--quiet=2", "update")
        return machine

    def copy(self, root):
        """Another one that begins as this one is, which must not be changed from now on."""
        layers = [f"{root}.upper", f"{root}.work"]
        for folder in (root, *layers):
            os.mkdir(folder)
        done = subprocess.run(
            ["mount", "-t", "overlay", "overlay", root, "-o",
             f"lowerdir={self.root},upperdir={layers[0]},workdir={layers[1]}"],
            capture_output=True, check=False)
        if done.returncode != 0:
            subprocess.run(["cp", "--archive", f"{self.root}/.", root], check=True)
        return Machine(root)

    def remove(self):
        subprocess.run(["umount", "--lazy", self.root], capture_output=True, check=False)
        for folder in (self.root, f"{self.root}.upper", f"{self.root}.work"):
            shutil.rmtree(folder, ignore_errors=True)

    def path(self, inside):
        return self.root + inside

    def read(self, inside):
        with open(self.path(inside), encoding="utf-8") as file:
            return file.read()

    def write(self, inside, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(inside)), exist_ok=True)
        with open(self.path(inside), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(inside), mode)

    def attempt(self, *argv):
        """Runs a command as root, in a mount namespace that ends with it; both outputs together."""
        if self.systemd:
            return self.systemd.attempt(*argv)
        shown = " ".join(f"{host}={inside}" for host, inside in self.shown.items())
        return subprocess.run(
            ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child",
             "sh", "-ec", MOUNT, self.root, *argv],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", errors="replace", timeout=self.run_secs, check=False,
            env={**os.environ, **proxies(), "PRM_TEST_SHOWN": shown})

    def run(self, *argv):
        done = self.attempt(*argv)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def apt(self, *arguments):
        return self.run("apt-get", "--yes", "--quiet=2", "--no-install-recommends",
                        "--option=Dpkg::Use-Pty=0", "--option=Dpkg::Options::=--force-unsafe-io",
                        *arguments)

    def install(self, deb, *options):
        """By apt, from the file; returns what was said."""
        inside = f"/tmp/{os.path.basename(deb)}"
        shutil.copy(deb, self.path(inside))
        return self.apt("install", *options, inside)

    def owner(self, inside):
        """(user, group, mode) as the Debian inside names them."""
        return self.run("stat", "--format=%U %G %a", inside).split()

    def files(self):
        """{path: what it is} of everything but the traces that any package leaves."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            for name in folders + names:
                path = os.path.join(folder, name)
                inside = path[len(self.root):]
                if not TRACES_OF_ANY_PACKAGE.match(inside):
                    found[inside] = _describe(path)
        return found


def _describe(path):
    status = os.lstat(path)
    what = [oct(status.st_mode), status.st_uid, status.st_gid]
    if stat.S_ISLNK(status.st_mode):
        what.append(os.readlink(path))
    elif stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            what.append(hashlib.file_digest(file, "sha256").hexdigest())
    return what
