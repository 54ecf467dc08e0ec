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

/* GLib keeps time zones and the names of quarks in tables behind locks of its own: what it does
 * there is none of ThreadSanitizer's business. */
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);

static void look_away(void)
{
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}

static void look_again(void)
{
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

GQuark g_quark_from_static_string(const char *string)
{
	GQuark quark;

	look_away();
	quark = ((GQuark(*)(const char *))find_real("g_quark_from_static_string"))(string);
	look_again();
	return quark;
}

GTimeZone *g_time_zone_new_identifier(const char *identifier)
{
	GTimeZone *zone;

	look_away();
	zone = ((GTimeZone * (*)(const char *)) find_real("g_time_zone_new_identifier"))(
		identifier);
	look_again();
	return zone;
}

GTimeZone *g_time_zone_new_offset(gint32 seconds)
{
	GTimeZone *zone;

	look_away();
	zone = ((GTimeZone * (*)(gint32)) find_real("g_time_zone_new_offset"))(seconds);
	look_again();
	return zone;
}

GTimeZone *g_time_zone_new_utc(void)
{
	GTimeZone *zone;

	look_away();
	zone = ((GTimeZone * (*)(void)) find_real("g_time_zone_new_utc"))();
	look_again();
	return zone;
}

void g_time_zone_unref(GTimeZone *zone)
{
	look_away();
	((void (*)(GTimeZone *))find_real("g_time_zone_unref"))(zone);
	look_again();
}

/* Times hold zones. */
GDateTime *g_date_time_new_from_iso8601(const char *text, GTimeZone *default_zone)
{
	GDateTime *time;

	look_away();
	time = ((GDateTime * (*)(const char *, GTimeZone *))
			find_real("g_date_time_new_from_iso8601"))(text, default_zone);
	look_again();
	return time;
}

void g_date_time_unref(GDateTime *time)
{
	look_away();
	((void (*)(GDateTime *))find_real("g_date_time_unref"))(time);
	look_again();
}

#endif
