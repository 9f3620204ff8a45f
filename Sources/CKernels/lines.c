#include "CKernels.h"
#include "dispatched.h"
#include <math.h>

// Every value below is the product rounded, then the sum rounded, on every machine: two passes over one line, and
// Swift's own arithmetic, must agree to the last bit.
#pragma clang fp contract(off)

enum { LANES = 16 };

// Eight floats at any address. A macro: a function that returned them would have another ABI for each instruction set.
typedef float floats __attribute__((ext_vector_type(8)));
typedef float unaligned_floats __attribute__((ext_vector_type(8), aligned(4), may_alias));
#define LOAD(x) (*(const unaligned_floats *)(x))
// Sixteen, two registers of eight where there are none so wide.
enum { WIDE = 16 };
typedef float wide_floats __attribute__((ext_vector_type(WIDE)));
typedef float unaligned_wide_floats __attribute__((ext_vector_type(WIDE), aligned(4), may_alias));
#define LOAD_WIDE(x) (*(const unaligned_wide_floats *)(x))

// Running maxima in lanes, since a max reduction does not vectorise by itself; NaN never replaces a number.
static inline __attribute__((always_inline)) double lane_max(const double *lanes) {
    double top = lanes[0];
    for (int j = 1; j < LANES; j++) top = lanes[j] > top ? lanes[j] : top;
    return top;
}

// The only class that can have the greatest p + t q, as far as floats tell; `count` where more than one can.
//
// A float errs by 2^-24 of itself in t, in the product and in the sum: all told by less than 2^-22 (|t q| + |p + t q|).
static inline __attribute__((always_inline)) size_t sole_argmax(const float *p, const float *q, size_t count, float t) {
    enum { SOME = 32 };
    float lanes[SOME], sizes[SOME];
    for (int j = 0; j < SOME; j++) lanes[j] = -INFINITY, sizes[j] = 0;
    size_t c = 0;
    for (; c + SOME <= count; c += SOME)
        for (int j = 0; j < SOME; j++) {
            float value = p[c + j] + t * q[c + j], size = fabsf(q[c + j]);
            lanes[j] = value > lanes[j] ? value : lanes[j];
            sizes[j] = size > sizes[j] ? size : sizes[j];
        }
    float best = lanes[0], size = sizes[0];
    for (int j = 1; j < SOME; j++) {
        best = lanes[j] > best ? lanes[j] : best;
        size = sizes[j] > size ? sizes[j] : size;
    }
    for (; c < count; c++) {
        float value = p[c] + t * q[c];
        best = value > best ? value : best;
        size = fabsf(q[c]) > size ? fabsf(q[c]) : size;
    }
    if (!(fabsf(best) < INFINITY && fabsf(t) < INFINITY)) return count;
    // Twice over; and products may be too small for a float. Where a slope is not finite no class reaches the floor.
    float floor = best - 0x1p-20f * (fabsf(t) * size + fabsf(best)) - 1e-30f;
    size_t found = count;
    for (c = 0; c < count; c += SOME) {
        size_t end = c + SOME < count ? c + SOME : count;
        if (end == c + SOME) {
            int hit = 0;
            for (int j = 0; j < SOME; j++) hit |= p[c + j] + t * q[c + j] >= floor;
            if (!hit) continue;
        }
        for (size_t at = c; at < end; at++) {
            if (!(p[at] + t * q[at] >= floor)) continue;
            if (found < count) return count;
            found = at;
        }
    }
    return found;
}

DISPATCHED size_t kernel_line_argmax(const float *p, const float *q, size_t count, double t, double *top) {
    size_t sole = sole_argmax(p, q, count, (float)t);
    if (sole < count) {
        *top = (double)p[sole] + t * (double)q[sole];
        return sole;
    }
    double lanes[LANES];
    for (int j = 0; j < LANES; j++) lanes[j] = -INFINITY;
    size_t c = 0;
    for (; c + LANES <= count; c += LANES)
        for (int j = 0; j < LANES; j++) {
            double value = (double)p[c + j] + t * (double)q[c + j];
            lanes[j] = value > lanes[j] ? value : lanes[j];
        }
    double best = lane_max(lanes);
    for (; c < count; c++) {
        double value = (double)p[c] + t * (double)q[c];
        best = value > best ? value : best;
    }
    *top = best;
    for (c = 0; c + LANES <= count; c += LANES) {
        int hit = 0;
        for (int j = 0; j < LANES; j++) hit |= (double)p[c + j] + t * (double)q[c + j] == best;
        if (hit) break;
    }
    for (; c < count; c++)
        if ((double)p[c] + t * (double)q[c] == best) return c;
    return 0;
}

DISPATCHED size_t kernel_line_count(const float *p, const float *q, size_t count, double t, double floor) {
    size_t above = 0;
    for (size_t c = 0; c < count; c++) above += (double)p[c] + t * (double)q[c] >= floor;
    return above;
}

DISPATCHED double kernel_line_size(const float *p, const float *q, size_t count, double reach) {
    double lanes[LANES] = {0};
    int broken = 0;
    size_t c = 0;
    // A class of -infinity never wins, whatever its slope: it does not count.
    for (; c + LANES <= count; c += LANES)
        for (int j = 0; j < LANES; j++) {
            double size = fabs((double)p[c + j]) + reach * fabs((double)q[c + j]);
            size = p[c + j] == -INFINITY ? 0 : size;
            broken |= !(size < INFINITY) | !(fabsf(q[c + j]) < INFINITY);
            lanes[j] = size > lanes[j] ? size : lanes[j];
        }
    double top = lane_max(lanes);
    for (; c < count; c++) {
        double size = p[c] == -INFINITY ? 0 : fabs((double)p[c]) + reach * fabs((double)q[c]);
        broken |= !(size < INFINITY) | !(fabsf(q[c]) < INFINITY);
        top = size > top ? size : top;
    }
    return broken ? INFINITY : top;
}

DISPATCHED int kernel_leading(const float *x, size_t count, size_t keep, float *values, int32_t *places, float *rest) {
    // One more than is kept: the greatest of the others.
    float last = -INFINITY;
    size_t held = 0;
    int broken = 0;
    for (size_t c = 0; c < count; c += LANES) {
        size_t end = c + LANES < count ? c + LANES : count;
        int hit = 0;
        if (end == c + LANES) {
            for (int j = 0; j < LANES; j++) {
                hit |= x[c + j] > last;
                broken |= !(x[c + j] < INFINITY);
            }
            if (held > keep && !hit) continue;
        }
        for (size_t at = c; at < end; at++) {
            float value = x[at];
            if (!(value < INFINITY)) broken = 1;
            if (held > keep && !(value > last)) continue;
            size_t place = held > keep ? keep : held++;
            for (; place > 0 && values[place - 1] < value; place--) {
                values[place] = values[place - 1];
                places[place] = places[place - 1];
            }
            values[place] = value;
            places[place] = (int32_t)at;
            if (held > keep) last = values[keep];
        }
    }
    *rest = held > keep ? values[keep] : -INFINITY;
    return !broken;
}

DISPATCHED size_t kernel_normalized_argmax(const float *p, const float *q, const float *r, size_t count, float t,
                                           float deviation) {
    float lanes[LANES];
    for (int j = 0; j < LANES; j++) lanes[j] = -INFINITY;
    size_t c = 0;
    for (; c + LANES <= count; c += LANES)
        for (int j = 0; j < LANES; j++) {
            float value = p[c + j] + t * q[c + j] + deviation * r[c + j];
            lanes[j] = value > lanes[j] ? value : lanes[j];
        }
    float best = lanes[0];
    for (int j = 1; j < LANES; j++) best = lanes[j] > best ? lanes[j] : best;
    for (; c < count; c++) {
        float value = p[c] + t * q[c] + deviation * r[c];
        best = value > best ? value : best;
    }
    for (c = 0; c + LANES <= count; c += LANES) {
        int hit = 0;
        for (int j = 0; j < LANES; j++) hit |= p[c + j] + t * q[c + j] + deviation * r[c + j] == best;
        if (hit) break;
    }
    for (; c < count; c++)
        if (p[c] + t * q[c] + deviation * r[c] == best) return c;
    return 0;
}

DISPATCHED void kernel_move_row(const float *base, const float *weights, const float *amounts, size_t moves,
                                size_t count, float *out) {
    size_t c = 0;
    // Four vectors of sums stay in registers while all moves are added to them.
    for (; c + 32 <= count; c += 32) {
        floats zero = 0;
        floats s0 = base ? LOAD(base + c) : zero, s1 = base ? LOAD(base + c + 8) : zero;
        floats s2 = base ? LOAD(base + c + 16) : zero, s3 = base ? LOAD(base + c + 24) : zero;
        for (size_t k = 0; k < moves; k++) {
            const float *row = weights + k * count + c;
            floats amount = amounts[k];
            s0 += amount * LOAD(row);
            s1 += amount * LOAD(row + 8);
            s2 += amount * LOAD(row + 16);
            s3 += amount * LOAD(row + 24);
        }
        *(unaligned_floats *)(out + c) = s0;
        *(unaligned_floats *)(out + c + 8) = s1;
        *(unaligned_floats *)(out + c + 16) = s2;
        *(unaligned_floats *)(out + c + 24) = s3;
    }
    for (; c < count; c++) {
        float sum = base ? base[c] : 0;
        for (size_t k = 0; k < moves; k++)
            sum += amounts[k] * weights[k * count + c];
        out[c] = sum;
    }
}

DISPATCHED void kernel_move_rows(const float *weights, const float *amounts, size_t rows, size_t moves, size_t count,
                                 float *out) {
    size_t whole = count - count % WIDE;
    // A strip of the weights stays in the nearest cache while all rows are summed, four at a time.
    for (size_t c = 0; c < whole; c += WIDE)
        for (size_t r = 0; r < rows; r += 4) {
            size_t some = rows - r < 4 ? rows - r : 4;
            // Fewer than four: the last one again.
            const float *a[4];
            for (size_t j = 0; j < 4; j++) a[j] = amounts + (r + (j < some ? j : some - 1)) * moves;
            wide_floats s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (size_t k = 0; k < moves; k++) {
                wide_floats w = LOAD_WIDE(weights + k * count + c);
                s0 += a[0][k] * w;
                s1 += a[1][k] * w;
                s2 += a[2][k] * w;
                s3 += a[3][k] * w;
            }
            wide_floats sums[4] = {s0, s1, s2, s3};
            for (size_t j = 0; j < some; j++) *(unaligned_wide_floats *)(out + (r + j) * count + c) = sums[j];
        }
    for (size_t r = 0; r < rows && whole < count; r++)
        for (size_t c = whole; c < count; c++) {
            float sum = 0;
            for (size_t k = 0; k < moves; k++) sum += amounts[r * moves + k] * weights[k * count + c];
            out[r * count + c] = sum;
        }
}

DISPATCHED void kernel_move_some(const float *base, const float *weights, const float *amounts, size_t moves,
                                 size_t count, const int32_t *places, size_t some, float *out) {
    for (size_t j = 0; j < some; j++) {
        float sum = base ? base[j] : 0;
        const float *column = weights + places[j];
        for (size_t k = 0; k < moves; k++)
            sum += amounts[k] * column[k * count];
        out[j] = sum;
    }
}

// Whether a class's logit can reach the floor: on the sums of doubles, as the bound was derived.
static inline __attribute__((always_inline)) int can_reach(float value, float norm, double amount, double rounding,
                                                           double floor) {
    return (double)value + rounding * fabs((double)value) + amount * (double)norm >= floor;
}

static inline __attribute__((always_inline)) size_t reaching(
    const float *values, const int32_t *places, const float *norms, size_t count, double amount, double rounding,
    double floor, size_t most, int32_t *found, float *kept) {
    size_t have = 0;
    for (size_t c = 0; c < count; c += LANES) {
        size_t lanes = LANES;
        if (c + LANES <= count) {
            int any = 0;
            for (int j = 0; j < LANES; j++)
                any |= can_reach(values[c + j], norms[places ? (size_t)places[c + j] : c + j], amount, rounding, floor);
            if (!any) continue;
        } else {
            lanes = count - c;
        }
        for (size_t j = 0; j < lanes; j++) {
            size_t place = places ? (size_t)places[c + j] : c + j;
            if (!can_reach(values[c + j], norms[place], amount, rounding, floor)) continue;
            if (have == most) return most + 1;
            found[have] = (int32_t)place;
            kept[have++] = values[c + j];
        }
    }
    return have;
}

DISPATCHED size_t kernel_contenders(const float *values, const int32_t *places, const float *norms, size_t count,
                                    double amount, double rounding, double floor, size_t most, int32_t *found,
                                    float *kept) {
    return places ? reaching(values, places, norms, count, amount, rounding, floor, most, found, kept)
                  : reaching(values, NULL, norms, count, amount, rounding, floor, most, found, kept);
}
