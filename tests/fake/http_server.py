#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A scripted HTTP server that does what well-behaved servers never do, and remembers what it was asked.

From Python:

    with FakeServer({"/dav/": [{"status": 207, "body": "<multistatus/>"}]}) as server:
        ...server.url, server.port, server.requests...

As a program (for C tests): the script {"tls": false, "routes": {...}} is the first line of standard
input; the first line of output is {"port": …, "ca_file": …}. Then each line "requests" is answered
with one line, the JSON array of the requests so far. The end of standard input ends the server.

"{port}" anywhere in a script is the server's port. A route is a path (with its query) and a list of replies, used in turn; the last one stays. "*" is for
every other path; without it those get 404. A reply is an object, {} is an empty 200:

    status, headers {name: value or [values]}, body
    repeat N           the body N times
    gzip true          the body compressed; gzip_zeros N: N zero bytes, compressed while sending
    framing            "length" (default), "chunked", "close" (the body ends with the connection)
    length N           a Content-Length that is a lie; the connection is closed after the body
    broken_chunk true  chunked, and the connection is closed within a chunk
    interim N          N times "100 Continue" before the answer
    flood N            N header lines of 1 KB
    raw TEXT           sent as it is, then the connection is closed
    close true         the connection is closed without an answer
    stall true         nothing is sent until the client goes away
    think N            the answer begins after N seconds
    hang true          with length: the connection stays open behind the body, and silent
    drop_nonces true   Digest nonces given so far become unknown
    expect {method, body, headers}   else 599, with what differs as the body
    auth {user, password, schemes}   checked before a reply is used up. Schemes: "Basic",
                                     "Digest" (MD5), "Digest-SHA-256", "-sess" of both; any other
                                     algorithm is offered and never passes; "realm"; "stale_after": N
                                     uses of a nonce; "qop": false asks for none;
                                     "digest_refused": true passes no Digest, though it is offered
"""

import base64
import hashlib
import json
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import zlib

MAX_HEADER_BYTES = 1 << 20
REALM = "fake"


def make_certificate(folder):
    """A self-signed certificate for localhost and 127.0.0.1; returns (certificate, key)."""
    certificate = os.path.join(folder, "certificate.pem")
    key = os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


class Disconnect(Exception):
    """The connection is to be closed now."""


class Digest:
    """The server's side of RFC 7616, qop=auth."""

    HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}

    def __init__(self):
        self.uses = {}  # nonce -> how often it was used
        self.count = 0

    def challenge(self, auth, algorithm, stale):
        self.count += 1
        nonce = f"nonce{self.count}"
        self.uses[nonce] = 0
        realm = re.sub(r'(["\\])', r"\\\1", realm_of(auth))
        return (f'Digest realm="{realm}", ' + ('qop="auth", ' if auth.get("qop", True) else "")
                + f'algorithm={algorithm}, nonce="{nonce}", opaque="o p"' + (", stale=true" if stale else ""))

    def check(self, request, auth, algorithm):
        """"good", "stale" or "bad"."""
        given = dict(
            (match[0].lower(), match[1] or match[2])
            for match in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))',
                                    request["headers"].get("authorization", "")))
        if given.get("nonce") not in self.uses or given.get("uri") != request["target"]:
            return "bad"
        if given.get("algorithm", "MD5") != algorithm or given.get("opaque") != "o p":
            return "bad"
        digest = self.HASHES.get(algorithm.removesuffix("-sess"))
        if digest is None:
            return "bad"

        def hashed(*parts):
            return digest(":".join(parts).encode()).hexdigest()

        # Header bytes are UTF-8 here, though they were read as latin-1.
        user, realm = (re.sub(r"\\(.)", r"\1", given.get(name, "")).encode("latin-1").decode()
                       for name in ("username", "realm"))
        secret = hashed(auth["user"], realm_of(auth), auth["password"])
        if algorithm.endswith("-sess"):
            secret = hashed(secret, given["nonce"], given.get("cnonce", ""))
        chosen = [given.get("nc", ""), given.get("cnonce", ""), "auth"] if auth.get("qop", True) else []
        expected = hashed(secret, given["nonce"], *chosen, hashed(request["method"], request["target"]))
        if (user, realm, given.get("response")) != (auth["user"], realm_of(auth), expected):
            return "bad"
        self.uses[given["nonce"]] += 1
        return "stale" if self.uses[given["nonce"]] > auth.get("stale_after", 1 << 30) else "good"


class FakeServer:
    """Serves until closed; thread-safe, one thread a connection."""

    def __init__(self, routes, tls=False):
        self.requests = []
        self.ca_file = None
        self._lock = threading.Lock()
        self._digest = Digest()
        self._folder = None
        self._context = None
        self._clients = set()

        if tls:
            self._folder = tempfile.mkdtemp(prefix="fake-http-")
            self.ca_file, key = make_certificate(self._folder)
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.ca_file, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.routes = json.loads(json.dumps(routes).replace("{port}", str(self.port)))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def count(self, path=None):
        """How many requests came, or how many for a path."""
        with self._lock:
            return sum(path in (None, request["target"]) for request in self.requests)

    def close(self):

        self._waker.close()
        self._thread.join()
        self._listener.close()
        with self._lock:
            for client in self._clients:
                try:
                    client.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self):
        number = 0
        while True:
            ready, _, _ = select.select([self._listener, self._wake], [], [])
            if self._wake in ready:
                self._wake.close()
                return
            client, _ = self._listener.accept()
            number += 1
            with self._lock:
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client, number), daemon=True).start()

    def _serve(self, client, number):
        raw = client
        try:
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            with client.makefile("rb") as stream:
                while request := self._read_request(stream, number):
                    self._answer(client, stream, request)
        except (OSError, ValueError, Disconnect):
            pass
        finally:
            with self._lock:
                self._clients.discard(raw)
            client.close()

    def _read_request(self, stream, number):
        line = stream.readline(MAX_HEADER_BYTES)
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split()
        headers = {}
        while (line := stream.readline(MAX_HEADER_BYTES)) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        request = {"method": method, "target": target, "headers": headers,
                   "body": body.decode("utf-8", "replace"), "connection": number}
        with self._lock:
            self.requests.append(request)
        return request

    def _answer(self, client, stream, request):
        with self._lock:
            replies = self.routes.get(request["target"]) or self.routes.get("*") or [{"status": 404}]
            reply = replies[0]
            refusal = self._check_auth(request, reply.get("auth"))
            if refusal is None and len(replies) > 1:
                replies.pop(0)
            if refusal is None and reply.get("drop_nonces"):
                self._digest.uses.clear()
        send_reply(client, stream, refusal or check_expected(request, reply) or reply,
                   request["method"])

    def _check_auth(self, request, auth):
        if auth is None:
            return None
        given = request["headers"].get("authorization", "")
        stale = False
        for scheme in auth["schemes"]:
            if scheme == "Basic":
                pair = f"{auth['user']}:{auth['password']}".encode()
                if given == "Basic " + base64.b64encode(pair).decode():
                    return None
            elif given.startswith("Digest ") and not auth.get("digest_refused"):
                verdict = self._digest.check(request, auth, digest_algorithm(scheme))
                if verdict == "good":
                    return None
                stale = stale or verdict == "stale"
        challenges = [
            f'Basic realm="{REALM}"' if scheme == "Basic"
            else self._digest.challenge(auth, digest_algorithm(scheme), stale)
            for scheme in auth["schemes"]]
        return {"status": 401, "headers": {"WWW-Authenticate": challenges}, "body": "who are you?"}


def realm_of(auth):
    return auth.get("realm", REALM)


def digest_algorithm(scheme):
    return scheme.removeprefix("Digest").removeprefix("-") or "MD5"


def check_expected(request, reply):
    """None, or the reply that says how the request differs from what the script expects."""
    expect = reply.get("expect", {})
    for part in ("method", "body"):
        if part in expect and request[part] != expect[part]:
            return {"status": 599, "body": f"{part} is {request[part]!r}"}
    for name, value in expect.get("headers", {}).items():
        if request["headers"].get(name.lower()) != value:
            return {"status": 599, "body": f"{name} is {request['headers'].get(name.lower())!r}"}
    return None


def body_pieces(reply):
    if "gzip_zeros" in reply:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = bytes(1 << 20)
        for _ in range(reply["gzip_zeros"] >> 20):
            yield packer.compress(zeros)
        yield packer.flush()
        return
    body = reply.get("body", "").encode()
    if reply.get("gzip"):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = packer.compress(body * reply.get("repeat", 1)) + packer.flush()
        yield body
        return
    for _ in range(reply.get("repeat", 1)):
        yield body


def head_lines(reply, framing):
    yield f"HTTP/1.1 {reply.get('status', 200)} Said so"
    for name, values in reply.get("headers", {}).items():
        for value in values if isinstance(values, list) else [values]:
            yield f"{name}: {value}"
    if reply.get("gzip") or "gzip_zeros" in reply:
        yield "Content-Encoding: gzip"
    for number in range(reply.get("flood", 0)):
        yield f"X-Flood-{number}: " + "x" * 1000
    if framing == "chunked":
        yield "Transfer-Encoding: chunked"
    elif framing == "close":
        yield "Connection: close"


def send_reply(client, stream, reply, method):
    if reply.get("close"):
        raise Disconnect
    if reply.get("stall"):
        stream.read(1)  # returns when the client has gone
        raise Disconnect
    if "think" in reply:
        select.select([client], [], [], reply["think"])
    if "raw" in reply:
        client.sendall(reply["raw"].encode())
        raise Disconnect
    framing = reply.get("framing", "length")
    if "gzip_zeros" in reply or reply.get("broken_chunk"):
        framing = "chunked"
    head = "\r\n".join(head_lines(reply, framing))
    client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * reply.get("interim", 0))
    if framing == "length":
        body = b"".join(body_pieces(reply))
        length = reply.get("length", len(body))
        if method == "HEAD" or reply.get("status") in (204, 304):
            body = b""
        client.sendall(f"{head}\r\nContent-Length: {length}\r\n\r\n".encode() + body)
        if reply.get("hang"):
            stream.read(1)
        if "length" in reply:
            raise Disconnect
        return
    client.sendall(f"{head}\r\n\r\n".encode())
    for piece in filter(None, body_pieces(reply)):
        client.sendall(piece if framing == "close" else b"%x\r\n%s\r\n" % (len(piece), piece))
    if reply.get("broken_chunk"):
        client.sendall(b"ffff\r\nnot that much")
        raise Disconnect
    if framing == "close":
        raise Disconnect
    client.sendall(b"0\r\n\r\n")


def main():
    script = json.loads(sys.stdin.readline())
    with FakeServer(script["routes"], script.get("tls", False)) as server:
        print(json.dumps({"port": server.port, "ca_file": server.ca_file}), flush=True)
        for line in sys.stdin:
            if line.strip() == "requests":
                print(json.dumps(server.requests), flush=True)


if __name__ == "__main__":
    main()
