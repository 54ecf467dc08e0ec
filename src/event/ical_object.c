/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Content lines in, components out. libical reads one line at a time; the nesting is watched here,
 * because libical closes whatever is open at any END, recurses without a limit, and takes a
 * truncated object for a whole one. */
#include "event/ical_object.h"

#include <string.h>

#include "event/ical.h"
#include "event/ical_lex.h"
#include "util/limits.h"

/* VCALENDAR > VEVENT > VALARM > an extension is four. */
#define DEPTH_MAX 8
#define COMPONENTS_MAX 100000
#define TIME_ZONE_MAX_BYTES 200
/* RELATED-TO lines of one event: a series is cut off from few others. */
#define RELATIONS_MAX 32
#define KEPT_BYTES_MAX ((size_t)64 * 1024 * 1024)

typedef struct {
	IcalObject *object;
	char *open[DEPTH_MAX]; /* upper-case names of the components that are open */
	guint depth;
	IcalCalendar *calendar; /* being read, or the last one; owned by the object */
	IcalComponent *top;     /* VEVENT or VTIMEZONE being read, right below VCALENDAR; owned */
	IcalComponent *child;   /* observance of `top`; owned by it */
	icalparser *parser;     /* collects the other properties of a VEVENT */
	guint components;
	size_t kept_bytes;
	guint attendees; /* kept, of all events */
	bool seen_calendar;
	bool is_windows_1252; /* the line in hand */
} Builder;

GQuark ical_error_quark(void)
{
	return g_quark_from_static_string("ical-error");
}

static void component_free(gpointer data)
{
	IcalComponent *component = data;

	if (component == NULL)
		return;
	g_free(component->uid);
	g_ptr_array_unref(component->fields);
	g_ptr_array_unref(component->children);
	if (component->others != NULL)
		icalcomponent_free(component->others);
	g_free(component);
}

static void calendar_free(gpointer data)
{
	IcalCalendar *calendar = data;

	g_ptr_array_unref(calendar->zones);
	g_free(calendar->time_zone);
	g_free(calendar);
}

static void field_destroy(gpointer line)
{
	ical_field_line_free(line);
}

static void begin_calendar(Builder *builder)
{
	IcalCalendar *calendar = g_new0(IcalCalendar, 1);

	calendar->zones = g_ptr_array_new_with_free_func(component_free);
	g_ptr_array_add(builder->object->calendars, calendar);
	builder->calendar = calendar;
}

static IcalComponent *component_new(const Builder *builder, icalcomponent_kind kind)
{
	IcalComponent *component = g_new0(IcalComponent, 1);

	component->kind = kind;
	component->calendar = builder->calendar;
	component->fields = g_ptr_array_new_with_free_func(field_destroy);
	component->children = g_ptr_array_new_with_free_func(component_free);
	return component;
}

const IcalFieldLine *ical_component_field(const IcalComponent *component, IcalField field)
{
	for (guint i = 0; i < component->fields->len; i++) {
		const IcalFieldLine *line = g_ptr_array_index(component->fields, i);

		if (line->field == field)
			return line;
	}
	return NULL;
}

char *ical_component_text(const IcalComponent *component, IcalField field)
{
	const IcalFieldLine *line = ical_component_field(component, field);

	return line != NULL && *line->value != '\0' ? ical_text_unescape(line->value) : NULL;
}

static IcalObject *object_new(void)
{
	IcalObject *object = g_new0(IcalObject, 1);

	object->events = g_ptr_array_new_with_free_func(component_free);
	object->calendars = g_ptr_array_new_with_free_func(calendar_free);
	return object;
}

void ical_object_free(IcalObject *object)
{
	if (object == NULL)
		return;
	g_ptr_array_unref(object->events);
	g_ptr_array_unref(object->calendars);
	g_free(object);
}

static void drop_parser(Builder *builder)
{
	/* icalparser_free() also frees what was not finished. */
	if (builder->parser != NULL)
		icalparser_free(builder->parser);
	builder->parser = NULL;
}

static void builder_clear(Builder *builder)
{
	for (guint i = 0; i < builder->depth; i++)
		g_free(builder->open[i]);
	component_free(builder->top);
	drop_parser(builder);
	ical_object_free(builder->object);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Builder, builder_clear)

/* libical drops a line with a quote too many. Without any quote it can be read. */
static void mend_quotes(char *line)
{
	size_t quotes = 0;
	size_t kept = 0;

	for (const char *at = line; *at != '\0'; at++)
		quotes += *at == '"';
	if (quotes % 2 == 0)
		return;
	for (const char *at = line; *at != '\0'; at++) {
		if (*at != '"')
			line[kept++] = *at;
	}
	line[kept] = '\0';
}

/* libical leaves out what it has no memory for, and an event without its CLASS is a public one. As
 * GLib: out of memory ends the program. */
static icalcomponent *add_line(icalparser *parser, char *line)
{
	icalcomponent *component;

	icalerror_clear_errno();
	component = icalparser_add_line(parser, line);
	if (icalerrno == ICAL_NEWFAILED_ERROR)
		g_error("out of memory");
	return component;
}

static void feed_libical(Builder *builder, const char *line)
{
	/* The parser returns a component at END only; the caller asks for it there. */
	g_autofree char *copy = g_strdup(line);

	mend_quotes(copy);
	(void)add_line(builder->parser, copy);
}

static void begin_event(Builder *builder)
{
	builder->top = component_new(builder, ICAL_VEVENT_COMPONENT);
	builder->parser = icalparser_new();
	if (builder->parser == NULL)
		g_error("out of memory");
	feed_libical(builder, "BEGIN:VEVENT");
}

static void end_event(Builder *builder)
{
	char line[] = "END:VEVENT";

	builder->top->others = add_line(builder->parser, line);
	drop_parser(builder);
	builder->top->uid = ical_component_text(builder->top, ICAL_FIELD_UID);
	if (builder->top->uid != NULL && *g_strstrip(builder->top->uid) == '\0')
		g_clear_pointer(&builder->top->uid, g_free);
	g_ptr_array_add(builder->object->events, g_steal_pointer(&builder->top));
}

/* What may stand beside events and is none. */
static void count_other(IcalObject *object, const char *name)
{
	object->tasks += g_str_equal(name, "VTODO");
	object->journals += g_str_equal(name, "VJOURNAL");
	object->free_busy += g_str_equal(name, "VFREEBUSY");
}

static bool begin_component(Builder *builder, const char *name, GError **error)
{
	bool is_calendar = g_str_equal(name, "VCALENDAR");

	if (builder->depth == 0 && !is_calendar) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_NOT_A_CALENDAR,
			"not a calendar object: %.40s stands outside a VCALENDAR", name);
		return false;
	}
	if ((builder->depth > 0 && is_calendar) ||
		(builder->depth > 1 && g_str_equal(name, "VEVENT"))) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_MALFORMED,
			"malformed calendar object: a %s inside a %.40s", name,
			builder->open[builder->depth - 1]);
		return false;
	}
	if (builder->depth == DEPTH_MAX) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_MALFORMED,
			"malformed calendar object: components nested more than %d deep",
			DEPTH_MAX);
		return false;
	}
	if (++builder->components > COMPONENTS_MAX) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_TOO_LARGE,
			"calendar object too large: more than %d components", COMPONENTS_MAX);
		return false;
	}
	builder->seen_calendar = true;
	if (builder->depth == 1)
		count_other(builder->object, name);
	if (is_calendar) {
		begin_calendar(builder);
	} else if (builder->depth == 1 && g_str_equal(name, "VEVENT")) {
		begin_event(builder);
	} else if (builder->depth == 1 && g_str_equal(name, "VTIMEZONE")) {
		builder->top = component_new(builder, ICAL_VTIMEZONE_COMPONENT);
	} else if (builder->depth == 2 && builder->top != NULL &&
		   builder->top->kind == ICAL_VTIMEZONE_COMPONENT &&
		   (g_str_equal(name, "STANDARD") || g_str_equal(name, "DAYLIGHT"))) {
		builder->child = component_new(builder, g_str_equal(name, "STANDARD")
								? ICAL_XSTANDARD_COMPONENT
								: ICAL_XDAYLIGHT_COMPONENT);
		g_ptr_array_add(builder->top->children, builder->child);
	}
	builder->open[builder->depth++] = g_strdup(name);
	return true;
}

static bool end_component(Builder *builder, const char *name, GError **error)
{
	const char *open = builder->depth > 0 ? builder->open[builder->depth - 1] : "nothing";

	if (g_strcmp0(open, name) != 0) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_MALFORMED,
			"malformed calendar object: END:%.40s closes %.40s", name, open);
		return false;
	}
	g_free(builder->open[--builder->depth]);
	if (builder->depth == 2)
		builder->child = NULL;
	if (builder->depth == 1 && builder->top != NULL) {
		if (builder->top->kind == ICAL_VEVENT_COMPONENT)
			end_event(builder);
		else
			g_ptr_array_add(builder->calendar->zones, g_steal_pointer(&builder->top));
	}
	return true;
}

/* What libical reads for us. Everything else is dropped before it takes up memory. */
static bool is_wanted(const char *name, size_t length)
{
	static const char *const wanted[] = {
		"ATTENDEE", "CONFERENCE", "ORGANIZER", "RELATED-TO", "URL"};

	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		if (strlen(wanted[i]) == length &&
			g_ascii_strncasecmp(wanted[i], name, length) == 0)
			return true;
	}
	return false;
}

/* Before it takes up memory. */
static bool has_room(Builder *builder, const char *line, size_t length)
{
	static const char attendee[] = "ATTENDEE";
	static const char relation[] = "RELATED-TO";

	if (length == strlen(relation) && g_ascii_strncasecmp(line, relation, length) == 0)
		return builder->top->relations++ < RELATIONS_MAX;
	if (length != strlen(attendee) || g_ascii_strncasecmp(line, attendee, length) != 0)
		return true;
	builder->top->attendees++;
	if (builder->top->attendees_kept == LIMIT_EVENT_ATTENDEES ||
		builder->attendees == LIMIT_OBJECT_ATTENDEES)
		return false;
	builder->top->attendees_kept++;
	builder->attendees++;
	return true;
}

/* What stands in the VCALENDAR itself; the first of two counts. */
static void add_calendar_property(Builder *builder, const char *line, bool cut)
{
	g_autoptr(IcalFieldLine) field = ical_field_line_new(line, cut);

	if (field->field == ICAL_FIELD_X_WR_TIMEZONE && builder->calendar->time_zone == NULL)
		builder->calendar->time_zone = g_strndup(field->value, TIME_ZONE_MAX_BYTES);
	else if (field->field == ICAL_FIELD_VERSION && g_str_equal(field->value, "1.0"))
		builder->calendar->is_version_1 = true;
}

/* FNV-1a, 64 bits. DTSTAMP is left out: some servers write the moment of the answer there. */
static void digest_line(IcalComponent *component, const GString *line, IcalField field)
{
	if (field == ICAL_FIELD_DTSTAMP)
		return;
	for (gsize i = 0; i <= line->len; i++)
		component->digest = (component->digest ^ (guint8)line->str[i]) *
				    G_GUINT64_CONSTANT(1099511628211);
}

static bool add_property(
	Builder *builder, const GString *line, size_t name, bool cut, GError **error)
{
	IcalComponent *component = builder->depth == 3   ? builder->child
				   : builder->depth == 2 ? builder->top
							 : NULL;
	IcalField field;

	if (builder->depth == 1)
		add_calendar_property(builder, line->str, cut);
	/* Alarms, participants and the like have summaries and attendees of their own. */
	if (component == NULL)
		return true;
	field = ical_field_find(line->str, name);
	if (field == ICAL_FIELD_NONE && (builder->parser == NULL || !is_wanted(line->str, name)))
		return true;
	if (field == ICAL_FIELD_NONE && !has_room(builder, line->str, name))
		return true;
	builder->kept_bytes += line->len;
	if (builder->kept_bytes > KEPT_BYTES_MAX) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_TOO_LARGE,
			"calendar object too large: more than %zu MiB without attachments",
			KEPT_BYTES_MAX / 1024 / 1024);
		return false;
	}
	component->is_windows_1252 |= builder->is_windows_1252;
	digest_line(component, line, field);
	if (field != ICAL_FIELD_NONE)
		g_ptr_array_add(component->fields, ical_field_line_new(line->str, cut));
	else
		feed_libical(builder, line->str);
	return true;
}

static bool take_line(Builder *builder, const GString *line, bool cut, GError **error)
{
	size_t name = ical_line_name_length(line->str, line->len);
	bool begin = name == 5 && g_ascii_strncasecmp(line->str, "BEGIN", 5) == 0;
	bool end = name == 3 && g_ascii_strncasecmp(line->str, "END", 3) == 0;

	if (begin || end) {
		g_autofree char *value = g_ascii_strup(line->str + name + 1, -1);

		g_strstrip(value);
		return begin ? begin_component(builder, value, error)
			     : end_component(builder, value, error);
	}
	if (builder->depth == 0 && !builder->seen_calendar) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_NOT_A_CALENDAR,
			line->str[0] == '<'
				? "not a calendar object: it looks like a web page"
				: "not a calendar object: it does not begin with BEGIN:VCALENDAR");
		return false;
	}
	return add_property(builder, line, name, cut, error);
}

IcalObject *ical_object_parse(const char *bytes, size_t length, GError **error)
{
	g_auto(Builder) builder = {.object = object_new()};
	g_autoptr(GString) line = g_string_new(NULL);
	g_auto(IcalLexer) lexer = {0};
	bool cut;

	ical_lexer_init(&lexer, bytes, length);
	while (ical_lexer_next(&lexer, line, &cut)) {
		builder.is_windows_1252 = lexer.is_windows_1252;
		if (!take_line(&builder, line, cut, error))
			return NULL;
	}
	if (!builder.seen_calendar) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_NOT_A_CALENDAR,
			"not a calendar object: it is empty");
		return NULL;
	}
	if (builder.depth > 0) {
		g_set_error(error, ICAL_ERROR, ICAL_ERROR_TRUNCATED,
			"calendar object cut short: it ends before END:%.40s",
			builder.open[builder.depth - 1]);
		return NULL;
	}
	return g_steal_pointer(&builder.object);
}
