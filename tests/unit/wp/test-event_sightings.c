/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event in several calendars: in whatever order they are told, and wherever a run breaks off,
 * it is what the best copy says, for as long as there is any. */
#include <glib.h>
#include <string.h>

#include "../support/story.h"
#include "state/connection_state.h"

enum { CALENDARS = 3, UIDS = 4 };

/* A calendar, and how far it was told. */
typedef struct {
	bool is_chosen;
	uint8_t worth[UIDS]; /* 0: it has no copy */
	int version[UIDS];
	bool is_changed[UIDS];
	bool was_told[UIDS]; /* since it was chosen: nobody can know of others */
	bool is_to_be_listed;
} Calendar;

typedef struct {
	Story *story;
	GRand *rand;
	Calendar calendars[CALENDARS];
	int versions;
	const char *chosen[CALENDARS + 1];
	EventStore *store;
	EventStoreOptions options;
} World;

static const char *const ids[CALENDARS] = {"anna@x", "boss@x", "team@x"};

static int pick(const World *world, int count)
{
	return g_rand_int_range(world->rand, 0, count);
}

static void name_event(int uid, char *ret_name)
{
	g_snprintf(ret_name, 16, "e%d_20260115", uid);
}

static void put(World *world, int calendar, int uid)
{
	Calendar *told = &world->calendars[calendar];
	g_autofree char *title =
		g_strdup_printf("%s v%d w%d", ids[calendar], told->version[uid], told->worth[uid]);
	g_autoptr(GError) error = NULL;
	const EventRowContext context = {
		.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.calendar_id = ids[calendar],
		.calendar_name = ids[calendar],
	};
	char name[16];
	Event *event;
	EventRow *row;

	told->was_told[uid] = true;
	name_event(uid, name);
	event = story_add(world->story, name, "2026-01-15T09:00:00", title);
	event->worth = told->worth[uid];
	row = event_row_new(event, world->story->site, &context, &error);
	g_assert_no_error(error);
	g_assert_true(event_store_put(world->store, ids[calendar], row, NULL, &error));
}

/* As the listing tells it: all of it, or its changes. */
static void tell(World *world, int calendar, bool all, bool fails)
{
	const Calendar *told = &world->calendars[calendar];
	g_autoptr(GError) error = NULL;
	int first = pick(world, UIDS);

	event_store_calendar_changes(world->store, ids[calendar]);
	if (all)
		g_assert_true(event_store_load_all(world->store, &error));
	for (int i = 0; i < UIDS; i++) {
		int uid = (first + i) % UIDS;
		char name[16];

		name_event(uid, name);
		if (fails && pick(world, 2) == 0)
			break;
		if (told->worth[uid] != 0 && (all || told->is_changed[uid]))
			put(world, calendar, uid);
		else if (!all && told->is_changed[uid])
			event_store_gone(world->store, ids[calendar], name, true);
	}
	if (fails)
		event_store_calendar_failed(world->store, ids[calendar]);
	else if (all)
		event_store_calendar_complete(world->store, ids[calendar]);
}

static void open_store(World *world)
{
	ConnectionState state = {.connection_id = (char *)STORY_CONNECTION};
	g_autoptr(GError) error = NULL;
	int count = 0;

	for (int i = 0; i < CALENDARS; i++) {
		if (world->calendars[i].is_chosen)
			world->chosen[count++] = ids[i];
	}
	world->chosen[count] = NULL;
	g_assert_true(connection_state_create(world->story->test->db, STORY_USER, &state, &error));
	world->options = (EventStoreOptions){
		.user_id = STORY_USER,
		.connection_id = STORY_CONNECTION,
		.calendar_ids = world->chosen,
		.state = state.id,
		.window = {STORY_NOW - 90 * STORY_DAY, STORY_NOW + 30 * STORY_DAY},
		.now_utc = STORY_NOW,
	};
	world->store = event_store_open(
		world->story->test->db, world->story->site, &world->options, &error);
	g_assert_no_error(error);
}

static void close_store(World *world)
{
	event_store_free(world->store);
	g_ptr_array_set_size(world->story->listing, 0);
}

/* The copy that is to be seen of an event, or NULL. Caller frees. */
static char *best_title(const World *world, int uid)
{
	int best = -1;
	uint8_t best_hash[STATE_HASH_BYTES];

	for (int i = 0; i < CALENDARS; i++) {
		const Calendar *one = &world->calendars[i];
		uint8_t hash[STATE_HASH_BYTES];
		int more;

		state_hash_calendar(ids[i], hash);
		if (!one->is_chosen || one->worth[uid] == 0)
			continue;
		more = best < 0 ? 1 : one->worth[uid] - world->calendars[best].worth[uid];
		if (more < 0 || (more == 0 && memcmp(hash, best_hash, sizeof(hash)) > 0))
			continue;
		best = i;
		memcpy(best_hash, hash, sizeof(hash));
	}
	return best < 0 ? NULL
			: g_strdup_printf("%s v%d w%d", ids[best],
				  world->calendars[best].version[uid],
				  world->calendars[best].worth[uid]);
}

static char *titles_of(const World *world, int uid)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT GROUP_CONCAT(p.post_title) FROM wp_posts p JOIN wp_postmeta m ON m.post_id "
		"= p.ID AND m.meta_key = '_event_uid' AND m.meta_value = 'e%d_20260115' WHERE "
		"p.post_status = 'publish'",
		uid);

	return test_db_text(world->story->test, sql);
}

static void assert_best(const World *world)
{
	for (int uid = 0; uid < UIDS; uid++) {
		g_autofree char *expected = best_title(world, uid);
		g_autofree char *found = titles_of(world, uid);

		g_assert_cmpstr(found, ==, expected);
	}
	g_assert_cmpint(test_db_int(world->story->test,
				"SELECT COUNT(*) - COUNT(DISTINCT meta_value) FROM wp_postmeta "
				"WHERE meta_key = '_event_uid'"),
		==, 0);
}

/* Those that are there, as bits. */
static unsigned live(const World *world)
{
	unsigned found = 0;

	for (int uid = 0; uid < UIDS; uid++) {
		g_autofree char *titles = titles_of(world, uid);

		found |= titles != NULL ? 1u << uid : 0;
	}
	return found;
}

static void assert_nothing_lost(const World *world, unsigned before)
{
	unsigned now = live(world);

	for (int i = 0; i < CALENDARS * UIDS; i++) {
		const Calendar *one = &world->calendars[i / UIDS];
		int uid = i % UIDS;

		if (one->is_chosen && one->worth[uid] != 0 && one->was_told[uid])
			g_assert_true(!(before & 1u << uid) || (now & 1u << uid));
	}
}

/* What people do to their calendars, and the owner to the choice. */
static void happen(World *world)
{
	for (int times = 1 + pick(world, 3); times > 0; times--) {
		Calendar *one = &world->calendars[pick(world, CALENDARS)];
		int uid = pick(world, UIDS);

		one->worth[uid] = pick(world, 3) == 0 ? 0 : (uint8_t)(1 + pick(world, 3));
		one->version[uid] = ++world->versions;
		one->is_changed[uid] = true;
	}
	if (pick(world, 4) == 0) {
		Calendar *one = &world->calendars[pick(world, CALENDARS)];

		one->is_chosen = !one->is_chosen;
		memset(one->was_told, 0, sizeof(one->was_told));
		one->is_to_be_listed = true;
	}
	/* Somebody must be told for the others to be known as deselected. */
	if (!world->calendars[1].is_chosen && !world->calendars[2].is_chosen &&
		!world->calendars[0].is_chosen)
		world->calendars[0] = (Calendar){.is_chosen = true, .is_to_be_listed = true};
}

/* How a pass goes. */
typedef enum { WHOLE, FORGETFUL, A_CALENDAR_FAILS, BROKEN_OFF, LATE_BREAK } Fate;

static void tell_round(World *world, const bool *is_told, bool is_first, int failing)
{
	int first = pick(world, CALENDARS);

	for (int i = 0; i < CALENDARS; i++) {
		int calendar = (first + i) % CALENDARS;
		bool all = !is_first || world->calendars[calendar].is_to_be_listed ||
			   pick(world, 4) == 0;

		if (is_told[calendar])
			tell(world, calendar, all, calendar == failing);
	}
}

static void remember(World *world, int failing)
{
	for (int i = 0; i < CALENDARS; i++) {
		Calendar *one = &world->calendars[i];

		if (i == failing || !one->is_chosen) {
			one->is_to_be_listed |= event_store_awaits(world->store, ids[i]);
			continue;
		}
		memset(one->is_changed, 0, sizeof(one->is_changed));
		one->is_to_be_listed = event_store_awaits(world->store, ids[i]);
	}
}

/* Our own tables are dropped. */
static void forget_all(World *world)
{
	test_db_exec(world->story->test, "DELETE FROM wp_prm_calendar_events; "
					 "DELETE FROM wp_prm_calendar_sightings");
	for (int i = 0; i < CALENDARS; i++)
		world->calendars[i].is_to_be_listed = true;
}

static void pass(World *world, Fate fate)
{
	int failing = fate == A_CALENDAR_FAILS ? pick(world, CALENDARS) : -1;
	bool is_told[CALENDARS];
	g_autoptr(GError) error = NULL;
	bool is_again = true;

	if (fate == FORGETFUL)
		forget_all(world);
	if (failing >= 0 && !world->calendars[failing].is_chosen)
		failing = -1;
	open_store(world);
	for (int i = 0; i < CALENDARS; i++)
		is_told[i] = world->calendars[i].is_chosen;
	for (int times = 0; times <= CALENDARS && is_again; times++) {
		tell_round(world, is_told, times == 0, failing);
		if (fate == BROKEN_OFF) {
			close_store(world);
			return;
		}
		g_assert_true(event_store_choose(world->store, failing < 0, &error));
		is_again = false;
		for (int i = 0; i < CALENDARS; i++) {
			is_told[i] = i != failing && event_store_awaits(world->store, ids[i]);
			is_again = is_again || is_told[i];
		}
	}
	g_assert_true(event_store_sweep(world->store, failing < 0, &error));
	if (fate != LATE_BREAK) {
		g_assert_true(event_store_finish(world->store, NULL, NULL, &error));
		remember(world, failing);
	}
	close_store(world);
}

static void test_histories(void)
{
	static const Fate fates[] = {
		WHOLE, WHOLE, FORGETFUL, A_CALENDAR_FAILS, BROKEN_OFF, LATE_BREAK};

	for (guint32 seed = 1; seed <= 12; seed++) {
		World world = {.story = story_new(), .rand = g_rand_new_with_seed(seed)};

		if (world.story == NULL)
			return;
		for (int i = 0; i < CALENDARS; i++)
			world.calendars[i] = (Calendar){.is_chosen = true, .is_to_be_listed = true};
		for (int step = 0; step < 25; step++) {
			unsigned before;
			Fate fate = fates[pick(&world, G_N_ELEMENTS(fates))];

			g_test_message("seed %u, step %d, fate %d", seed, step, fate);
			happen(&world);
			before = live(&world);
			pass(&world, fate);
			assert_nothing_lost(&world, before);
			if (fate > FORGETFUL)
				pass(&world, WHOLE);
			assert_best(&world);
		}
		g_rand_free(world.rand);
		story_free(world.story);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wp/event-sightings/histories", test_histories);
	return g_test_run();
}
