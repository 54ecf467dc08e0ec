# SPDX-License-Identifier: GPL-2.0-or-later
"""Google as others imagine it: the npm packages @emulators/google and @emulators/core.

    with GoogleEmulator(folder, {"users": [{"email": "anna@example.org"}], "calendars": …}) as google:
        …google.api_base, google.token_url, google.credentials("anna@example.org")…

npm installs them once, into build/emulators. `Unavailable` says why they cannot be had."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from lib.processes import Server, free_port, listens
from lib.program import TOP

VERSION = "0.4.1"
PACKAGES = ("@emulators/google", "@emulators/core")
FOLDER = os.path.join(TOP, "build", "emulators")
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "google_emulator.mjs")
NPM_SECS = 180

CLIENT_ID = "456-emulated.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-emulated"
REDIRECT = "https://site.example/oauth"
SCOPE = "https://www.googleapis.com/auth/calendar.readonly"


class Unavailable(Exception):
    """The packages are not there and cannot be fetched."""


def _npm(*arguments):
    """True when npm did it."""
    try:
        return subprocess.run(
            ["npm", "--fetch-retries=0", "--fetch-timeout=20000", "--no-audit", "--no-fund", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=NPM_SECS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


@functools.lru_cache(maxsize=None)
def _missing():
    """Fetches the packages unless they are there; returns why that is not possible, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    if os.path.isdir(FOLDER):
        return None
    if shutil.which("npm") is None:
        return "npm is not installed"
    os.makedirs(os.path.dirname(FOLDER), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(FOLDER)) as parent:
        folder = os.path.join(parent, "new")
        wanted = [f"{name}@{VERSION}" for name in PACKAGES]
        if not _npm("install", "--ignore-scripts", "--prefix", folder, *wanted):
            if not _npm("view", wanted[0], "version"):
                return "the npm registry cannot be reached"
            raise RuntimeError(f"npm cannot install {' '.join(wanted)}")
        os.rename(folder, FOLDER)  # whole, or not at all
    return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class GoogleEmulator:
    """`seed` is in the language of the package's README."""

    def __init__(self, folder, seed, keep=False):
        reason = _missing()
        if reason:
            raise Unavailable(reason)
        path = os.path.join(folder, "google-seed.json")
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT]}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**seed, "oauth_clients": [client]}, file)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.api_base = self.url + "/calendar/v3"
        self.token_url = self.url + "/oauth2/token"
        self._log = os.path.join(folder, "google-emulator.log")
        self.server = Server("the Google emulator", ["node", DRIVER, FOLDER, str(port), path], self._log, keep=keep)
        self.server.wait_ready(lambda: listens(port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.server.stop()

    def requests(self, part):
        """What was asked for, "METHOD path", as far as it holds `part`."""
        with open(self._log, encoding="utf-8") as log:
            return [line.strip() for line in log if part in line]

    def _post(self, path, form):
        request = urllib.request.Request(self.url + path, urllib.parse.urlencode(form).encode())
        return urllib.request.build_opener(_NoRedirect).open(request, timeout=20)

    def credentials(self, email, expires_in=0):
        """What the theme stores once this person has said yes on the consent page."""
        form = {"email": email, "redirect_uri": REDIRECT, "scope": SCOPE, "client_id": CLIENT_ID}
        try:
            self._post("/o/oauth2/v2/auth/callback", form)
            raise RuntimeError("the consent page did not send us back")
        except urllib.error.HTTPError as answer:
            target = urllib.parse.urlsplit(answer.headers["Location"])
        code, = urllib.parse.parse_qs(target.query)["code"]
        with self._post("/oauth2/token", {
                "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
                "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}) as answer:
            tokens = json.load(answer)
        return {"access_token": tokens["access_token"], "refresh_token": tokens["refresh_token"],
                "expires_at": int(time.time()) + expires_in, "token_type": "Bearer", "scope": SCOPE}
