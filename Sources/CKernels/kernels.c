#include "CKernels.h"
#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

// Sums may be reordered so that they vectorise; every other IEEE guarantee, infinities included, stays.
#pragma clang fp reassociate(on) contract(fast)

// Cephes' single-precision exp: range reduction by ln 2 in two parts, a degree-5 polynomial, exponent by bits.
static inline __attribute__((always_inline)) float fast_exp(float x) {
    x = x > 88.0f ? 88.0f : x;
    x = x < -87.0f ? -87.0f : x;
    float n = __builtin_floorf(x * 1.44269504088896341f + 0.5f);
    float r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    union { int i; float f; } power = {.i = ((int)n + 127) << 23};
    return p * power.f;
}

// Abramowitz and Stegun 7.1.26.
static inline __attribute__((always_inline)) float fast_erf(float x) {
    float a = __builtin_fabsf(x);
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    return __builtin_copysignf(1.0f - p * fast_exp(-a * a), x);
}

DISPATCHED void kernel_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = 0.5f * x[i] * (1.0f + fast_erf(x[i] * 0.70710678118654752f));
}

DISPATCHED void kernel_quick_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = x[i] / (1.0f + fast_exp(-1.702f * x[i]));
}

DISPATCHED void kernel_layer_norm(const float *x, const float *scale, const float *shift, float *out,
                                  size_t rows, size_t columns, float epsilon) {
    for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
        float sum = 0, squares = 0;
        for (size_t c = 0; c < columns; c++) sum += x[c];
        float mean = sum / (float)columns;
        for (size_t c = 0; c < columns; c++) squares += (x[c] - mean) * (x[c] - mean);
        float inverse = 1.0f / sqrtf(squares / (float)columns + epsilon);
        for (size_t c = 0; c < columns; c++) out[c] = (x[c] - mean) * inverse * scale[c] + shift[c];
    }
}

// Eight running maxima, since a float max reduction does not vectorise by itself.
static inline __attribute__((always_inline)) float row_max(const float *x, size_t columns) {
    float lanes[8];
    if (columns < 8) {
        float best = x[0];
        for (size_t c = 1; c < columns; c++) best = x[c] > best ? x[c] : best;
        return best;
    }
    for (int l = 0; l < 8; l++) lanes[l] = x[l];
    size_t c = 8;
    for (; c + 8 <= columns; c += 8)
        for (int l = 0; l < 8; l++) lanes[l] = x[c + l] > lanes[l] ? x[c + l] : lanes[l];
    for (; c < columns; c++) lanes[0] = x[c] > lanes[0] ? x[c] : lanes[0];
    float best = lanes[0];
    for (int l = 1; l < 8; l++) best = lanes[l] > best ? lanes[l] : best;
    return best;
}

DISPATCHED void kernel_softmax(float *x, size_t rows, size_t columns, size_t stride) {
    for (size_t r = 0; r < rows; r++, x += stride) {
        float top = row_max(x, columns), sum = 0;
        for (size_t c = 0; c < columns; c++) {
            x[c] = fast_exp(x[c] - top);
            sum += x[c];
        }
        float inverse = 1.0f / sum;
        for (size_t c = 0; c < columns; c++) x[c] *= inverse;
    }
}

DISPATCHED void kernel_add_bias(float *x, const float *bias, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++) x[c] += bias[c];
}

DISPATCHED void kernel_add(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

DISPATCHED void kernel_normalize_rows(float *x, float *norms, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns) {
        float squares = 0;
        for (size_t c = 0; c < columns; c++) squares += x[c] * x[c];
        float norm = sqrtf(squares), inverse = norm > 0 ? 1.0f / norm : 0.0f;
        if (norms) norms[r] = norm;
        for (size_t c = 0; c < columns; c++) x[c] *= inverse;
    }
}

size_t kernel_argmax(const float *x, size_t count) {
    float best = row_max(x, count);
    for (size_t i = 0; i < count; i++)
        if (x[i] == best) return i;
    return 0;
}

DISPATCHED void kernel_adamw(float *w, const float *g, float *m, float *v, size_t count, float rate, float rate1,
                             float scale2, float beta1, float beta2, float epsilon, float decay) {
    for (size_t i = 0; i < count; i++) {
        m[i] = beta1 * m[i] + (1.0f - beta1) * g[i];
        v[i] = beta2 * v[i] + (1.0f - beta2) * g[i] * g[i];
        w[i] = w[i] * (1.0f - rate * decay) - rate1 * m[i] / (sqrtf(v[i] * scale2) + epsilon);
    }
}
