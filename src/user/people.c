/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading contacts out of `person` posts and ACF's postmeta rows. */
#include "user/people.h"

#include <string.h>

/* No contact has more addresses; a repeater beyond that is not read. */
enum { CONTACT_ROWS_MAX = 500 };

/* Rows of one post come together. Their order within the post is left open, since asking for it
 * would make the server sort the whole answer; WordPress reads the row with the lowest meta_id, and
 * so do we. */
static const char people_sql[] =
	"SELECT STRAIGHT_JOIN p.ID, m.meta_id, m.meta_key, m.meta_value "
	"FROM {posts} p LEFT JOIN {postmeta} m ON m.post_id = p.ID "
	"AND (m.meta_key IN ('first_name', 'infix', 'last_name') OR m.meta_key LIKE "
	"'contact_info%') "
	"WHERE p.post_author = ? AND p.post_type = 'person' AND p.post_status = 'publish' "
	"ORDER BY p.ID";
enum { COLUMN_ID, COLUMN_META_ID, COLUMN_META_KEY, COLUMN_META_VALUE };

/* One meta value, and the row that it came from. */
typedef struct {
	int64_t meta_id;
	char *text;
} Field;

typedef struct {
	Field type;
	Field value;
} ContactRow;

typedef struct {
	int64_t id;
	Field first_name;
	Field infix; /* of newer themes: "van der" */
	Field last_name;
	Field row_count;
	GHashTable *rows; /* index in the repeater -> ContactRow */
} Person;

static void contact_row_free(gpointer data)
{
	ContactRow *row = data;

	g_free(row->type.text);
	g_free(row->value.text);
	g_free(row);
}

static void person_clear(Person *person)
{
	g_clear_pointer(&person->first_name.text, g_free);
	g_clear_pointer(&person->infix.text, g_free);
	g_clear_pointer(&person->last_name.text, g_free);
	g_clear_pointer(&person->row_count.text, g_free);
	g_clear_pointer(&person->rows, g_hash_table_unref);
	person->id = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Person, person_clear)

static void field_take_first(Field *field, int64_t meta_id, const char *value)
{
	if (field->text != NULL && field->meta_id <= meta_id)
		return;
	g_free(field->text);
	field->text = g_strdup(value);
	field->meta_id = meta_id;
}

/* Splits `contact_info_12_contact_value` into 12 and `contact_value`. */
static bool parse_repeater_key(const char *key, unsigned *ret_index, const char **ret_field)
{
	static const char prefix[] = "contact_info_";
	const char *digits = key + strlen(prefix);
	g_autofree char *number = NULL;
	const char *end;
	guint64 index;

	if (!g_str_has_prefix(key, prefix))
		return false;
	end = strchr(digits, '_');
	if (end == NULL)
		return false;
	number = g_strndup(digits, (gsize)(end - digits));
	if (!g_ascii_string_to_unsigned(number, 10, 0, CONTACT_ROWS_MAX - 1, &index, NULL))
		return false;
	*ret_index = (unsigned)index;
	*ret_field = end + 1;
	return true;
}

static Field *person_repeater_field(Person *person, const char *key)
{
	unsigned index;
	const char *field;
	ContactRow *row;
	bool is_type;

	if (!parse_repeater_key(key, &index, &field))
		return NULL;
	is_type = strcmp(field, "contact_type") == 0;
	if (!is_type && strcmp(field, "contact_value") != 0)
		return NULL;
	if (person->rows == NULL)
		person->rows = g_hash_table_new_full(NULL, NULL, NULL, contact_row_free);
	row = g_hash_table_lookup(person->rows, GUINT_TO_POINTER(index));
	if (row == NULL) {
		row = g_new0(ContactRow, 1);
		g_hash_table_insert(person->rows, GUINT_TO_POINTER(index), row);
	}
	return is_type ? &row->type : &row->value;
}

/* Keys are compared exactly, as PHP does; the collation let through others. */
static void person_add_meta(Person *person, int64_t meta_id, const char *key, const char *value)
{
	Field *field;

	if (strcmp(key, "first_name") == 0)
		field = &person->first_name;
	else if (strcmp(key, "infix") == 0)
		field = &person->infix;
	else if (strcmp(key, "last_name") == 0)
		field = &person->last_name;
	else if (strcmp(key, "contact_info") == 0)
		field = &person->row_count;
	else
		field = person_repeater_field(person, key);
	if (field != NULL)
		field_take_first(field, meta_id, value);
}

/* The rows that the repeater's count covers; what lies beyond is left over from earlier saves. */
static unsigned person_row_count(const Person *person)
{
	guint64 count;

	if (person->rows == NULL || person->row_count.text == NULL ||
		!g_ascii_string_to_unsigned(
			person->row_count.text, 10, 0, G_MAXINT64, &count, NULL))
		return 0;
	return (unsigned)MIN(count, CONTACT_ROWS_MAX);
}

/* With the infix, as the theme puts a name together. Caller frees. */
static char *person_last_name(const Person *person)
{
	return g_strdup_printf("%s %s", person->infix.text != NULL ? person->infix.text : "",
		person->last_name.text != NULL ? person->last_name.text : "");
}

static void index_add_person(ContactIndex *index, const Person *person)
{
	g_autoptr(GPtrArray) emails = g_ptr_array_new();
	unsigned count = person_row_count(person);
	g_autofree char *last_name = person_last_name(person);

	for (unsigned i = 0; i < count; i++) {
		const ContactRow *row = g_hash_table_lookup(person->rows, GUINT_TO_POINTER(i));

		if (row != NULL && g_strcmp0(row->type.text, "email") == 0 &&
			row->value.text != NULL && row->value.text[0] != '\0')
			g_ptr_array_add(emails, row->value.text);
	}
	g_ptr_array_add(emails, NULL);
	contact_index_add(index, person->id, person->first_name.text, last_name,
		(const char *const *)emails->pdata);
}

ContactIndex *people_load_contacts(Db *db, const WpSite *site, int64_t user_id, GError **error)
{
	g_autoptr(ContactIndex) index = contact_index_new();
	g_auto(Person) person = {0};
	DbStatement *statement = db_prepare(db, people_sql, error);
	bool row;

	(void)site;
	if (statement == NULL)
		return NULL;
	db_bind_int(statement, user_id);
	if (!db_query(statement, error))
		return NULL;
	for (;;) {
		if (!db_next(statement, &row, error))
			return NULL;
		if (person.id != 0 && (!row || db_column_int(statement, COLUMN_ID) != person.id)) {
			index_add_person(index, &person);
			person_clear(&person);
		}
		if (!row)
			return g_steal_pointer(&index);
		person.id = db_column_int(statement, COLUMN_ID);
		if (!db_column_is_null(statement, COLUMN_META_KEY) &&
			!db_column_is_null(statement, COLUMN_META_VALUE))
			person_add_meta(&person, db_column_int(statement, COLUMN_META_ID),
				db_column_text(statement, COLUMN_META_KEY),
				db_column_text(statement, COLUMN_META_VALUE));
	}
}
