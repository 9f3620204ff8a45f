#pragma once
#include <stddef.h>
#include <stdint.h>

/// Kernels over a few rows of a matrix named by their numbers, as sparse codes need them.

/// out[c] += sum over s of weights[s] matrix[indices[s]][c].
void kernel_add_weighted_rows(const float *matrix, size_t columns, const int32_t *indices, const float *weights,
                              size_t count, float *out);
/// out[s] = matrix[indices[s]] . x
void kernel_row_dots(const float *matrix, size_t columns, const int32_t *indices, size_t count, const float *x,
                     float *out);
/// out[r] = matrix[r] . x
void kernel_dense_dots(const float *matrix, size_t rows, size_t columns, const float *x, float *out);
/// out[r] = sum over s from offsets[r] to offsets[r + 1] of values[s] x[indices[s]].
void kernel_sparse_dots(const ptrdiff_t *offsets, const int32_t *indices, const float *values, size_t rows,
                        const float *x, float *out);
/// The positions of the k greatest positive values, ascending; of equal values the first are taken. `indices` holds k.
/// Returns how many there are: fewer than k where fewer are positive. NaN is never taken.
size_t kernel_top_positive(const float *x, size_t count, size_t k, int32_t *indices);
/// g -= (g . w) w: the part of a gradient along a unit vector is taken out.
void kernel_project_out(float *g, const float *w, size_t count);
/// Per row: scale = greatest magnitude / 127, and the row in units of it, rounded to the nearest.
void kernel_quantize_rows(const float *x, size_t rows, size_t columns, int8_t *out, float *scales);
/// out[r] = row r of an int8 matrix . x
void kernel_int8_dots(const int8_t *matrix, size_t rows, size_t columns, const int8_t *x, int32_t *out);
