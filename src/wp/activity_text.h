/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/wp/activity_history.c: whether what stands in an activity is said of a meeting. */
#pragma once

#include <stdbool.h>

/* Whether `title` stands in the text, as whole words. Markup, the spelling of characters (`R&amp;D`
 * is how the theme keeps "R&D" under WP-Cron), case and white space make no difference. False for
 * an empty title and NULL. */
bool activity_text_names(const char *text, const char *title);

/* The same the other way round: somebody wrote "Lunch" of "Lunch with Ana". */
bool activity_text_is_part_of(const char *text, const char *title);
