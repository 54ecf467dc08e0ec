/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users found by id, login or e-mail address. */
#include <glib.h>

#include "../support/test_db.h"
#include "user/user.h"

typedef struct {
	const char *who;
	int64_t id; /* 0: nobody */
} UserCase;

static const UserCase cases[] = {
	{"1", 1},
	{"7", 7},
	{"anna", 2},
	{"ANNA", 2},
	{"anna@example.org", 2},
	{"ben@example.org", 1},
	{"9", 3},          /* no such id, but a login */
	{"same@a.org", 5}, /* the login of one is the address of another */
	{"", 0},
	{"0", 0},
	{"-1", 0},
	{"1 ", 0},
	{"99999999999999999999", 0},
	{"nobody", 0},
};

static void test_users_are_found(void)
{
	g_autoptr(TestDb) test = test_db_new();

	if (test == NULL)
		return;
	test_db_exec(test,
		"INSERT INTO wp_users (ID, user_login, user_email, display_name) VALUES "
		"(1, 'ben', 'ben@example.org', 'Ben B'), (2, 'anna', 'anna@example.org', 'Anna "
		"A'), "
		"(3, '9', '', ''), (4, 'four', 'same@a.org', ''), (5, 'same@a.org', '', ''), "
		"(6, '', '', ''), (7, 'seven', '', '')");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(WpUser) user = NULL;
		g_autoptr(GError) error = NULL;

		g_test_message("'%s'", cases[i].who);
		g_assert_true(wp_user_find(test->db, cases[i].who, &user, &error));
		g_assert_no_error(error);
		g_assert_cmpint(user != NULL ? user->id : 0, ==, cases[i].id);
		if (cases[i].id == 2) {
			g_assert_cmpstr(user->login, ==, "anna");
			g_assert_cmpstr(user->email, ==, "anna@example.org");
			g_assert_cmpstr(user->display_name, ==, "Anna A");
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/user/users-are-found", test_users_are_found);
	return g_test_run();
}
