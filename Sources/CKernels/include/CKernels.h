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
/// The forces of t-SNE on the point (x0, y0) from `count` points, with q = 1 / (1 + d²) (van der Maaten and Hinton 2008):
/// forces = Σ p q (dx, dy), Σ q² (dx, dy), Σ q: five numbers. The point itself, if among them, adds 1 to the last alone.
void kernel_student_forces(const float *x, const float *y, size_t count, float x0, float y0,
                           const float *p, float *forces);
