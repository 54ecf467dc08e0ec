/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of the vectors share: reading the files' forms (vectors/README), reporting,
 * counting. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>
#include <stdbool.h>

typedef struct Check Check;

/* One row a file. Exactly one of the last four fields is set. */
typedef struct VectorCheck {
	const char *name; /* file name in the vectors' folder; for a corpus check what to call it */

	/* A *.jsonl file: called once a line, which is one case. The case has passed when it
	 * reported nothing. */
	void (*check_case)(Check *check, const cJSON *in, const cJSON *out);

	/* Any other file: called once; begins and ends its own cases. */
	void (*check_file)(Check *check, const char *path);

	/* The same for the iCalendar corpus: `folder` is the whole of it. */
	void (*check_corpus)(Check *check, const char *folder);

	/* Not checked, and why: what we have no use for. */
	const char *left_alone;
} VectorCheck;

/* Each ends with a row without a name. */
extern const VectorCheck format_checks[];
extern const VectorCheck text_checks[];
extern const VectorCheck ical_checks[];
extern const VectorCheck store_checks[];

/* --mysql-socket=PATH: a MariaDB whose root has no password; NULL when not given. Borrowed. */
const char *check_mysql_socket(const Check *check);

/* A case between these two passes unless it reports something. `id` names it ("insert.past.plain");
 * `input` is shown, shortened, when it fails, and may be NULL. The lines of a *.jsonl file are
 * begun and ended by the frame. */
void check_case_begin(Check *check, const char *id, const char *input);
void check_case_end(Check *check);

/* The current case fails: `what` names the part that is wrong (NULL: the result itself). Any number
 * of times a case. Bytes that are not printable are shown as \xNN. NULL texts are shown as
 * "(none)". */
void check_mismatch(Check *check, const char *what, const char *expected, const char *got);
void check_mismatch_bytes(
	Check *check, const char *what, const GString *expected, const GString *got);

/* As above, only when they differ; NULL equals only NULL. */
void check_equal(Check *check, const char *what, const char *expected, const char *got);
void check_equal_bytes(Check *check, const char *what, const GString *expected, const GString *got);
void check_equal_bool(Check *check, const char *what, bool expected, bool got);
void check_equal_int(Check *check, const char *what, gint64 expected, gint64 got);

/* The current case counts as skipped, not as passed; each reason is printed once a file. */
void check_skip(Check *check, const char *reason);

/* A text as the vectors spell it: a string, {"b64"} or {"prefix","core","suffix","times"}. NULL for
 * anything else (null, false, a missing member). Caller frees: `g_autoptr(GString)`. */
GString *check_text(const cJSON *item);

/* The same for a member of an object. */
GString *check_member(const cJSON *object, const char *name);

/* The input text of a case in {"text"} or {"repeat"} form. Caller frees. */
GString *check_input(const cJSON *in);

/* `in.kind`, or "" where there is none. Borrowed. */
const char *check_kind(const cJSON *in);

/* For the frame alone. */
Check *check_new(const char *mysql_socket);
void check_free(Check *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Check, check_free)
void check_run(Check *check, const VectorCheck *row, const char *vectors, const char *corpus);

/* Prints the total as last line; true when nothing failed and anything passed. */
bool check_finish(const Check *check);
