# SPDX-License-Identifier: GPL-2.0-or-later
"""Google Calendar as its documentation promises it: it refuses with 400 what Google refuses.

    with GoogleServer() as google:
        anna = google.account("anna@example.org")
        anna.calendar("primary").put({"id": "one", "start": …, "end": …})
        …google.api_base, google.token_url, anna.credentials()…

It keeps events as instances (singleEvents=true), pages, sync tokens and access tokens. `fail`
scripts answers that a healthy Google does not give; `requests` is what it was asked."""

import base64
import copy
import hashlib
import json
import re
import threading
import time
import urllib.parse
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

CLIENT_ID = "123-story.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-st/ory+secret&="
API_PATH = "/calendar/v3"
SCOPE = "https://www.googleapis.com/auth/calendar.readonly"
TOKEN_SECS = 3599

LIST_PARAMETERS = {
    "maxResults", "pageToken", "singleEvents", "orderBy", "timeMin", "timeMax", "updatedMin",
    "showDeleted", "maxAttendees", "timeZone", "eventTypes", "fields", "syncToken", "iCalUID", "q",
    "privateExtendedProperty", "sharedExtendedProperty", "showHiddenInvitations"}
NOT_WITH_SYNC_TOKEN = {
    "iCalUID", "orderBy", "q", "timeMin", "timeMax", "updatedMin", "privateExtendedProperty",
    "sharedExtendedProperty"}
EVENT_TYPES = {"default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"}
CALENDAR_LIST_PARAMETERS = {
    "maxResults", "pageToken", "showHidden", "showDeleted", "minAccessRole", "syncToken", "fields"}
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status, reason, message="no", headers=None):
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = json.dumps({"error": {
            "code": status, "message": message,
            "errors": [{"domain": "calendar", "reason": reason, "message": message}]}})
        self.content_type = "application/json; charset=UTF-8"


def parse_fields(text):
    """"a,b(c,d)" -> {"a": {}, "b": {"c": {}, "d": {}}}"""
    root = {}
    stack = [root]
    name = ""
    for char in text + ",":
        if char in ",()":
            if name:
                stack[-1][name] = last = {}
            if char == "(":
                stack.append(last)
            elif char == ")":
                if len(stack) == 1:
                    raise Refused(400, "invalidParameter", "fields")
                stack.pop()
            name = ""
        elif re.match(r"[A-Za-z/*]", char):
            name += char
        else:
            raise Refused(400, "invalidParameter", "fields")
    if len(stack) != 1:
        raise Refused(400, "invalidParameter", "fields")
    return root


def project(value, fields):
    if not fields or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [project(item, fields) for item in value]
    return {name: project(value[name], fields[name]) for name in fields if name in value}


class Calendar:
    """Events are stored as Google shows them; `put` fills in what Google always gives."""

    def __init__(self, calendar_id, summary, time_zone, role):
        self.id = calendar_id
        self.summary = summary
        self.override = None
        self.time_zone = time_zone
        self.role = role
        self.items = {}
        self.changed = {}  # id -> number of its last change
        self.changes = 0
        self.oldest = 0  # tokens from before this change are gone

    def put(self, item):
        item = {"kind": "calendar#event", "etag": '"1"', "status": "confirmed",
                "htmlLink": f"https://www.google.com/calendar/event?eid={item['id']}",
                "iCalUID": f"{item['id'].split('_')[0]}@google.com", "eventType": "default",
                "created": "2026-01-01T00:00:00.000Z", "updated": "2026-01-01T00:00:00.000Z", **item}
        self._store(item)
        return item

    def meeting(self, event_id, start, hours=1.0, **fields):
        """A timed event; `start` knows its zone."""
        end = start + timedelta(hours=hours)
        return self.put({"id": event_id, "start": {"dateTime": start.isoformat()},
                         "end": {"dateTime": end.isoformat()}, **fields})

    def day(self, event_id, first, days=1, **fields):
        return self.put({"id": event_id, "start": {"date": first.isoformat()},
                         "end": {"date": (first + timedelta(days=days)).isoformat()}, **fields})

    def cancel(self, event_id):
        """What is left is a skeleton."""
        old = self.items.get(event_id, {})
        kept = {name: old[name] for name in ("recurringEventId", "originalStartTime") if name in old}
        self._store({"kind": "calendar#event", "id": event_id, "status": "cancelled", **kept})

    def appear(self, event_id, start, **fields):
        """Nobody changed this event: it is listed now because time has passed."""
        self.meeting(event_id, start, **fields)
        self.changes -= 1
        self.changed[event_id] = 0

    def forget_changes(self):
        """Tokens are refused from now on, and what was deleted is forgotten."""
        self.changes += 1
        self.oldest = self.changes
        for event_id in [key for key, item in self.items.items() if item["status"] == "cancelled"]:
            del self.items[event_id]

    def _store(self, item):
        self.changes += 1
        self.items[item["id"]] = item
        self.changed[item["id"]] = self.changes

    def moment(self, edge):
        if "dateTime" in edge:
            return datetime.fromisoformat(edge["dateTime"].replace("Z", "+00:00"))
        return datetime.fromisoformat(edge["date"]).replace(tzinfo=ZoneInfo(self.time_zone))

    def shown(self, item):
        """As someone with this calendar's access role sees it."""
        if item.get("visibility") in ("private", "confidential") and self.role == "reader":
            kept = ("kind", "id", "status", "start", "end", "visibility", "iCalUID", "htmlLink",
                    "eventType", "recurringEventId", "originalStartTime")
            return {name: item[name] for name in kept if name in item}
        return item


class Account:
    def __init__(self, server, email):
        self.server = server
        self.email = email
        self.calendars = {}
        self.refresh_token = f"1//refresh-{email}"
        self.add_calendar(email, summary=email)

    def add_calendar(self, calendar_id, summary="", time_zone="Europe/Amsterdam", role="owner"):
        calendar = self.calendars[calendar_id] = Calendar(calendar_id, summary, time_zone, role)
        return calendar

    def calendar(self, calendar_id="primary"):
        return self.calendars.get(self.email if calendar_id == "primary" else calendar_id)

    def credentials(self, expires_in=3600, access_token=None):
        """As the theme stores them after the consent page."""
        if access_token is None:
            access_token = self.server.issue(self)
        return {"access_token": access_token, "refresh_token": self.refresh_token,
                "expires_at": int(time.time()) + expires_in, "token_type": "Bearer", "scope": SCOPE}


class GoogleServer:
    def __init__(self):
        self.requests = []       # (method, path with query)
        self.token_requests = 0
        self.page_size = 2500    # smaller ones make pages
        self.empty_pages = set()  # numbers (from 0) of pages that come without items
        self.new_refresh_token = None
        self.on_token = None     # called while a token is being renewed
        self.signed_in = None    # the account of whoever sits before the browser
        self.refuses = None      # what the browser brings back in place of a code
        self.lasting = True      # consent gives a refresh token
        self._codes = {}         # code -> what it was given for
        self._failures = []
        self._accounts = {}
        self._tokens = {}
        self._issued = 0
        self._lists = {}         # page token -> (parameters, items left, page number)
        self._lock = threading.RLock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self._answer("GET", "")

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                self._answer("POST", self.rfile.read(length).decode())

            def _answer(self, method, body):
                status, headers, text = server.answer(method, self.path, self.headers, body)
                data = text.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.api_base = self.url + API_PATH
        self.token_url = self.url + "/token"
        self.auth_url = self.url + "/auth"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def account(self, email):
        account = self._accounts[email] = Account(self, email)
        return account

    def issue(self, account):
        with self._lock:
            self._issued += 1
            token = f"ya29.{self._issued}-{account.email}"
            self._tokens[token] = account
        return token

    def knows(self, token):
        return token in self._tokens

    def revoke(self, token):
        """The access token is refused from now on, though it has not run out."""
        del self._tokens[token]

    def fail(self, path, status, reason="", times=1, body=None, headers=None, after=0):
        """The next requests whose path holds `path` (after some that pass) are answered so."""
        failure = Refused(status, reason, headers=headers)
        if body is not None:
            failure.body = body
            failure.content_type = "text/html" if body.startswith("<") else "application/json"
        self._failures.append({"path": path, "left": times, "after": after, "failure": failure})

    def count(self, part):
        return sum(part in path for _, path in self.requests)

    # --- answers

    def answer(self, method, path, headers, body):
        with self._lock:
            self.requests.append((method, path))
            try:
                self._scripted_failure(path)
                text = self._route(method, path, headers, body)
            except Refused as refused:
                return (refused.status, {"Content-Type": refused.content_type, **refused.headers},
                        refused.body)
        return 200, {"Content-Type": "application/json; charset=UTF-8"}, json.dumps(text)

    def _scripted_failure(self, path):
        for script in self._failures:
            if script["path"] not in path or not script["left"]:
                continue
            if script["after"]:
                script["after"] -= 1
            else:
                script["left"] -= 1
                raise script["failure"]
            return

    def _route(self, method, path, headers, body):
        parts = urllib.parse.urlsplit(path)
        if (method, parts.path) == ("POST", "/token"):
            self.token_requests += 1
            answer = self._token(headers, body)
            if self.on_token:
                self.on_token()
            return answer
        query = urllib.parse.parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
        if (method, parts.path) == ("GET", "/auth"):
            raise self._consent({name: values[0] for name, values in query.items()})
        account = self._account_of(headers)
        if method == "GET" and parts.path == API_PATH + "/users/me/calendarList":
            return self._calendar_list(account, query)
        found = re.fullmatch(re.escape(API_PATH) + "/calendars/([^/]+)/events", parts.path)
        if method == "GET" and found:
            calendar = account.calendar(urllib.parse.unquote(found.group(1)))
            if calendar is None:
                raise Refused(404, "notFound", "Not Found")
            return self._events(calendar, query)
        raise Refused(404, "notFound", "no such method")

    def _consent(self, query):
        """Everybody agrees at once. The redirect goes back to where the client said."""
        back = query["redirect_uri"]
        if (query["client_id"], query["response_type"]) != (CLIENT_ID, "code") or query["scope"] != SCOPE:
            return Refused(400, "invalid_request")
        if not re.fullmatch(r"http://127\.0\.0\.1:\d+/", back):
            return Refused(400, "redirect_uri_mismatch")
        if query["code_challenge_method"] != "S256" or len(query["code_challenge"]) != 43:
            return Refused(400, "invalid_request")
        answer = {"state": query["state"]}
        if self.refuses:
            answer["error"] = self.refuses
        else:
            answer["code"] = code = f"4/{len(self._codes)}&+code"
            lasting = query.get("access_type") == "offline" and query.get("prompt") == "consent" and self.lasting
            self._codes[code] = (back, query["code_challenge"], self.signed_in, lasting)
        return Refused(302, "", headers={"Location": f"{back}?{urllib.parse.urlencode(answer)}"})

    def _redeem(self, form):
        """The answer for a code, or None; it is good once."""
        back, challenge, account, lasting = self._codes.pop(form.get("code"), (None, None, None, None))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if account is None or (form.get("redirect_uri"), made) != (back, challenge):
            return None
        return {"access_token": self.issue(account), "expires_in": TOKEN_SECS, "scope": SCOPE, "token_type": "Bearer",
                **({"refresh_token": account.refresh_token} if lasting else {})}

    def _token(self, headers, body):
        def refuse(status, error):
            refused = Refused(status, "")
            refused.body = json.dumps({"error": error, "error_description": "no"})
            return refused

        if headers.get("Content-Type", "").split(";")[0] != "application/x-www-form-urlencoded":
            raise refuse(400, "invalid_request")
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body).items()}
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            raise refuse(401, "invalid_client")
        if form.get("grant_type") == "authorization_code":
            answer = self._redeem(form)
            if answer is None:
                raise refuse(400, "invalid_grant")
            return answer
        if form.get("grant_type") != "refresh_token":
            raise refuse(400, "unsupported_grant_type")
        for account in self._accounts.values():
            if account.refresh_token == form.get("refresh_token"):
                answer = {"access_token": self.issue(account), "expires_in": TOKEN_SECS,
                          "scope": SCOPE, "token_type": "Bearer"}
                if self.new_refresh_token:
                    account.refresh_token = answer["refresh_token"] = self.new_refresh_token
                return answer
        raise refuse(400, "invalid_grant")

    def _account_of(self, headers):
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self._tokens:
            raise Refused(401, "authError", "Invalid Credentials")
        return self._tokens[token]

    def _calendar_list(self, account, query):
        self._check_names(query, CALENDAR_LIST_PARAMETERS)
        if int(query.get("maxResults", ["100"])[0]) > 250:
            raise Refused(400, "invalidParameter", "maxResults")
        items = []
        for calendar in account.calendars.values():
            entry = {"kind": "calendar#calendarListEntry", "id": calendar.id,
                     "summary": calendar.summary, "timeZone": calendar.time_zone,
                     "accessRole": calendar.role}
            if calendar.override:
                entry["summaryOverride"] = calendar.override
            if calendar.id == account.email:
                entry["primary"] = True
            items.append(entry)
        return self._page({"kind": "calendar#calendarList"}, items, query,
                          {"nextSyncToken": "calendars-1"})

    def _events(self, calendar, query):
        self._check_names(query, LIST_PARAMETERS)
        self._check_combination(query)
        head = {"kind": "calendar#events", "summary": calendar.summary,
                "timeZone": calendar.time_zone, "accessRole": calendar.role}
        items = [calendar.shown(item) for item in self._selected(calendar, query)]
        foot = {} if "orderBy" in query else {"nextSyncToken": f"sync-{calendar.changes}"}
        return self._page(head, items, query, foot)

    @staticmethod
    def _check_names(query, known):
        for name, values in query.items():
            if name not in known or (len(values) > 1 and name != "eventTypes"):
                raise Refused(400, "invalidParameter", name)

    @staticmethod
    def _check_combination(query):
        one = {name: values[0] for name, values in query.items()}
        if "syncToken" in one:
            if NOT_WITH_SYNC_TOKEN & set(one) or one.get("showDeleted") == "false":
                raise Refused(400, "syncTokenWithRequestRestrictions")
        if one.get("orderBy") == "startTime" and one.get("singleEvents") != "true":
            raise Refused(400, "badRequest", "orderBy")
        if not 1 <= int(one.get("maxResults", 250)) <= 2500:
            raise Refused(400, "invalidParameter", "maxResults")
        if not EVENT_TYPES >= set(query.get("eventTypes", [])):
            raise Refused(400, "invalidParameter", "eventTypes")
        for name in ("timeMin", "timeMax"):
            if name in one and not RFC3339.match(one[name]):
                raise Refused(400, "badRequest", name)
        if "timeMin" in one and "timeMax" in one and one["timeMin"] >= one["timeMax"]:
            raise Refused(400, "timeRangeEmpty")
        if one.get("singleEvents") != "true":
            raise Refused(400, "badRequest", "this fake knows instances only")

    @staticmethod
    def _selected(calendar, query):
        types = query.get("eventTypes")
        token = query.get("syncToken", [None])[0]
        since = -1
        if token is not None:
            known = re.fullmatch(r"sync-(\d+)", token)
            since = int(known.group(1)) if known else -1
            if not calendar.oldest <= since <= calendar.changes:
                raise Refused(410, "fullSyncRequired")
        low, high = (datetime.fromisoformat(query[name][0].replace("Z", "+00:00"))
                     if name in query else None for name in ("timeMin", "timeMax"))
        for item in list(calendar.items.values()):
            if calendar.changed[item["id"]] <= since:
                continue
            if item["status"] == "cancelled":
                if token is not None or query.get("showDeleted") == ["true"]:
                    yield item
                continue
            if types and item["eventType"] not in types:
                continue
            if low and "end" in item and calendar.moment(item["end"]) <= low:
                continue
            if high and "start" in item and calendar.moment(item["start"]) >= high:
                continue
            yield item

    def _page(self, head, items, query, foot):
        """The first page, or the one that a page token stands for: with the same parameters."""
        parameters = {name: values for name, values in query.items() if name != "pageToken"}
        number = 0
        if "pageToken" in query:
            found = self._lists.get(query["pageToken"][0])
            if found is None or found[0] != parameters:
                raise Refused(400, "invalidParameter", "pageToken")
            _, items, number = found
        if number in self.empty_pages:
            page, rest = [], items
        else:
            size = min(self.page_size, int(query.get("maxResults", ["250"])[0]))
            page, rest = items[:size], items[size:]
        answer = {**copy.deepcopy(head), "items": copy.deepcopy(page)}
        if rest or any(other > number for other in self.empty_pages):
            token = f"page+{number + 1}/{len(self._lists)}="
            self._lists[token] = (parameters, rest, number + 1)
            answer["nextPageToken"] = token
        else:
            answer.update(foot)
        return project(answer, parse_fields(query["fields"][0])) if "fields" in query else answer
