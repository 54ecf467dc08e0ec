/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Table names in SQL text. Outside of src/db for what is compared without a connection, else
 * db_table_name(). */
#pragma once

/* What the site's tables are called; all borrowed. */
typedef struct DbTableNames {
	const char *table_prefix; /* "wp_2_" */
	const char *base_prefix;  /* of the tables that a network shares: "wp_" */
	const char *users;        /* CUSTOM_USER_TABLE, with its prefix; NULL: as others */
	const char *usermeta;     /* CUSTOM_USER_META_TABLE likewise */
} DbTableNames;

/* "wp_posts" for "posts". Caller frees. */
char *db_sql_table(const char *table, const DbTableNames *names);

/* The tables of a statement, each once: "wp_posts, wp_users". Caller frees. */
char *db_sql_tables(const char *sql, const DbTableNames *names);

/* Replaces "{posts}" by "`wp_posts`". Braces around
 * anything but a lower-case name stay. Caller frees. */
char *db_sql_expand(const char *sql, const DbTableNames *names);
