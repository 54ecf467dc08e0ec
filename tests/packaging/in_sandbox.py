#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a program as systemd runs prm-calendar.service, where systemd is not process 1: in_sandbox.py ARGUMENT…

The unit's filter of system calls, socket families, memory and namespaces; its view of the file system: everything read-only,
a /tmp and /dev of its own, no homes, nobody else's processes; no capabilities; its credentials. PRM_TEST_SANDBOX is a
JSON object: `program`; and where they differ from the defaults `root`, the folder that is /; `user`, of that root, that it
runs as; `units`, paths of the unit and its drop-ins; `show`, host's paths by path inside.

Not mirrored, for nothing in the program comes near: Protect{Clock,Hostname,Kernel*}, which are capabilities and system calls
that are gone anyhow, RestrictRealtime, RestrictSUIDSGID, LockPersonality, KeyringMode, RemoveIPC."""

import ctypes
import json
import os
import re
import resource
import signal
import stat
import struct
import sys
import tempfile

from system_calls import Filter

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNIT = os.path.join(TOP, "packaging", "systemd", "prm-calendar.service")
CREDENTIALS = "/run/credentials/prm-calendar.service"
TEMPORARY = ("/tmp", "/var/tmp")
HOMES = ("/home", "/root", "/run/user")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
NEWNS, NEWUSER, NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = (
    1, 2, 4, 8, 4096, 16384, 1 << 18)
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
PR_SET_PDEATHSIG, PR_CAPBSET_READ, PR_CAPBSET_DROP = 1, 23, 24
CAPSET, CAPABILITY_VERSION_3 = 126, 0x20080522
libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def mount(source, target, kind=None, flags=0, data=None):
    check(libc.mount(*(text.encode() if text is not None else None
                       for text in (source, target, kind)), ctypes.c_ulong(flags),
                     data.encode() if data is not None else None), f"mount {target}")


def mount_read_only(path):
    """With everything mounted below it."""
    attributes = struct.pack("QQQQ", MS_RDONLY | MS_NOSUID, 0, 0, 0)
    check(libc.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), AT_RECURSIVE, attributes,
                       ctypes.c_size_t(len(attributes))), f"mount_setattr {path}")


def is_below(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


class Unit:
    def __init__(self, paths):
        self.text = ""
        for path in paths:
            with open(path, encoding="utf-8") as file:
                self.text += file.read()

    def settings(self, name):
        return re.findall(rf"^{name}=(.*)$", self.text, re.MULTILINE)

    def is_on(self, name):
        return self.settings(name) == ["yes"]


class View:
    """The file system as the unit has it, made below a folder in a mount namespace of our own."""

    def __init__(self, unit, root, place, show, owner):
        self.unit = unit
        self.root = root
        self.place = place
        self.show = show
        self.owner = owner

    def inside(self, path):
        return self.place + path

    def make(self):
        credentials = self._read_credentials()
        mount(None, "/", None, MS_REC | MS_PRIVATE)
        mount(self.root, self.place, None, MS_BIND | MS_REC)
        if credentials:
            os.makedirs(self.inside(CREDENTIALS), exist_ok=True)
        hidden = self._hidden()
        self._show([path for path in self.show if not is_below(path, hidden)])
        if self.unit.settings("ProtectSystem") == ["strict"]:
            mount_read_only(self.place)
        for path, mode in hidden.items():
            mount("tmpfs", self.inside(path), "tmpfs", MS_NOSUID | MS_NODEV, f"mode={mode}")
        self._show([path for path in self.show if is_below(path, hidden)])
        for path in hidden:
            if path not in TEMPORARY:
                mount_read_only(self.inside(path))
        if self.unit.is_on("PrivateDevices"):
            self._make_devices()
        self._mount_proc()
        if credentials:
            self._make_credentials(credentials)
        os.chroot(self.place)
        os.chdir("/")

    def _hidden(self):
        """The folders that are replaced by empty ones, and the modes of those; a home is closed, unless
        the project that is tested is in it."""
        paths = {path: "1777" for path in TEMPORARY if self.unit.is_on("PrivateTmp")}
        for path in HOMES:
            if self.unit.is_on("ProtectHome") and os.path.isdir(self.inside(path)):
                paths[path] = "755" if any(is_below(shown, [path]) for shown in self.show) else "000"
        return paths

    def _show(self, paths):
        """Of what a host has in /etc and /run; those below /tmp are as unchangeable."""
        for path in paths:
            source, target = self.show[path], self.inside(path)
            if os.path.isdir(source):
                os.makedirs(target, exist_ok=True)
            elif not os.path.exists(target):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8"):
                    pass
            mount(source, target, None, MS_BIND | MS_REC)
            mount_read_only(target)

    def _make_devices(self):
        mount("tmpfs", self.inside("/dev"), "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755")
        for name in DEVICES:
            with open(self.inside(f"/dev/{name}"), "w", encoding="utf-8"):
                pass
            mount(f"/dev/{name}", self.inside(f"/dev/{name}"), None, MS_BIND)
        mount_read_only(self.inside("/dev"))

    def _mount_proc(self):
        try:
            mount("proc", self.inside("/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                  "hidepid=invisible,subset=pid")
        except PermissionError:
            # In a container that hides parts of /proc the kernel refuses another one: none, then.
            mount("tmpfs", self.inside("/proc"), "tmpfs", MS_RDONLY, "mode=555")

    def _read_credentials(self):
        """LoadCredential=NAME:PATH: read as root, whatever the service's user may read."""
        contents = {}
        for setting in self.unit.settings("LoadCredential"):
            name, path = setting.split(":", 1)
            with open(self.root + path, "rb") as file:
                contents[name] = file.read()
        return contents

    def _make_credentials(self, contents):
        folder = self.inside(CREDENTIALS)
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700")
        for name, content in contents.items():
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(content)
            os.chmod(path, stat.S_IRUSR)
            os.chown(path, *self.owner)
        os.chmod(folder, stat.S_IRUSR | stat.S_IXUSR)
        os.chown(folder, *self.owner)
        mount_read_only(folder)
        os.environ["CREDENTIALS_DIRECTORY"] = CREDENTIALS


def drop_privileges(owner):
    """No capability, and none to be had; the user's ids where that is another one."""
    number = 0
    while libc.prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0:
        check(libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0), "drop a capability")
        number += 1
    if owner != (os.getuid(), os.getgid()):
        os.setgroups([])
        os.setresgid(owner[1], owner[1], owner[1])
        os.setresuid(owner[0], owner[0], owner[0])
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    check(libc.syscall(CAPSET, header, bytes(24)), "capset")


def owner_of(root, user):
    """(uid, gid) of a user in the root's /etc/passwd; our own without a name."""
    if user is None:
        return (os.getuid(), os.getgid())
    with open(root.rstrip("/") + "/etc/passwd", encoding="utf-8") as file:
        for line in file:
            fields = line.split(":")
            if fields[0] == user:
                return (int(fields[2]), int(fields[3]))
    sys.exit(f"in_sandbox: no user {user} in {root}")


def write_maps(pid, owner):
    """As PrivateUsers=yes: root, the user, and nobody else."""
    if os.getuid() != 0:
        with open(f"/proc/{pid}/setgroups", "w", encoding="ascii") as file:
            file.write("deny")
    for name, own, wanted in (("uid_map", os.getuid(), owner[0]),
                              ("gid_map", os.getgid(), owner[1])):
        with open(f"/proc/{pid}/{name}", "w", encoding="ascii") as file:
            file.write("".join(f"{number} {number} 1\n" for number in sorted({own, wanted})))


def forked(function, *arguments):
    """Runs function in a child, which dies with us, and returns the child's process id."""
    pid = os.fork()
    if pid == 0:
        try:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            function(*arguments)
            os._exit(0)
        except BaseException as error:  # pylint: disable=broad-except
            print(f"in_sandbox: {error}", file=sys.stderr, flush=True)
            os._exit(125)
    return pid


def wait_for(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def become(view, filter_, program):
    view.make()
    drop_privileges(view.owner)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    filter_.load()
    os.execv(program, [program, *sys.argv[1:]])


def in_namespaces(ready, go_on, view, filter_, program):
    check(libc.unshare(NEWUSER | NEWNS | NEWPID), "unshare")
    os.write(ready, b"1")
    if os.read(go_on, 1) == b"1":
        status = wait_for(forked(become, view, filter_, program))
        os._exit(status if status >= 0 else 128 - status)


def folders_of_the_test(program):
    """What a host has in /etc, /run and /usr is, in a test, in folders of its own: those of -c FILE, of MariaDB's socket
    and of the program."""
    arguments = sys.argv[1:]
    files = [arguments[index + 1] for index, word in enumerate(arguments[:-1]) if word == "-c"]
    files += [os.environ.get("PRM_TEST_MYSQL_SOCKET", ""), program]
    folders = (os.path.dirname(os.path.abspath(path)) for path in files if os.path.exists(path))
    return {folder: folder for folder in folders}


def main():
    given = json.loads(os.environ["PRM_TEST_SANDBOX"])
    root = given.get("root", "/")
    unit = Unit(given.get("units", [UNIT]))
    owner = owner_of(root, given.get("user"))
    show = given.get("show") or folders_of_the_test(given["program"])
    filter_ = Filter(unit.settings)
    with tempfile.TemporaryDirectory(prefix="prm-view-") as place:
        view = View(unit, root, place, show, owner)
        ready_read, ready = os.pipe()
        go_on, go_on_write = os.pipe()
        pid = forked(in_namespaces, ready, go_on, view, filter_, given["program"])
        os.close(ready)
        if os.read(ready_read, 1) == b"1":
            write_maps(pid, owner)
            os.write(go_on_write, b"1")
        status = wait_for(pid)
    sys.exit(status)


if __name__ == "__main__":
    main()
