#pragma once
#include <stddef.h>

/// Elementwise kernels over rows of contiguous float32, compiled for several instruction sets and chosen at load time.
/// Swift's optimiser does not vectorise reductions or exp; clang does, given leave to reassociate.

/// x[i] = 0.5 x (1 + erf(x / sqrt 2)), in place. Absolute error of the erf below 2e-7.
void kernel_gelu(float *x, size_t count);
/// x[i] = x / (1 + exp(-1.702 x)), in place.
void kernel_quick_gelu(float *x, size_t count);
/// Per row of `columns`: out = (x - mean) / sqrt(variance + epsilon) * scale + shift. `out` may be `x`.
void kernel_layer_norm(const float *x, const float *scale, const float *shift, float *out,
                       size_t rows, size_t columns, float epsilon);
/// Softmax over each row of `columns`, in place, rows `stride` apart.
void kernel_softmax(float *x, size_t rows, size_t columns, size_t stride);
/// x[r][c] += bias[c].
void kernel_add_bias(float *x, const float *bias, size_t rows, size_t columns);
/// y[i] += x[i].
void kernel_add(const float *x, float *y, size_t count);
/// Divides each row by its Euclidean norm, in place; a zero row stays zero. Norms are stored where `norms` is not null.
void kernel_normalize_rows(float *x, float *norms, size_t rows, size_t columns);
/// Index of the first greatest element.
size_t kernel_argmax(const float *x, size_t count);
/// One AdamW step: decoupled decay, bias-corrected moments. `rate1` = rate / (1 - beta1^t), `scale2` = 1 / (1 - beta2^t).
void kernel_adamw(float *w, const float *g, float *m, float *v, size_t count, float rate, float rate1, float scale2,
                  float beta1, float beta2, float epsilon, float decay);

// Lines p + t q, one a class, in double precision: each product rounded, then each sum.

/// The first class of greatest p + t q, and that value; NaN never wins.
size_t kernel_line_argmax(const float *p, const float *q, size_t count, double t, double *top);
/// How many classes have p + t q of `floor` or more.
size_t kernel_line_count(const float *p, const float *q, size_t count, double t, double floor);
/// The greatest |p| + reach |q|; infinite where a slope is not finite, or an intercept is NaN or +infinity.
double kernel_line_size(const float *p, const float *q, size_t count, double reach);
/// The first class of greatest p + t q + deviation r.
size_t kernel_normalized_argmax(const float *p, const float *q, const float *r, size_t count, float t, float deviation);
/// out = base + sum over k of amounts[k] weights[k][:]; `base` may be null (zeros) or `out` itself.
void kernel_move_row(const float *base, const float *weights, const float *amounts, size_t moves, size_t count, float *out);
