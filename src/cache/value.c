/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalars only: arrays and objects are deleted, never read or written. */
#include "cache/value.h"

#include <string.h>

#include "php/value.h"

/* Flags of PHP's memcached: the type in the lowest four bits, above them what was done to it. */
enum { MEMCACHED_STRING = 0, MEMCACHED_LONG = 1, MEMCACHED_BOOL = 3, MEMCACHED_COMPRESSED = 0x10 };

/* Flags of PHP's memcache: serialized and compressed in the low byte, the type in the next. */
enum {
	MEMCACHE_STRING = 0,
	MEMCACHE_COMPRESSED = 0x02,
	MEMCACHE_BOOL = 0x0100,
	MEMCACHE_LONG = 0x0300
};

/* igbinary, version 2: four bytes of version, then a type byte; numbers are big-endian. */
static const char igbinary_head[] = {0, 0, 0, 2};
enum {
	IGBINARY_HEAD_BYTES = sizeof(igbinary_head),
	IGBINARY_NULL = 0x00,
	IGBINARY_FALSE = 0x04,
	IGBINARY_TRUE = 0x05,
	IGBINARY_LONG8 = 0x06, /* each width has a positive and a negative type */
	IGBINARY_LONG16 = 0x08,
	IGBINARY_LONG32 = 0x0a,
	IGBINARY_STRING_EMPTY = 0x0d,
	IGBINARY_STRING8 = 0x11,
	IGBINARY_STRING16 = 0x12,
	IGBINARY_STRING32 = 0x13,
	IGBINARY_LONG64 = 0x20,
};

/* As PHP would write it: no sign but "-", no zeros in front. */
static bool is_integer(const char *text, int64_t *ret_number)
{
	gint64 number;
	g_autofree char *again = NULL;

	if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
		return false;
	again = g_strdup_printf("%" G_GINT64_FORMAT, number);
	*ret_number = number;
	return strcmp(text, again) == 0;
}

static void append_number(GByteArray *bytes, uint64_t number, unsigned width)
{
	for (unsigned i = width; i > 0; i--) {
		uint8_t byte = (uint8_t)(number >> (8 * (i - 1)));

		g_byte_array_append(bytes, &byte, 1);
	}
}

/* A type byte, and the number in as many bytes as it needs. */
static void append_sized(GByteArray *bytes, const uint8_t types[4], uint64_t number)
{
	static const unsigned widths[] = {1, 2, 4, 8};
	size_t i = number <= G_MAXUINT8    ? 0
		   : number <= G_MAXUINT16 ? 1
		   : number <= G_MAXUINT32 ? 2
					   : 3;

	g_byte_array_append(bytes, &types[i], 1);
	append_number(bytes, number, widths[i]);
}

static GBytes *to_igbinary(const char *text)
{
	GByteArray *bytes = g_byte_array_new();
	uint64_t length = strlen(text);
	const uint8_t empty = IGBINARY_STRING_EMPTY;
	int64_t number;

	g_byte_array_append(bytes, (const guint8 *)igbinary_head, IGBINARY_HEAD_BYTES);
	if (is_integer(text, &number)) {
		uint8_t sign = number < 0 ? 1 : 0;
		const uint8_t types[] = {IGBINARY_LONG8 + sign, IGBINARY_LONG16 + sign,
			IGBINARY_LONG32 + sign, IGBINARY_LONG64 + sign};

		append_sized(bytes, types, number < 0 ? -(uint64_t)number : (uint64_t)number);
	} else if (length == 0) {
		g_byte_array_append(bytes, &empty, 1);
	} else {
		const uint8_t types[] = {IGBINARY_STRING8, IGBINARY_STRING16, IGBINARY_STRING32, 0};

		append_sized(bytes, types, length);
		g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
	}
	return g_byte_array_free_to_bytes(bytes);
}

GBytes *cache_value_encode(CacheValueForm form, const char *text, uint32_t *ret_flags)
{
	int64_t number;
	bool is_number = is_integer(text, &number);

	*ret_flags = 0;
	if (form == CACHE_VALUE_IGBINARY)
		return to_igbinary(text);
	if (form == CACHE_VALUE_SERIALIZED && !is_number) {
		g_autofree char *serialized =
			g_strdup_printf("s:%" G_GSIZE_FORMAT ":\"%s\";", strlen(text), text);

		return g_bytes_new(serialized, strlen(serialized));
	}
	if (is_number && form == CACHE_VALUE_MEMCACHE)
		*ret_flags = MEMCACHE_LONG;
	if (is_number && form == CACHE_VALUE_MEMCACHED)
		*ret_flags = MEMCACHED_LONG;
	return g_bytes_new(text, strlen(text));
}

/* The number of `width` bytes at the start; false when there are fewer. */
static bool read_number(const char *data, size_t length, unsigned width, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (length < width)
		return false;
	for (unsigned i = 0; i < width; i++)
		number = number << 8 | (uint8_t)data[i];
	*ret_number = number;
	return true;
}

/* The whole of what is left must be the string. */
static char *igbinary_string(const char *data, size_t length, unsigned width)
{
	uint64_t size = 0;

	return read_number(data, length, width, &size) && size == length - width
		       ? g_strndup(data + width, size)
		       : NULL;
}

static char *igbinary_integer(const char *data, size_t length, unsigned width, bool is_negative)
{
	uint64_t size = 0;

	if (length != width || !read_number(data, length, width, &size))
		return NULL;
	return g_strdup_printf("%s%" G_GUINT64_FORMAT, is_negative && size != 0 ? "-" : "", size);
}

static char *from_igbinary(const char *data, size_t length)
{
	const char *rest;
	size_t left;
	uint8_t type;

	if (length <= IGBINARY_HEAD_BYTES || memcmp(data, igbinary_head, IGBINARY_HEAD_BYTES) != 0)
		return NULL;
	type = (uint8_t)data[IGBINARY_HEAD_BYTES];
	rest = data + IGBINARY_HEAD_BYTES + 1;
	left = length - IGBINARY_HEAD_BYTES - 1;
	switch (type) {
	case IGBINARY_NULL:
	case IGBINARY_FALSE:
	case IGBINARY_STRING_EMPTY:
		return g_strdup("");
	case IGBINARY_TRUE:
		return g_strdup("1");
	case IGBINARY_LONG8:
	case IGBINARY_LONG8 + 1:
		return igbinary_integer(rest, left, 1, type != IGBINARY_LONG8);
	case IGBINARY_LONG16:
	case IGBINARY_LONG16 + 1:
		return igbinary_integer(rest, left, 2, type != IGBINARY_LONG16);
	case IGBINARY_LONG32:
	case IGBINARY_LONG32 + 1:
		return igbinary_integer(rest, left, 4, type != IGBINARY_LONG32);
	case IGBINARY_LONG64:
	case IGBINARY_LONG64 + 1:
		return igbinary_integer(rest, left, 8, type != IGBINARY_LONG64);
	case IGBINARY_STRING8:
		return igbinary_string(rest, left, 1);
	case IGBINARY_STRING16:
		return igbinary_string(rest, left, 2);
	case IGBINARY_STRING32:
		return igbinary_string(rest, left, 4);
	default:
		return NULL;
	}
}

/* `is_numeric( $value ) ? intval( $value ) : unserialize( $value )` */
static char *from_serialized(const char *data, size_t length)
{
	g_autofree char *text = g_strndup(data, length);
	g_autoptr(PhpValue) value = NULL;
	int64_t number;

	if (is_integer(text, &number))
		return g_steal_pointer(&text);
	value = php_unserialize(data, length, NULL);
	return value == NULL ? NULL : php_value_to_string(value);
}

char *cache_value_decode(CacheValueForm form, const char *data, size_t length, uint32_t flags)
{
	switch (form) {
	case CACHE_VALUE_IGBINARY:
		return from_igbinary(data, length);
	case CACHE_VALUE_SERIALIZED:
		return from_serialized(data, length);
	case CACHE_VALUE_MEMCACHE:
		return flags == MEMCACHE_STRING || flags == MEMCACHE_BOOL || flags == MEMCACHE_LONG
			       ? g_strndup(data, length)
			       : NULL;
	case CACHE_VALUE_MEMCACHED:
		return flags == MEMCACHED_STRING || flags == MEMCACHED_LONG ||
				       flags == MEMCACHED_BOOL
			       ? g_strndup(data, length)
			       : NULL;
	default:
		return g_strndup(data, length);
	}
}

bool cache_value_is_compressed(CacheValueForm form, uint32_t flags)
{
	return (form == CACHE_VALUE_MEMCACHE && (flags & MEMCACHE_COMPRESSED) != 0) ||
	       (form == CACHE_VALUE_MEMCACHED && (flags & MEMCACHED_COMPRESSED) != 0);
}
