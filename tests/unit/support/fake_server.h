/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts tests/fake/http_server.py, whose head says what a script may hold. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>

typedef struct FakeServer FakeServer;

/* Starts a server on a free port of 127.0.0.1, or fails the test. `routes` is a JSON object:
 * {"/path": [{"status": 200, "body": "hello"}]}; write ' for ", as no script needs a real one. */
FakeServer *fake_server_new(const char *routes);
FakeServer *fake_server_new_tls(const char *routes);
void fake_server_free(FakeServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeServer, fake_server_free)

unsigned fake_server_port(const FakeServer *server);

/* The certificate to trust, of fake_server_new_tls(). */
const char *fake_server_ca_file(const FakeServer *server);

/* "http://127.0.0.1:PORT" + path; the caller frees. */
char *fake_server_url(const FakeServer *server, const char *path);

/* How many requests came, or with a path how many for that. */
unsigned fake_server_count(FakeServer *server, const char *path);

/* One line for request `index`: "METHOD target"; NULL when there were fewer. The caller frees. */
char *fake_server_request_line(FakeServer *server, unsigned index);

/* A header of request `index`, named in lower case, or NULL. "body" and "connection" give those.
 * The caller frees. */
char *fake_server_header(FakeServer *server, unsigned index, const char *name);
