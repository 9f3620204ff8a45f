#include "CKernels.h"
#include "dispatched.h"

#pragma clang fp reassociate(on) contract(fast)

#include "elementwise.h"

// Channels that are summed side by side: one register of 512 bits, or several smaller ones.
#define LANES 16
// Registers that are summed side by side where there are as many channels, so that whole runs of a row are read.
#define BLOCK (4 * LANES)
typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

// Places that are summed in float before they go into double.
#define RUN 256

// Sums, and sums of squares, of `count` channels over `places` rows of x, `channels` apart, less their first values.
INLINED void sums(const float *x, const float *first, size_t places, size_t channels, const size_t count, float *sum,
                  float *squares) {
    if (count % LANES == 0) {
        lanes less[4], some[4], square[4];
        for (size_t i = 0; i < count / LANES; i++) {
            less[i] = *(const lanes *)(first + i * LANES);
            some[i] = square[i] = (lanes){0};
        }
        for (size_t p = 0; p < places; p++, x += channels)
            for (size_t i = 0; i < count / LANES; i++) {
                const lanes value = *(const lanes *)(x + i * LANES) - less[i];
                some[i] += value;
                square[i] += value * value;
            }
        for (size_t i = 0; i < count / LANES; i++) {
            *(lanes *)(sum + i * LANES) = some[i];
            *(lanes *)(squares + i * LANES) = square[i];
        }
        return;
    }
    for (size_t c = 0; c < count; c++) {
        sum[c] = squares[c] = 0;
        for (size_t p = 0; p < places; p++) {
            const float value = x[p * channels + c] - first[c];
            sum[c] += value;
            squares[c] += value * value;
        }
    }
}

DISPATCHED void kernel_group_statistics(const float *x, const float *scale, const float *shift, size_t places,
                                        size_t channels, size_t groups, float epsilon, float *factors, float *terms) {
    const size_t own = channels / groups;
    // Means of channels, and sums of squares about them, until they are joined to those of groups. Each channel is summed less
    // its first value, so that a mean that is large beside the deviation costs no digits.
    for (size_t start = 0, count; start < channels; start += count) {
        const size_t rest = channels - start;
        count = rest >= BLOCK ? BLOCK : rest >= LANES ? LANES : rest;
        double totals[BLOCK] = {0}, squares[BLOCK] = {0};
        for (size_t from = 0; from < places; from += RUN) {
            const size_t run = places - from < RUN ? places - from : RUN;
            float some[BLOCK], square[BLOCK];
            const float *row = x + from * channels + start;
            if (count == BLOCK) sums(row, x + start, run, channels, BLOCK, some, square);
            else if (count == LANES) sums(row, x + start, run, channels, LANES, some, square);
            else sums(row, x + start, run, channels, count, some, square);
            for (size_t c = 0; c < count; c++) {
                totals[c] += some[c];
                squares[c] += square[c];
            }
        }
        for (size_t c = 0; c < count; c++) {
            factors[start + c] = (float)(x[start + c] + totals[c] / (double)places);
            terms[start + c] = (float)(squares[c] - totals[c] * totals[c] / (double)places);
        }
    }
    for (size_t g = 0; g < groups; g++) {
        float *means = factors + g * own, *spreads = terms + g * own;
        double mean = 0, spread = 0;
        for (size_t c = 0; c < own; c++) mean += means[c];
        mean /= (double)own;
        for (size_t c = 0; c < own; c++)
            spread += spreads[c] + (double)places * (means[c] - mean) * (means[c] - mean);
        const double inverse = 1 / __builtin_sqrt(spread / (double)(places * own) + epsilon);
        for (size_t c = 0; c < own; c++) {
            const double factor = inverse * scale[g * own + c];
            means[c] = (float)factor;
            spreads[c] = (float)(shift[g * own + c] - mean * factor);
        }
    }
}

DISPATCHED void kernel_scale_channels(const float *x, const float *factors, const float *terms, const float *residual,
                                      int rectifies, size_t places, size_t channels, float *out) {
    for (size_t p = 0; p < places; p++) {
        const size_t start = p * channels;
        if (residual)
            for (size_t c = 0; c < channels; c++) out[start + c] = x[start + c] * factors[c] + terms[c] + residual[start + c];
        else
            for (size_t c = 0; c < channels; c++) out[start + c] = x[start + c] * factors[c] + terms[c];
        if (rectifies)
            for (size_t c = 0; c < channels; c++) out[start + c] = out[start + c] < 0 ? 0 : out[start + c];
    }
}
