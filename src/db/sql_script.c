/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a file of SQL apart into the statements that db_prepare() understands. */
#include "db/sql_script.h"

#include <stdbool.h>
#include <string.h>

#define EXAMPLE_PREFIX "wp_" /* as the files of sql/ are written */

static const char name_characters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_$";

/* Length of the comment that begins here, or 0. Like the server, takes "--" for one only when a
 * blank follows. */
static size_t comment_length(const char *at)
{
	const char *end;

	if (at[0] == '#' ||
		(at[0] == '-' && at[1] == '-' && (at[2] == '\0' || g_ascii_isspace(at[2]))))
		return strcspn(at, "\n");
	if (at[0] != '/' || at[1] != '*')
		return 0;
	end = strstr(at + 2, "*/");
	return end == NULL ? strlen(at) : (size_t)(end + 2 - at);
}

/* Length of the text in quotes that begins here, or 0. A doubled quote ends one and begins the
 * next. */
static size_t quoted_length(const char *at)
{
	char quote = at[0];
	size_t length = 1;

	if (quote != '\'' && quote != '"' && quote != '`')
		return 0;
	while (at[length] != '\0' && at[length] != quote)
		length += at[length] == '\\' && quote != '`' && at[length + 1] != '\0' ? 2 : 1;
	return at[length] == '\0' ? length : length + 1;
}

static void append_name(GString *statement, const char *name, size_t length)
{
	size_t prefix = strlen(EXAMPLE_PREFIX);

	if (length > prefix && strncmp(name, EXAMPLE_PREFIX, prefix) == 0)
		g_string_append_printf(statement, "{%.*s}", (int)(length - prefix), name + prefix);
	else
		g_string_append_len(statement, name, (gssize)length);
}

static void end_statement(GPtrArray *statements, GString *statement)
{
	g_strstrip(statement->str);
	if (statement->str[0] != '\0')
		g_ptr_array_add(statements, g_strdup(statement->str));
	g_string_truncate(statement, 0);
}

GStrv sql_script_statements(const char *script)
{
	GPtrArray *statements = g_ptr_array_new();
	g_autoptr(GString) statement = g_string_new(NULL);
	const char *at = script;

	while (*at != '\0') {
		size_t comment = comment_length(at);
		size_t quoted = quoted_length(at);
		size_t name = strspn(at, name_characters);

		if (comment > 0) {
			at += comment;
		} else if (quoted > 0) {
			g_string_append_len(statement, at, (gssize)quoted);
			at += quoted;
		} else if (name > 0) {
			append_name(statement, at, name);
			at += name;
		} else if (*at++ == ';') {
			end_statement(statements, statement);
		} else {
			g_string_append_c(statement, at[-1]);
		}
	}
	end_statement(statements, statement);
	g_ptr_array_add(statements, NULL);
	return (GStrv)g_ptr_array_free(statements, FALSE);
}
