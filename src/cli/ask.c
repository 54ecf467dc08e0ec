/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prompts go to standard error, so that output can be piped. Nothing is read ahead: standard
 * input's own buffer would keep what it read. */
#include "cli/ask.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "util/config.h"
#include "util/secret.h"
#include "util/secret_file.h"

enum { LINE_BYTES_MAX = 4096, CTRL_C = 3 };

bool ask_can(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* One line into `ret_line`, without its end. False at the end of input, or when it is too long or
 * Ctrl-C was typed unseen. */
static bool read_line(char ret_line[LINE_BYTES_MAX])
{
	size_t length = 0;
	char byte = '\0';

	while (length < LINE_BYTES_MAX) {
		ssize_t got = read(STDIN_FILENO, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || byte == '\n')
			break;
		if (byte == CTRL_C)
			return false;
		ret_line[length++] = byte;
	}
	if (length == LINE_BYTES_MAX || (length == 0 && byte != '\n'))
		return false;
	if (length > 0 && ret_line[length - 1] == '\r')
		length--;
	ret_line[length] = '\0';
	sodium_memzero(&byte, sizeof(byte));
	return true;
}

/* A terminal that cannot be kept from showing what is typed is not asked. Ctrl-C is read, not
 * obeyed: it would leave the terminal dumb. */
static bool read_unseen(const char *prompt, char ret_line[LINE_BYTES_MAX])
{
	struct termios shown;
	struct termios unseen;
	bool is_read;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	unseen = shown;
	unseen.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) != 0)
		return false;
	fprintf(stderr, "%s", prompt);
	is_read = read_line(ret_line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	return is_read;
}

static char *read_secret(const char *file, const char *prompt, GError **error)
{
	char line[LINE_BYTES_MAX] = "";
	char *secret = NULL;

	if (file != NULL)
		return secret_file_read(file, NULL, error);
	if (ask_can() ? read_unseen(prompt, line) : read_line(line))
		secret = g_strdup(line);
	sodium_memzero(line, sizeof(line));
	return secret != NULL ? secret : g_strdup("");
}

char *ask_secret(const char *file, const char *prompt, GError **error)
{
	g_auto(Secret) secret = read_secret(file, prompt, error);

	if (secret == NULL)
		return NULL;
	if (secret[0] != '\0' && g_utf8_validate(secret, -1, NULL))
		return g_steal_pointer(&secret);
	g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
		secret[0] == '\0'
			? "no password: type it, pipe it into this command, or name a file that "
			  "holds it (--password-file)"
			: "the password is not UTF-8, in which calendar servers expect it");
	return NULL;
}

bool ask_login(
	const char *whom, const char *usual, char **ret_name, char **ret_password, GError **error)
{
	g_autofree char *prompt = g_strdup_printf("Name of the %s [%s]: ", whom, usual);
	g_autofree char *name = ask_line(ask_can() ? prompt : "");
	g_autofree char *password_prompt = NULL;

	if (name == NULL) {
		g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_INVALID,
			"no %s: type name and password, or pipe them into this command, a line "
			"each",
			whom);
		return false;
	}
	*ret_name = g_strdup(name[0] != '\0' ? name : usual);
	password_prompt = g_strdup_printf("Password of %s (empty: none): ", *ret_name);
	*ret_password = read_secret(NULL, password_prompt, error);
	return *ret_password != NULL;
}

char *ask_line(const char *prompt)
{
	char line[LINE_BYTES_MAX] = "";

	fprintf(stderr, "%s", prompt);
	return read_line(line) ? g_strstrip(g_strdup(line)) : NULL;
}

bool ask_yes(const char *prompt)
{
	g_autofree char *answer = ask_line(prompt);

	return answer != NULL &&
	       (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0);
}
