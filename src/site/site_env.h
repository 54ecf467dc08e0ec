/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment in which the site's PHP runs, as far as it is known here: what getenv() answers.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct SiteEnv SiteEnv;

/* Nothing is known of it. Caller frees, which wipes the values. */
SiteEnv *site_env_new(void);
void site_env_free(SiteEnv *env);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SiteEnv, site_env_free)

/* Gives a variable a value, over the one that it may have; NULL: one that is not known. */
void site_env_set(SiteEnv *env, const char *name, const char *value);

/* Adds the variables of our own environment that are not known yet. Where one of them begins with
 * WORDPRESS_DB_, it is the environment that was made for the site (Docker), and what is not in it
 * is not set. */
void site_env_add_process(SiteEnv *env);

/* Adds what a `.env` says, as vlucas/phpdotenv 5 and docker compose read it: NAME=value, export,
 * comments, 'as it is', "with \n and ${NAME}". What is known already stays, unless `overrides`. A
 * variable with a ${NAME} in it that is not known is not known itself, nor is one without a value,
 * which docker takes from where it is started; what stood there before it is not believed. False
 * with CONFIG_ERROR, which names file and line and none of the content. */
bool site_env_add_text(SiteEnv *env, const char *file, const char *text, bool overrides,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From now on a variable that is not known is one that is not set. */
void site_env_set_whole(SiteEnv *env);

/* What getenv() answers; NULL with `*ret_is_unset` where it is not set, NULL alone where nobody
 * here can tell. Borrowed. */
const char *site_env_get(const SiteEnv *env, const char *name, bool *ret_is_unset);
