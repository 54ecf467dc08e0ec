/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells ThreadSanitizer of GLib's locks: they are bare futexes in a library that it does not see
 * into, so it would take everything behind them for a race. Empty in other variants. */

#ifdef __SANITIZE_THREAD__

#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

/* GLib declares some of these as macros around themselves. */
#undef g_once_init_enter
#undef g_once_init_leave

static void *find_real(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	g_assert(function != NULL);
	return function;
}

void g_mutex_lock(GMutex *mutex)
{
	((void (*)(GMutex *))find_real("g_mutex_lock"))(mutex);
	__tsan_acquire(mutex);
}

void g_mutex_unlock(GMutex *mutex)
{
	__tsan_release(mutex);
	((void (*)(GMutex *))find_real("g_mutex_unlock"))(mutex);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
	__tsan_release(mutex);
	((void (*)(GCond *, GMutex *))find_real("g_cond_wait"))(cond, mutex);
	__tsan_acquire(mutex);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
	gboolean is_signalled;

	__tsan_release(mutex);
	is_signalled = ((gboolean(*)(GCond *, GMutex *, gint64))find_real("g_cond_wait_until"))(
		cond, mutex, end_time);
	__tsan_acquire(mutex);
	return is_signalled;
}

gboolean(g_once_init_enter)(volatile void *location)
{
	gboolean is_first =
		((gboolean(*)(volatile void *))find_real("g_once_init_enter"))(location);

	if (!is_first)
		__tsan_acquire((void *)location);
	return is_first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
	__tsan_release((void *)location);
	((void (*)(volatile void *, gsize))find_real("g_once_init_leave"))(location, result);
}

#endif
