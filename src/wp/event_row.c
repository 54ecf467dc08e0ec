/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an Event to the bytes of its columns and meta rows. */
#include "wp/event_row.h"

#include <sodium.h>
#include <string.h>

#include "match/contact_index.h"
#include "php/json.h"
#include "site/column_text.h"
#include "text/esc.h"
#include "text/html_entities.h"
#include "text/markup.h"
#include "text/sanitize.h"
#include "text/script_scheme.h"

G_DEFINE_QUARK(event - row - error - quark, event_row_error)

/* Longer texts are cut. The title's column holds no more; the others are limited so that a batch of
 * events fits into one packet of the server. */
enum {
	TITLE_BYTES_MAX = 65535,
	CONTENT_BYTES_MAX = 256 * 1024,
	TEXT_BYTES_MAX = 16 * 1024, /* location, addresses, names */
	URL_BYTES_MAX = 4096,
	LIST_BYTES_MAX = 256 * 1024,
	RAW_BYTES_MAX = 256 * 1024,
	UID_BYTES_MAX = 1024,
};

/* The years that DATETIME holds. */
enum { YEAR_MIN = 1000, YEAR_MAX = 9999 };

static const char *const meta_keys[EVENT_META_COUNT] = {
	[EVENT_META_CONNECTION_ID] = "_connection_id",
	[EVENT_META_EVENT_UID] = "_event_uid",
	[EVENT_META_CALENDAR_ID] = "_calendar_id",
	[EVENT_META_CALENDAR_NAME] = "_calendar_name",
	[EVENT_META_START_TIME] = "_start_time",
	[EVENT_META_END_TIME] = "_end_time",
	[EVENT_META_ALL_DAY] = "_all_day",
	[EVENT_META_LOCATION] = "_location",
	[EVENT_META_MEETING_URL] = "_meeting_url",
	[EVENT_META_ORGANIZER_EMAIL] = "_organizer_email",
	[EVENT_META_ATTENDEES] = "_attendees",
	[EVENT_META_MATCHED_PEOPLE] = "_matched_people",
	[EVENT_META_RAW_DATA] = "_raw_data",
	[EVENT_META_HTML_LINK] = "_html_link",
};

const char *event_meta_key(EventMeta meta)
{
	return meta_keys[meta];
}

bool event_meta_parse(const char *key, EventMeta *ret_meta)
{
	for (size_t i = 0; i < EVENT_META_COUNT; i++) {
		if (g_str_equal(key, meta_keys[i])) {
			*ret_meta = (EventMeta)i;
			return true;
		}
	}
	return false;
}

void event_row_free(EventRow *row)
{
	if (row == NULL)
		return;
	for (size_t i = 0; i < EVENT_COLUMN_COUNT; i++)
		g_free(row->columns[i]);
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		g_free(row->metas[i]);
	g_free(row->series_uid);
	g_strfreev(row->siblings);
	g_free(row);
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
	/* The length keeps "ab" + "c" and "a" + "bc" apart; no text has the length of NULL. */
	uint64_t length = text == NULL ? UINT64_MAX : strlen(text);

	crypto_generichash_update(state, (const uint8_t *)&length, sizeof(length));
	if (text != NULL)
		crypto_generichash_update(state, (const uint8_t *)text, length);
}

/* Caller frees; NULL for NULL. */
static char *without_entities(const char *text)
{
	if (text == NULL || strchr(text, '&') == NULL)
		return g_strdup(text);
	return column_text_apply(html_entity_decode, text);
}

static void hash_without_entities(crypto_generichash_state *state, const char *text)
{
	g_autofree char *decoded = without_entities(text);

	hash_text(state, decoded);
}

bool event_row_is_same_title(const char *title, const char *other)
{
	g_autofree char *decoded = without_entities(title);
	g_autofree char *other_decoded = without_entities(other);

	return g_strcmp0(decoded, other_decoded) == 0;
}

/* The theme stored titles that a browser takes for HTML: they are not the same as ours, in which
 * the same "<" is written "&lt;". */
static void hash_title(crypto_generichash_state *state, const char *title)
{
	hash_without_entities(state, title);
	if (title != NULL && markup_is_in(title, strlen(title)))
		hash_text(state, "markup");
}

void event_row_hash(const char *const columns[EVENT_COLUMN_COUNT],
	const char *const metas[EVENT_META_COUNT], uint8_t ret_hash[EVENT_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, EVENT_HASH_BYTES);
	hash_title(&state, columns[EVENT_COLUMN_TITLE]);
	hash_without_entities(&state, columns[EVENT_COLUMN_CONTENT]);
	hash_text(&state, columns[EVENT_COLUMN_DATE]);
	hash_text(&state, columns[EVENT_COLUMN_DATE_GMT]);
	for (size_t i = 0; i < EVENT_META_COUNT; i++)
		hash_text(&state, metas[i]);
	crypto_generichash_final(&state, ret_hash, EVENT_HASH_BYTES);
}

/* A uid is an identity: of one that is too long the end is replaced by a hash, not cut off. */
char *event_row_uid(const char *event_uid, const WpSite *site)
{
	uint8_t hash[EVENT_HASH_BYTES];
	char hex[2 * sizeof(hash) + 1];
	g_autofree char *head = NULL;

	if (strlen(event_uid) <= UID_BYTES_MAX)
		return column_text(event_uid, UID_BYTES_MAX, site);
	crypto_generichash(
		hash, sizeof(hash), (const uint8_t *)event_uid, strlen(event_uid), NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	head = column_text(event_uid, UID_BYTES_MAX - sizeof(hex), site);
	return g_strconcat(head, "-", hex, NULL);
}

/* As the theme makes it, and then as WordPress filters it when nobody is logged in: decoding has
 * perhaps made markup of text ("&lt;img …&gt;"), so it is taken out last. */
static char *title_of(const Event *event, const WpSite *site)
{
	g_autofree char *summary = column_text_repair(event->summary, TITLE_BYTES_MAX);
	g_autofree char *clean = column_text_apply(sanitize_text_field, summary);
	g_autofree char *decoded = column_text_apply(html_entity_decode, clean);
	g_autofree char *fitting = column_text(decoded, TITLE_BYTES_MAX, site);
	g_autofree char *title = column_text_apply(markup_strip, fitting);

	g_strchomp(title);
	return title[0] == '\0' ? g_strdup("(No title)")
				: column_text_repair(title, TITLE_BYTES_MAX);
}

static char *content_of(const Event *event, const WpSite *site)
{
	g_autofree char *description = column_text_repair(event->description, CONTENT_BYTES_MAX);
	g_autofree char *clean = column_text_apply(sanitize_textarea_field, description);

	return column_text(clean, CONTENT_BYTES_MAX, site);
}

static char *location_of(const Event *event, const WpSite *site)
{
	g_autofree char *location = column_text_repair(event->location, TEXT_BYTES_MAX);
	g_autofree char *clean = column_text_apply(sanitize_text_field, location);
	g_autofree char *harmless = column_text_apply(script_scheme_strip, clean);

	return column_text(harmless, TEXT_BYTES_MAX, site);
}

/* A link that had to be cut would lead nowhere. */
static char *url_of(const char *link, const WpSite *site)
{
	g_autofree char *repaired = column_text_repair(link, URL_BYTES_MAX);
	g_autofree char *clean = NULL;

	if (link != NULL && strlen(link) > URL_BYTES_MAX)
		return g_strdup("");
	clean = column_text_apply(esc_url_raw, repaired);
	return column_text(clean, 3 * URL_BYTES_MAX, site);
}

static char *organizer_of(const Event *event, const WpSite *site)
{
	g_autofree char *email = NULL;
	g_autofree char *clean = NULL;

	email = column_text_repair(
		event->organizer == NULL ? NULL : event->organizer->email, TEXT_BYTES_MAX);
	clean = column_text_apply(sanitize_email, email);
	return column_text(clean, TEXT_BYTES_MAX, site);
}

/* Appends `"key":"text"`. */
static void append_text(GString *json, const char *key, const char *text)
{
	g_autofree char *repaired = column_text_repair(text, TEXT_BYTES_MAX);

	php_json_append_text(json, key);
	g_string_append_c(json, ':');
	php_json_append_text(json, repaired);
}

static char *finish_json(GString *take_json, const WpSite *site)
{
	return column_text_encode(g_string_free(take_json, FALSE), site);
}

/* Begins an element; false when the list is long enough: it ends early, but always as valid JSON.
 */
static bool append_element(GString *list, guint index, const char *first, const char *second)
{
	size_t bytes =
		100 + (first == NULL ? 0 : strlen(first)) + (second == NULL ? 0 : strlen(second));

	if (list->len + bytes > LIST_BYTES_MAX)
		return false;
	g_string_append(list, index == 0 ? "{" : ",{");
	return true;
}

/* Compact JSON with UTF-8 and slashes as they are, which is how the theme searches it. */
static char *attendees_of(const Event *event, const WpSite *site)
{
	GString *list = g_string_new("[");

	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];

		if (!append_element(list, i, attendee->email, attendee->name))
			break;
		append_text(list, "email", attendee->email);
		g_string_append_c(list, ',');
		append_text(list, "name", attendee->name);
		g_string_append_c(list, ',');
		append_text(list, "status", attendee_status_name(attendee->status));
		g_string_append_c(list, '}');
	}
	g_string_append_c(list, ']');
	return finish_json(list, site);
}

char *event_row_matched_people(const GPtrArray *matches, const WpSite *site)
{
	GString *list = g_string_new("[");

	for (guint i = 0; matches != NULL && i < matches->len; i++) {
		const Match *match = matches->pdata[i];

		if (!append_element(list, i, match->attendee_email, NULL))
			break;
		g_string_append_printf(
			list, "\"person_id\":%" G_GINT64_FORMAT ",", match->person_id);
		append_text(list, "match_type", match_type_name(match->type));
		g_string_append_printf(list, ",\"confidence\":%d,", match->confidence_percent);
		append_text(list, "attendee_email", match->attendee_email);
		g_string_append_c(list, '}');
	}
	g_string_append_c(list, ']');
	return finish_json(list, site);
}

static const Attendee *find_owner(const Event *event)
{
	for (guint i = 0; i < event->attendees->len; i++) {
		const Attendee *attendee = event->attendees->pdata[i];

		if (attendee->is_self)
			return attendee;
	}
	return NULL;
}

static void append_comma(GString *json)
{
	if (json->len > 1)
		g_string_append_c(json, ',');
}

static bool is_no_person(const Attendee *attendee)
{
	return attendee->kind == ATTENDEE_ROOM || attendee->kind == ATTENDEE_RESOURCE ||
	       attendee->kind == ATTENDEE_GROUP;
}

/* Which of the attendees, counted from 0, are rooms, resources and groups; -1 is the organizer.
 * Without it, matching the stored event again would take them for people. */
static void append_things(GString *json, const Event *event)
{
	g_autoptr(GString) places = g_string_new(NULL);

	if (event->organizer != NULL && is_no_person(event->organizer))
		g_string_append(places, "-1");
	for (guint i = 0; i < event->attendees->len; i++) {
		if (is_no_person(event->attendees->pdata[i]))
			g_string_append_printf(places, "%s%u", places->len > 0 ? "," : "", i);
	}
	if (places->len == 0)
		return;
	append_comma(json);
	g_string_append_printf(json, "\"no_people\":[%s]", places->str);
}

/* What auto-logging asks for and no other row has room for: whether the event is private, and who
 * of the attendees the calendar's owner is. */
static void append_owner(GString *json, const Event *event)
{
	const Attendee *owner = find_owner(event);

	if (event->is_private)
		g_string_append(json, "\"is_private\":true");
	if (owner == NULL)
		return;
	append_comma(json);
	append_text(json, "owner_email", owner->email);
	g_string_append_c(json, ',');
	append_text(json, "owner_status", attendee_status_name(owner->status));
}

/* `_end_time` is a wall clock. Where reading it gives another instant, since clocks were set back,
 * the right one is noted. */
static void append_end(GString *json, const Event *event, const WpSite *site)
{
	g_autofree char *end = NULL;
	int64_t read_utc = 0;

	if (event->all_day)
		return;
	end = site_zone_format(site->zone, event->end_utc);
	if (site_zone_parse(site->zone, end, &read_utc) && read_utc == event->end_utc)
		return;
	append_comma(json);
	g_string_append_printf(json, "\"end_utc\":%" G_GINT64_FORMAT, event->end_utc);
}

/* The clock of the calendar's own zone, where it shows something else than the site's: the theme
 * wrote it into its activities, by which we know them again (data-model 5). */
static void append_start(GString *json, const Event *event, const WpSite *site)
{
	g_autofree char *start = NULL;

	if (event->all_day || event->start_wall == NULL)
		return;
	start = site_zone_format(site->zone, event->start_utc);
	if (g_strcmp0(start, event->start_wall) == 0)
		return;
	append_comma(json);
	append_text(json, "start_wall", event->start_wall);
}

/* By which other connections' copies of the meeting are known: the source has it, where it is
 * kept. */
static void append_uid(GString *json, const Event *event)
{
	if (event->uid == NULL)
		return;
	append_comma(json);
	append_text(json, "uid", event->uid);
}

/* The source, byte for byte, with the above put before its first member; where it is too long, or
 * the provider had to leave it out for that, what is read back of it stands alone. */
static char *raw_data_of(const Event *event, const WpSite *site)
{
	g_autofree char *raw = column_text_repair(event->raw_json, RAW_BYTES_MAX);
	bool was_cut = event->raw_json != NULL && strlen(event->raw_json) > RAW_BYTES_MAX;
	GString *json = g_string_new("{");

	append_owner(json, event);
	append_things(json, event);
	append_end(json, event, site);
	append_start(json, event, site);
	g_strstrip(raw);
	if (was_cut || raw[0] != '{' || !g_str_has_suffix(raw, "}")) {
		append_uid(json, event);
		g_string_append_c(json, '}');
		return finish_json(json, site);
	}
	if (json->len > 1 && raw[1 + strspn(raw + 1, " \t\r\n")] != '}')
		g_string_append_c(json, ',');
	g_string_append(json, raw + 1);
	return finish_json(json, site);
}

static bool refuse(const Event *event, const char *why, GError **error)
{
	g_set_error(error, EVENT_ROW_ERROR, EVENT_ROW_ERROR_UNSTORABLE, "cannot store event %s: %s",
		event->event_uid == NULL ? "(no uid)" : event->event_uid, why);
	return false;
}

static bool date_text(const Event *event, const CivilDate *date, char **ret_text, GError **error)
{
	if (date->year < YEAR_MIN || date->year > YEAR_MAX || date->month < 1 || date->month > 12 ||
		date->day < 1 ||
		!g_date_valid_dmy(
			(GDateDay)date->day, (GDateMonth)date->month, (GDateYear)date->year))
		return refuse(event, "its date is no date of the years 1000 to 9999", error);
	*ret_text = g_strdup_printf("%04d-%02d-%02d 00:00:00", date->year, date->month, date->day);
	return true;
}

static bool instant_text(
	const Event *event, const WpSite *site, int64_t utc, char **ret_text, GError **error)
{
	/* 1000-01-02 to 9999-12-30 in UTC: in any zone within the years that the column holds. */
	if (utc < -INT64_C(30610137600) || utc >= INT64_C(253402128000))
		return refuse(event, "its time is not in the years 1000 to 9999", error);
	*ret_text = site_zone_format(site->zone, utc);
	return true;
}

static bool set_times(EventRow *row, const Event *event, const WpSite *site, GError **error)
{
	char **start = &row->metas[EVENT_META_START_TIME];
	char **end = &row->metas[EVENT_META_END_TIME];
	int64_t start_utc = event->start_utc;

	if (event->all_day) {
		if (!date_text(event, &event->start_date, start, error) ||
			!date_text(event, &event->end_date, end, error))
			return false;
		if (!site_zone_parse(site->zone, *start, &start_utc))
			return refuse(event, "its first day cannot be converted to UTC", error);
	} else if (!instant_text(event, site, event->start_utc, start, error) ||
		   !instant_text(event, site, event->end_utc, end, error)) {
		return false;
	}
	row->columns[EVENT_COLUMN_DATE] = g_strdup(*start);
	row->columns[EVENT_COLUMN_DATE_GMT] = site_zone_format_utc(start_utc);
	row->metas[EVENT_META_ALL_DAY] = g_strdup(event->all_day ? "1" : "0");
	return true;
}

static char **siblings_of(const Event *event, const WpSite *site)
{
	g_autoptr(GPtrArray) siblings = g_ptr_array_new();

	if (event->siblings == NULL)
		return NULL;
	for (char **uid = event->siblings; *uid != NULL; uid++)
		g_ptr_array_add(siblings, event_row_uid(*uid, site));
	g_ptr_array_add(siblings, NULL);
	return (char **)g_ptr_array_steal(siblings, NULL);
}

EventRow *event_row_new(
	const Event *event, const WpSite *site, const EventRowContext *context, GError **error)
{
	g_autoptr(EventRow) row = g_new0(EventRow, 1);
	char **metas = row->metas;

	if (event->event_uid == NULL || event->event_uid[0] == '\0') {
		refuse(event, "it has no uid", error);
		return NULL;
	}
	if (!set_times(row, event, site, error))
		return NULL;
	row->worth = event->worth;
	row->columns[EVENT_COLUMN_TITLE] = title_of(event, site);
	row->columns[EVENT_COLUMN_CONTENT] = content_of(event, site);
	metas[EVENT_META_CONNECTION_ID] = g_strdup(context->connection_id);
	metas[EVENT_META_EVENT_UID] = event_row_uid(event->event_uid, site);
	metas[EVENT_META_CALENDAR_ID] = column_text(context->calendar_id, URL_BYTES_MAX, site);
	metas[EVENT_META_CALENDAR_NAME] = column_text(context->calendar_name, TEXT_BYTES_MAX, site);
	metas[EVENT_META_LOCATION] = location_of(event, site);
	metas[EVENT_META_MEETING_URL] = url_of(event->meeting_url, site);
	metas[EVENT_META_ORGANIZER_EMAIL] = organizer_of(event, site);
	metas[EVENT_META_ATTENDEES] = attendees_of(event, site);
	metas[EVENT_META_MATCHED_PEOPLE] = event_row_matched_people(context->matches, site);
	metas[EVENT_META_RAW_DATA] = raw_data_of(event, site);
	if (event->html_link != NULL && event->html_link[0] != '\0')
		metas[EVENT_META_HTML_LINK] = url_of(event->html_link, site);
	if (event->recurrence_id != NULL && event->uid != NULL)
		row->series_uid = event_row_uid(event->uid, site);
	row->siblings = siblings_of(event, site);
	event_row_hash((const char *const *)row->columns, (const char *const *)metas, row->hash);
	return g_steal_pointer(&row);
}
