#include "CKernels.h"
#include <string.h>

// Tokens whose scores are held at once: a multiple of every tile's rows, few enough for the second-level cache.
#define ROWS 48

// One head's sizes. A slot is a value, or a pair of them where the factors are bfloat16.
typedef struct {
    size_t panel, height;
    // Tokens and width in whole panels; the slots of a row of queries or keys, and of one of scores.
    size_t tokens, width, row, sums;
    // Its parts of the scratch memory.
    float *keys, *values, *scores, *factors;
} head;

static size_t whole(size_t count, size_t panel) { return (count + panel - 1) / panel * panel; }

static head head_of(size_t tokens, size_t width, int is_paired) {
    const kernel_gemm_shape shape = kernel_gemm_best();
    head h = {shape.width, shape.rows, whole(tokens, shape.width), whole(width, shape.width)};
    h.row = is_paired ? (width + 1) / 2 : width;
    h.sums = is_paired ? (tokens + 1) / 2 : tokens;
    return h;
}

size_t kernel_attention_scratch(size_t tokens, size_t width, int is_paired) {
    const head h = head_of(tokens, width, is_paired);
    const size_t factors = is_paired ? ROWS * (h.row > h.sums ? h.row : h.sums) : 0;
    return h.tokens * h.row + h.width * h.sums + ROWS * h.tokens + factors;
}

// Keys as panels of the product with the queries: their transpose, a panel of tokens after the other.
static void pack_keys(const head *h, const float *k, size_t stride, size_t tokens, size_t width, int is_paired) {
    memset(h->keys + (h->tokens - h->panel) * h->row, 0, h->panel * h->row * sizeof(float));
    for (size_t t = 0; t < tokens; t++) {
        const float *row = k + t * stride;
        if (is_paired) {
            kernel_bfloat16(row, h->factors, width);
            row = h->factors;
        }
        float *panel = h->keys + t / h->panel * h->panel * h->row + t % h->panel;
        for (size_t i = 0; i < h->row; i++) panel[i * h->panel] = row[i];
    }
}

// Values as panels of the product with the weights of the tokens.
static void pack_values(const head *h, const float *v, size_t stride, size_t tokens, size_t width, int is_paired) {
    for (size_t first = 0; first < width; first += h->panel) {
        const size_t count = width - first < h->panel ? width - first : h->panel;
        float *row = h->values + first * h->sums;
        for (size_t t = 0; t < tokens; t += is_paired ? 2 : 1, row += h->panel) {
            const float *source = v + t * stride + first;
            if (is_paired)
                kernel_bfloat16_rows(source, t + 1 < tokens ? source + stride : 0, row, count);
            else
                memcpy(row, source, count * sizeof(float));
            memset(row + count, 0, (h->panel - count) * sizeof(float));
        }
    }
}

// `count` rows as a factor: where they are, or rounded to pairs in `factors`. The last stands for those that a tile lacks.
static void point(const head *h, const float *x, size_t stride, size_t count, size_t width, int is_paired,
                  const float **rows) {
    const size_t slots = (width + 1) / 2;
    for (size_t r = 0; r < whole(count, h->height); r++) {
        const size_t row = r < count ? r : count - 1;
        rows[r] = is_paired ? h->factors + row * slots : x + row * stride;
        if (is_paired && r < count) kernel_bfloat16(x + r * stride, h->factors + r * slots, width);
    }
}

void kernel_attention(const float *q, const float *k, const float *v, size_t stride, size_t tokens, size_t asking,
                      size_t width, int is_causal, int is_paired, float *context, size_t context_stride,
                      float *scratch) {
    head h = head_of(tokens, width, is_paired);
    h.keys = scratch;
    h.values = h.keys + h.tokens * h.row;
    h.scores = h.values + h.width * h.sums;
    h.factors = h.scores + ROWS * h.tokens;
    const float scale = 1.0f / __builtin_sqrtf((float)width);
    pack_keys(&h, k, stride, tokens, width, is_paired);
    pack_values(&h, v, stride, tokens, width, is_paired);

    const float *rows[ROWS];
    for (size_t first = 0; first < asking; first += ROWS) {
        const size_t count = asking - first < ROWS ? asking - first : ROWS;
        // Later tokens are not seen by these.
        const size_t seen = is_causal ? first + count : tokens;
        point(&h, q + first * stride, stride, count, width, is_paired, rows);
        kernel_gemm_job job = {.width = h.panel, .is_paired = is_paired, .rows = rows, .m = count, .taps = 1, .run = h.row,
                               .panels = h.keys, .n = h.tokens, .c = h.scores, .stride = h.tokens};
        kernel_gemm(&job, 0, whole(seen, h.panel) / h.panel);
        for (size_t r = 0; r < count; r++) {
            float *row = h.scores + r * h.tokens;
            const size_t sees = is_causal ? first + r + 1 : tokens;
            kernel_scaled_softmax(row, 1, sees, h.tokens, scale);
            memset(row + sees, 0, (tokens - sees) * sizeof(float));
        }
        point(&h, h.scores, h.tokens, count, tokens, is_paired, rows);
        job = (kernel_gemm_job){.width = h.panel, .is_paired = is_paired, .rows = rows, .m = count, .taps = 1, .run = h.sums,
                                .panels = h.values, .n = width, .c = context + first * context_stride,
                                .stride = context_stride};
        kernel_gemm(&job, 0, h.width / h.panel);
    }
}
