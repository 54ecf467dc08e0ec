/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects of one calendar: their names and etags, without their contents. */
#include "provider/caldav_listing.h"

#include <string.h>

#include "net/href.h"
#include "provider/caldav_error.h"

/* Longer ones are no etags; the object is then read again in any case. */
#define MAX_ETAG_BYTES 1000

static const char propfind_body[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	"<D:propfind xmlns:D=\"DAV:\"><D:prop>" CALDAV_MEMBER_PROPERTIES "</D:prop></D:propfind>\n";

/* VEVENT within VCALENDAR: iCloud answers 500 and SOGo nothing to any other form. */
static const char query_body[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	"<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop>"
	"<D:getetag/><D:getlastmodified/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">"
	"<C:comp-filter name=\"VEVENT\"/></C:comp-filter></C:filter></C:calendar-query>\n";

typedef struct {
	const CalDavResource *calendar;
	GPtrArray *members;
	GHashTable *keys;    /* of the members; borrowed from them */
	bool saw_collection; /* the calendar is in its own listing, as it should be */
	int status;          /* of the calendar in its own listing, if that is a failure; else 0 */

	GPtrArray *strangers;   /* members of another path, as CalDavMember */
	char *strangers_folder; /* the key of that path; NULL: none yet */
	bool has_many_folders;  /* they lie in more than one: nobody knows whose they are */
} Listing;

static void listing_clear(Listing *listing)
{
	g_clear_pointer(&listing->members, g_ptr_array_unref);
	g_clear_pointer(&listing->keys, g_hash_table_unref);
	g_clear_pointer(&listing->strangers, g_ptr_array_unref);
	g_clear_pointer(&listing->strangers_folder, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

void caldav_member_free(CalDavMember *member)
{
	if (member == NULL)
		return;
	g_free(member->key);
	g_free(member->path);
	g_free(member->etag);
	g_free(member);
}

/* Content types of objects that hold no events. No type, or one that says nothing, is no reason to
 * leave an object out. */
static bool may_hold_events(const DavResponse *response)
{
	g_autofree char *type = dav_response_text(response, DAV_NS_DAV, "getcontenttype");
	g_autofree char *lower = NULL;

	if (type == NULL)
		return true;
	lower = g_ascii_strdown(type, -1);
	if (strstr(lower, "calendar") != NULL || strstr(lower, "ics") != NULL)
		return strstr(lower, "component=vtodo") == NULL &&
		       strstr(lower, "component=vjournal") == NULL;
	return !g_str_has_prefix(lower, "text/vcard") && !g_str_has_prefix(lower, "text/html") &&
	       !g_str_has_prefix(lower, "image/") && !g_str_has_prefix(lower, "httpd/");
}

/* With the time of the last change behind it: SOGo gives an object that was deleted and made anew
 * the etag that it had before. */
static char *etag_of(const DavResponse *response)
{
	g_autofree char *etag = dav_response_text(response, DAV_NS_DAV, "getetag");
	g_autofree char *time = dav_response_text(response, DAV_NS_DAV, "getlastmodified");
	g_autofree char *both =
		etag != NULL && time != NULL ? g_strconcat(etag, " ", time, NULL) : NULL;
	char **chosen = both != NULL ? &both : etag != NULL ? &etag : &time;

	return *chosen != NULL && strlen(*chosen) <= MAX_ETAG_BYTES ? g_steal_pointer(chosen)
								    : NULL;
}

CalDavMember *caldav_member_new(
	const CalDavResource *calendar, const char *href, const DavResponse *response)
{
	CalDavMember *member;

	if (dav_property_holds(dav_response_property(response, DAV_NS_DAV, "resourcetype"),
		    DAV_NS_DAV, "collection") ||
		!may_hold_events(response))
		return NULL;
	member = g_new0(CalDavMember, 1);
	member->key = href_key(calendar->url, href);
	member->path = href_path(calendar->url, href);
	member->etag = etag_of(response);
	return member;
}

void caldav_listing_set_too_many(const CalDavResource *calendar, GError **error)
{
	g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_TOO_LARGE,
		"The calendar %s holds more than %d objects: that is more than this program reads.",
		calendar->url, CALDAV_MAX_MEMBERS);
}

static bool add_member(Listing *listing, CalDavMember *take_member, GError **error)
{
	GPtrArray *place = take_member->is_elsewhere ? listing->strangers : listing->members;

	if (place->len >= CALDAV_MAX_MEMBERS) {
		caldav_member_free(take_member);
		caldav_listing_set_too_many(listing->calendar, error);
		return false;
	}
	g_ptr_array_add(place, take_member);
	if (!take_member->is_elsewhere)
		g_hash_table_add(listing->keys, take_member->key);
	return true;
}

/* A member that is listed under `key`, which is not below the calendar's, as if it were there. */
static bool add_stranger(
	Listing *listing, const DavResponse *response, const char *key, GError **error)
{
	const CalDavResource *calendar = listing->calendar;
	const char *slash = strrchr(key, '/');
	g_autofree char *folder = g_strndup(key, (gsize)(slash - key));
	CalDavMember *member = caldav_member_new(calendar, dav_response_href(response), response);

	if (member == NULL)
		return true;
	g_free(member->key);
	member->key = g_strconcat(calendar->key, slash, NULL);
	member->is_elsewhere = true;
	if (listing->strangers_folder == NULL)
		listing->strangers_folder = g_steal_pointer(&folder);
	else if (strcmp(listing->strangers_folder, folder) != 0)
		listing->has_many_folders = true;
	return add_member(listing, member, error);
}

static bool add_response(void *data, DavResponse *take_response, GError **error)
{
	g_autoptr(DavResponse) response = take_response;
	Listing *listing = data;
	const char *href = dav_response_href(response);
	g_autofree char *key = href_key(listing->calendar->url, href);
	CalDavMember *member;

	if (key == NULL)
		return true;
	if (strcmp(key, listing->calendar->key) == 0) {
		listing->saw_collection = true;
		if (caldav_resource_refusal(response) != 0)
			listing->status = caldav_resource_refusal(response);
		return true;
	}
	if (response->status == 404 || response->status == 410 ||
		g_hash_table_contains(listing->keys, key))
		return true;
	if (!href_key_is_below(key, listing->calendar->key))
		return add_stranger(listing, response, key, error);
	member = caldav_member_new(listing->calendar, href, response);
	return member == NULL || add_member(listing, member, error);
}

/* What the list comes to. NULL with CALDAV_ERROR when it names objects, but none of which it can be
 * told that it belongs to the calendar: that is no empty calendar. Caller unrefs. */
static GPtrArray *members_of(Listing *listing, GError **error)
{
	if (listing->members->len > 0 || listing->strangers->len == 0)
		return g_steal_pointer(&listing->members);
	if (!listing->has_many_folders)
		return g_steal_pointer(&listing->strangers);
	g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
		"The server's list of %s names only entries of other places. The next sync tries "
		"again.",
		listing->calendar->url);
	return NULL;
}

static GPtrArray *list_by(const CalDavSession *session, const char *method, const char *body,
	const CalDavResource *calendar, bool *ret_saw_collection, GError **error)
{
	g_auto(CalDavAnswer) answer = {0};
	const CalDavQuestion question = {method, calendar->url, 1, body};
	g_auto(Listing) listing = {
		.calendar = calendar,
		.members = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_member_free),
		.keys = g_hash_table_new(g_str_hash, g_str_equal),
		.strangers = g_ptr_array_new_with_free_func((GDestroyNotify)caldav_member_free),
	};

	if (!caldav_ask(session, &question, add_response, &listing, &answer, error))
		return NULL;
	/* 507 for the calendar itself: the list is cut short (RFC 6578, 3.6; others do so too). */
	if (listing.status != 0) {
		caldav_error_set_status(error, listing.status, answer.url);
		return NULL;
	}
	*ret_saw_collection = listing.saw_collection;
	return members_of(&listing, error);
}

static GPtrArray *list_by_propfind(
	const CalDavSession *session, const CalDavResource *calendar, GError **error)
{
	bool saw_collection = false;
	g_autoptr(GPtrArray) members =
		list_by(session, "PROPFIND", propfind_body, calendar, &saw_collection, error);

	if (members != NULL && members->len == 0 && !saw_collection) {
		/* An index that is being rebuilt, not an empty calendar: that would list itself. */
		g_set_error(error, CALDAV_ERROR, CALDAV_ERROR_DAMAGED,
			"The server's list of %s is empty without even the calendar itself. The "
			"next sync tries again.",
			calendar->url);
		return NULL;
	}
	return g_steal_pointer(&members);
}

static bool is_refusal(const GError *error)
{
	return g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_UNSUPPORTED) ||
	       g_error_matches(error, CALDAV_ERROR, CALDAV_ERROR_FORBIDDEN);
}

GPtrArray *caldav_list_members(
	const CalDavSession *session, const CalDavResource *calendar, GError **error)
{
	g_autoptr(GError) refusal = NULL;
	g_autoptr(GPtrArray) members = list_by_propfind(session, calendar, &refusal);
	bool saw_collection = false;
	/* After a 403 nothing is to be believed that would empty a calendar: access may be going.
	 */
	bool may_be_empty = g_error_matches(refusal, CALDAV_ERROR, CALDAV_ERROR_UNSUPPORTED);

	if (members != NULL)
		return g_steal_pointer(&members);
	if (is_refusal(refusal) || g_error_matches(refusal, CALDAV_ERROR, CALDAV_ERROR_SERVER) ||
		g_error_matches(refusal, CALDAV_ERROR, CALDAV_ERROR_TOO_LARGE))
		members = list_by(session, "REPORT", query_body, calendar, &saw_collection, NULL);
	/* A server in trouble that then knows of no object at all is not believed. */
	if (members == NULL || (members->len == 0 && !may_be_empty)) {
		g_propagate_error(error, g_steal_pointer(&refusal));
		return NULL;
	}
	return g_steal_pointer(&members);
}
