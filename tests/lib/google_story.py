# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of stories on Google calendars: a scripted Google, and Anna's account there."""

from fake.google_server import CLIENT_ID, CLIENT_SECRET, GoogleServer

from .story import Story

OPENED = """
$box = base64_decode( $credentials );
$key = hash( 'sha256', AUTH_KEY . 'prm_calendar', true );
return json_decode( sodium_crypto_secretbox_open( substr( $box, 24 ), substr( $box, 0, 24 ), $key ), true );
"""


def guest(email, name=None, status="accepted", **fields):
    return {"email": email, "responseStatus": status,
            **({"displayName": name} if name else {}), **fields}


class OnGoogle(Story):

    def setUp(self):
        self.google = GoogleServer()
        self.addCleanup(self.google.close)
        super().setUp()
        self.anna = self.user()
        self.jose = self.person(self.anna, "José", "Núñez", "jose@example.org")
        self.account = self.google.account("anna@example.org")
        self.calendar = self.account.calendar()

    def write_ini(self, name="prm-calendar.ini", **overrides):
        return super().write_ini(name, **{
            "google_client_id": CLIENT_ID, "google_client_secret": CLIENT_SECRET,
            "google_api_base": self.google.api_base, "google_token_url": self.google.token_url,
            "google_auth_url": self.google.auth_url,
            **overrides})

    def connection(self, number=1, account=None, **fields):
        account = account or self.account
        return {
            "id": f"conn_65a4f0c1d2e{number:02x}", "provider": "google", "name": "Work",
            "calendar_id": "primary", "credentials": account.credentials(),
            "sync_enabled": True, "auto_log": True, **fields}

    def connect_work(self, **fields):
        return self.connect(self.anna, self.connection(**fields))[0]

    def stored(self, user=None):
        return self.connections(user or self.anna)[0]

    def credentials(self):
        return self.wp.run(OPENED, credentials=self.stored()["credentials"])

    def by_uid(self):
        return {event["meta"]["_event_uid"]: event for event in self.events(self.anna)}
