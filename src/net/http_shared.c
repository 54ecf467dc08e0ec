/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the HTTP clients of a process share: limits per host, Retry-After marks, learned schemes. */
#include "net/http_shared.h"

#include <string.h>

enum {
	/* SOGo runs out of database connections with more than one (calendar-protocols A12). */
	MAX_RUNNING_PER_ACCOUNT = 1,
	MAX_RUNNING_PER_SITE = 4,
	CANCEL_POLL_MSECS = 100,
};

typedef struct BusyMark {
	int status;
	int64_t until_utc;
} BusyMark;

/* Owns all of it. What stands above `mutex` is set once, before other threads know of it; what
 * stands below is touched with the mutex held alone. A number in `running` is never 0: the entry
 * goes. */
struct HttpShared {
	HttpOptions options; /* its strings are ours */
	char **allow_private;
	AddressPolicy *policy;
	CURLSH *curl;
	GMutex curl_locks[CURL_LOCK_DATA_LAST];

	GMutex mutex; /* of what follows */
	GCond left;
	GHashTable *running; /* site or account -> number of requests */
	GHashTable *busy;    /* site -> BusyMark */
	GHashTable *learned; /* account -> CURLAUTH_ bits */
};

static void lock_curl_data(CURL *handle, curl_lock_data data, curl_lock_access access, void *locks)
{
	(void)handle;
	(void)access;
	g_mutex_lock(&((GMutex *)locks)[data]);
}

static void unlock_curl_data(CURL *handle, curl_lock_data data, void *locks)
{
	(void)handle;
	g_mutex_unlock(&((GMutex *)locks)[data]);
}

/* Connections stay with their threads: libcurl 7.88 does not share those safely. */
static CURLSH *new_curl_share(GMutex *locks)
{
	CURLSH *share = curl_share_init();

	if (share == NULL)
		return NULL;
	if (curl_share_setopt(share, CURLSHOPT_USERDATA, locks) == CURLSHE_OK &&
		curl_share_setopt(share, CURLSHOPT_LOCKFUNC, lock_curl_data) == CURLSHE_OK &&
		curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, unlock_curl_data) == CURLSHE_OK &&
		curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) == CURLSHE_OK &&
		curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK)
		return share;
	/* With one of both functions only, or without data, the cleanup must not call them. */
	(void)curl_share_setopt(share, CURLSHOPT_LOCKFUNC, NULL);
	(void)curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, NULL);
	curl_share_cleanup(share);
	return NULL;
}

HttpShared *http_shared_new(const HttpOptions *options)
{
	static gsize is_curl_ready = 0;
	HttpShared *shared = g_new0(HttpShared, 1);

	if (g_once_init_enter(&is_curl_ready)) {
		/* Where this fails, so does each handle, with an error. */
		(void)curl_global_init(CURL_GLOBAL_DEFAULT);
		g_once_init_leave(&is_curl_ready, 1);
	}
	shared->options = *options;
	shared->options.ca_file = g_strdup(options->ca_file);
	shared->options.proxy = g_strdup(options->proxy);
	shared->allow_private = g_strdupv((char **)options->allow_private);
	shared->options.allow_private = (const char *const *)shared->allow_private;
	shared->policy = address_policy_new(options->allow_private);
	for (size_t i = 0; i < G_N_ELEMENTS(shared->curl_locks); i++)
		g_mutex_init(&shared->curl_locks[i]);
	shared->curl = new_curl_share(shared->curl_locks);
	g_mutex_init(&shared->mutex);
	g_cond_init(&shared->left);
	shared->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	shared->busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	shared->learned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return shared;
}

void http_shared_free(HttpShared *shared)
{
	if (shared == NULL)
		return;
	if (shared->curl != NULL)
		curl_share_cleanup(shared->curl);
	for (size_t i = 0; i < G_N_ELEMENTS(shared->curl_locks); i++)
		g_mutex_clear(&shared->curl_locks[i]);
	g_mutex_clear(&shared->mutex);
	g_cond_clear(&shared->left);
	g_hash_table_unref(shared->running);
	g_hash_table_unref(shared->busy);
	g_hash_table_unref(shared->learned);
	address_policy_free(shared->policy);
	g_strfreev(shared->allow_private);
	g_free((char *)shared->options.ca_file);
	g_free((char *)shared->options.proxy);
	g_free(shared);
}

const HttpOptions *http_shared_options(const HttpShared *shared)
{
	return &shared->options;
}

const AddressPolicy *http_shared_policy(const HttpShared *shared)
{
	return shared->policy;
}

CURLSH *http_shared_curl(const HttpShared *shared)
{
	return shared->curl;
}

int64_t http_shared_now_utc(const HttpShared *shared)
{
	if (shared->options.now_utc != NULL)
		return shared->options.now_utc(shared->options.now_data);
	return g_get_real_time() / G_USEC_PER_SEC;
}

void http_shared_wait(const HttpShared *shared, unsigned msecs, GCancellable *cancellable)
{
	if (shared->options.wait_msecs != NULL) {
		shared->options.wait_msecs(shared->options.wait_data, msecs);
		return;
	}
	while (msecs > 0 && !g_cancellable_is_cancelled(cancellable)) {
		unsigned step = MIN(msecs, CANCEL_POLL_MSECS);

		g_usleep(step * 1000UL);
		msecs -= step;
	}
}

static unsigned running_count(const HttpShared *shared, const char *key)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(shared->running, key));
}

static void change_running(HttpShared *shared, const char *key, int change)
{
	unsigned count = (unsigned)((int)running_count(shared, key) + change);

	if (count == 0)
		g_hash_table_remove(shared->running, key);
	else
		g_hash_table_insert(shared->running, g_strdup(key), GUINT_TO_POINTER(count));
}

static bool is_full(const HttpShared *shared, const char *site, const char *account)
{
	return running_count(shared, site) >= MAX_RUNNING_PER_SITE ||
	       (account != NULL && running_count(shared, account) >= MAX_RUNNING_PER_ACCOUNT);
}

bool http_shared_enter(HttpShared *shared, const char *site, const char *account,
	GCancellable *cancellable, GError **error)
{
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);
	int64_t deadline = g_get_monotonic_time() +
			   (int64_t)shared->options.request_timeout_secs * G_USEC_PER_SEC;

	while (!g_cancellable_is_cancelled(cancellable)) {
		if (!is_full(shared, site, account)) {
			change_running(shared, site, 1);
			if (account != NULL)
				change_running(shared, account, 1);
			return true;
		}
		if (g_get_monotonic_time() >= deadline) {
			g_set_error(error, HTTP_ERROR, HTTP_ERROR_TIMEOUT,
				"gave up waiting for earlier requests to %s to end", site);
			return false;
		}
		/* In steps, so that a cancellation is noticed. */
		g_cond_wait_until(&shared->left, &shared->mutex,
			g_get_monotonic_time() + CANCEL_POLL_MSECS * 1000);
	}
	g_set_error(
		error, HTTP_ERROR, HTTP_ERROR_CANCELLED, "the request to %s was cancelled", site);
	return false;
}

void http_shared_leave(HttpShared *shared, const char *site, const char *account)
{
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);

	change_running(shared, site, -1);
	if (account != NULL)
		change_running(shared, account, -1);
	g_cond_broadcast(&shared->left);
}

static gboolean is_over(gpointer site, gpointer mark, gpointer now_utc)
{
	(void)site;
	return ((const BusyMark *)mark)->until_utc <= *(const int64_t *)now_utc;
}

void http_shared_mark_busy(HttpShared *shared, const char *site, int status, int64_t secs)
{
	int64_t now_utc = http_shared_now_utc(shared);
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);
	BusyMark *mark = g_new0(BusyMark, 1);

	mark->status = status;
	mark->until_utc = now_utc + secs;
	g_hash_table_foreach_remove(shared->busy, is_over, &now_utc);
	g_hash_table_insert(shared->busy, g_strdup(site), mark);
}

bool http_shared_is_busy(HttpShared *shared, const char *site, int *ret_status, int64_t *ret_secs)
{
	int64_t now_utc = http_shared_now_utc(shared);
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);
	const BusyMark *mark = g_hash_table_lookup(shared->busy, site);

	if (mark == NULL || mark->until_utc <= now_utc)
		return false;
	*ret_status = mark->status;
	*ret_secs = mark->until_utc - now_utc;
	return true;
}

unsigned long http_shared_learned_auth(HttpShared *shared, const char *account)
{
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);

	return GPOINTER_TO_SIZE(g_hash_table_lookup(shared->learned, account));
}

void http_shared_learn_auth(HttpShared *shared, const char *account, unsigned long scheme)
{
	G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&shared->mutex);

	if (scheme == CURLAUTH_NONE)
		g_hash_table_remove(shared->learned, account);
	else
		g_hash_table_insert(shared->learned, g_strdup(account), GSIZE_TO_POINTER(scheme));
}
