/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding of meeting links. */
#include "event/meeting_link.h"

#include <string.h>

#define TEXT_MAX_BYTES (1024 * 1024)
#define LINK_MAX_BYTES 2000

static const char *const MEETING_DOMAINS[] = {
	"zoom.us",
	"zoomgov.com",
	"zoom.com",
	"teams.microsoft.com",
	"teams.microsoft.us",
	"teams.live.com",
	"meet.google.com",
	"webex.com",
};

/* Invitations link to these too, mostly below the meeting itself. */
static const char *const HELP_LABELS[] = {"support.", "help.", "explore.", "blog."};

/* What RFC 3986 (2) lets stand in a URL, without what stands around links in text and HTML: quotes,
 * brackets of markdown, and the backslash, which browsers read as a slash. */
static bool is_link_byte(char byte)
{
	return g_ascii_isalnum(byte) ||
	       (byte != '\0' && strchr("-._~:/?#@!$&()*+,;=%", byte) != NULL);
}

/* HTML writes the quote or bracket that ends a link as one of these. */
static bool begins_closing_entity(const char *text)
{
	static const char *const entities[] = {"&lt;", "&gt;", "&quot;", "&nbsp;", "&apos;",
		"&#34;", "&#39;", "&#034;", "&#039;", "&#60;", "&#62;", "&#160;", "&#x27;",
		"&#x22;"};

	if (text[0] != '&')
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (g_ascii_strncasecmp(text, entities[i], strlen(entities[i])) == 0)
			return true;
	}
	return false;
}

static size_t link_length(const char *text)
{
	size_t length = 0;

	while (length <= LINK_MAX_BYTES && is_link_byte(text[length]) &&
		!begins_closing_entity(text + length))
		length++;
	return length;
}

/* A closing bracket belongs to the sentence unless the link opened it. */
static size_t trim_punctuation(const char *text, size_t length)
{
	size_t opened = 0;
	size_t closed = 0;

	for (size_t i = 0; i < length; i++) {
		opened += text[i] == '(';
		closed += text[i] == ')';
	}
	while (length > 0) {
		char last = text[length - 1];

		if (last == ')' && closed > opened)
			closed--;
		else if (strchr(".,;:!?*(", last) == NULL)
			break;
		length--;
	}
	return length;
}

static bool is_host_below(const char *host, const char *domain)
{
	g_autofree char *below = g_strconcat(".", domain, NULL);
	g_autofree char *lower = g_ascii_strdown(host, -1);

	return g_str_equal(lower, domain) || g_str_has_suffix(lower, below);
}

static bool is_meeting_host(const char *host)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);

	/* GUri has decoded the host: "evil.example%2f.zoom.us" ends like one of ours by now. */
	if (strspn(lower, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen(lower))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(HELP_LABELS); i++) {
		if (g_str_has_prefix(lower, HELP_LABELS[i]))
			return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(MEETING_DOMAINS); i++) {
		if (is_host_below(lower, MEETING_DOMAINS[i]))
			return true;
	}
	return false;
}

static bool is_meeting_link(const char *url)
{
	g_autofree char *user = NULL;
	g_autofree char *host = NULL;
	g_autofree char *path = NULL;

	if (!g_uri_split(url,
		    G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |
			    G_URI_FLAGS_ENCODED_FRAGMENT,
		    NULL, &user, &host, NULL, &path, NULL, NULL, NULL))
		return false;
	return user == NULL && host != NULL && is_meeting_host(host) && path != NULL &&
	       strlen(path) > 1;
}

/* The target of a link that a mail filter or a web page has put into an address of its own, or
 * NULL. Caller frees. */
static char *wrapped_link(const char *url)
{
	static const struct {
		const char *host; /* or what is below it */
		const char *parameter;
	} wrappers[] = {
		{"safelinks.protection.outlook.com", "url"},
		{"safelinks.protection.office365.us", "url"},
		{"google.com", "q"},
	};
	g_autofree char *host = NULL;
	g_autofree char *query = NULL;
	g_autoptr(GHashTable) parameters = NULL;

	if (!g_uri_split(url, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED_QUERY, NULL, NULL, &host,
		    NULL, NULL, &query, NULL, NULL) ||
		host == NULL || query == NULL)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
		if (!is_host_below(host, wrappers[i].host))
			continue;
		parameters =
			g_uri_parse_params(query, -1, "&", G_URI_PARAMS_CASE_INSENSITIVE, NULL);
		return parameters != NULL
			       ? g_strdup(g_hash_table_lookup(parameters, wrappers[i].parameter))
			       : NULL;
	}
	return NULL;
}

/* The meeting that a link leads to, itself or wrapped; NULL when it leads to none. Caller frees. */
static char *meeting_of(const char *url)
{
	g_autofree char *wrapped = NULL;

	if (is_meeting_link(url))
		return g_strdup(url);
	wrapped = wrapped_link(url);
	if (wrapped == NULL || !meeting_link_is_http(wrapped) || !is_meeting_link(wrapped) ||
		link_length(wrapped) != strlen(wrapped))
		return NULL;
	return g_steal_pointer(&wrapped);
}

/* The next "http://" or "https://", or NULL. */
static const char *next_scheme(const char *text)
{
	for (const char *at = strpbrk(text, "hH"); at != NULL; at = strpbrk(at + 1, "hH")) {
		if (g_ascii_strncasecmp(at, "https://", 8) == 0 ||
			g_ascii_strncasecmp(at, "http://", 7) == 0)
			return at;
	}
	return NULL;
}

static char *undo_ampersands(const char *link, size_t length)
{
	GString *url = g_string_new_len(link, (gssize)length);

	g_string_replace(url, "&amp;", "&", 0);
	return g_string_free(url, FALSE);
}

char *meeting_link_find(const char *text)
{
	g_autofree char *bounded = NULL;
	const char *at;

	if (text == NULL)
		return NULL;
	bounded = g_strndup(text, TEXT_MAX_BYTES);
	at = bounded;
	while ((at = next_scheme(at)) != NULL) {
		size_t length = link_length(at);
		g_autofree char *url = undo_ampersands(at, trim_punctuation(at, length));

		char *meeting = length <= LINK_MAX_BYTES ? meeting_of(url) : NULL;

		if (meeting != NULL)
			return meeting;
		at += length;
	}
	return NULL;
}

bool meeting_link_is_http(const char *url)
{
	g_autofree char *scheme = NULL;
	g_autofree char *user = NULL;
	g_autofree char *host = NULL;

	if (url == NULL || strlen(url) > TEXT_MAX_BYTES)
		return false;
	for (const char *at = url; *at != '\0'; at++) {
		if (g_ascii_isspace(*at) || g_ascii_iscntrl(*at))
			return false;
	}
	if (!g_uri_split(
		    url, G_URI_FLAGS_NONE, &scheme, &user, &host, NULL, NULL, NULL, NULL, NULL))
		return false;
	/* "https://zoom.us@evil.example/" is read as Zoom's, and leads elsewhere. */
	return user == NULL && host != NULL && host[0] != '\0' && scheme != NULL &&
	       (g_ascii_strcasecmp(scheme, "http") == 0 ||
		       g_ascii_strcasecmp(scheme, "https") == 0);
}

char *meeting_link_choose(
	const char *const *fields, size_t field_count, const char *const *texts, size_t text_count)
{
	for (size_t i = 0; i < field_count; i++) {
		if (fields[i] != NULL && meeting_link_is_http(fields[i]))
			return g_strdup(fields[i]);
	}
	for (size_t i = 0; i < text_count; i++) {
		char *link = meeting_link_find(texts[i]);

		if (link != NULL)
			return link;
	}
	return NULL;
}
