// SPDX-License-Identifier: GPL-2.0-only
/*
 * Squarified treemaps (Bruls, Huizing, van Wijk, 2000): rows along the shorter side of
 * the rest, each taking sizes for as long as that makes its rectangles squarer.
 */
#include "ksize.h"

/* How far the worst of a row is from a square; sizes are areas. */
static double worst(double sum, double largest, double smallest, double side)
{
	double square = side * side, a = square * largest / (sum * sum),
	       b = sum * sum / (square * smallest);

	return a > b ? a : b;
}

/* How many sizes make the next row, and their sum. */
static size_t take_row(const double *size, size_t n, double scale, double side, double *sum)
{
	double first = size[0] * scale, before = worst(first, first, first, side);
	size_t taken = 1;

	*sum = first;
	while (taken < n) {
		double next = size[taken] * scale, with = worst(*sum + next, first, next, side);

		if (with > before)
			break;
		before = with;
		*sum += next;
		taken++;
	}
	return taken;
}

void treemap(const double *size, size_t n, struct rect left, struct rect *out)
{
	double total = 0, scale;

	for (size_t i = 0; i < n; i++)
		total += size[i];
	scale = total > 0 ? left.w * left.h / total : 0;
	for (size_t i = 0; i < n;) {
		bool upright = left.w >= left.h; /* the row is a column at the left */
		double side = upright ? left.h : left.w, sum, depth, at = 0;
		size_t row = take_row(size + i, n - i, scale, side, &sum);

		depth = i + row == n ? (upright ? left.w : left.h) : sum / side;
		for (size_t j = i; j < i + row; j++) {
			double length = size[j] * scale / sum * side;

			out[j] = upright ? (struct rect){ left.x, left.y + at, depth, length } :
					   (struct rect){ left.x + at, left.y, length, depth };
			at += length;
		}
		if (upright) {
			left.x += depth;
			left.w -= depth;
		} else {
			left.y += depth;
			left.h -= depth;
		}
		i += row;
	}
}
