#include "CKernels.h"
#include "dispatched.h"

#pragma clang fp reassociate(on) contract(fast)

#include "elementwise.h"

// Channels that are summed side by side: one register of 512 bits, or several smaller ones.
#define LANES 16
typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

// Places of a row whose sums are held at once, so that each weight is loaded once for all of them.
#define PLACES 4

// The taps of the window that lie in the image: [*first, *last) of `window` from the place `start` on.
INLINED void inside(long start, size_t window, size_t side, size_t *first, size_t *last) {
    *first = start < 0 ? (size_t)-start : 0;
    if (*first > window) *first = window;
    long room = (long)side - start;
    *last = room <= 0 ? 0 : room < (long)window ? (size_t)room : window;
    if (*last < *first) *last = *first;
}

// `places` outputs in a row, all of whose windows have the taps [first, last) in the image.
INLINED void run(const kernel_depthwise_shape *s, const float *x, const float *weight, const float *bias, float *y,
                 long line, long column, size_t top, size_t bottom, size_t first, size_t last, const size_t places) {
    const size_t channels = s->channels, step = s->stride * channels;
    size_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        lanes sums[PLACES];
        for (size_t p = 0; p < places; p++) sums[p] = *(const lanes *)(bias + c);
        for (size_t i = top; i < bottom; i++) {
            const float *source = x + (((line + (long)i) * (long)s->width + column + (long)first) * (long)channels + (long)c);
            const float *w = weight + (i * s->window + first) * channels + c;
            for (size_t j = first; j < last; j++, source += channels, w += channels) {
                const lanes factor = *(const lanes *)w;
                for (size_t p = 0; p < places; p++) sums[p] += factor * *(const lanes *)(source + p * step);
            }
        }
        for (size_t p = 0; p < places; p++) *(lanes *)(y + p * channels + c) = sums[p];
    }
    for (; c < channels; c++)
        for (size_t p = 0; p < places; p++) {
            float sum = bias[c];
            for (size_t i = top; i < bottom; i++)
                for (size_t j = first; j < last; j++)
                    sum += weight[(i * s->window + j) * channels + c] *
                           x[((line + (long)i) * (long)s->width + column + (long)j) * (long)channels + (long)(p * step + c)];
            y[p * channels + c] = sum;
        }
}

DISPATCHED void kernel_depthwise_row(const kernel_depthwise_shape *s, const float *x, const float *weight,
                                     const float *bias, size_t row, kernel_activation activation, float *y) {
    const long line = (long)(row * s->stride) - (long)s->top;
    size_t top, bottom, first, last;
    inside(line, s->window, s->height, &top, &bottom);
    size_t place = 0;
    while (place < s->out_width) {
        const long column = (long)(place * s->stride) - (long)s->left;
        float *target = y + place * s->channels;
        inside(column, s->window, s->width, &first, &last);
        const long end = column + (long)((PLACES - 1) * s->stride + s->window);
        if (first == 0 && place + PLACES <= s->out_width && end <= (long)s->width) {
            run(s, x, weight, bias, target, line, column, top, bottom, 0, s->window, PLACES);
            place += PLACES;
        } else {
            run(s, x, weight, bias, target, line, column, top, bottom, first, last, 1);
            place += 1;
        }
    }
    const size_t count = s->out_width * s->channels;
    switch (activation) {
    case kernel_identity: break;
    case kernel_relu: for (size_t i = 0; i < count; i++) y[i] = y[i] < 0 ? 0 : y[i]; break;
    case kernel_gelu_exact: for (size_t i = 0; i < count; i++) y[i] = gelu(y[i]); break;
    case kernel_gelu_sigmoid: for (size_t i = 0; i < count; i++) y[i] = quick_gelu(y[i]); break;
    case kernel_gelu_tanh: for (size_t i = 0; i < count; i++) y[i] = gelu_tanh(y[i]); break;
    case kernel_silu: for (size_t i = 0; i < count; i++) y[i] = silu(y[i]); break;
    case kernel_relu6: for (size_t i = 0; i < count; i++) y[i] = relu6(y[i]); break;
    }
}

DISPATCHED void kernel_gate_channels(float *x, const float *gates, size_t places, size_t channels) {
    // A few thousand channels at most are gated at once, so that each gate is computed once.
    float factors[256];
    for (size_t start = 0; start < channels; start += 256) {
        const size_t count = channels - start < 256 ? channels - start : 256;
        for (size_t c = 0; c < count; c++) factors[c] = 1.0f / (1.0f + fast_exp(-gates[start + c]));
        for (size_t p = 0; p < places; p++) {
            float *row = x + p * channels + start;
            for (size_t c = 0; c < count; c++) row[c] *= factors[c];
        }
    }
}
