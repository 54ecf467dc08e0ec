/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hrefs of DAV answers: one key for all spellings of a path, and what to send in a request. */
#include "net/href.h"

#include <string.h>

/* Far above any path that a server can store. */
#define HREF_MAX_BYTES 8192

/* A URL cut at its borders, without its user; points into the text that was cut. */
enum { TOKEN_BYTES = 15, TOKEN_SHOWN_BYTES = 4 };

typedef struct {
	const char *authority; /* NULL: no http(s) URL */
	size_t authority_bytes;
	bool secure;
	const char *path; /* from the slash on; may be empty */
} UrlParts;

static UrlParts url_split(const char *text)
{
	UrlParts parts = {.path = text};
	const char *user;

	if (g_ascii_strncasecmp(text, "https://", 8) == 0) {
		parts.authority = text + 8;
		parts.secure = true;
	} else if (g_ascii_strncasecmp(text, "http://", 7) == 0) {
		parts.authority = text + 7;
	} else {
		return parts;
	}
	parts.authority_bytes = strcspn(parts.authority, "/?#");
	parts.path = parts.authority + parts.authority_bytes;
	user = g_strrstr_len(parts.authority, (gssize)parts.authority_bytes, "@");
	if (user != NULL) {
		parts.authority = user + 1;
		parts.authority_bytes = (size_t)(parts.path - parts.authority);
	}
	return parts;
}

/* Letters and "://": a URL of whatever scheme. */
static bool has_scheme(const char *text)
{
	size_t letters = 0;

	while (g_ascii_isalnum(text[letters]))
		letters++;
	return letters > 0 && g_str_has_prefix(text + letters, "://");
}

/* The href without the white space around it; NULL when nothing useful is left. */
static char *href_strip(const char *href)
{
	g_autofree char *stripped = NULL;

	if (href == NULL || strlen(href) > HREF_MAX_BYTES)
		return NULL;
	stripped = g_strstrip(g_strdup(href));
	if (*stripped == '\0' || (has_scheme(stripped) && url_split(stripped).authority == NULL))
		return NULL;
	return g_steal_pointer(&stripped);
}

char *href_path(const char *base_url, const char *href)
{
	g_autofree char *stripped = href_strip(href);
	UrlParts parts;
	UrlParts base;
	size_t folder_bytes;

	if (stripped == NULL)
		return NULL;
	parts = url_split(stripped);
	if (parts.authority != NULL)
		return g_strdup(*parts.path == '/' ? parts.path : "/");
	if (*stripped == '/')
		return g_steal_pointer(&stripped);
	base = url_split(base_url);
	folder_bytes = strcspn(base.path, "?#");
	while (folder_bytes > 0 && base.path[folder_bytes - 1] != '/')
		folder_bytes--;
	return g_strdup_printf("%.*s%s", folder_bytes > 0 ? (int)folder_bytes : 1,
		folder_bytes > 0 ? base.path : "/", stripped);
}

/* Appends one segment, decoded once. */
static void segment_decode(GString *out, const char *segment, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (segment[i] == '%' && i + 2 < bytes && g_ascii_isxdigit(segment[i + 1]) &&
			g_ascii_isxdigit(segment[i + 2])) {
			g_string_append_c(out, (char)(g_ascii_xdigit_value(segment[i + 1]) * 16 +
						       g_ascii_xdigit_value(segment[i + 2])));
			i += 2;
		} else {
			g_string_append_c(out, segment[i]);
		}
	}
}

static void segment_encode(GString *out, const GString *segment)
{
	for (size_t i = 0; i < segment->len; i++) {
		char byte = segment->str[i];

		/* RFC 3986, 2.3: the characters that need no escape anywhere. */
		if (g_ascii_isalnum(byte) || (byte != '\0' && strchr("-._~", byte) != NULL))
			g_string_append_c(out, byte);
		else
			g_string_append_printf(out, "%%%02X", (guchar)byte);
	}
}

static void drop_last_segment(GString *path)
{
	const char *slash = strrchr(path->str, '/');

	if (slash != NULL)
		g_string_truncate(path, (gsize)(slash - path->str));
}

char *href_key(const char *base_url, const char *href)
{
	g_autofree char *path = href_path(base_url, href);
	g_autoptr(GString) segment = g_string_new(NULL);
	GString *key;

	if (path == NULL)
		return NULL;
	key = g_string_new(NULL);
	for (const char *p = path; *p != '\0';) {
		size_t bytes;

		p += strspn(p, "/");
		bytes = strcspn(p, "/");
		g_string_truncate(segment, 0);
		segment_decode(segment, p, bytes);
		p += bytes;
		if (segment->len == 0 || strcmp(segment->str, ".") == 0)
			continue;
		if (strcmp(segment->str, "..") == 0) {
			drop_last_segment(key);
			continue;
		}
		g_string_append_c(key, '/');
		segment_encode(key, segment);
	}
	if (key->len == 0)
		g_string_append_c(key, '/');
	return g_string_free(key, FALSE);
}

/* Spaces, controls, quotes and non-ASCII bytes escaped; everything else as it is. A percent sign
 * that begins no escape is one itself. */
static char *path_request_spelling(const char *path)
{
	GString *out = g_string_new(NULL);

	for (const char *p = path; *p != '\0'; p++) {
		bool stray_percent =
			*p == '%' && !(g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2]));

		if (stray_percent || !g_ascii_isgraph(*p) || strchr("\"<>\\^`{|}#", *p) != NULL)
			g_string_append_printf(out, "%%%02X", (guchar)*p);
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

static bool same_host(const UrlParts *a, const UrlParts *b)
{
	size_t a_bytes = a->authority_bytes;
	size_t b_bytes = b->authority_bytes;

	/* Without ports; an IPv6 address has its colons in brackets. */
	for (size_t i = 0; i < a_bytes && a->authority[0] != '['; i++) {
		if (a->authority[i] == ':')
			a_bytes = i;
	}
	for (size_t i = 0; i < b_bytes && b->authority[0] != '['; i++) {
		if (b->authority[i] == ':')
			b_bytes = i;
	}
	return a_bytes == b_bytes && g_ascii_strncasecmp(a->authority, b->authority, a_bytes) == 0;
}

static char *url_join(const UrlParts *origin, const char *path)
{
	g_autofree char *spelled = path_request_spelling(path);

	return g_strdup_printf("%s://%.*s%s", origin->secure ? "https" : "http",
		(int)origin->authority_bytes, origin->authority, spelled);
}

/* No name of a host, and nothing that a request may hold. */
static bool has_odd_authority(const UrlParts *parts)
{
	for (size_t i = 0; i < parts->authority_bytes; i++) {
		if (g_ascii_iscntrl(parts->authority[i]) || parts->authority[i] == ' ')
			return true;
	}
	return false;
}

char *href_url(const char *base_url, const char *href)
{
	g_autofree char *stripped = href_strip(href);
	g_autofree char *path = href_path(base_url, href);
	UrlParts base = url_split(base_url);
	UrlParts parts;

	if (path == NULL)
		return NULL;
	parts = url_split(stripped);
	if (parts.authority == NULL || (base.secure && !parts.secure && same_host(&base, &parts)))
		parts = base;
	else if (has_odd_authority(&parts))
		return NULL;
	return url_join(&parts, path);
}

char *href_path_url(const char *base_url, const char *path)
{
	UrlParts base = url_split(base_url);

	return url_join(&base, path);
}

bool href_same_host(const char *url, const char *other_url)
{
	UrlParts parts = url_split(url);
	UrlParts other = url_split(other_url);

	return parts.authority != NULL && other.authority != NULL && same_host(&parts, &other);
}

bool href_key_is_below(const char *key, const char *collection_key)
{
	size_t bytes = strlen(collection_key);

	if (strcmp(collection_key, "/") == 0)
		return strcmp(key, "/") != 0;
	return strncmp(key, collection_key, bytes) == 0 && key[bytes] == '/';
}

char *href_last_segment(const char *base_url, const char *href)
{
	g_autofree char *key = href_key(base_url, href);
	g_autoptr(GString) name = g_string_new(NULL);
	const char *slash;

	if (key == NULL)
		return g_strdup("");
	slash = strrchr(key, '/');
	segment_decode(name, slash + 1, strlen(slash + 1));
	return g_utf8_make_valid(name->str, (gssize)name->len);
}

/* Nextcloud's tokens have 15 or 16 characters. */
static bool may_be_secret(const char *part, size_t bytes)
{
	bool has_digit = false, has_letter = false;

	if (bytes < TOKEN_BYTES)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		if (part[i] == '@' || part[i] == '%')
			return false;
		has_digit |= g_ascii_isdigit(part[i]);
		has_letter |= g_ascii_isalpha(part[i]);
	}
	return has_digit && has_letter;
}

char *href_shown(const char *href, bool keeps_last)
{
	UrlParts parts = url_split(href);
	GString *shown = g_string_new_len(href, parts.path - href);

	for (const char *part = parts.path; *part != '\0';) {
		size_t bytes = strcspn(part, "/");
		bool is_last = part[bytes] == '\0';

		if (may_be_secret(part, bytes) && !(is_last && keeps_last))
			g_string_append_printf(shown, "%.*s…", TOKEN_SHOWN_BYTES, part);
		else
			g_string_append_len(shown, part, (gssize)bytes);
		part += bytes;
		if (!is_last)
			g_string_append_c(shown, *part++);
	}
	return g_string_free(shown, FALSE);
}
