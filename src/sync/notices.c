/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What concerns the whole site is said once in a run, not once a user. */
#include "sync/notices.h"

struct Notices {
	GMutex mutex;
	GHashTable *said; /* guarded by the mutex */
};

Notices *notices_new(void)
{
	Notices *notices = g_new0(Notices, 1);

	g_mutex_init(&notices->mutex);
	notices->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return notices;
}

void notices_free(Notices *notices)
{
	if (notices == NULL)
		return;
	g_hash_table_unref(notices->said);
	g_mutex_clear(&notices->mutex);
	g_free(notices);
}

bool notices_is_new(Notices *notices, const char *text)
{
	bool is_new;

	g_mutex_lock(&notices->mutex);
	is_new = g_hash_table_add(notices->said, g_strdup(text));
	g_mutex_unlock(&notices->mutex);
	return is_new;
}
