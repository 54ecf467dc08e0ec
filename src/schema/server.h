/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the database server says of itself. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

typedef struct ServerFacts {
	char *version; /* "10.11.14-MariaDB-0+deb12u2", "8.0.36" */
	bool is_mariadb;
	bool is_older; /* than what the statements are tested with; false where nobody can tell */
	int64_t clock_utc; /* unix seconds */
	char *tls_cipher;  /* of this connection; NULL: it is not encrypted */

	/* It logs statements: writes then use another isolation (see db_open()). */
	bool has_statement_log;
	bool is_read_only; /* for users without administrative privileges */

	/* A node of a Galera cluster. */
	bool is_galera;
	bool is_ready;        /* it takes statements */
	char *galera_status;  /* wsrep_cluster_status: "Primary" has the quorum; NULL for none */
	char *galera_state;   /* "Synced", "Donor/Desynced" … */
	int64_t galera_nodes; /* of its component */

	/* A member of MySQL's Group Replication. */
	char *replica_group; /* its name; NULL: it is in none */
	char *group_state;   /* "ONLINE", "RECOVERING", "ERROR" …; NULL: we may not see it */
	char *group_role;    /* "PRIMARY", "SECONDARY"; or NULL */
	int64_t group_members;
	int64_t group_online; /* of these, as this one sees it */
} ServerFacts;

/* Asks the server; caller clears. Errors: DB_ERROR. */
bool server_facts_load(Db *db, ServerFacts *ret_facts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void server_facts_clear(ServerFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ServerFacts, server_facts_clear)

/* The rule for `is_older`: MariaDB before 10.5, MySQL before 8.0. */
bool server_is_older(const char *version);
