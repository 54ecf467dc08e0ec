/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of SHOW GRANTS, taken apart. */
#include "schema/grant_line.h"

#include <string.h>

static void grant_privilege_free(GrantPrivilege *privilege)
{
	g_free(privilege->name);
	g_clear_pointer(&privilege->columns, g_ptr_array_unref);
	g_free(privilege);
}

static GrantPrivilege *grant_privilege_new(const char *name, size_t length)
{
	GrantPrivilege *privilege = g_new0(GrantPrivilege, 1);

	privilege->name = g_ascii_strup(name, (gssize)length);
	g_strstrip(privilege->name);
	return privilege;
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " ");
}

/* A name in its quotes, which stand doubled inside, or a plain word; NULL at anything else. */
static char *read_name(const char **at)
{
	static const char word[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_$*";
	GString *name = g_string_new(NULL);
	const char *from = *at;
	char quote = from[0];

	if (quote != '`' && quote != '\'' && quote != '"') {
		size_t length = strspn(from, word);

		*at += length;
		g_string_append_len(name, from, (gssize)length);
		return g_string_free(name, length == 0);
	}
	for (from++; *from != '\0'; from++) {
		if (from[0] == quote && from[1] != quote) {
			*at = from + 1;
			return g_string_free(name, FALSE);
		}
		if (from[0] == quote)
			from++;
		g_string_append_c(name, *from);
	}
	g_string_free(name, TRUE);
	return NULL;
}

/* "(ID, `user_login`)"; NULL where it is none. */
static GPtrArray *read_columns(const char **at)
{
	g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func(g_free);
	const char *from = *at;

	do {
		char *name;

		from = skip_blanks(from + 1);
		name = read_name(&from);
		if (name == NULL)
			return NULL;
		g_ptr_array_add(columns, name);
		from = skip_blanks(from);
	} while (*from == ',');
	if (*from != ')')
		return NULL;
	*at = from + 1;
	return g_steal_pointer(&columns);
}

/* Up to the comma, the columns or " ON ": names of privileges are upper-case words. */
static size_t name_length(const char *from)
{
	size_t length = strspn(from, G_CSET_A_2_Z "_ ");
	const char *on = g_strstr_len(from, (gssize)length, " ON ");

	return on != NULL ? (size_t)(on - from) : length;
}

GPtrArray *grant_privileges_parse(const char *text, const char **ret_end)
{
	g_autoptr(GPtrArray) privileges =
		g_ptr_array_new_with_free_func((GDestroyNotify)grant_privilege_free);
	const char *at = text;

	for (;;) {
		size_t length = name_length(at);
		GrantPrivilege *privilege = grant_privilege_new(at, length);

		g_ptr_array_add(privileges, privilege);
		at += length;
		if (privilege->name[0] == '\0')
			return NULL;
		if (*at == '(')
			privilege->columns = read_columns(&at);
		if (*at == '(')
			return NULL;
		if (*at != ',')
			break;
		at = skip_blanks(at + 1);
	}
	if (ret_end != NULL)
		*ret_end = at;
	return g_steal_pointer(&privileges);
}

/* "*.*", "`shop`.*", "`shop`.`wp_posts`", "PROCEDURE `shop`.`total`"; a proxy's "''@''". */
static bool read_object(GrantLine *line, const char **at)
{
	static const char *const kinds[] = {
		"TABLE ", "PROCEDURE ", "FUNCTION ", "PACKAGE BODY ", "PACKAGE "};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!g_str_has_prefix(*at, kinds[i]))
			continue;
		*at += strlen(kinds[i]);
		line->is_routine = i > 0;
		break;
	}
	line->database = read_name(at);
	if (line->database == NULL || (**at != '.' && **at != '@'))
		return false;
	line->is_routine = line->is_routine || **at == '@';
	++*at;
	line->table = read_name(at);
	if (line->table == NULL)
		return false;
	if (strcmp(line->table, "*") == 0)
		g_clear_pointer(&line->table, g_free);
	if (line->table == NULL && strcmp(line->database, "*") == 0)
		g_clear_pointer(&line->database, g_free);
	return true;
}

static bool read_privileges(GrantLine *line, const char *text)
{
	const char *at = NULL;

	line->privileges = grant_privileges_parse(text, &at);
	if (line->privileges == NULL || !g_str_has_prefix(at, " ON "))
		return false;
	at += strlen(" ON ");
	if (!read_object(line, &at))
		return false;
	if (strstr(at, " WITH GRANT OPTION") != NULL)
		g_ptr_array_add(line->privileges,
			grant_privilege_new("GRANT OPTION", strlen("GRANT OPTION")));
	return true;
}

/* "`reader`@`%`,`writer`@`%` TO …": the names up to " TO ". */
static bool read_roles(GrantLine *line, const char *text)
{
	const char *to = strstr(text, " TO ");

	if (to == NULL)
		return false;
	line->roles = g_strndup(text, (size_t)(to - text));
	return true;
}

GrantLine *grant_line_parse(const char *text)
{
	g_autoptr(GrantLine) line = g_new0(GrantLine, 1);
	bool is_grant = g_str_has_prefix(text, "GRANT ");
	size_t verb = is_grant ? strlen("GRANT ") : strlen("REVOKE ");

	if (!is_grant && !g_str_has_prefix(text, "REVOKE "))
		return g_steal_pointer(&line);
	if (read_privileges(line, text + verb))
		line->kind = is_grant ? GRANT_LINE_PRIVILEGES : GRANT_LINE_REVOKED;
	else if (is_grant && strstr(text, " ON ") == NULL && read_roles(line, text + verb))
		line->kind = GRANT_LINE_ROLES;
	return g_steal_pointer(&line);
}

void grant_line_free(GrantLine *line)
{
	if (line == NULL)
		return;
	g_clear_pointer(&line->privileges, g_ptr_array_unref);
	g_free(line->database);
	g_free(line->table);
	g_free(line->roles);
	g_free(line);
}

/* As LIKE does, for names know no case on some servers; never more than pattern times name steps.
 */
bool grant_pattern_matches(const char *pattern, const char *name)
{
	const char *after_percent = NULL;
	const char *retry = NULL;

	while (*name != '\0') {
		bool is_escaped = pattern[0] == '\\' && pattern[1] != '\0';
		char wanted = is_escaped ? pattern[1] : pattern[0];

		if (!is_escaped && wanted == '%') {
			after_percent = ++pattern;
			retry = name;
		} else if ((!is_escaped && wanted == '_') ||
			   g_ascii_tolower(wanted) == g_ascii_tolower(*name)) {
			pattern += is_escaped ? 2 : 1;
			name++;
		} else if (after_percent != NULL) {
			pattern = after_percent;
			name = ++retry;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "%")] == '\0';
}
