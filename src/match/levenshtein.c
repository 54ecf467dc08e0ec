/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The usual dynamic programme, in one row and near its diagonal only. */
#include "match/levenshtein.h"

#define STACK_CELLS 256

/* Cells further than `limit` from the diagonal hold more than the limit and need no look. */
static size_t fill_rows(size_t *row, const gunichar *a, size_t a_length, const gunichar *b,
	size_t b_length, size_t limit)
{
	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t from = i > limit ? i - limit : 1;
		size_t to = limit < b_length && i < b_length - limit ? i + limit : b_length;
		size_t diagonal = row[from - 1];
		size_t least = i;

		row[from - 1] = from == 1 ? i : limit + 1;
		for (size_t j = from; j <= to; j++) {
			/* The last cell of the band has none above it in the row before. */
			size_t above = j == i + limit ? limit + 1 : row[j];
			size_t cell = MIN(above, row[j - 1]) + 1;

			cell = MIN(cell, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = row[j];
			row[j] = cell;
			least = MIN(least, cell);
		}
		if (least > limit)
			return limit + 1;
	}
	return MIN(row[b_length], limit + 1);
}

size_t levenshtein_distance(
	const gunichar *a, size_t a_length, const gunichar *b, size_t b_length, size_t limit)
{
	size_t cells[STACK_CELLS];
	g_autofree size_t *many_cells = NULL;

	while (a_length > 0 && b_length > 0 && a[0] == b[0]) {
		a++, b++;
		a_length--, b_length--;
	}
	while (a_length > 0 && b_length > 0 && a[a_length - 1] == b[b_length - 1])
		a_length--, b_length--;
	/* No distance is larger than that, and sums with it cannot overflow. */
	limit = MIN(limit, MAX(a_length, b_length));
	if (MAX(a_length, b_length) - MIN(a_length, b_length) > limit)
		return limit + 1;
	if (a_length == 0 || b_length == 0)
		return a_length + b_length;
	if (b_length >= STACK_CELLS)
		many_cells = g_new(size_t, b_length + 1);
	return fill_rows(many_cells != NULL ? many_cells : cells, a, a_length, b, b_length, limit);
}
