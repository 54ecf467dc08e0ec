/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multistatus answers as servers write them, and what is no multistatus. */
#include "net/multistatus.h"

#include <gio/gio.h>
#include <string.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define OPEN "<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">"
#define CLOSE "</d:multistatus>"
/* One response whose property calendar-data is x. */
#define DATA(x)                                                                                    \
	HEAD OPEN "<d:response><d:href>/c/a</d:href><d:propstat><d:prop><c:calendar-data>" x       \
		  "</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"   \
		  "</d:response>" CLOSE
/* One response whose propstat has this status element. */
#define STATUS(x)                                                                                  \
	HEAD OPEN "<d:response><d:href>/c/a</d:href><d:propstat><d:prop><d:getetag>e</d:getetag>"  \
		  "</d:prop>" x "</d:propstat></d:response>" CLOSE

static GPtrArray *collect(const char *body, size_t bytes, GError **error)
{
	return multistatus_collect(body, bytes, 1000, error);
}

static const struct {
	const char *name;
	const char *body;
	const char *etag; /* of the only response, whose href is "/c/a"; NULL: none */
} etag_cases[] = {
	{"prefix-D",
		"<D:multistatus "
		"xmlns:D='DAV:'><D:response><D:href>/c/a</D:href><D:propstat><D:prop>"
		"<D:getetag>\"1\"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status>"
		"</D:propstat></D:response></D:multistatus>",
		"\"1\""},
	{"prefix-ns0",
		"<ns0:multistatus xmlns:ns0=\"DAV:\"><ns0:response><ns0:href>/c/a</ns0:href>"
		"<ns0:propstat><ns0:status>HTTP/1.1 200 OK</ns0:status><ns0:prop><ns0:getetag>\"1\""
		"</ns0:getetag></ns0:prop></ns0:propstat></ns0:response></ns0:multistatus>",
		"\"1\""},
	{"default-namespace-switched-inside",
		"<multistatus xmlns='DAV:'><response><href>/c/a</href><propstat><prop>"
		"<calendar-data xmlns='urn:ietf:params:xml:ns:caldav'>x</calendar-data>"
		"<getetag>\"1\"</getetag></prop></propstat></response></multistatus>",
		"\"1\""},
	{"same-name-in-a-strange-namespace",
		"<multistatus xmlns='DAV:' "
		"xmlns:x='urn:x'><x:response><href>/no</href></x:response>"
		"<response><x:href>/no</x:href><href>/c/a</href><propstat><prop><x:getetag>no"
		"</x:getetag><getetag>\"1\"</getetag></prop></propstat></response></multistatus>",
		"\"1\""},
	{"status-before-prop",
		OPEN "<d:response><d:href>/c/a</d:href><d:propstat><d:status>HTTP/1.1 404 Not Found"
		     "</d:status><d:prop><d:getetag/></d:prop></d:propstat><d:propstat><d:status>"
		     "HTTP/1.1 200 OK</d:status><d:prop><d:getetag>\"1\"</d:getetag></d:prop>"
		     "</d:propstat></d:response>" CLOSE,
		"\"1\""},
	{"no-status-counts-as-200", STATUS(""), "e"},
	{"http-2", STATUS("<d:status>HTTP/2 200</d:status>"), "e"},
	{"http-1.1-without-reason", STATUS("<d:status>HTTP/1.1 200</d:status>"), "e"},
	{"status-without-version", STATUS("<d:status>200 OK</d:status>"), "e"},
	{"bare-status", STATUS("<d:status>200</d:status>"), "e"},
	{"status-with-blanks", STATUS("<d:status>\n  HTTP/1.1   200  OK \n</d:status>"), "e"},
	{"status-201", STATUS("<d:status>HTTP/1.1 201 Created</d:status>"), "e"},
	{"status-404", STATUS("<d:status>HTTP/1.1 404 Not Found</d:status>"), NULL},
	{"status-403", STATUS("<d:status>HTTP/1.1 403 Forbidden</d:status>"), NULL},
	{"status-without-number", STATUS("<d:status>OK</d:status>"), NULL},
};

static void test_any_spelling_of_xml_is_read(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(etag_cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) responses =
			collect(etag_cases[i].body, strlen(etag_cases[i].body), &error);
		g_autofree char *etag = NULL;

		g_test_message("%s", etag_cases[i].name);
		g_assert_no_error(error);
		g_assert_cmpuint(responses->len, ==, 1);
		g_assert_cmpstr(dav_response_href(g_ptr_array_index(responses, 0)), ==, "/c/a");
		etag = dav_response_text(g_ptr_array_index(responses, 0), DAV_NS_DAV, "getetag");
		g_assert_cmpstr(etag, ==, etag_cases[i].etag);
	}
}

#define BYTES(x) x, sizeof(x) - 1

static const struct {
	const char *name;
	const char *body;
	size_t bytes;
	const char *data;
} data_cases[] = {
	{"text", BYTES(DATA("a\nb")), "a\nb"},
	{"cdata", BYTES(DATA("<![CDATA[a<b>&amp;]]>")), "a<b>&amp;"},
	{"mixed", BYTES(DATA("a<![CDATA[<b>]]>c&lt;")), "a<b>c<"},
	{"carriage-returns-as-references", BYTES(DATA("a&#13;\nb&#xD;\n")), "a\r\nb\r\n"},
	{"blanks-are-kept", BYTES(DATA(" a\n ")), " a\n "},
	{"quotes-and-apostrophes", BYTES(DATA("&quot;&apos;")), "\"'"},
	{"vertical-tab",
		BYTES(DATA("a\x0b"
			   "b")),
		"ab"},
	{"nul", BYTES(DATA("a\0b")), "ab"},
	{"reference-to-vertical-tab", BYTES(DATA("a&#11;b&#x0B;c&#0;d")), "abcd"},
	{"reference-to-a-surrogate", BYTES(DATA("a&#xD800;b")), "ab"},
	{"reference-to-an-emoji", BYTES(DATA("&#x1F600;&#128512;")), "\U0001F600\U0001F600"},
	{"noncharacter",
		BYTES(DATA("a\xEF\xBF\xBF"
			   "b")),
		"ab"},
	{"invalid-utf8", BYTES(DATA("a\xFFz")), "a\xEF\xBF\xBDz"},
	{"overlong-utf8", BYTES(DATA("\xC0\xAF")), "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"byte-order-mark", BYTES("\xEF\xBB\xBF" DATA("a")), "a"},
	{"blank-lines-first", BYTES("\r\n\n " DATA("a")), "a"},
	{"blank-lines-and-mark", BYTES("\n\xEF\xBB\xBF\n" DATA("a")), "a"},
	{"utf8-declared-as-latin1",
		BYTES("<?xml version='1.0' encoding='ISO-8859-1'?><multistatus xmlns='DAV:'>"
		      "<response><href>/c/a</href><propstat><prop><calendar-data "
		      "xmlns='urn:ietf:params:xml:ns:caldav'>\xC3\xA9</calendar-data></prop>"
		      "</propstat></response></multistatus>"),
		"\xC3\xA9"},
	{"utf8-declared-as-nonsense",
		BYTES("<?xml version='1.0' encoding='klingon'?><multistatus xmlns='DAV:'>"
		      "<response><href>/c/a</href><propstat><prop><calendar-data "
		      "xmlns='urn:ietf:params:xml:ns:caldav'>\xC3\xA9</calendar-data></prop>"
		      "</propstat></response></multistatus>"),
		"\xC3\xA9"},
	{"latin1",
		BYTES("<?xml version='1.0' encoding='ISO-8859-1'?><multistatus xmlns='DAV:'>"
		      "<response><href>/c/a</href><propstat><prop><calendar-data "
		      "xmlns='urn:ietf:params:xml:ns:caldav'>\xE9</calendar-data></prop>"
		      "</propstat></response></multistatus>"),
		"\xC3\xA9"},
	{"a-warning-behind-the-answer", BYTES(DATA("a") "\n<b>Warning</b>: x & y"), "a"},
	{"empty", BYTES(DATA("")), ""},
};

static void test_calendar_data_arrives_as_sent(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(data_cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) responses =
			collect(data_cases[i].body, data_cases[i].bytes, &error);
		const DavProperty *data;

		g_test_message("%s", data_cases[i].name);
		g_assert_no_error(error);
		g_assert_cmpuint(responses->len, ==, 1);
		data = dav_response_property(
			g_ptr_array_index(responses, 0), DAV_NS_CALDAV, "calendar-data");
		g_assert_nonnull(data);
		g_assert_cmpstr(data->text, ==, data_cases[i].data);
		g_assert_cmpuint(data->text_bytes, ==, strlen(data_cases[i].data));
	}
}

static void test_utf16_is_read(void)
{
	static const char text[] = "<?xml version='1.0' encoding='UTF-16'?>" OPEN
				   "<d:response><d:href>/\xC3\xA9</d:href></d:response>" CLOSE;
	gsize bytes = 0;
	g_autofree char *body = g_convert(text, -1, "UTF-16", "UTF-8", NULL, &bytes, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) responses = NULL;

	g_assert_nonnull(body);
	responses = collect(body, bytes, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(dav_response_href(g_ptr_array_index(responses, 0)), ==, "/\xC3\xA9");
}

static const struct {
	const char *name;
	const char *body;
	MultistatusError code;
} refusals[] = {
	{"empty", "", MULTISTATUS_ERROR_EMPTY},
	{"blank", " \n", MULTISTATUS_ERROR_EMPTY},
	{"plain-text", "Not found", MULTISTATUS_ERROR_NOT_DAV},
	{"json", "{\"a\":1}", MULTISTATUS_ERROR_NOT_DAV},
	{"html5", "<!doctype html><html><body><p>Log in<br></body></html>",
		MULTISTATUS_ERROR_NOT_DAV},
	{"html-with-doctype",
		"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://x/\"><html/>",
		MULTISTATUS_ERROR_NOT_DAV},
	{"html-without-doctype", "<html><head><meta></head>", MULTISTATUS_ERROR_NOT_DAV},
	{"dav-error", "<d:error xmlns:d='DAV:'><d:x/></d:error>", MULTISTATUS_ERROR_NOT_DAV},
	{"multistatus-of-no-namespace", "<multistatus/>", MULTISTATUS_ERROR_NOT_DAV},
	{"undeclared-prefix", "<d:multistatus/>", MULTISTATUS_ERROR_NOT_DAV},
	{"cut-before-the-root", "<?xml version='1.0'?>", MULTISTATUS_ERROR_DAMAGED},
	{"cut-between-responses", OPEN "<d:response><d:href>/a</d:href></d:response>",
		MULTISTATUS_ERROR_DAMAGED},
	{"cut-in-data",
		OPEN "<d:response><d:href>/a</d:href><d:propstat><d:prop><c:calendar-data>B",
		MULTISTATUS_ERROR_DAMAGED},
	{"cut-in-cdata", OPEN "<d:response><d:propstat><d:prop><c:calendar-data><![CDATA[BEGIN:V",
		MULTISTATUS_ERROR_DAMAGED},
	{"crossed-tags", OPEN "<d:response><d:href></d:response></d:href>" CLOSE,
		MULTISTATUS_ERROR_DAMAGED},
	{"undeclared-entity", OPEN "<d:response><d:href>&boom;</d:href></d:response>" CLOSE,
		MULTISTATUS_ERROR_DAMAGED},
	{"entity-bomb",
		"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b "
		"'&a;&a;&a;'>]>" OPEN "<d:response><d:href>&b;</d:href></d:response>" CLOSE,
		MULTISTATUS_ERROR_REFUSED},
	{"external-entity",
		"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" OPEN
		"<d:response><d:href>&a;</d:href></d:response>" CLOSE,
		MULTISTATUS_ERROR_REFUSED},
	{"external-dtd", "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" OPEN CLOSE,
		MULTISTATUS_ERROR_REFUSED},
};

static void test_what_is_no_whole_multistatus_fails(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) responses =
			collect(refusals[i].body, strlen(refusals[i].body), &error);

		g_test_message("%s", refusals[i].name);
		g_assert_error(error, MULTISTATUS_ERROR, (int)refusals[i].code);
		g_assert_null(responses);
	}
}

static void test_every_cut_is_noticed(void)
{
	static const char whole[] = DATA("BEGIN:VCALENDAR<![CDATA[x]]>&amp;");

	for (size_t bytes = 0; bytes < sizeof(whole) - 1; bytes++) {
		g_autoptr(GPtrArray) responses = collect(whole, bytes, NULL);

		g_assert_null(responses);
	}
}

static void test_depth_is_bounded(void)
{
	g_autoptr(GString) body = g_string_new(OPEN "<d:response><d:propstat><d:prop>");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) responses = NULL;

	for (unsigned i = 0; i < 1000; i++)
		g_string_append(body, "<d:x>");
	responses = collect(body->str, body->len, &error);
	g_assert_error(error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_REFUSED);
}

static void test_counts_are_bounded(void)
{
	static const struct {
		const char *open;
		const char *one;
	} floods[] = {
		{OPEN "<d:response>", "<d:href>/a</d:href>"},
		{OPEN "<d:response><d:propstat><d:prop>", "<d:x/>"},
		{OPEN "<d:response><d:propstat><d:prop><d:x>", "<d:y/>"},
		{OPEN "<d:response><d:error>", "<d:y/>"},
		{OPEN "<d:response><d:href>", "aaaaaaaaaaaaaaaaaaaa"},
		{OPEN, "<d:response/>"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(floods); i++) {
		g_autoptr(GString) body = g_string_new(floods[i].open);
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) responses = NULL;

		for (unsigned j = 0; j < 20000; j++)
			g_string_append(body, floods[i].one);
		responses = collect(body->str, body->len, &error);
		g_test_message("%s", floods[i].one);
		g_assert_error(error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_REFUSED);
	}
}

static void test_a_picture_of_20_mb_is_read(void)
{
	const size_t picture_bytes = 20000000;
	g_autoptr(GString) body = g_string_new(HEAD OPEN "<d:response><d:propstat><d:prop>"
							 "<c:calendar-data><![CDATA[");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) responses = NULL;

	for (size_t i = 0; i < picture_bytes / 10; i++)
		g_string_append(body, "QUJDREVGR\n");
	g_string_append(body, "]]></c:calendar-data></d:prop></d:propstat></d:response>" CLOSE);
	responses = collect(body->str, body->len, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(dav_response_property(
				 g_ptr_array_index(responses, 0), DAV_NS_CALDAV, "calendar-data")
				 ->text_bytes,
		==, picture_bytes);
}

static void test_elements_of_properties(void)
{
	static const char body[] =
		OPEN "<d:response><d:href>/c/</d:href><d:propstat><d:prop>"
		     "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
		     "<c:supported-calendar-component-set><c:comp name='VEVENT'/><c:comp "
		     "name=\"VTODO\"/>"
		     "</c:supported-calendar-component-set>"
		     "<d:supported-report-set><d:supported-report><d:report><d:sync-collection/>"
		     "</d:report></d:supported-report></d:supported-report-set>"
		     "<c:calendar-home-set><d:href> /a </d:href><d:href>/b</d:href>"
		     "</c:calendar-home-set></d:prop></d:propstat></d:response>" CLOSE;
	g_autoptr(GPtrArray) responses = collect(body, strlen(body), NULL);
	const DavResponse *response;
	const DavProperty *property;

	g_assert_nonnull(responses);
	response = g_ptr_array_index(responses, 0);
	property = dav_response_property(response, DAV_NS_DAV, "resourcetype");
	g_assert_true(dav_property_holds(property, DAV_NS_CALDAV, "calendar"));
	g_assert_true(dav_property_holds(property, DAV_NS_DAV, "collection"));
	g_assert_false(dav_property_holds(property, DAV_NS_DAV, "calendar"));
	property = dav_response_property(response, DAV_NS_DAV, "supported-report-set");
	g_assert_true(dav_property_holds(property, DAV_NS_DAV, "sync-collection"));
	property =
		dav_response_property(response, DAV_NS_CALDAV, "supported-calendar-component-set");
	g_assert_cmpuint(property->elements->len, ==, 2);
	g_assert_cmpstr(
		((DavElement *)g_ptr_array_index(property->elements, 1))->attribute, ==, "VTODO");
	property = dav_response_property(response, DAV_NS_CALDAV, "calendar-home-set");
	g_assert_cmpuint(property->elements->len, ==, 2);
	g_assert_cmpstr(((DavElement *)g_ptr_array_index(property->elements, 0))->text, ==, "/a");
	g_assert_cmpstr(((DavElement *)g_ptr_array_index(property->elements, 1))->text, ==, "/b");
	g_assert_false(dav_property_holds(NULL, DAV_NS_DAV, "x"));
}

static void test_status_of_the_response(void)
{
	static const char body[] = OPEN
		"<d:response><d:href>/a</d:href><d:href>/b</d:href><d:status>HTTP/1.1 404 Not Found"
		"</d:status></d:response><d:response><d:href>/c/</d:href><d:status>HTTP/1.1 507 "
		"Insufficient Storage</d:status><d:error><d:number-of-matches-within-limits/>"
		"</d:error></d:response>" CLOSE;
	g_autoptr(GPtrArray) responses = collect(body, strlen(body), NULL);
	const DavResponse *response;

	g_assert_nonnull(responses);
	g_assert_cmpuint(responses->len, ==, 2);
	response = g_ptr_array_index(responses, 0);
	g_assert_cmpuint(response->hrefs->len, ==, 2);
	g_assert_cmpint(response->status, ==, 404);
	response = g_ptr_array_index(responses, 1);
	g_assert_cmpint(response->status, ==, 507);
	g_assert_cmpuint(response->errors->len, ==, 1);
	g_assert_cmpstr(((DavElement *)g_ptr_array_index(response->errors, 0))->name, ==,
		"number-of-matches-within-limits");
}

static bool fail_at_second(void *data, DavResponse *take_response, GError **error)
{
	unsigned *seen = data;

	dav_response_free(take_response);
	if (++*seen < 2)
		return true;
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
	return false;
}

static void test_reader_ends_when_told(void)
{
	static const char body[] = OPEN "<d:response/><d:response/><d:response/>" CLOSE;
	g_autoptr(GError) error = NULL;
	unsigned seen = 0;

	g_assert_false(multistatus_read(body, strlen(body), fail_at_second, &seen, NULL, &error));
	g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
	g_assert_cmpuint(seen, ==, 2);
}

static bool take_none(void *data, DavResponse *take_response, GError **error)
{
	(void)data, (void)error;
	dav_response_free(take_response);
	return true;
}

static void test_sync_token_stands_beside_the_responses(void)
{
	static const struct {
		const char *inside;
		const char *token;
	} cases[] = {
		{"<d:sync-token>a</d:sync-token>", "a"},
		{"<d:response/><d:sync-token>\n http://x/1 \n</d:sync-token>", "http://x/1"},
		{"<d:response/>", NULL},
		{"<d:sync-token/>", ""},
		{"<sync-token>a</sync-token>", NULL},
		{"<d:response><d:sync-token>a</d:sync-token></d:response>", NULL},
		{"<d:response><d:propstat><d:prop><d:sync-token>a</d:sync-token></d:prop>"
		 "</d:propstat></d:response><d:sync-token>b</d:sync-token>",
			"b"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = g_strconcat(OPEN, cases[i].inside, CLOSE, NULL);
		g_autofree char *token = NULL;
		g_autoptr(GError) error = NULL;

		g_assert_true(
			multistatus_read(body, strlen(body), take_none, NULL, &token, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(token, ==, cases[i].token);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(
		"/net/multistatus/any-spelling-of-xml-is-read", test_any_spelling_of_xml_is_read);
	g_test_add_func("/net/multistatus/calendar-data-arrives-as-sent",
		test_calendar_data_arrives_as_sent);
	g_test_add_func("/net/multistatus/utf16-is-read", test_utf16_is_read);
	g_test_add_func("/net/multistatus/what-is-no-whole-multistatus-fails",
		test_what_is_no_whole_multistatus_fails);
	g_test_add_func("/net/multistatus/every-cut-is-noticed", test_every_cut_is_noticed);
	g_test_add_func("/net/multistatus/depth-is-bounded", test_depth_is_bounded);
	g_test_add_func("/net/multistatus/counts-are-bounded", test_counts_are_bounded);
	g_test_add_func(
		"/net/multistatus/a-picture-of-20-mb-is-read", test_a_picture_of_20_mb_is_read);
	g_test_add_func("/net/multistatus/elements-of-properties", test_elements_of_properties);
	g_test_add_func("/net/multistatus/sync-token-stands-beside-the-responses",
		test_sync_token_stands_beside_the_responses);
	g_test_add_func("/net/multistatus/status-of-the-response", test_status_of_the_response);
	g_test_add_func("/net/multistatus/reader-ends-when-told", test_reader_ends_when_told);
	return g_test_run();
}
