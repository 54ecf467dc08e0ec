#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a program under the kernel filter of prm-calendar.service, where systemd cannot: its system calls and socket
families, no memory that is written and executed, no new privileges. PRM_TEST_SANDBOXED names the program."""

import ctypes
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNIT = os.path.join(TOP, "packaging", "systemd", "prm-calendar.service")
ALLOW, FAIL_WITH_EPERM = 0x7FFF0000, 0x00050001
EQUAL, MASKED_EQUAL = 4, 7
WRITE, EXECUTE = 2, 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(name):
    with open(UNIT, encoding="utf-8") as file:
        return re.findall(rf"^{name}=(.*)$", file.read(), re.MULTILINE)


def calls_of(group):
    listed = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", group],
                            capture_output=True, text=True, check=True).stdout
    names = set()
    for word in re.findall(r"^ {4}([@\w-]+)$", listed, re.MULTILINE):
        names |= calls_of(word) if word.startswith("@") else {word}
    return names


def allowed_calls():
    # What systemd allows whatever the list says, to start a program at all.
    names = calls_of("@default")
    for line in settings("SystemCallFilter"):
        for group in line.lstrip("~").split():
            names = names - calls_of(group) if line.startswith("~") else names | calls_of(group)
    return names | {"execve"}


def rules(name):
    """The comparisons under which the call is allowed; [()] is always."""
    if name == "mmap":
        return [(Comparison(2, MASKED_EQUAL, WRITE | EXECUTE, value),)
                for value in (0, WRITE, EXECUTE)]
    if name in ("mprotect", "pkey_mprotect"):
        return [(Comparison(2, MASKED_EQUAL, EXECUTE, 0),)]
    if name == "socket":
        return [(Comparison(0, EQUAL, FAMILIES[family], 0),)
                for family in settings("RestrictAddressFamilies")[0].split()]
    return [()]


def load_filter(names):
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(FAIL_WITH_EPERM))
    for name in sorted(names):
        number = library.seccomp_syscall_resolve_name(name.encode())
        for comparisons in rules(name) if number >= 0 else []:
            array = (Comparison * len(comparisons))(*comparisons)
            if library.seccomp_rule_add_array(context, ALLOW, number, len(array), array) != 0:
                sys.exit(f"in_sandbox: no rule for {name}")
    if library.seccomp_load(context) != 0:
        sys.exit("in_sandbox: the kernel does not take the filter")


if __name__ == "__main__":
    load_filter(allowed_calls())
    os.execv(os.environ["PRM_TEST_SANDBOXED"],
             [os.environ["PRM_TEST_SANDBOXED"], *sys.argv[1:]])
