/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Table names in SQL text. Outside of src/db for what is compared without a connection, else
 * db_table_name(). */
#pragma once

/* "wp_posts" for "posts"; tables that a network shares get `base_prefix`. Caller frees. */
char *db_sql_table(const char *table, const char *table_prefix, const char *base_prefix);

/* Replaces "{posts}" by "`wp_posts`". Braces around
 * anything but a lower-case name stay. Caller frees. */
char *db_sql_expand(const char *sql, const char *table_prefix, const char *base_prefix);
