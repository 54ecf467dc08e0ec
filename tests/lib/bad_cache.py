# SPDX-License-Identifier: GPL-2.0-or-later
"""A server in place of a cache's, which does what none should."""

import itertools
import os
import socket
import threading


def silent(connection, closing):
    """Takes everything, answers nothing."""
    connection.settimeout(0.1)
    while not closing.is_set():
        try:
            if not connection.recv(65536):
                return
        except TimeoutError:
            pass


def dripping(connection, closing):
    """The start of an answer to anything, a byte at a time, without end."""
    connection.recv(65536)
    for byte in itertools.chain(b"+", itertools.repeat(ord("x"))):
        if closing.wait(0.2):
            return
        connection.sendall(bytes([byte]))


def answering(answer, repeat=1):
    def answer_all(connection, closing):
        while not closing.is_set() and connection.recv(65536):
            for _ in range(repeat):
                connection.sendall(answer)
    return answer_all


def closing_at_once(_connection, _closing):
    """Accepts and hangs up."""


garbage = answering(b"HTTP/1.0 400 Bad Request\r\n\r\n<html>no cache here</html>\r\n")
huge_array = answering(b"*2147483647\r\n")
huge_value = answering(b"$2000000000\r\n" + b"x" * 1000, repeat=100)
huge_memcached_value = answering(b"VALUE x 0 2000000000\r\n" + b"x" * 1000, repeat=100)
endless = answering(b"x" * 65536, repeat=1000)
errors = answering(b"-LOADING the data set is in memory\r\n")
memcached_errors = answering(b"SERVER_ERROR out of memory storing object\r\n")
nothing = answering(b"\0" * 64)


class BadCache:
    def __init__(self, folder, behaviour):
        self.socket = os.path.join(folder, "bad.sock")
        self._behaviour = behaviour
        self._closing = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket)
        self._listener.listen()
        self.accepted = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                self._behaviour(connection, self._closing)
            except OSError:
                pass

    def stop(self):
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
