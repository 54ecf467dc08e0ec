/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private MariaDB for tests, and a fresh WordPress database in it for each. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/db.h"

/* A database with WordPress's tables and ours (prefix wp_), and a connection to it. */
typedef struct TestDb {
	DbOptions options; /* for further connections of the test */
	Db *db;
	char *name;
} TestDb;

/* Starts a server once per program, or uses the private one whose socket PRM_TEST_MYSQL_SOCKET
 * names. It ends with the program, however that ends. NULL, with the test marked as skipped, where
 * MariaDB's server is not installed. Run from the top of the source tree. */
TestDb *test_db_new(void);
/* Drops the database. */
void test_db_free(TestDb *test);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestDb, test_db_free)

/* Another connection to the same database. Caller frees. */
Db *test_db_connect(const TestDb *test);

/* Runs SQL (several statements, separated by ";") on a connection of its own, as root; an error
 * fails the test. */
void test_db_exec(const TestDb *test, const char *sql);

/* First column of the first row as text, NULL for SQL NULL or no row. Caller frees. */
char *test_db_text(const TestDb *test, const char *sql);
int64_t test_db_int(const TestDb *test, const char *sql);

/* All rows, columns joined by "|" (NULL as "NULL"), each ended by a newline. Caller frees. */
char *test_db_rows(const TestDb *test, const char *sql);
