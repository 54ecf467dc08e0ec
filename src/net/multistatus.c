/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads DAV:multistatus answers with libxml2's SAX interface: nothing but the response that is
 * being read is held beside the body. */
#include "net/multistatus.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "net/xml_bytes.h"

G_DEFINE_QUARK(multistatus_error, multistatus_error)

/* No answer of an honest server comes near these. */
#define MAX_DEPTH 64
#define MAX_HREFS 10000        /* of one response */
#define MAX_PROPERTIES 200     /* of one response */
#define MAX_ELEMENTS 2000      /* of one property */
#define MAX_SHORT_TEXT 65536   /* href, status, text within a property */
#define MAX_NAMES_BYTES 262144 /* all different names of elements and attributes */

/* Where in the answer the parser stands. Each state is reached from one other only. */
typedef enum {
	AT_START,
	IN_MULTISTATUS,
	IN_SYNC_TOKEN,
	IN_RESPONSE,
	IN_RESPONSE_HREF,
	IN_RESPONSE_STATUS,
	IN_RESPONSE_ERROR, /* and everything below */
	IN_PROPSTAT,
	IN_PROPSTAT_STATUS,
	IN_PROP,
	IN_PROPERTY,
	IN_PROPERTY_ELEMENT, /* and everything below */
	AT_END,
} ReaderState;

/* How states follow each other: in state `in`, the element opens state `opens`. */
static const struct {
	ReaderState in;
	const char *name; /* in DAV: */
	ReaderState opens;
} transitions[] = {
	{IN_MULTISTATUS, "response", IN_RESPONSE},
	{IN_MULTISTATUS, "sync-token", IN_SYNC_TOKEN},
	{IN_RESPONSE, "href", IN_RESPONSE_HREF},
	{IN_RESPONSE, "status", IN_RESPONSE_STATUS},
	{IN_RESPONSE, "error", IN_RESPONSE_ERROR},
	{IN_RESPONSE, "propstat", IN_PROPSTAT},
	{IN_PROPSTAT, "status", IN_PROPSTAT_STATUS},
	{IN_PROPSTAT, "prop", IN_PROP},
};

typedef struct {
	xmlParserCtxtPtr parser;
	ReaderState states[MAX_DEPTH + 1]; /* of the open elements; [0] is AT_START */
	unsigned depth;
	unsigned skipped; /* open elements that nobody wants */
	bool saw_element;

	DavResponse *response;
	unsigned propstat_begin; /* index of the propstat's first property */
	int propstat_status;
	DavProperty *property; /* owned by the response */
	DavElement *element;   /* the last opened below a property or an error; owned there */
	GString *text;         /* of href, status, token or element */
	GString *long_text;    /* of the property */
	char *sync_token;      /* or NULL */

	MultistatusFunc func;
	void *data;
	GError *error;
} Reader;

static void reader_stop(Reader *reader, MultistatusError code, const char *message)
{
	if (reader->error == NULL)
		g_set_error_literal(&reader->error, MULTISTATUS_ERROR, code, message);
	xmlStopParser(reader->parser);
}

static void reader_refuse(Reader *reader)
{
	reader_stop(reader, MULTISTATUS_ERROR_REFUSED, "the answer exceeds every sensible bound");
}

/* HTTP/1.1 200 OK, HTTP/2 200, 200 OK, 200: the first group of three digits (calendar-protocols
 * A11). 0 when there is none. */
static int status_of(const char *text)
{
	for (const char *p = text; *p != '\0';) {
		size_t digits = strspn(p, "0123456789");

		if (digits == 3)
			return g_ascii_digit_value(p[0]) * 100 + g_ascii_digit_value(p[1]) * 10 +
			       g_ascii_digit_value(p[2]);
		p += digits > 0 ? digits : 1;
	}
	return 0;
}

/* Keeps what the element has said so far: called when it ends, or a child of it begins. */
static void element_finish(Reader *reader)
{
	if (reader->element == NULL)
		return;
	g_free(reader->element->text);
	reader->element->text = g_strstrip(g_strdup(reader->text->str));
	reader->element = NULL;
}

static void element_begin(Reader *reader, GPtrArray *elements, DavNamespace ns, const char *name,
	char *take_attribute)
{
	reader->element = dav_element_new(ns, name, take_attribute);
	g_ptr_array_add(elements, reader->element);
	g_string_truncate(reader->text, 0);
	if (elements->len > MAX_ELEMENTS)
		reader_refuse(reader);
}

static void property_begin(Reader *reader, DavNamespace ns, const char *name)
{
	reader->property = dav_property_new(ns, name);
	g_ptr_array_add(reader->response->properties, reader->property);
	g_string_truncate(reader->long_text, 0);
	if (reader->response->properties->len > MAX_PROPERTIES)
		reader_refuse(reader);
}

static void property_end(Reader *reader)
{
	g_free(reader->property->text);
	reader->property->text_bytes = reader->long_text->len;
	reader->property->text = g_string_free(reader->long_text, FALSE);
	reader->long_text = g_string_new(NULL);
	reader->property = NULL;
}

static void propstat_end(Reader *reader)
{
	GPtrArray *properties = reader->response->properties;

	for (unsigned i = reader->propstat_begin; i < properties->len; i++)
		((DavProperty *)g_ptr_array_index(properties, i))->status = reader->propstat_status;
}

static void response_end(Reader *reader)
{
	if (!reader->func(reader->data, g_steal_pointer(&reader->response), &reader->error))
		xmlStopParser(reader->parser);
}

static ReaderState next_state(const Reader *reader, DavNamespace ns, const char *name)
{
	ReaderState state = reader->states[reader->depth];

	switch (state) {
	case IN_PROP:
		return ns != DAV_NS_OTHER ? IN_PROPERTY : AT_END;
	case IN_PROPERTY:
	case IN_PROPERTY_ELEMENT:
		return ns != DAV_NS_OTHER ? IN_PROPERTY_ELEMENT : AT_END;
	case IN_RESPONSE_ERROR:
		return ns != DAV_NS_OTHER ? IN_RESPONSE_ERROR : AT_END;
	default:
		break;
	}
	for (size_t i = 0; ns == DAV_NS_DAV && i < G_N_ELEMENTS(transitions); i++) {
		if (transitions[i].in == state && strcmp(transitions[i].name, name) == 0)
			return transitions[i].opens;
	}
	return AT_END;
}

static void reader_open(
	Reader *reader, ReaderState state, DavNamespace ns, const char *name, char *take_attribute)
{
	g_autofree char *attribute = take_attribute;

	element_finish(reader);
	g_string_truncate(reader->text, 0);
	switch (state) {
	case IN_RESPONSE:
		g_clear_pointer(&reader->response, dav_response_free);
		reader->response = dav_response_new();
		break;
	case IN_PROPSTAT:
		reader->propstat_begin = reader->response->properties->len;
		reader->propstat_status = 200;
		break;
	case IN_PROPERTY:
		property_begin(reader, ns, name);
		break;
	case IN_PROPERTY_ELEMENT:
		element_begin(
			reader, reader->property->elements, ns, name, g_steal_pointer(&attribute));
		break;
	case IN_RESPONSE_ERROR:
		if (reader->states[reader->depth - 1] == IN_RESPONSE_ERROR)
			element_begin(reader, reader->response->errors, ns, name,
				g_steal_pointer(&attribute));
		break;
	default:
		break;
	}
}

static void reader_close(Reader *reader, ReaderState state)
{
	element_finish(reader);
	switch (state) {
	case IN_MULTISTATUS:
		/* What may follow (blanks, a PHP warning) is no part of the answer. */
		reader->states[0] = AT_END;
		xmlStopParser(reader->parser);
		break;
	case IN_SYNC_TOKEN:
		g_free(reader->sync_token);
		reader->sync_token = g_strstrip(g_strdup(reader->text->str));
		break;
	case IN_RESPONSE:
		response_end(reader);
		break;
	case IN_RESPONSE_HREF:
		g_ptr_array_add(reader->response->hrefs, g_strdup(reader->text->str));
		if (reader->response->hrefs->len > MAX_HREFS)
			reader_refuse(reader);
		break;
	case IN_RESPONSE_STATUS:
		reader->response->status = status_of(reader->text->str);
		break;
	case IN_PROPSTAT_STATUS:
		reader->propstat_status = status_of(reader->text->str);
		break;
	case IN_PROPSTAT:
		propstat_end(reader);
		break;
	case IN_PROPERTY:
		property_end(reader);
		break;
	default:
		break;
	}
}

static void root_open(Reader *reader, DavNamespace ns, const char *name)
{
	reader->saw_element = true;
	if (ns == DAV_NS_DAV && strcmp(name, "multistatus") == 0)
		reader->states[++reader->depth] = IN_MULTISTATUS;
	else
		reader_stop(reader, MULTISTATUS_ERROR_NOT_DAV, "the answer is no DAV multistatus");
}

/* The attributes come in fives: name, prefix, URI, begin and end of the value. */
static char *name_attribute(int count, const xmlChar **attributes)
{
	for (int i = 0; i < count; i++, attributes += 5) {
		if (strcmp((const char *)attributes[0], "name") == 0)
			return g_strndup((const char *)attributes[3],
				(gsize)MIN(attributes[4] - attributes[3], MAX_SHORT_TEXT));
	}
	return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): libxml2 says which parameters there are. */
static void on_start(void *data, const xmlChar *local_name, const xmlChar *prefix,
	const xmlChar *uri, int namespace_count, const xmlChar **namespaces, int attribute_count,
	int defaulted_count, const xmlChar **attributes)
{
	Reader *reader = data;
	const char *name = (const char *)local_name;
	DavNamespace ns = dav_namespace((const char *)uri);
	ReaderState state;

	(void)prefix, (void)namespace_count, (void)namespaces, (void)defaulted_count;
	if (reader->error != NULL)
		return;
	if (reader->depth == 0) {
		root_open(reader, ns, name);
		return;
	}
	if (reader->depth + reader->skipped >= MAX_DEPTH) {
		reader_refuse(reader);
		return;
	}
	state = reader->skipped > 0 ? AT_END : next_state(reader, ns, name);
	if (state == AT_END) {
		reader->skipped++;
		return;
	}
	reader->states[++reader->depth] = state;
	reader_open(reader, state, ns, name, name_attribute(attribute_count, attributes));
}

static void on_end(void *data, const xmlChar *local_name, const xmlChar *prefix, const xmlChar *uri)
{
	Reader *reader = data;

	(void)local_name, (void)prefix, (void)uri;
	if (reader->error != NULL || reader->depth == 0)
		return;
	if (reader->skipped > 0)
		reader->skipped--;
	else
		reader_close(reader, reader->states[reader->depth--]);
}

static void on_text(void *data, const xmlChar *text, int bytes)
{
	Reader *reader = data;

	if (reader->error != NULL || reader->skipped > 0)
		return;
	switch (reader->states[reader->depth]) {
	case IN_PROPERTY:
		g_string_append_len(reader->long_text, (const char *)text, bytes);
		break;
	case IN_SYNC_TOKEN:
	case IN_RESPONSE_HREF:
	case IN_RESPONSE_STATUS:
	case IN_PROPSTAT_STATUS:
	case IN_PROPERTY_ELEMENT:
	case IN_RESPONSE_ERROR:
		g_string_append_len(reader->text, (const char *)text, bytes);
		if (reader->text->len > MAX_SHORT_TEXT)
			reader_refuse(reader);
		break;
	default:
		break;
	}
}

/* A DOCTYPE is where entity bombs and external entities come from; DAV has no use for one. Web
 * pages begin with one, too. */
static void on_doctype(
	void *data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
	Reader *reader = data;

	(void)external_id, (void)system_id;
	if (name != NULL && g_ascii_strcasecmp((const char *)name, "html") == 0)
		reader_stop(reader, MULTISTATUS_ERROR_NOT_DAV, "the answer is a web page");
	else
		reader_stop(reader, MULTISTATUS_ERROR_REFUSED, "the answer has a DOCTYPE");
}

/* Until 2.12 libxml2 hands its errors out to be changed. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *ParserError;
#else
typedef xmlError *ParserError;
#endif

/* What libxml2 has to say quotes the body; ours says where. */
static void on_error(void *data, ParserError error)
{
	(void)data, (void)error;
}

static int on_read(void *data, char *buffer, int bytes)
{
	return (int)xml_bytes_read(data, buffer, (size_t)bytes);
}

static xmlParserCtxtPtr parser_new(Reader *reader, XmlBytes *bytes)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_doctype,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.serror = on_error,
	};
	xmlParserCtxtPtr parser = xmlCreateIOParserCtxt(
		&handler, reader, on_read, NULL, bytes, XML_CHAR_ENCODING_UTF8);

	if (parser == NULL)
		return NULL;
	/* HUGE: one event may hold a picture of 20 MB; the HTTP client has bounded the body. What
	 * it also lifts, the bound on all names together, is set again. IGNORE_ENC: the bytes are
	 * UTF-8 by now, whatever the declaration says. */
	xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC |
					  XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlDictSetLimit(parser->dict, MAX_NAMES_BYTES);
	return parser;
}

static void reader_conclude(Reader *reader, bool is_empty, bool looks_like_xml)
{
	if (reader->error != NULL || reader->states[0] == AT_END)
		return;
	if (is_empty)
		g_set_error(&reader->error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_EMPTY,
			"the answer is empty");
	else if (!looks_like_xml && !reader->saw_element)
		g_set_error(&reader->error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_NOT_DAV,
			"the answer is no XML");
	else
		g_set_error(&reader->error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_DAMAGED,
			"the answer breaks off or is damaged at line %d",
			xmlSAX2GetLineNumber(reader->parser));
}

bool multistatus_read(const char *body, size_t body_bytes, MultistatusFunc func, void *data,
	char **ret_sync_token, GError **error)
{
	static gsize initialized = 0;
	g_autoptr(XmlBytes) bytes = xml_bytes_new(body, body_bytes);
	bool is_empty = xml_bytes_are_blank(bytes);
	bool looks_like_xml = xml_bytes_look_like_xml(bytes);
	Reader reader = {.func = func, .data = data};

	if (g_once_init_enter(&initialized)) {
		xmlInitParser();
		g_once_init_leave(&initialized, 1);
	}
	reader.parser = parser_new(&reader, bytes);
	if (reader.parser == NULL)
		g_error("out of memory");
	reader.text = g_string_new(NULL);
	reader.long_text = g_string_new(NULL);
	xmlParseDocument(reader.parser);
	reader_conclude(&reader, is_empty, looks_like_xml);
	xmlFreeParserCtxt(reader.parser);
	dav_response_free(reader.response);
	g_string_free(reader.text, TRUE);
	g_string_free(reader.long_text, TRUE);
	if (reader.error == NULL && ret_sync_token != NULL)
		*ret_sync_token = g_steal_pointer(&reader.sync_token);
	g_free(reader.sync_token);
	if (reader.error == NULL)
		return true;
	g_propagate_error(error, reader.error);
	return false;
}

typedef struct {
	GPtrArray *responses;
	unsigned max_responses;
} Collector;

static bool collect_response(void *data, DavResponse *take_response, GError **error)
{
	Collector *collector = data;

	g_ptr_array_add(collector->responses, take_response);
	if (collector->responses->len <= collector->max_responses)
		return true;
	g_set_error(error, MULTISTATUS_ERROR, MULTISTATUS_ERROR_REFUSED,
		"the answer has more than %u parts", collector->max_responses);
	return false;
}

GPtrArray *multistatus_collect(
	const char *body, size_t body_bytes, unsigned max_responses, GError **error)
{
	g_autoptr(GPtrArray) responses =
		g_ptr_array_new_with_free_func((GDestroyNotify)dav_response_free);
	Collector collector = {responses, max_responses};

	if (!multistatus_read(body, body_bytes, collect_response, &collector, NULL, error))
		return NULL;
	return g_steal_pointer(&responses);
}
