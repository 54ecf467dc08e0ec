/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of people's connections cannot be understood: syncs leave it as it is and warn, so that it
 * would be seen in a log alone. */
#include "cli/connection_problems.h"

#include "user/connection.h"
#include "user/connections_row.h"

static void problem_free(gpointer data)
{
	ConnectionProblem *problem = data;

	g_free(problem->user_login);
	g_free(problem->text);
	g_free(problem);
}

static void add_problem(GPtrArray *problems, const WpUser *user, const char *text)
{
	ConnectionProblem *problem = g_new(ConnectionProblem, 1);

	*problem = (ConnectionProblem){user->id, g_strdup(user->login), g_strdup(text)};
	g_ptr_array_add(problems, problem);
}

static void add_problems(GPtrArray *problems, const UserConnections *row)
{
	g_autoptr(GError) why = NULL;
	size_t length = 0;
	const char *stored = g_bytes_get_data(row->stored, &length);
	g_autoptr(ConnectionList) list = connections_parse(stored, length, &why);

	if (list == NULL) {
		add_problem(problems, row->user, why->message);
		return;
	}
	for (guint i = 0; i < list->problems->len; i++)
		add_problem(problems, row->user, g_ptr_array_index(list->problems, i));
}

GPtrArray *connection_problems_load(Db *db, const WpSite *site, GError **error)
{
	g_autoptr(GPtrArray) rows = connections_rows_load(db, site, NULL, error);
	GPtrArray *problems;

	if (rows == NULL)
		return NULL;
	problems = g_ptr_array_new_with_free_func(problem_free);
	for (guint i = 0; i < rows->len; i++)
		add_problems(problems, g_ptr_array_index(rows, i));
	return problems;
}
