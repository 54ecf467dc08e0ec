/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of SHOW GRANTS, taken apart. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A privilege: "SELECT", for some columns or for all. */
typedef struct GrantPrivilege {
	char *name;         /* upper case; "ALL PRIVILEGES", "GRANT OPTION" among them */
	GPtrArray *columns; /* of char*; NULL for all */
} GrantPrivilege;

typedef enum {
	GRANT_LINE_OTHER, /* says nothing of privileges: SET DEFAULT ROLE … */
	GRANT_LINE_PRIVILEGES,
	GRANT_LINE_REVOKED, /* MySQL's partial revokes: taken off what is granted globally */
	GRANT_LINE_ROLES,
} GrantLineKind;

typedef struct GrantLine {
	GrantLineKind kind;
	GPtrArray *privileges; /* of GrantPrivilege */
	char *database;        /* a pattern of LIKE where `table` is NULL; NULL: of every one */
	char *table;           /* NULL: every table of the database */
	bool is_routine;       /* `table` names a procedure or function, or what a proxy may be */
	char *roles;           /* GRANT_LINE_ROLES: as they stand there */
} GrantLine;

/* Reads a line as MariaDB or MySQL writes it; what cannot be understood is GRANT_LINE_OTHER. Caller
 * frees. */
GrantLine *grant_line_parse(const char *text);
void grant_line_free(GrantLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrantLine, grant_line_free)

/* "SELECT (ID, user_login), UPDATE" as an array of GrantPrivilege; `*ret_end` (or NULL) is where
 * it ends. Caller unrefs. */
GPtrArray *grant_privileges_parse(const char *text, const char **ret_end);

/* Whether a database's name matches the pattern of a line. */
bool grant_pattern_matches(const char *pattern, const char *name);
