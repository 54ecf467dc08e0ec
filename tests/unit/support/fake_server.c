/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scripted HTTP server as a child process, spoken to in lines over pipes. */
#include "fake_server.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER_FILE "tests/fake/http_server.py"

struct FakeServer {
	GPid pid;
	FILE *to;
	FILE *from;
	unsigned port;
	char *scheme;
	char *ca_file;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

static cJSON *read_line(FakeServer *server)
{
	char *line = NULL;
	size_t size = 0;
	cJSON *value;

	if (getline(&line, &size, server->from) <= 0)
		g_error("%s ended; its standard error says why", SERVER_FILE);
	value = cJSON_Parse(line);
	g_assert_nonnull(value);
	free(line);
	return value;
}

static void write_line(FakeServer *server, const char *line)
{
	g_assert_cmpint(fprintf(server->to, "%s\n", line), >, 0);
	g_assert_cmpint(fflush(server->to), ==, 0);
}

static FakeServer *start(const char *routes, bool is_tls)
{
	char *argv[] = {"/usr/bin/python3", "-B", SERVER_FILE, NULL};
	FakeServer *server = g_new0(FakeServer, 1);
	g_autofree char *json = g_strdelimit(g_strdup(routes), "'", '"');
	g_autofree char *script =
		g_strdup_printf("{\"tls\": %s, \"routes\": %s}", is_tls ? "true" : "false", json);
	g_autoptr(cJSON) hello = NULL;
	const char *ca_file;
	int to;
	int from;
	g_autoptr(GError) error = NULL;

	g_strdelimit(script, "\n", ' ');
	g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
		&server->pid, &to, &from, NULL, &error);
	g_assert_no_error(error);
	server->to = fdopen(to, "w");
	server->from = fdopen(from, "r");
	write_line(server, script);
	hello = read_line(server);
	server->port = (unsigned)cJSON_GetNumberValue(cJSON_GetObjectItem(hello, "port"));
	ca_file = cJSON_GetStringValue(cJSON_GetObjectItem(hello, "ca_file"));
	server->ca_file = g_strdup(ca_file);
	server->scheme = g_strdup(is_tls ? "https" : "http");
	return server;
}

FakeServer *fake_server_new(const char *routes)
{
	return start(routes, false);
}

FakeServer *fake_server_new_tls(const char *routes)
{
	return start(routes, true);
}

void fake_server_free(FakeServer *server)
{
	if (server == NULL)
		return;
	(void)fclose(server->to);
	while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	(void)fclose(server->from);
	g_spawn_close_pid(server->pid);
	g_free(server->scheme);
	g_free(server->ca_file);
	g_free(server);
}

unsigned fake_server_port(const FakeServer *server)
{
	return server->port;
}

const char *fake_server_ca_file(const FakeServer *server)
{
	return server->ca_file;
}

char *fake_server_url(const FakeServer *server, const char *path)
{
	return g_strdup_printf("%s://127.0.0.1:%u%s", server->scheme, server->port, path);
}

static cJSON *read_requests(FakeServer *server)
{
	write_line(server, "requests");
	return read_line(server);
}

static const char *text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
}

unsigned fake_server_count(FakeServer *server, const char *path)
{
	g_autoptr(cJSON) requests = read_requests(server);
	const cJSON *request;
	unsigned count = 0;

	cJSON_ArrayForEach(request,
		requests) if (path == NULL || strcmp(path, text_of(request, "target")) == 0)
		count++;
	return count;
}

char *fake_server_request_line(FakeServer *server, unsigned index)
{
	g_autoptr(cJSON) requests = read_requests(server);
	const cJSON *request = cJSON_GetArrayItem(requests, (int)index);

	if (request == NULL)
		return NULL;
	return g_strdup_printf("%s %s", text_of(request, "method"), text_of(request, "target"));
}

char *fake_server_header(FakeServer *server, unsigned index, const char *name)
{
	g_autoptr(cJSON) requests = read_requests(server);
	const cJSON *request = cJSON_GetArrayItem(requests, (int)index);

	g_assert_nonnull(request);
	if (strcmp(name, "body") == 0)
		return g_strdup(text_of(request, "body"));
	if (strcmp(name, "connection") == 0)
		return g_strdup_printf(
			"%g", cJSON_GetNumberValue(cJSON_GetObjectItem(request, "connection")));
	return g_strdup(text_of(cJSON_GetObjectItem(request, "headers"), name));
}
