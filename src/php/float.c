/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes floats with the shortest digits that read back, as PHP's zend_gcvt() with dtoa mode 0. */
#include "php/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 17, FIXED_FROM_EXPONENT = -4, FIXED_TO_EXPONENT = 16 };

typedef struct {
	char digits[MAX_DIGITS + 1]; /* the first is not 0 */
	int exponent;                /* of the first digit */
} Decimal;

/* Makes the last digit of "1.25e-07" one more, unless it is a 9. */
static void raise_last_digit(char *text)
{
	char *last = strchr(text, 'e') - 1;
	if (*last != '9')
		(*last)++;
}

/* Digits of 0 < value < INF. Above a power of two the doubles lie further apart than below: there
 * the next decimal may read back where the nearest one does not. */
static Decimal shortest_digits(double value)
{
	Decimal result = {.exponent = 0};
	char text[40];
	for (int precision = 0; precision < MAX_DIGITS; precision++) {
		char format[] = "%.00e";
		format[2] = (char)('0' + precision / 10);
		format[3] = (char)('0' + precision % 10);
		g_ascii_formatd(text, sizeof text, format, value);
		if (g_ascii_strtod(text, NULL) == value)
			break;
		raise_last_digit(text);
		if (g_ascii_strtod(text, NULL) == value)
			break;
	}
	const char *mark = strchr(text, 'e');
	size_t count = 0;
	for (const char *p = text; p < mark; p++)
		if (g_ascii_isdigit(*p))
			result.digits[count++] = *p;
	result.exponent = (int)g_ascii_strtoll(mark + 1, NULL, 10);
	return result;
}

static void append_fixed(GString *out, const Decimal *decimal)
{
	size_t count = strlen(decimal->digits);
	if (decimal->exponent < 0) {
		g_string_append(out, "0.");
		for (int zeros = -1; zeros > decimal->exponent; zeros--)
			g_string_append_c(out, '0');
		g_string_append(out, decimal->digits);
		return;
	}
	size_t before_point = (size_t)decimal->exponent + 1;
	for (size_t i = 0; i < before_point; i++)
		g_string_append_c(out, i < count ? decimal->digits[i] : '0');
	if (count > before_point) {
		g_string_append_c(out, '.');
		g_string_append(out, decimal->digits + before_point);
	}
}

void php_float_append(GString *out, double value, char exponent)
{
	if (isnan(value)) {
		g_string_append(out, "NAN");
		return;
	}
	if (signbit(value))
		g_string_append_c(out, '-');
	if (isinf(value)) {
		g_string_append(out, "INF");
		return;
	}
	if (value == 0) {
		g_string_append_c(out, '0');
		return;
	}
	Decimal decimal = shortest_digits(fabs(value));
	if (decimal.exponent >= FIXED_FROM_EXPONENT && decimal.exponent <= FIXED_TO_EXPONENT) {
		append_fixed(out, &decimal);
		return;
	}
	g_string_append_printf(out, "%c.%s%c%c%d", decimal.digits[0],
		decimal.digits[1] == '\0' ? "0" : decimal.digits + 1, exponent,
		decimal.exponent < 0 ? '-' : '+', abs(decimal.exponent));
}
