#include "CKernels.h"
#include "dispatched.h"

#pragma clang fp reassociate(on) contract(fast)

// Channels whose sums are held in registers while all places go by.
#define CHANNELS 32
// Places that are summed in float before they go into double.
#define RUN 256

DISPATCHED void kernel_group_statistics(const float *x, const float *scale, const float *shift, size_t places,
                                        size_t channels, size_t groups, float epsilon, float *factors, float *terms) {
    const size_t own = channels / groups;
    // Means of channels, and sums of squares about them, until they are joined to those of groups. Each channel is summed less
    // its first value, so that a mean that is large beside the deviation costs no digits.
    for (size_t start = 0; start < channels; start += CHANNELS) {
        const size_t count = channels - start < CHANNELS ? channels - start : CHANNELS;
        double sums[CHANNELS] = {0}, squares[CHANNELS] = {0};
        float first[CHANNELS] = {0};
        for (size_t c = 0; c < count; c++) first[c] = x[start + c];
        for (size_t from = 0; from < places; from += RUN) {
            const size_t to = places - from < RUN ? places : from + RUN;
            float some[CHANNELS] = {0}, square[CHANNELS] = {0};
            if (count == CHANNELS)
                for (size_t p = from; p < to; p++) {
                    const float *row = x + p * channels + start;
                    for (size_t c = 0; c < CHANNELS; c++) {
                        const float less = row[c] - first[c];
                        some[c] += less;
                        square[c] += less * less;
                    }
                }
            else
                for (size_t p = from; p < to; p++) {
                    const float *row = x + p * channels + start;
                    for (size_t c = 0; c < count; c++) {
                        const float less = row[c] - first[c];
                        some[c] += less;
                        square[c] += less * less;
                    }
                }
            for (size_t c = 0; c < count; c++) {
                sums[c] += some[c];
                squares[c] += square[c];
            }
        }
        for (size_t c = 0; c < count; c++) {
            factors[start + c] = (float)(first[c] + sums[c] / (double)places);
            terms[start + c] = (float)(squares[c] - sums[c] * sums[c] / (double)places);
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
