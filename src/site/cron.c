/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits the `cron` option as text: timestamp -> hook -> md5 of the arguments -> event. */
#include "site/cron.h"

#include <string.h>

#include "php/value.h"
#include "site/option.h"

#define OPTION_NAME "cron"

/* md5(serialize(array())): the key of an event without arguments. */
#define NO_ARGUMENTS "40cd750bba9870f18aada2478b24840a"

enum { TRIES_MAX = 10 };

G_DEFINE_QUARK(prm_calendar_cron_error, cron_error)

/* An array of the option, whose entries are copied one by one. */
typedef struct {
	const char *stored;
	const PhpValue *array;
	size_t entry_offset; /* where the next entry's key begins */
	size_t kept;
	GString *entries;
} Copy;

static bool copy_begin(Copy *ret_copy, const char *stored, const PhpValue *array)
{
	size_t offset;
	size_t length;
	const char *brace;

	if (!php_value_is_array(array) || !php_value_source(array, &offset, &length))
		return false;
	brace = memchr(stored + offset, '{', length);
	/* A key that comes twice leaves fewer entries than are written there. */
	if (brace == NULL ||
		g_ascii_strtoull(stored + offset + strlen("a:"), NULL, 10) != php_value_size(array))
		return false;
	*ret_copy = (Copy){
		.stored = stored,
		.array = array,
		.entry_offset = (size_t)(brace + 1 - stored),
		.entries = g_string_new(NULL),
	};
	return true;
}

static void copy_clear(Copy *copy)
{
	if (copy->entries != NULL)
		g_string_free(copy->entries, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

/* The next entry of the array as it is stored, key and value; NULL text where that is not known. */
static const char *copy_next(Copy *copy, size_t index, size_t *ret_key_length, size_t *ret_length)
{
	const char *entry = copy->stored + copy->entry_offset;
	const PhpValue *value = php_value_at(copy->array, index, NULL);
	size_t offset;
	size_t length;

	if (!php_value_source(value, &offset, &length) || offset <= copy->entry_offset)
		return NULL;
	*ret_key_length = offset - copy->entry_offset;
	*ret_length = offset + length - copy->entry_offset;
	copy->entry_offset = offset + length;
	return entry;
}

static void copy_keep(Copy *copy, const char *bytes, size_t length)
{
	g_string_append_len(copy->entries, bytes, (gssize)length);
	copy->kept++;
}

static void copy_finish(const Copy *copy, GString *out)
{
	g_string_append_printf(out, "a:%zu:{", copy->kept);
	g_string_append_len(out, copy->entries->str, (gssize)copy->entries->len);
	g_string_append_c(out, '}');
}

static bool damaged(GError **error)
{
	g_set_error_literal(error, CRON_ERROR, CRON_ERROR_DAMAGED,
		"the option 'cron' does not hold WordPress's schedule in the form of "
		"wp_schedule_event(), so it is left as it is; let WordPress write it (wp cron "
		"event "
		"list)");
	return false;
}

/* What wp_get_scheduled_event() looks at: the array with its version, each hook in it an array. */
static PhpValue *parse(const char *stored, size_t length, GError **error)
{
	g_autoptr(PhpValue) cron = php_unserialize(stored, length, NULL);
	size_t offset;
	size_t source_length;

	if (!php_value_is_array(cron) || php_value_to_int(php_array_get(cron, "version")) != 2 ||
		php_value_has_references(cron) ||
		!php_value_source(cron, &offset, &source_length) || offset != 0 ||
		source_length != length) {
		damaged(error);
		return NULL;
	}
	return g_steal_pointer(&cron);
}

/* The hook's first event without arguments, as wp_get_scheduled_event() finds it; NULL where there
 * is none. Borrowed. */
static const PhpValue *find_event(const PhpValue *cron, const char *hook, int64_t *ret_utc)
{
	for (size_t i = 0; i < php_value_size(cron); i++) {
		PhpKey key;
		const PhpValue *hooks = php_value_at(cron, i, &key);
		const PhpValue *event = php_array_get(php_array_get(hooks, hook), NO_ARGUMENTS);

		if (!key.is_int || event == NULL)
			continue;
		*ret_utc = key.number;
		return event;
	}
	return NULL;
}

bool cron_next_scheduled(
	const char *stored, size_t length, const char *hook, int64_t *ret_utc, GError **error)
{
	g_autoptr(PhpValue) cron = parse(stored, length, error);

	if (cron == NULL)
		return false;
	*ret_utc = 0;
	find_event(cron, hook, ret_utc);
	return true;
}

bool cron_find_event(const char *stored, size_t length, const char *hook, CronEvent *ret_event,
	bool *ret_is_known, GError **error)
{
	g_autoptr(PhpValue) cron = parse(stored, length, error);
	const PhpValue *event;
	int64_t at_utc = 0;

	if (cron == NULL)
		return false;
	event = find_event(cron, hook, &at_utc);
	*ret_is_known =
		event != NULL && cron_event_set(ret_event, at_utc,
					 php_value_bytes(php_array_get(event, "schedule"), NULL),
					 php_value_to_int(php_array_get(event, "interval")));
	return true;
}

/* The hooks of one time without ours; false where they cannot be read. `*ret_left` is how many
 * remain. */
static bool append_other_hooks(
	GString *out, const char *stored, const PhpValue *hooks, const char *hook, size_t *ret_left)
{
	g_auto(Copy) copy = {0};

	if (!copy_begin(&copy, stored, hooks))
		return false;
	for (size_t i = 0; i < php_value_size(hooks); i++) {
		size_t key_length;
		size_t length;
		const char *entry = copy_next(&copy, i, &key_length, &length);
		PhpKey key;

		if (entry == NULL)
			return false;
		php_value_at(hooks, i, &key);
		if (key.is_int || key.length != strlen(hook) ||
			memcmp(key.text, hook, key.length) != 0)
			copy_keep(&copy, entry, length);
	}
	copy_finish(&copy, out);
	*ret_left = copy.kept;
	return true;
}

/* Copies one entry of the option, without the hook; a time that has no other hook goes. */
static bool keep_others(Copy *copy, size_t index, const char *hook)
{
	const PhpValue *hooks = php_value_at(copy->array, index, NULL);
	g_autoptr(GString) entry = g_string_new(NULL);
	size_t key_length;
	size_t length;
	size_t left;
	const char *bytes = copy_next(copy, index, &key_length, &length);

	if (bytes == NULL)
		return false;
	if (php_array_get(hooks, hook) == NULL) {
		copy_keep(copy, bytes, length);
		return true;
	}
	g_string_append_len(entry, bytes, (gssize)key_length);
	if (!append_other_hooks(entry, copy->stored, hooks, hook, &left))
		return false;
	if (left > 0)
		copy_keep(copy, entry->str, entry->len);
	return true;
}

GBytes *cron_unschedule_hook(const char *stored, size_t length, const char *hook, GError **error)
{
	g_autoptr(PhpValue) cron = parse(stored, length, error);
	g_auto(Copy) copy = {0};
	GString *out;
	bool ok = cron != NULL && (copy_begin(&copy, stored, cron) || damaged(error));

	for (size_t i = 0; ok && i < php_value_size(cron); i++)
		ok = keep_others(&copy, i, hook) || damaged(error);
	if (!ok)
		return NULL;
	out = g_string_new(NULL);
	copy_finish(&copy, out);
	return g_string_free_to_bytes(out);
}

/* "hook" => array( md5 => array( schedule, args, interval ) ), as wp_schedule_event() has it. */
static char *hook_entry(const char *hook, const char *schedule, int64_t interval_secs)
{
	return g_strdup_printf("s:%zu:\"%s\";a:1:{s:%zu:\"" NO_ARGUMENTS
			       "\";a:3:{s:8:\"schedule\";s:%zu:\"%s\";s:4:\"args\";a:0:{}"
			       "s:8:\"interval\";i:%" G_GINT64_FORMAT ";}}",
		strlen(hook), hook, strlen(NO_ARGUMENTS), strlen(schedule), schedule,
		interval_secs);
}

/* One more hook at a time that has some already: behind them. */
static bool keep_with_hook(Copy *copy, size_t index, const char *entry_of_hook)
{
	const PhpValue *hooks = php_value_at(copy->array, index, NULL);
	g_auto(Copy) inner = {0};
	g_autoptr(GString) entry = g_string_new(NULL);
	size_t key_length;
	size_t length;
	size_t inside;
	const char *bytes = copy_next(copy, index, &key_length, &length);

	if (bytes == NULL || !copy_begin(&inner, copy->stored, hooks))
		return false;
	/* All up to the brace that closes them. */
	inside = copy->entry_offset - inner.entry_offset - 1;
	g_string_append_len(inner.entries, copy->stored + inner.entry_offset, (gssize)inside);
	g_string_append(inner.entries, entry_of_hook);
	inner.kept = php_value_size(hooks) + 1;
	g_string_append_len(entry, bytes, (gssize)key_length);
	copy_finish(&inner, entry);
	copy_keep(copy, entry->str, entry->len);
	return true;
}

static bool keep_all_and_add(Copy *copy, int64_t at_utc, const char *entry_of_hook)
{
	g_autofree char *added =
		g_strdup_printf("i:%" G_GINT64_FORMAT ";a:1:{%s}", at_utc, entry_of_hook);
	bool is_added = false;

	for (size_t i = 0; i < php_value_size(copy->array); i++) {
		PhpKey key;
		size_t key_length;
		size_t length;
		const char *bytes;

		php_value_at(copy->array, i, &key);
		if (key.is_int && key.number == at_utc) {
			if (!keep_with_hook(copy, i, entry_of_hook))
				return false;
			is_added = true;
			continue;
		}
		/* Times are in order, and "version" is the last. */
		if (!is_added && (!key.is_int || key.number > at_utc)) {
			copy_keep(copy, added, strlen(added));
			is_added = true;
		}
		bytes = copy_next(copy, i, &key_length, &length);
		if (bytes == NULL)
			return false;
		copy_keep(copy, bytes, length);
	}
	return is_added;
}

GBytes *cron_schedule_event(const char *stored, size_t length, int64_t at_utc, const char *schedule,
	int64_t interval_secs, const char *hook, GError **error)
{
	g_autoptr(PhpValue) cron = parse(stored, length, error);
	g_autofree char *entry = hook_entry(hook, schedule, interval_secs);
	g_auto(Copy) copy = {0};
	GString *out;

	if (cron == NULL)
		return NULL;
	if (!copy_begin(&copy, stored, cron) || !keep_all_and_add(&copy, at_utc, entry)) {
		damaged(error);
		return NULL;
	}
	out = g_string_new(NULL);
	copy_finish(&copy, out);
	return g_string_free_to_bytes(out);
}

/* What WordPress has in mind before anything was scheduled: the option comes with the first visit.
 */
#define NOTHING_SCHEDULED "a:1:{s:7:\"version\";i:2;}"

static bool read_option(Db *db, GBytes **ret_stored, bool *ret_is_there, GError **error)
{
	char *stored = NULL;
	size_t length = 0;

	if (!option_get(db, OPTION_NAME, &stored, &length, error))
		return false;
	*ret_is_there = stored != NULL;
	*ret_stored = stored != NULL
			      ? g_bytes_new_take(stored, length)
			      : g_bytes_new_static(NOTHING_SCHEDULED, strlen(NOTHING_SCHEDULED));
	return true;
}

bool cron_is_there(Db *db, bool *ret_is_there, GError **error)
{
	g_autoptr(GBytes) stored = NULL;

	return read_option(db, &stored, ret_is_there, error);
}

bool cron_next_theme_run(Db *db, const WpSite *site, int64_t *ret_utc, GError **error)
{
	g_autoptr(GBytes) stored = NULL;
	size_t length = 0;
	const char *bytes;
	bool is_there;

	if (!read_option(db, &stored, &is_there, error))
		return false;
	bytes = g_bytes_get_data(stored, &length);
	return cron_next_scheduled(bytes, length, site->cron_hook, ret_utc, error);
}

/* The changed option: with the event, or without it for NULL. */
static GBytes *changed(const WpSite *site, GBytes *stored, const CronEvent *event, GError **error)
{
	size_t length = 0;
	const char *bytes = g_bytes_get_data(stored, &length);
	int64_t next_utc;

	if (event == NULL)
		return cron_unschedule_hook(bytes, length, site->cron_hook, error);
	if (!cron_next_scheduled(bytes, length, site->cron_hook, &next_utc, error))
		return NULL;
	if (next_utc != 0)
		return g_bytes_ref(stored);
	return cron_schedule_event(bytes, length, event->at_utc, event->recurrence,
		event->interval_secs, site->cron_hook, error);
}

/* Before the event goes: a process that ends in between has forgotten nothing. */
static bool remember(Db *db, const WpSite *site, GBytes *stored, GError **error)
{
	size_t length = 0;
	const char *bytes = g_bytes_get_data(stored, &length);
	CronEvent event;
	bool is_known;

	return cron_find_event(bytes, length, site->cron_hook, &event, &is_known, error) &&
	       (is_known ? cron_memory_store(db, site, &event, error)
			 : cron_memory_begin(db, site, error));
}

/* What is not there can only be made, unless it would be as good as nothing. */
static bool write_option(Db *db, const WpSite *site, GBytes *stored, GBytes *wanted, bool is_there,
	bool *ret_is_written, GError **error)
{
	size_t length = 0;
	const char *bytes = g_bytes_get_data(wanted, &length);

	if (is_there || g_bytes_equal(stored, wanted))
		return option_replace(db, OPTION_NAME, stored, wanted, true, ret_is_written, error);
	return option_insert(db, OPTION_NAME, bytes, length, option_autoload_word(site, true),
		ret_is_written, error);
}

static bool swap_option(
	Db *db, const WpSite *site, const CronEvent *event, bool *ret_changed, GError **error)
{
	for (int try = 0; try < TRIES_MAX; try++) {
		g_autoptr(GBytes) stored = NULL;
		g_autoptr(GBytes) wanted = NULL;
		bool is_there = false;
		bool is_replaced = false;

		if (!read_option(db, &stored, &is_there, error))
			return false;
		wanted = changed(site, stored, event, error);
		if (wanted == NULL || (event == NULL && !remember(db, site, stored, error)) ||
			!write_option(db, site, stored, wanted, is_there, &is_replaced, error))
			return false;
		if (is_replaced) {
			*ret_changed = !g_bytes_equal(stored, wanted);
			return true;
		}
	}
	g_set_error_literal(error, CRON_ERROR, CRON_ERROR_CONFLICT,
		"cannot change the option 'cron': others kept writing it; try again");
	return false;
}

bool cron_take_over(Db *db, const WpSite *site, bool *ret_changed, GError **error)
{
	return swap_option(db, site, NULL, ret_changed, error);
}

bool cron_hand_back(Db *db, const WpSite *site, int64_t now_utc, bool *ret_changed, GError **error)
{
	CronEvent event = {.at_utc = now_utc,
		.recurrence = CRON_SCHEDULE,
		.interval_secs = CRON_INTERVAL_SECS};
	bool is_known;

	if (!cron_memory_load(db, site, &event, &is_known, error))
		return false;
	if (is_known)
		event.at_utc = cron_event_next(&event, now_utc);
	return swap_option(db, site, &event, ret_changed, error) &&
	       cron_memory_forget(db, site, error);
}
