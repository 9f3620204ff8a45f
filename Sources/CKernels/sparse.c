#include "SparseKernels.h"
#include "dispatched.h"
#include <math.h>

// Sums may be reordered so that they vectorise; every other IEEE guarantee stays.
#pragma clang fp reassociate(on) contract(fast)

// Columns whose sums stay in registers while the rows go by.
enum { BLOCK = 32 };

DISPATCHED void kernel_add_weighted_rows(const float *matrix, size_t columns, const int32_t *indices,
                                         const float *weights, size_t count, float *out) {
    size_t c = 0;
    for (; c + BLOCK <= columns; c += BLOCK) {
        float sums[BLOCK];
        for (int l = 0; l < BLOCK; l++) sums[l] = out[c + l];
        for (size_t s = 0; s < count; s++) {
            const float *row = matrix + (size_t)indices[s] * columns + c;
            float weight = weights[s];
            for (int l = 0; l < BLOCK; l++) sums[l] += weight * row[l];
        }
        for (int l = 0; l < BLOCK; l++) out[c + l] = sums[l];
    }
    if (c == columns) return;
    for (size_t s = 0; s < count; s++) {
        const float *row = matrix + (size_t)indices[s] * columns;
        for (size_t i = c; i < columns; i++) out[i] += weights[s] * row[i];
    }
}

DISPATCHED void kernel_row_dots(const float *matrix, size_t columns, const int32_t *indices, size_t count,
                                const float *x, float *out) {
    for (size_t s = 0; s < count; s++) {
        const float *row = matrix + (size_t)indices[s] * columns;
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += row[c] * x[c];
        out[s] = sum;
    }
}

DISPATCHED void kernel_dense_dots(const float *matrix, size_t rows, size_t columns, const float *x, float *out) {
    for (size_t r = 0; r < rows; r++, matrix += columns) {
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += matrix[c] * x[c];
        out[r] = sum;
    }
}

void kernel_sparse_dots(const ptrdiff_t *offsets, const int32_t *indices, const float *values, size_t rows,
                        const float *x, float *out) {
    for (size_t r = 0; r < rows; r++) {
        float sum = 0;
        for (ptrdiff_t s = offsets[r]; s < offsets[r + 1]; s++) sum += values[s] * x[indices[s]];
        out[r] = sum;
    }
}

// Whether heap element a goes before b: the root is the one to give up first, the least, of equals the last.
static inline int goes_first(const float *x, int32_t a, int32_t b) { return x[a] < x[b] || (x[a] == x[b] && a > b); }

static void sift_down(const float *x, int32_t *heap, size_t count, size_t parent) {
    for (;;) {
        size_t first = parent, left = 2 * parent + 1, right = left + 1;
        if (left < count && goes_first(x, heap[left], heap[first])) first = left;
        if (right < count && goes_first(x, heap[right], heap[first])) first = right;
        if (first == parent) return;
        int32_t moved = heap[parent];
        heap[parent] = heap[first];
        heap[first] = moved;
        parent = first;
    }
}

DISPATCHED size_t kernel_top_positive(const float *x, size_t count, size_t k, int32_t *indices) {
    enum { LANES = 16 };
    size_t held = 0;
    float bar = 0;
    if (k == 0) return 0;
    for (size_t start = 0; start < count; start += LANES) {
        size_t end = start + LANES < count ? start + LANES : count;
        if (end - start == LANES) {
            int above = 0;
            for (int l = 0; l < LANES; l++) above |= x[start + l] > bar;
            if (!above) continue;
        }
        for (size_t i = start; i < end; i++) {
            if (!(x[i] > bar)) continue;
            if (held < k) {
                indices[held++] = (int32_t)i;
                if (held == k) {
                    for (size_t parent = k / 2; parent-- > 0;) sift_down(x, indices, k, parent);
                    bar = x[indices[0]];
                }
            } else {
                indices[0] = (int32_t)i;
                sift_down(x, indices, k, 0);
                bar = x[indices[0]];
            }
        }
    }
    if (held < k) return held;  // All that are positive, in order already.
    if (k <= 64) {  // A few are quicker sorted than looked for.
        for (size_t i = 1; i < k; i++) {
            int32_t moved = indices[i];
            size_t j = i;
            for (; j > 0 && indices[j - 1] > moved; j--) indices[j] = indices[j - 1];
            indices[j] = moved;
        }
        return k;
    }
    // The root is the last one in: everything above it, and its equals up to it, in order.
    int32_t last = indices[0];
    size_t found = 0;
    for (size_t i = 0; i < count && found < k; i++)
        if (x[i] > bar || (x[i] == bar && (int32_t)i <= last)) indices[found++] = (int32_t)i;
    return found;
}

DISPATCHED void kernel_project_out(float *g, const float *w, size_t count) {
    float along = 0;
    for (size_t i = 0; i < count; i++) along += g[i] * w[i];
    for (size_t i = 0; i < count; i++) g[i] -= along * w[i];
}

DISPATCHED void kernel_quantize_rows(const float *x, size_t rows, size_t columns, int8_t *out, float *scales) {
    for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
        float top = 0;
        for (size_t c = 0; c < columns; c++) {
            float a = __builtin_fabsf(x[c]);
            top = a > top ? a : top;
        }
        float scale = top / 127.0f, inverse = top > 0 ? 127.0f / top : 0.0f;
        scales[r] = scale;
        for (size_t c = 0; c < columns; c++) out[c] = (int8_t)__builtin_rintf(x[c] * inverse);
    }
}

DISPATCHED void kernel_int8_dots(const int8_t *matrix, size_t rows, size_t columns, const int8_t *x, int32_t *out) {
    for (size_t r = 0; r < rows; r++, matrix += columns) {
        int32_t sum = 0;
        for (size_t c = 0; c < columns; c++) sum += (int32_t)((int16_t)matrix[c] * (int16_t)x[c]);
        out[r] = sum;
    }
}
