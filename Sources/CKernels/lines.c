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

// Running maxima in lanes, since a max reduction does not vectorise by itself; NaN never replaces a number.
static inline __attribute__((always_inline)) double lane_max(const double *lanes) {
    double top = lanes[0];
    for (int j = 1; j < LANES; j++) top = lanes[j] > top ? lanes[j] : top;
    return top;
}

DISPATCHED size_t kernel_line_argmax(const float *p, const float *q, size_t count, double t, double *top) {
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
    for (size_t c = 0; c < count; c++) {
        // A class of -infinity never wins, whatever its slope: it does not count.
        double size = p[c] == -INFINITY ? 0 : fabs((double)p[c]) + reach * fabs((double)q[c]);
        if (!(size < INFINITY) || !isfinite(q[c])) return INFINITY;
        lanes[c % LANES] = size > lanes[c % LANES] ? size : lanes[c % LANES];
    }
    return lane_max(lanes);
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
