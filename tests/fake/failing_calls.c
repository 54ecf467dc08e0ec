/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaded before the libraries (LD_PRELOAD): counts the program's calls of theirs that can fail, or
 * lets one of them fail without being made. FAILING_CALL=curl_easy_init FAILING_AT=3 lets the third
 * fail, FAILING_ON=1 all later ones, too; FAILING_LOG=FILE gets a line "name count" for each at the
 * end. lib/failing_calls.py sets them. What fails for want of memory alone is here where the
 * program asks whether it did: cJSON's memory is GLib's. */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/urename.h>

/* How each says that it failed. All take whole numbers and pointers, eight at most: on 64-bit
 * machines each takes the place of a long, also for "...", so that they are passed on without
 * knowing what they are. */
#define NULL_POINTER 0
#define MINUS_ONE (-1)
#define CALLS(CALL)                                                                                \
	CALL(curl_global_init, 27) /* CURLE_OUT_OF_MEMORY */                                       \
	CALL(curl_global_init_mem, 27)                                                             \
	CALL(curl_easy_init, NULL_POINTER)                                                         \
	CALL(curl_easy_setopt, 48)  /* CURLE_UNKNOWN_OPTION */                                     \
	CALL(curl_easy_perform, 2)  /* CURLE_FAILED_INIT */                                        \
	CALL(curl_easy_getinfo, 43) /* CURLE_BAD_FUNCTION_ARGUMENT */                              \
	CALL(curl_easy_header, 5)   /* CURLHE_OUT_OF_MEMORY */                                     \
	CALL(curl_slist_append, NULL_POINTER)                                                      \
	CALL(curl_share_init, NULL_POINTER)                                                        \
	CALL(curl_share_setopt, 4) /* CURLSHE_NOMEM */                                             \
	CALL(curl_url, NULL_POINTER)                                                               \
	CALL(curl_url_set, 7) /* CURLUE_OUT_OF_MEMORY */                                           \
	CALL(curl_url_get, 7)                                                                      \
	CALL(curl_getdate, MINUS_ONE)                                                              \
	CALL(xmlCreateIOParserCtxt, NULL_POINTER)                                                  \
	CALL(xmlCtxtUseOptions, MINUS_ONE)                                                         \
	CALL(xmlParseDocument, MINUS_ONE)                                                          \
	CALL(icalparser_new, NULL_POINTER)                                                         \
	CALL(icalparser_add_line, NULL_POINTER)                                                    \
	CALL(icalparameter_as_ical_string_r, NULL_POINTER)                                         \
	CALL(cJSON_ParseWithLengthOpts, NULL_POINTER)                                              \
	CALL(psl_builtin, NULL_POINTER)                                                            \
	CALL(ini_parse_stream, MINUS_ONE)                                                          \
	CALL(sodium_init, MINUS_ONE)                                                               \
	CALL(crypto_secretbox_easy, MINUS_ONE)                                                     \
	CALL(crypto_secretbox_open_easy, MINUS_ONE)                                                \
	CALL(mysql_server_init, 1)                                                                 \
	CALL(mysql_thread_init, 1)                                                                 \
	CALL(mysql_init, NULL_POINTER)                                                             \
	CALL(mysql_options, 1)                                                                     \
	CALL(mysql_real_connect, NULL_POINTER)                                                     \
	CALL(mysql_real_query, 1)                                                                  \
	CALL(mysql_store_result, NULL_POINTER)                                                     \
	CALL(mysql_stmt_init, NULL_POINTER)                                                        \
	CALL(mysql_stmt_prepare, 1)                                                                \
	CALL(mysql_stmt_bind_param, 1)                                                             \
	CALL(mysql_stmt_bind_result, 1)                                                            \
	CALL(mysql_stmt_execute, 1)                                                                \
	CALL(mysql_stmt_fetch, 1)                                                                  \
	CALL(mysql_stmt_fetch_column, 1)                                                           \
	CALL(mysql_stmt_result_metadata, NULL_POINTER)                                             \
	CALL(pthread_create, EAGAIN)                                                               \
	CALL(eventfd, MINUS_ONE)                                                                   \
	CALL(signalfd, MINUS_ONE)                                                                  \
	CALL(tmpfile64, NULL_POINTER)

typedef long Function(long, long, long, long, long, long, long, long);

#define NAME(name, failure) NUMBER_##name,
enum { CALLS(NAME) COUNT };
#undef NAME

#define STRING(text) #text
#define AS_LINKED(name) STRING(name)
#define NAME(name, failure) AS_LINKED(name),
static const char *const names[] = {CALLS(NAME)};
static _Atomic(long) counts[COUNT];
static _Atomic(Function *) functions[COUNT];
static long failing_at;
static int failing = -1, goes_on;

static void __attribute__((constructor)) begin(void)
{
	const char *name = getenv("FAILING_CALL"), *at = getenv("FAILING_AT");

	goes_on = getenv("FAILING_ON") != NULL;
	failing_at = at != NULL ? strtol(at, NULL, 10) : 0;
	for (int i = 0; name != NULL && i < COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			failing = i;
	}
}

static void __attribute__((destructor)) end(void)
{
	const char *path = getenv("FAILING_LOG");
	FILE *file = path != NULL ? fopen(path, "a") : NULL;

	for (int i = 0; file != NULL && i < COUNT; i++)
		fprintf(file, "%s %ld\n", names[i], atomic_load(&counts[i]));
	if (file != NULL)
		fclose(file);
}

static Function *count(int number, int *fails)
{
	long now = atomic_fetch_add(&counts[number], 1) + 1;

	*fails = number == failing && (now == failing_at || (goes_on && now > failing_at));
	if (atomic_load(&functions[number]) == NULL)
		atomic_store(&functions[number], (Function *)dlsym(RTLD_NEXT, names[number]));
	return atomic_load(&functions[number]);
}

/* As libical does when it has no memory: ICAL_NEWFAILED_ERROR. */
static void say_why(const char *name)
{
	int *(*place)(void) = NULL;

	errno = EMFILE;
	if (strncmp(name, "ical", 4) == 0)
		place = (int *(*)(void))dlsym(RTLD_DEFAULT, "icalerrno_return");
	if (place != NULL)
		*place() = 2;
}

#define DEFINE(name, failure)                                                                      \
	long name(long a, long b, long c, long d, long e, long f, long g, long h)                  \
	{                                                                                          \
		int fails;                                                                         \
		Function *function = count(NUMBER_##name, &fails);                                 \
                                                                                                   \
		if (fails) {                                                                       \
			say_why(names[NUMBER_##name]);                                             \
			return failure;                                                            \
		}                                                                                  \
		return function(a, b, c, d, e, f, g, h);                                           \
	}
CALLS(DEFINE)
