# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripted Google behind the proxies of interruptions.py."""

import time

from fake.google_server import API_PATH, CLIENT_ID, CLIENT_SECRET, GoogleServer


class GoogleProxied:
    """Beside InterruptedStory, and before it."""

    def setUp(self):
        self.google = GoogleServer()
        self.addCleanup(self.google.close)
        super().setUp()

    def calendar_port(self):
        return int(self.google.url.rsplit(":", 1)[1])

    def ini_more(self):
        return {"google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET,
                "google_api_base": self.http.url + API_PATH, "google_token_url": self.http.url + "/token"}

    def mask_credentials(self, credentials):
        """A token renewed twice is another one: what counts is that Google takes it."""
        return {**credentials, "access_token": self.google.knows(credentials["access_token"]),
                "expires_at": credentials["expires_at"] > time.time()}
