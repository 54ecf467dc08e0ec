/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread of its own takes the signals, since next to nothing may be done in a handler. */
#include "cli/interruption.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/log.h"

static const struct {
	int signum;
	const char *name;
} taken[] = {{SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}, {SIGHUP, "SIGHUP"}};

/* `signum` is set once, by the thread; the rest does not change while it runs. */
struct Interruption {
	GCancellable *stop;
	GCancellable *break_off;
	sigset_t former_mask;
	int signals; /* descriptors: signalfd */
	int end;     /* eventfd: the thread is to end */
	GThread *thread;
	int signum;
};

/* What a wait ended with, where it is no signal. */
enum { WAIT_ENDED = 0, WAIT_TIMED_OUT = -1 };

static int take_signal(const Interruption *interruption, int timeout_msecs)
{
	struct pollfd ready[] = {
		{interruption->end, POLLIN, 0}, {interruption->signals, POLLIN, 0}};
	struct signalfd_siginfo info;

	for (;;) {
		int count = poll(ready, G_N_ELEMENTS(ready), timeout_msecs);

		if (count == 0)
			return WAIT_TIMED_OUT;
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 || ready[0].revents != 0)
			return WAIT_ENDED;
		if (read(interruption->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
			return (int)info.ssi_signo;
	}
}

/* As if nobody had held it up, so that a shell sees what ended us. */
static void die_of(int signum)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, signum);
	(void)signal(signum, SIG_DFL);
	(void)pthread_sigmask(SIG_UNBLOCK, &one, NULL);
	(void)raise(signum);
}

static gpointer watch(gpointer data)
{
	Interruption *interruption = data;
	int signum = take_signal(interruption, -1);
	int next;

	if (signum == WAIT_ENDED)
		return NULL;
	g_atomic_int_set(&interruption->signum, signum);
	log_line(LOG_WARNING, NULL, "%s: coming to a safe point; a second one ends this at once",
		interruption_name(signum));
	g_cancellable_cancel(interruption->stop);
	next = take_signal(interruption, INTERRUPTION_BREAK_OFF_MSECS);
	if (next == WAIT_TIMED_OUT) {
		g_cancellable_cancel(interruption->break_off);
		next = take_signal(
			interruption, INTERRUPTION_SAFE_MSECS - INTERRUPTION_BREAK_OFF_MSECS);
	}
	if (next == WAIT_ENDED)
		return NULL;
	if (next == WAIT_TIMED_OUT)
		log_line(LOG_ERROR, NULL,
			"not at a safe point after %d seconds: ending at once; what is still held "
			"runs out by itself",
			INTERRUPTION_SAFE_MSECS / 1000);
	die_of(next == WAIT_TIMED_OUT ? signum : next);
	return NULL;
}

static bool is_ignored(int signum)
{
	struct sigaction action;

	return sigaction(signum, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

Interruption *interruption_new(void)
{
	Interruption *interruption = g_new0(Interruption, 1);
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
		if (!is_ignored(taken[i].signum))
			sigaddset(&set, taken[i].signum);
	}
	interruption->stop = g_cancellable_new();
	interruption->break_off = g_cancellable_new();
	interruption->end = eventfd(0, EFD_CLOEXEC);
	interruption->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	(void)pthread_sigmask(SIG_BLOCK, &set, &interruption->former_mask);
	if (interruption->end >= 0 && interruption->signals >= 0)
		interruption->thread = g_thread_try_new("signals", watch, interruption, NULL);
	/* Where nobody waits for the signals, they end the process as they always did. */
	if (interruption->thread == NULL)
		(void)pthread_sigmask(SIG_SETMASK, &interruption->former_mask, NULL);
	return interruption;
}

void interruption_free(Interruption *interruption)
{
	if (interruption == NULL)
		return;
	if (interruption->thread != NULL) {
		(void)eventfd_write(interruption->end, 1);
		g_thread_join(interruption->thread);
	}
	(void)pthread_sigmask(SIG_SETMASK, &interruption->former_mask, NULL);
	if (interruption->end >= 0)
		close(interruption->end);
	if (interruption->signals >= 0)
		close(interruption->signals);
	g_object_unref(interruption->stop);
	g_object_unref(interruption->break_off);
	g_free(interruption);
}

int interruption_signal(const Interruption *interruption)
{
	return g_atomic_int_get(&interruption->signum);
}

const char *interruption_name(int signum)
{
	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
		if (taken[i].signum == signum)
			return taken[i].name;
	}
	return "a signal";
}

GCancellable *interruption_stop(const Interruption *interruption)
{
	return interruption->stop;
}

GCancellable *interruption_break_off(const Interruption *interruption)
{
	return interruption->break_off;
}
