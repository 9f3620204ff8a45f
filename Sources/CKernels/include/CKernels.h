#pragma once
#include <stddef.h>
#include "SparseKernels.h"

/// Bytes of a block that the system gives and takes back by itself.
#define KERNEL_LARGE_BLOCK (32 << 20)
/// Has glibc keep what smaller blocks free, up to 64 MB of each of its arenas, in place of giving it back to the system, whose
/// clean pages cost more than a layer norm. Its own bounds follow the largest block, and so lie below what a pass frees.
void kernel_keep_freed_memory(void);
/// Has all threads take their memory from one of glibc's arenas: each keeps the most that any thread ever needed of it. To be
/// called before there are other threads.
void kernel_share_freed_memory(void);
/// Has a large block made of pages of 2 MB where the system has them: it takes few steps to be given and taken back, which one
/// core does while the others wait.
void kernel_prefer_large_pages(void *memory, size_t size);

/// Elementwise kernels over rows of contiguous float32, compiled for several instruction sets and chosen at load time.
/// Swift's optimiser does not vectorise reductions or exp; clang does, given leave to reassociate.

/// x[i] = 0.5 x (1 + erf(x / sqrt 2)), in place. Absolute error of the erf below 2e-7.
void kernel_gelu(float *x, size_t count);
/// x[i] = x / (1 + exp(-1.702 x)), in place.
void kernel_quick_gelu(float *x, size_t count);
/// Per row of `columns`: out = (x - mean) / sqrt(variance + epsilon) * scale + shift. `out` may be `x`.
void kernel_layer_norm(const float *x, const float *scale, const float *shift, float *out,
                       size_t rows, size_t columns, float epsilon);
/// The gate of a SwiGLU: out[r][c] = x[r][c] / (1 + exp(-x[r][c])) x[r][columns + c], rows of x `2 columns` long.
void kernel_silu_gate(const float *x, float *out, size_t rows, size_t columns);
/// Rotates pairs (x[i], x[half + i]) of each of `heads` runs of 2 half values by angles with these cosines and sines [half],
/// in place (Su et al. 2021, in the halves of Hugging Face's `rotate_half`).
void kernel_rotate(float *x, const float *cosines, const float *sines, size_t heads, size_t half);
/// Softmax over each row of `columns`, in place, rows `stride` apart.
void kernel_softmax(float *x, size_t rows, size_t columns, size_t stride);
/// Softmax over each row of x times a positive `scale`.
void kernel_scaled_softmax(float *x, size_t rows, size_t columns, size_t stride, float scale);
/// log of the sum of each row's exponentials, to `out` [rows].
void kernel_log_sums(const float *x, float *out, size_t rows, size_t columns);
/// x = exp(x - less), in place; less than exp(-87) is that.
void kernel_exp_less(float *x, size_t count, float less);
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
/// Maximum over a window x window neighbourhood, channels last: [height, width, channels] -> [out_height, out_width, channels].
/// Places outside the image do not count.
void kernel_max_pool(const float *x, float *y, size_t height, size_t width, size_t channels, size_t window,
                     size_t stride, size_t padding, size_t out_height, size_t out_width);
/// y[c] = mean over rows of x[r][c].
void kernel_column_means(const float *x, float *y, size_t rows, size_t columns);

// The matrix product of packed weights: c[m][n] = activation(a · b + bias + residual).

/// How wide a panel of packed columns is, and how many rows meet it at once.
typedef struct {
    size_t rows, width;
} kernel_gemm_shape;

/// The shapes for registers of this processor, widest first: 8 x 32 (AVX-512), 6 x 16 (AVX2 with FMA), 6 x 8 (any). Zeros
/// behind the last.
kernel_gemm_shape kernel_gemm_choice(size_t place);
/// The first of them.
kernel_gemm_shape kernel_gemm_best(void);

/// Whether this processor multiplies bfloat16 (AVX512_BF16).
int kernel_has_bfloat16(void);
/// Whether it does so by tiles (Intel's AMX), many times as fast as by vectors, and this process may.
int kernel_has_tiles(void);
/// Rounds to nearest even: values 2i and 2i + 1 become one slot of 32 bits, pairs[i]. A last value without a partner gets zero.
void kernel_bfloat16(const float *x, float *pairs, size_t count);
/// Likewise value i of one row and of the next: pairs[i]. `second` may be null, for zeros.
void kernel_bfloat16_rows(const float *first, const float *second, float *pairs, size_t count);

typedef enum {
    kernel_identity, kernel_relu, kernel_gelu_exact, kernel_gelu_sigmoid, kernel_gelu_tanh, kernel_silu, kernel_relu6
} kernel_activation;

typedef struct {
    /// Of `kernel_gemm_best`: the width of a panel.
    size_t width;
    /// Whether a value of a and b is a pair of bfloat16 values, which `kernel_bfloat16` makes. Width 32 only.
    int is_paired;
    /// A row of a is `taps` runs of `run` contiguous values, wherever they lie: one for a matrix, one for each pixel under
    /// the window of a convolution. [tiles of rows][taps][rows of a tile]; an incomplete tile repeats any row.
    const float *const *rows;
    size_t m, taps, run;
    /// b: [ceil(n / width)][taps · run][width], columns beyond n zero.
    const float *panels;
    size_t n;
    /// Rows of c are `stride` apart. c need not be cleared.
    float *c;
    size_t stride;
    /// [n], or null.
    const float *bias;
    /// As c, rows `residual_stride` apart, or null.
    const float *residual;
    size_t residual_stride;
    kernel_activation activation;
    /// `kernel_gemm_scratch` values on a line of the cache, for a product by tiles; null for one by vectors.
    float *scratch;
} kernel_gemm_job;

/// Values of scratch memory with which a product is one by tiles; zero where this processor has none, or none for it.
size_t kernel_gemm_scratch(const kernel_gemm_job *job);
/// The columns of `count` panels from `first` on. Every value of c is one sum in the order of k, so it is the same
/// however rows and columns are divided.
void kernel_gemm(const kernel_gemm_job *job, size_t first, size_t count);

// The convolution of a 3 x 3 window with stride 1 and one pixel of zeros around, by tiles of 2 x 2 outputs.

/// Tiles at most in one piece of work: what they spread to stays in cache, and each weight is read once for all of them.
#define WINOGRAD_TILES 64

typedef struct {
    /// Of `kernel_gemm_best`: the width of a panel.
    size_t width;
    /// Whether the products' factors are rounded to bfloat16. Width 32 only.
    int is_paired;
    /// [images, rows, columns, inputs], float32, the pixels `x_stride` apart; the inputs are a multiple of 16.
    const float *x;
    size_t rows, columns, inputs, x_stride;
    /// G g Gᵀ of the weights g: 16 matrices, packed one after the other. The outputs are a multiple of the width.
    const float *panels;
    size_t outputs;
    /// [images, rows, columns, outputs], the pixels `y_stride` apart.
    float *y;
    size_t y_stride;
    /// [outputs], or null.
    const float *bias;
    /// As y, but without a gap between the pixels, or null.
    const float *residual;
    kernel_activation activation;
} kernel_winograd_job;

/// Some of the tiles of 2 x 2 pixels, which are numbered through all images, each image's ceil(rows / 2) by ceil(columns / 2):
/// y = activation(convolution + bias + residual), in the columns of some panels.
void kernel_winograd(const kernel_winograd_job *job, size_t tile, size_t tiles, size_t panel, size_t panels, float *scratch);
/// Floats that it needs as scratch.
size_t kernel_winograd_scratch(const kernel_winograd_job *job, size_t tiles, size_t panels);

// A convolution of each channel by itself.

typedef struct {
    /// Of the image, [height, width, channels], and of the square window.
    size_t height, width, channels, window, stride, out_width;
    /// Rows and columns of zeros before the image's own.
    size_t top, left;
} kernel_depthwise_shape;

/// y[column][c] = activation(bias[c] + sum over the window of x[..][c] weight[i * window + j][c]), for one row of the output.
void kernel_depthwise_row(const kernel_depthwise_shape *shape, const float *x, const float *weight, const float *bias,
                          size_t row, kernel_activation activation, float *y);
/// Global response normalisation: with g[c] the length of x[.][c] over all places, x += shift[c] + scale[c] x g[c] / (mean g + epsilon).
void kernel_response_norm(float *x, const float *scale, const float *shift, size_t places, size_t channels, float epsilon,
                          float *scratch);
/// Group normalisation of one image as a factor and a term for each channel: with the mean and the variance of a group's channels
/// over all places, factors[c] = scale[c] / sqrt(variance + epsilon) and terms[c] = shift[c] - mean factors[c]. `channels`
/// divide by `groups`.
void kernel_group_statistics(const float *x, const float *scale, const float *shift, size_t places, size_t channels,
                             size_t groups, float epsilon, float *factors, float *terms);
/// out[p][c] = x[p][c] factors[c] + terms[c] + residual[p][c], and zero where that is negative if it `rectifies`. `residual`
/// may be null; `out` may be `x`.
void kernel_scale_channels(const float *x, const float *factors, const float *terms, const float *residual,
                           int rectifies, size_t places, size_t channels, float *out);
/// x[p][c] /= 1 + exp(-gates[c]).
void kernel_gate_channels(float *x, const float *gates, size_t places, size_t channels);

/// One head of attention: context[t] = softmax(q[t] · k / sqrt(width)) · v for the first `asking` of `tokens` tokens, over all
/// tokens or, if causal, those up to t. Rows of q, k, v are `stride` apart, of `width` values each. Paired, both products are
/// of bfloat16 values.
void kernel_attention(const float *q, const float *k, const float *v, size_t stride, size_t tokens, size_t asking,
                      size_t width, int is_causal, int is_paired, float *context, size_t context_stride, float *scratch);
/// Floats that `kernel_attention` needs as scratch.
size_t kernel_attention_scratch(size_t tokens, size_t width, int is_paired);
/// The forces of t-SNE on the point (x0, y0) from `count` points, with q = 1 / (1 + d²) (van der Maaten and Hinton 2008):
/// forces = Σ p q (dx, dy), Σ q² (dx, dy), Σ q: five numbers. The point itself, if among them, adds 1 to the last alone.
void kernel_student_forces(const float *x, const float *y, size_t count, float x0, float y0,
                           const float *p, float *forces);

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
/// Several such rows from zero, to the last bit the same: out[rows][count] of amounts[rows][moves].
void kernel_move_rows(const float *weights, const float *amounts, size_t rows, size_t moves, size_t count, float *out);
/// The same sums of some places alone: out[j] = base[j] + sum over k of amounts[k] weights[k][places[j]].
void kernel_move_some(const float *base, const float *weights, const float *amounts, size_t moves, size_t count,
                      const int32_t *places, size_t some, float *out);
/// The places, in order, whose value can reach `floor`: value + rounding |value| + amount norm >= floor, with their values.
/// `places` may be null: all. `norms` is by place. More than `most` are none: the answer is then most + 1.
size_t kernel_contenders(const float *values, const int32_t *places, const float *norms, size_t count, double amount,
                         double rounding, double floor, size_t most, int32_t *found, float *kept);
/// The `keep` greatest of x with their places, greatest first, equal ones in order, and the greatest of the rest (-infinity
/// where there is none). `values` and `places` have room for one more. Zero where some x is NaN or +infinity.
int kernel_leading(const float *x, size_t count, size_t keep, float *values, int32_t *places, float *rest);
