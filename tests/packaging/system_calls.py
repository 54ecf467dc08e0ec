# SPDX-License-Identifier: GPL-2.0-or-later
"""The filter of system calls that systemd makes of a unit: its groups, socket families, no memory that is written and
executed, no new namespaces."""

import ctypes
import errno
import re
import subprocess
import sys

ALLOW, FAIL = 0x7FFF0000, 0x00050000
EQUAL, MASKED_EQUAL = 4, 7
WRITE, EXECUTE = 2, 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def calls_of_groups():
    """{"@group": {its system calls}}, as this machine's systemd has them."""
    listed = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"],
                            capture_output=True, text=True, check=True).stdout
    words = {}
    for line in listed.splitlines():
        group = re.match(r"^(@[\w-]+)$", line)
        word = re.match(r"^ {4}([@\w-]+)$", line)
        if group:
            current = words.setdefault(group.group(1), [])
        elif word:
            current.append(word.group(1))

    def calls(name):
        return set().union(*(calls(word) if word.startswith("@") else {word}
                             for word in words[name]))

    return {group: calls(group) for group in words}


class Filter:
    """settings(NAME) gives the unit's values of that name. Everything that is needed is loaded here;
    load() works after the file system was left."""

    def __init__(self, settings):
        groups = calls_of_groups()
        # What systemd allows whatever the list says, to start a program at all.
        names = groups["@default"] | {"execve"}
        for line in settings("SystemCallFilter"):
            for word in line.lstrip("~").split():
                calls = groups[word] if word.startswith("@") else {word}
                names = names - calls if line.startswith("~") else names | calls
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(FAIL | errno.EPERM))
        self._families = settings("RestrictAddressFamilies")[0].split()
        for name in sorted(names - {"clone3", "unshare", "setns"}):
            for comparisons in self._rules(name):
                self._add(ALLOW, name, comparisons)
        # As systemd does, whose filters cannot see its flags: the C library then uses clone().
        self._add(FAIL | errno.ENOSYS, "clone3", ())

    def _rules(self, name):
        """The comparisons under which the call is allowed; [()] is always."""
        if name == "mmap":
            return [(Comparison(2, MASKED_EQUAL, WRITE | EXECUTE, value),)
                    for value in (0, WRITE, EXECUTE)]
        if name in ("mprotect", "pkey_mprotect"):
            return [(Comparison(2, MASKED_EQUAL, EXECUTE, 0),)]
        if name == "socket":
            return [(Comparison(0, EQUAL, FAMILIES[family], 0),) for family in self._families]
        if name == "clone":
            return [(Comparison(0, MASKED_EQUAL, NEW_NAMESPACES, 0),)]
        return [()]

    def _add(self, action, name, comparisons):
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return
        array = (Comparison * len(comparisons))(*comparisons)
        if self._library.seccomp_rule_add_array(self._context, action, number, len(array), array):
            sys.exit(f"in_sandbox: no rule for {name}")

    def load(self):
        """For this process and its children; sets no_new_privs, too."""
        if self._library.seccomp_load(self._context) != 0:
            sys.exit("in_sandbox: the kernel does not take the filter")
