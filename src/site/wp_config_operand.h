/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value of PHP as far as it is known, and what operators make of it. Only for the files of the
 * reader. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "site/site_env.h"

typedef enum {
	OPERAND_UNKNOWN,
	OPERAND_STRING,
	OPERAND_INT,
	OPERAND_BOOL,
	OPERAND_NULL
} OperandType;

/* In this order, so that the lesser of two is what both of them are not sure of. */
typedef enum { TRUTH_NO, TRUTH_YES, TRUTH_MAYBE } Truth;

/* OPERAND_INT is also what is only known not to be a string. */
typedef struct Operand {
	OperandType type;
	char *text;      /* as PHP makes it a string; NULL where it is unknown */
	char *why;       /* OPERAND_UNKNOWN: "is computed"; else NULL */
	char *otherwise; /* unknown because of the environment: the value where that says nothing */
	bool is_beside;  /* a path that begins with the folder of the file itself */
	char *asked_for; /* this is defined( 'X' ) or isset( $x ), and nobody has set it so far */
	char *guard;     /* … and this is !defined( 'X' ) or !isset( $x ) */
} Operand;

void operand_clear(Operand *operand);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Operand, operand_clear)

void operand_set(Operand *operand, OperandType type, const char *text);
void operand_set_unknown(Operand *operand, const char *why);
void operand_set_truth(Operand *operand, Truth truth);
/* getenv( 'X' ); `unset_type`: what it gives where that is not set, false or null. */
void operand_set_env(
	Operand *operand, const SiteEnv *env, const char *name, OperandType unset_type);
/* $_SERVER['X'], which is the environment but for what the web server says of the request. */
void operand_set_server(Operand *operand, const SiteEnv *env, const char *name);

Truth operand_truth(const Operand *operand);

/* `left` becomes left . right */
void operand_join(Operand *left, Operand *right);
/* `left` becomes the outcome of "===", "!==", "==" or "!=". */
void operand_compare(Operand *left, const Operand *right, const char *signs);
/* `left` stays where `is_kept` is TRUTH_YES, becomes `right` where it is TRUTH_NO. */
void operand_default(Operand *left, Operand *right, Truth is_kept);
void operand_move(Operand *to, Operand *from);
