/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What WordPress makes of references and schemes, with the same results as its functions. */
#include "text/kses.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "php/text.h"

#define NAME_MAX_BYTES 10
#define CODE_MAX_DIGITS 7
#define HEX_MAX_DIGITS 6
#define PROTOCOL_ROUNDS_MAX 6

/* $allowedentitynames of WordPress 6.1, sorted by byte. */
static const char *const ENTITY_NAMES[] = {
	"AElig",
	"Aacute",
	"Acirc",
	"Agrave",
	"Alpha",
	"Aring",
	"Atilde",
	"Auml",
	"Beta",
	"Ccedil",
	"Chi",
	"Dagger",
	"Delta",
	"ETH",
	"Eacute",
	"Ecirc",
	"Egrave",
	"Epsilon",
	"Eta",
	"Euml",
	"Gamma",
	"Iacute",
	"Icirc",
	"Igrave",
	"Iota",
	"Iuml",
	"Kappa",
	"Lambda",
	"Mu",
	"Ntilde",
	"Nu",
	"OElig",
	"Oacute",
	"Ocirc",
	"Ograve",
	"Omega",
	"Omicron",
	"Oslash",
	"Otilde",
	"Ouml",
	"Phi",
	"Pi",
	"Prime",
	"Psi",
	"Rho",
	"Scaron",
	"Sigma",
	"THORN",
	"Tau",
	"Theta",
	"Uacute",
	"Ucirc",
	"Ugrave",
	"Upsilon",
	"Uuml",
	"Xi",
	"Yacute",
	"Yuml",
	"Zeta",
	"aacute",
	"acirc",
	"acute",
	"aelig",
	"agrave",
	"alefsym",
	"alpha",
	"amp",
	"and",
	"ang",
	"apos",
	"aring",
	"asymp",
	"atilde",
	"auml",
	"bdquo",
	"beta",
	"brvbar",
	"bull",
	"cap",
	"ccedil",
	"cedil",
	"cent",
	"chi",
	"circ",
	"clubs",
	"cong",
	"copy",
	"crarr",
	"cup",
	"curren",
	"dArr",
	"dagger",
	"darr",
	"deg",
	"delta",
	"diams",
	"divide",
	"eacute",
	"ecirc",
	"egrave",
	"empty",
	"emsp",
	"ensp",
	"epsilon",
	"equiv",
	"eta",
	"eth",
	"euml",
	"euro",
	"exist",
	"fnof",
	"forall",
	"frac12",
	"frac14",
	"frac34",
	"frasl",
	"gamma",
	"ge",
	"gt",
	"hArr",
	"harr",
	"hearts",
	"hellip",
	"iacute",
	"icirc",
	"iexcl",
	"igrave",
	"image",
	"infin",
	"int",
	"iota",
	"iquest",
	"isin",
	"iuml",
	"kappa",
	"lArr",
	"lambda",
	"lang",
	"laquo",
	"larr",
	"lceil",
	"ldquo",
	"le",
	"lfloor",
	"lowast",
	"loz",
	"lrm",
	"lsaquo",
	"lsquo",
	"lt",
	"macr",
	"mdash",
	"micro",
	"middot",
	"minus",
	"mu",
	"nabla",
	"nbsp",
	"ndash",
	"ne",
	"ni",
	"not",
	"notin",
	"nsub",
	"ntilde",
	"nu",
	"oacute",
	"ocirc",
	"oelig",
	"ograve",
	"oline",
	"omega",
	"omicron",
	"oplus",
	"or",
	"ordf",
	"ordm",
	"oslash",
	"otilde",
	"otimes",
	"ouml",
	"para",
	"part",
	"permil",
	"perp",
	"phi",
	"pi",
	"piv",
	"plusmn",
	"pound",
	"prime",
	"prod",
	"prop",
	"psi",
	"quot",
	"rArr",
	"radic",
	"rang",
	"raquo",
	"rarr",
	"rceil",
	"rdquo",
	"real",
	"reg",
	"rfloor",
	"rho",
	"rlm",
	"rsaquo",
	"rsquo",
	"sbquo",
	"scaron",
	"sdot",
	"sect",
	"shy",
	"sigma",
	"sigmaf",
	"sim",
	"spades",
	"sub",
	"sube",
	"sum",
	"sup",
	"sup1",
	"sup2",
	"sup3",
	"supe",
	"szlig",
	"tau",
	"there4",
	"theta",
	"thetasym",
	"thinsp",
	"thorn",
	"tilde",
	"times",
	"trade",
	"uArr",
	"uacute",
	"uarr",
	"ucirc",
	"ugrave",
	"uml",
	"upsih",
	"upsilon",
	"uuml",
	"weierp",
	"xi",
	"yacute",
	"yen",
	"yuml",
	"zeta",
	"zwj",
	"zwnj",
};

/* wp_allowed_protocols() */
static const char *const PROTOCOLS[] = {"http", "https", "ftp", "ftps", "mailto", "news", "irc",
	"irc6", "ircs", "gopher", "nntp", "feed", "telnet", "mms", "rtsp", "sms", "svn", "tel",
	"fax", "xmpp", "webcal", "urn"};

static int compare_name(const void *wanted, const void *entry)
{
	return strcmp(wanted, *(const char *const *)entry);
}

static bool is_entity_name(const char *bytes, size_t length)
{
	char name[NAME_MAX_BYTES + 1] = "";

	if (length > NAME_MAX_BYTES)
		return false;
	memcpy(name, bytes, length);
	return bsearch(name, ENTITY_NAMES, G_N_ELEMENTS(ENTITY_NAMES), sizeof ENTITY_NAMES[0],
		       compare_name) != NULL;
}

/* The length of `name;` at `at` when WordPress knows it, else 0. */
static size_t name_length(const char *at, const char *end)
{
	size_t length = 0;

	while (at + length < end && length <= NAME_MAX_BYTES && g_ascii_isalnum(at[length]))
		length++;
	return at + length < end && at[length] == ';' && is_entity_name(at, length) ? length + 1
										    : 0;
}

static GString *normalize_names(const char *bytes, size_t length)
{
	GString *text = g_string_sized_new(length);
	const char *end = bytes + length;

	for (const char *at = bytes; at < end; at++) {
		g_string_append_c(text, *at);
		if (*at == '&' && name_length(at + 1, end) == 0)
			g_string_append(text, "amp;");
	}
	return text;
}

/* valid_unicode() */
static bool is_valid_code(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xd7ff) ||
	       (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/* The digits of a reference, from `at` to the semicolon; false where WordPress's patterns do not
 * match. */
static bool scan_digits(const char *at, const char *end, unsigned base, size_t most,
	size_t *ret_length, uint32_t *ret_code)
{
	size_t length = 0;
	size_t zeros = 0;
	uint32_t code = 0;

	while (at + zeros < end && at[zeros] == '0')
		zeros++;
	for (length = zeros; at + length < end && length - zeros <= most; length++) {
		if (base == 16 ? !g_ascii_isxdigit(at[length]) : !g_ascii_isdigit(at[length]))
			break;
		code = code * base + (uint32_t)g_ascii_xdigit_value(at[length]);
	}
	if (length == 0 || length - zeros > most || at + length == end || at[length] != ';')
		return false;
	*ret_length = length;
	*ret_code = code;
	return true;
}

/* wp_kses_normalize_entities2() and 3(). A single "0" is empty to PHP, and so the whole reference
 * goes. */
static void append_number(
	GString *text, const char *digits, size_t length, uint32_t code, bool is_hex)
{
	size_t zeros = MIN(strspn(digits, "0"), length);

	if (length == 1 && zeros == 1)
		return;
	if (!is_valid_code(code)) {
		g_string_append(text, is_hex ? "&amp;#x" : "&amp;#");
		g_string_append_len(text, digits, (gssize)length + 1);
		return;
	}
	if (is_hex)
		g_string_append_printf(text, "&#x%.*s;", (int)(length - zeros), digits + zeros);
	else
		g_string_append_printf(text, "&#%03u;", code);
}

/* Turns `&amp;#12;` back into `&#012;`. */
static GString *normalize_numbers(const GString *disarmed, bool is_hex)
{
	GString *text = g_string_sized_new(disarmed->len);
	const char *end = disarmed->str + disarmed->len;
	size_t prefix = is_hex ? strlen("&amp;#x") : strlen("&amp;#");
	const char *at = disarmed->str;

	while (at < end) {
		size_t length;
		uint32_t code;
		bool begins = g_ascii_strncasecmp(at, "&amp;#x", prefix) == 0 &&
			      strncmp(at, "&amp;", 5) == 0;

		if (begins && scan_digits(at + prefix, end, is_hex ? 16 : 10,
				      is_hex ? HEX_MAX_DIGITS : CODE_MAX_DIGITS, &length, &code)) {
			append_number(text, at + prefix, length, code, is_hex);
			at += prefix + length + 1;
		} else {
			g_string_append_c(text, *at++);
		}
	}
	return text;
}

GString *kses_normalize_entities(const char *bytes, size_t length)
{
	/* One pass after the other, since WordPress's second and third see what the ones before
	 * have made:
	 * "&amp;#60;" becomes "&#060;". */
	g_autoptr(GString) named = normalize_names(bytes, length);
	g_autoptr(GString) decimal = normalize_numbers(named, false);

	return normalize_numbers(decimal, true);
}

static bool is_removed_control(char byte)
{
	return (byte >= 0 && byte <= 0x08) || byte == '\v' || byte == '\f' ||
	       (byte >= 0x0e && byte <= 0x1f);
}

/* wp_kses_no_null(): control characters go, then backslashes with zeros behind them. */
static GString *without_nulls(const char *bytes, size_t length)
{
	g_autoptr(GString) printable = g_string_sized_new(length);
	GString *text = g_string_sized_new(length);
	const char *at;

	for (size_t i = 0; i < length; i++) {
		if (!is_removed_control(bytes[i]))
			g_string_append_c(printable, bytes[i]);
	}
	at = printable->str;
	while (*at != '\0') {
		size_t backslashes = strspn(at, "\\");
		size_t zeros = backslashes > 0 ? strspn(at + backslashes, "0") : 0;

		if (zeros == 0)
			g_string_append_len(text, at, (gssize)MAX(backslashes, 1));
		at += zeros == 0 ? MAX(backslashes, 1) : backslashes + zeros;
	}
	return text;
}

/* The length of `&#58` or `&#x3a`, zeros before the number included; 0 when there is none. */
static size_t colon_reference_length(const char *at)
{
	bool is_hex;
	const char *digits;

	if (!g_str_has_prefix(at, "&#"))
		return 0;
	is_hex = at[2] == 'x' || at[2] == 'X';
	digits = at + (is_hex ? 3 : 2);
	digits += strspn(digits, "0");
	if (is_hex ? g_ascii_strncasecmp(digits, "3a", 2) != 0 : strncmp(digits, "58", 2) != 0)
		return 0;
	return (size_t)(digits - at) + 2;
}

/* Adds the semicolon that such a reference may lack. */
static GString *terminate_colons(const char *url)
{
	GString *text = g_string_new(NULL);

	while (*url != '\0') {
		size_t length = colon_reference_length(url);
		bool is_hex = length > 0 && g_ascii_tolower(url[2]) == 'x';
		char next = url[length];

		g_string_append_len(text, url, (gssize)MAX(length, 1));
		if (length > 0 && next != ';' &&
			!(is_hex ? g_ascii_isxdigit(next) : g_ascii_isdigit(next)))
			g_string_append_c(text, ';');
		url += MAX(length, 1);
	}
	return text;
}

/* The first colon in any spelling, and how long it is; NULL when there is none. */
static const char *find_colon(const char *url, size_t *ret_length)
{
	for (; *url != '\0'; url++) {
		size_t reference = colon_reference_length(url);

		if (*url == ':')
			*ret_length = 1;
		else if (reference > 0 && url[reference] == ';')
			*ret_length = reference + 1;
		else if (g_ascii_strncasecmp(url, "&colon;", 7) == 0)
			*ret_length = 7;
		else
			continue;
		return url;
	}
	return NULL;
}

/* The text with references of one base replaced by single bytes. */
static GString *decode_bytes(const GString *coded, unsigned base)
{
	GString *text = g_string_sized_new(coded->len);
	const char *at = coded->str;

	while (*at != '\0') {
		bool is_hex = at[0] == '&' && at[1] == '#' && (at[2] == 'x' || at[2] == 'X');
		const char *digits = at + (is_hex ? 3 : 2);
		size_t length = 0;
		unsigned char code = 0;

		if (g_str_has_prefix(at, "&#") && is_hex == (base == 16))
			length = strspn(
				digits, base == 16 ? "0123456789abcdefABCDEF" : "0123456789");
		for (size_t i = 0; i < length; i++)
			code = (unsigned char)(code * base +
					       (unsigned)g_ascii_xdigit_value(digits[i]));
		if (length > 0 && digits[length] == ';') {
			/* A NUL, which the caller takes out anyway, would end our text. */
			if (code != 0)
				g_string_append_c(text, (char)code);
			at = digits + length + 1;
		} else {
			g_string_append_c(text, *at++);
		}
	}
	return text;
}

/* wp_kses_bad_protocol_once2(): the scheme with its colon, or "". */
static char *allowed_protocol(const char *scheme, size_t length)
{
	g_autoptr(GString) coded = g_string_new_len(scheme, (gssize)length);
	g_autoptr(GString) decimal = decode_bytes(coded, 10);
	g_autoptr(GString) decoded = decode_bytes(decimal, 16);
	g_autoptr(GString) dense = g_string_new(NULL);
	g_autoptr(GString) clean = NULL;

	for (size_t i = 0; i < decoded->len; i++) {
		if (!php_is_space(decoded->str[i]))
			g_string_append_c(dense, decoded->str[i]);
	}
	clean = without_nulls(dense->str, dense->len);
	for (size_t i = 0; i < G_N_ELEMENTS(PROTOCOLS); i++) {
		if (g_ascii_strcasecmp(clean->str, PROTOCOLS[i]) == 0)
			return g_strconcat(PROTOCOLS[i], ":", NULL);
	}
	return g_strdup("");
}

/* wp_kses_bad_protocol_once(). A feed may be a feed of another scheme, three deep. */
static char *once(const char *url, int depth)
{
	g_autoptr(GString) text = terminate_colons(url);
	size_t length;
	const char *colon = find_colon(text->str, &length);
	const char *query = strstr(text->str, "/?");
	g_autofree char *protocol = NULL;
	g_autofree char *rest = NULL;

	if (colon == NULL || (query != NULL && query + 2 <= colon))
		return g_strdup(text->str);
	rest = php_trim_new(colon + length);
	protocol = allowed_protocol(text->str, (size_t)(colon - text->str));
	if (g_str_equal(protocol, "feed:")) {
		char *inner = depth > 2 ? g_strdup("") : once(rest, depth + 1);

		if (depth > 2 || inner[0] == '\0' || g_str_equal(inner, "0"))
			return inner;
		g_free(rest);
		rest = inner;
	}
	return g_strconcat(protocol, rest, NULL);
}

GString *kses_bad_protocol(const char *bytes, size_t length)
{
	g_autoptr(GString) clean = without_nulls(bytes, length);
	g_autofree char *url = g_strdup(clean->str);

	for (int round = 0; round < PROTOCOL_ROUNDS_MAX; round++) {
		g_autofree char *next = once(url, 1);

		if (g_str_equal(next, url))
			return g_string_new(url);
		g_free(url);
		url = g_steal_pointer(&next);
	}
	return g_string_new(NULL);
}
