#include "CKernels.h"
#include "dispatched.h"
#include <math.h>

// Sums may be reordered so that they vectorise; every other IEEE guarantee, infinities included, stays.
#pragma clang fp reassociate(on) contract(fast)

#include "elementwise.h"

DISPATCHED void kernel_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = gelu(x[i]);
}

DISPATCHED void kernel_quick_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = quick_gelu(x[i]);
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

DISPATCHED void kernel_silu_gate(const float *x, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += 2 * columns, out += columns)
        for (size_t c = 0; c < columns; c++) out[c] = silu(x[c]) * x[columns + c];
}

DISPATCHED void kernel_rotate(float *x, const float *cosines, const float *sines, size_t heads, size_t half) {
    for (size_t h = 0; h < heads; h++, x += 2 * half)
        for (size_t i = 0; i < half; i++) {
            float a = x[i], b = x[half + i];
            x[i] = a * cosines[i] - b * sines[i];
            x[half + i] = b * cosines[i] + a * sines[i];
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

DISPATCHED void kernel_scaled_softmax(float *x, size_t rows, size_t columns, size_t stride, float scale) {
    for (size_t r = 0; r < rows; r++, x += stride) {
        float top = row_max(x, columns), sum = 0;
        for (size_t c = 0; c < columns; c++) {
            x[c] = fast_exp((x[c] - top) * scale);
            sum += x[c];
        }
        float inverse = 1.0f / sum;
        for (size_t c = 0; c < columns; c++) x[c] *= inverse;
    }
}

void kernel_softmax(float *x, size_t rows, size_t columns, size_t stride) {
    kernel_scaled_softmax(x, rows, columns, stride, 1);
}

DISPATCHED void kernel_log_sums(const float *x, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns) {
        float top = row_max(x, columns), sum = 0;
        for (size_t c = 0; c < columns; c++) sum += fast_exp(x[c] - top);
        out[r] = top + logf(sum);
    }
}

DISPATCHED void kernel_exp_less(float *x, size_t count, float less) {
    for (size_t i = 0; i < count; i++) x[i] = fast_exp(x[i] - less);
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

DISPATCHED void kernel_max_pool(const float *x, float *y, size_t height, size_t width, size_t channels, size_t window,
                                size_t stride, size_t padding, size_t out_height, size_t out_width) {
    for (size_t row = 0; row < out_height; row++)
        for (size_t column = 0; column < out_width; column++, y += channels) {
            for (size_t c = 0; c < channels; c++) y[c] = -INFINITY;
            for (size_t i = 0; i < window; i++) {
                size_t top = row * stride + i - padding;  // Wraps to a huge number above the image.
                if (top >= height) continue;
                for (size_t j = 0; j < window; j++) {
                    size_t left = column * stride + j - padding;
                    if (left >= width) continue;
                    const float *restrict source = x + (top * width + left) * channels;
                    for (size_t c = 0; c < channels; c++) y[c] = source[c] > y[c] ? source[c] : y[c];
                }
            }
        }
}

DISPATCHED void kernel_column_means(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t c = 0; c < columns; c++) y[c] = 0;
    for (size_t r = 0; r < rows; r++, x += columns)
        for (size_t c = 0; c < columns; c++) y[c] += x[c];
    for (size_t c = 0; c < columns; c++) y[c] /= (float)rows;
}
