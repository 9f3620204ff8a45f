#pragma once

// The functions that kernels.c and gemm.c both apply value by value. Always inlined, so that they take the instruction set of
// their caller and vectorise there.
#define INLINED static inline __attribute__((always_inline))

// Cephes' single-precision exp: range reduction by ln 2 in two parts, a degree-5 polynomial, exponent by bits.
INLINED float fast_exp(float x) {
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
INLINED float fast_erf(float x) {
    float a = __builtin_fabsf(x);
    float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
    return __builtin_copysignf(1.0f - p * fast_exp(-a * a), x);
}

INLINED float gelu(float x) { return 0.5f * x * (1.0f + fast_erf(x * 0.70710678118654752f)); }

INLINED float quick_gelu(float x) { return x / (1.0f + fast_exp(-1.702f * x)); }

INLINED float silu(float x) { return x / (1.0f + fast_exp(-x)); }

// 0.5 x (1 + tanh(y)) is x / (1 + exp(-2 y)), with y = sqrt(2 / pi) (x + 0.044715 x^3).
INLINED float gelu_tanh(float x) { return x / (1.0f + fast_exp(-1.5957691216057308f * (x + 0.044715f * x * x * x))); }

// NaN stays.
INLINED float relu6(float x) { return x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x; }
