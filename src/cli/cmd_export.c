/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `prm-calendar export`: what is remembered of one person, row by row as it is read. */
#include <stdio.h>

#include "cli/app.h"
#include "cli/chosen.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "state/user_records.h"

static const CliOption export_options[] = {
	{"user", 0, CLI_OPTION_TEXT, offsetof(CliOptions, user), "USER",
		"whose records: id, login or e-mail address"},
	{0},
};

typedef struct {
	bool has_rows; /* of the table in hand */
} Export;

static void add_row(const char *table, const UserRecordField *fields, size_t count, void *data)
{
	Export *export = data;
	g_autoptr(Json) object = json_object_new();

	(void)table;
	for (size_t i = 0; i < count; i++) {
		const UserRecordField *field = &fields[i];

		if (field->is_number && field->text != NULL)
			json_set_int(object, field->name, g_ascii_strtoll(field->text, NULL, 10));
		else
			json_set_text(object, field->name, field->text);
	}
	if (export->has_rows)
		putchar(',');
	json_print_part(object);
	export->has_rows = true;
}

static bool print_tables(const App *app, const WpUser *user, GError **error)
{
	g_autoptr(GPtrArray) tables = user_records_tables(app->db, error);

	for (guint i = 0; tables != NULL && i < tables->len; i++) {
		const char *table = g_ptr_array_index(tables, i);
		Export export = {0};

		printf("%s\"%s\":[", i == 0 ? "" : ",", table);
		if (!user_records_read(app->db, table, user->id, add_row, &export, error))
			return false;
		putchar(']');
	}
	return tables != NULL;
}

static bool print_all(const App *app, const WpUser *user, GError **error)
{
	g_autoptr(Json) login = json_object_new();

	json_set_int(login, "user_id", user->id);
	json_set_text(login, "user_login", user->login);
	fputs("{\"user\":", stdout);
	json_print_part(login);
	fputs(",\"tables\":{", stdout);
	if (!print_tables(app, user, error))
		return false;
	puts("}}");
	return true;
}

static ExitStatus run_export(const CliOptions *options)
{
	g_auto(App) app = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(WpUser) user = NULL;
	ExitStatus status;

	if (options->user == NULL)
		return usage_fail(options, "say whose records: --user=USER");
	status = app_open(&app, options);
	if (status != EXIT_ALL_WELL)
		return status;
	user = chosen_person(app.db, options->user, &error);
	if (user == NULL || !print_all(&app, user, &error))
		return app_fail(options, error);
	return EXIT_ALL_WELL;
}

const Command command_export = {
	.name = "export",
	.arguments = "",
	.summary = "all that is remembered of one person, as JSON",
	.details =
		"Prints, as one JSON object, every row about a user in the program's own tables: "
		"which\n"
		"calendars and objects were read, which events were made of them, what was logged. "
		"What\n"
		"is in WordPress's own tables its own export tells. Of a user who was deleted the\n"
		"number is understood.\n\n"
		"Example: prm-calendar export --user=anna > anna.json",
	.options = export_options,
	.run = run_export,
};
