/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breaks off what a connection waits for, from another thread; and ends on the server what was left
 * there. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "db/db_private.h"

static int socket_of(MYSQL *mysql)
{
#ifdef MARIADB_PACKAGE_VERSION_ID
	return (int)mysql_get_socket(mysql);
#else
	return (int)mysql->net.fd;
#endif
}

/* 0: no TCP connection. */
static unsigned local_port(int descriptor)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = {0};
	socklen_t bytes = sizeof(address);

	if (getsockname(descriptor, &address.any, &bytes) != 0)
		return 0;
	if (address.any.sa_family == AF_INET)
		return ntohs(address.v4.sin_port);
	return address.any.sa_family == AF_INET6 ? ntohs(address.v6.sin6_port) : 0;
}

/* Whoever reads from the socket then finds the connection lost. */
static void on_break_off(GCancellable *cancellable, gpointer data)
{
	DbWire *wire = data;

	(void)cancellable;
	g_mutex_lock(&wire->mutex);
	if (wire->descriptor >= 0) {
		wire->is_broken = true;
		(void)shutdown(wire->descriptor, SHUT_RDWR);
	}
	g_mutex_unlock(&wire->mutex);
}

void db_wire_init(Db *db)
{
	g_mutex_init(&db->wire.mutex);
	db->wire.descriptor = -1;
	if (db->break_off != NULL)
		db->wire.handler = g_cancellable_connect(
			db->break_off, G_CALLBACK(on_break_off), &db->wire, NULL);
}

void db_wire_clear(Db *db)
{
	if (db->break_off != NULL)
		g_cancellable_disconnect(db->break_off, db->wire.handler);
	g_mutex_clear(&db->wire.mutex);
}

void db_wire_close(Db *db)
{
	DbWire *wire = &db->wire;

	g_mutex_lock(&wire->mutex);
	wire->descriptor = -1;
	if (wire->is_broken)
		wire->left = wire->open;
	wire->is_broken = false;
	g_mutex_unlock(&wire->mutex);
}

bool db_wire_is_broken(Db *db)
{
	bool is_broken;

	g_mutex_lock(&db->wire.mutex);
	is_broken = db->wire.is_broken;
	g_mutex_unlock(&db->wire.mutex);
	return is_broken;
}

/* "localhost" or "host:port". */
static bool came_from(const char *host, unsigned port)
{
	const char *colon = host != NULL ? strrchr(host, ':') : NULL;
	g_autofree char *number = g_strdup_printf("%u", port);

	return port == 0 ? g_strcmp0(host, "localhost") == 0
			 : colon != NULL && strcmp(colon + 1, number) == 0;
}

/* Its number alone could be another one's behind a proxy of several servers: the server must also
 * see it come from where it came from. Not from information_schema: MySQL refuses to show
 * statements with bytes that are no text there (3854). */
static bool is_still_there(Db *db, const DbServerThread *thread)
{
	enum { ID, USER, HOST };
	g_autofree char *id = g_strdup_printf("%lu", thread->id);
	bool is_there = false;
	MYSQL_RES *result;
	MYSQL_ROW row;

	if (db_send_plain(db, "SHOW PROCESSLIST") != 0)
		return false;
	result = mysql_store_result(db->mysql);
	if (result == NULL)
		return false;
	while ((row = mysql_fetch_row(result)) != NULL)
		is_there |= g_strcmp0(row[ID], id) == 0 && came_from(row[HOST], thread->port);
	mysql_free_result(result);
	return is_there;
}

/* A server goes on waiting for a lock though its client is gone, and holds those that it has: also
 * that on our lease, which is to be given back. */
static void end_left_behind(Db *db)
{
	const DbServerThread left = db->wire.left;

	db->wire.left = (DbServerThread){0};
	if (left.id != 0 && is_still_there(db, &left)) {
		g_autofree char *sql = g_strdup_printf("KILL %lu", left.id);

		(void)db_send_plain(db, sql);
	}
}

void db_wire_open(Db *db)
{
	DbWire *wire = &db->wire;
	int descriptor = socket_of(db->mysql);

	g_mutex_lock(&wire->mutex);
	wire->descriptor = descriptor;
	wire->open = (DbServerThread){mysql_thread_id(db->mysql), local_port(descriptor)};
	g_mutex_unlock(&wire->mutex);
	end_left_behind(db);
}

bool db_is_broken_off(const Db *db)
{
	return g_cancellable_is_cancelled(db->break_off);
}

bool db_is_stopped(const Db *db)
{
	return g_cancellable_is_cancelled(db->stop) || db_is_broken_off(db);
}
