# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands between the program and a real calendar server, and spoils chosen answers."""

import http.client
import http.server
import socket
import threading
from dataclasses import dataclass, replace

REQUEST_SECS = 30
HOP_BY_HOP = {"accept-encoding", "connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


@dataclass
class Answer:
    """What the real server said, or what is to be said instead."""
    status: int
    headers: dict
    body: bytes
    missing_octets: int = 0  # of the body: announced, then the connection closes

    def with_body(self, body, content_type=None):
        headers = {**self.headers, **({"Content-Type": content_type} if content_type else {})}
        return replace(self, body=body, headers=headers)


def html_page(answer):
    """A login page or a captive portal, with the status of success."""
    return replace(answer.with_body(b"<!DOCTYPE html><html><head><title>Log in</title></head>"
                                    b"<body><p>Welcome &nbsp; back<br></body></html>",
                                    "text/html; charset=utf-8"), status=200)


def cut(answer):
    """The connection breaks in the middle of the body."""
    half = len(answer.body) // 2
    return replace(answer, body=answer.body[:half], missing_octets=len(answer.body) - half)


def cut_politely(answer):
    """Half a body that claims to be whole."""
    return answer.with_body(answer.body[:len(answer.body) // 2])


def nothing(answer):
    return answer.with_body(b"")


def empty_listing(answer):
    """Well-formed, and without a single object."""
    return answer.with_body(b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"/>',
                            "application/xml; charset=utf-8")


def status(number):
    def spoil(answer):
        return replace(answer.with_body(b"Sorry.", "text/plain"), status=number)
    return spoil


def replaced(old, new):
    """The same answer with some text changed."""
    def spoil(answer):
        return answer.with_body(answer.body.replace(old.encode(), new.encode()))
    return spoil


class SpoilingProxy:
    """`spoil(change, methods)` changes every later answer to those methods; `requests` is the log."""

    def __init__(self, port):
        self.requests = []
        self._change = None
        self._methods = ()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                answer = proxy.forward(self, port)
                if answer is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                proxy.requests.append((self.command, self.path, answer.status))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body) + answer.missing_octets))
                self.end_headers()
                self.wfile.write(answer.body)
                if answer.missing_octets:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_OPTIONS = do_PROPFIND = do_REPORT = do_HEAD = handle_any

            def log_message(self, *_arguments):  # pylint: disable=arguments-differ
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def spoil(self, change, methods=("PROPFIND", "REPORT")):
        self._change, self._methods = change, methods

    def forward(self, request, port):
        """Asks the real server, and spoils its answer where that is wanted; None cuts the connection."""
        length = int(request.headers.get("Content-Length") or 0)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECS)
        try:
            connection.request(request.command, request.path, request.rfile.read(length),
                               {name: value for name, value in request.headers.items()
                                if name.lower() not in HOP_BY_HOP})
            response = connection.getresponse()
            headers = {name: value for name, value in response.getheaders()
                       if name.lower() not in HOP_BY_HOP}
            answer = Answer(response.status, headers, response.read())
        except OSError:
            return None  # a server that is not there
        finally:
            connection.close()
        # A challenge stays a challenge: what comes after the password is spoilt.
        if self._change and request.command in self._methods and answer.status < 400:
            answer = self._change(answer)
        return answer

    def close(self):
        self._server.shutdown()
        self._server.server_close()
