#include "CKernels.h"

#pragma clang fp reassociate(on) contract(fast)
#include "elementwise.h"

// Values of k for which a panel of sixteen columns (16 KiB) stays in a first-level cache of 32 KiB.
#define GEMM_DEPTH 256

// Tokens whose scores are held at once: a multiple of every tile's rows, few enough for the second-level cache.
#define ATTENTION_ROWS 48

#if defined(__x86_64__)
// 8 x 32 on 512-bit registers: sixteen accumulators.
#define GEMM(name) name##_avx512
#define GEMM_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")))
#define GEMM_LANES 16
#define GEMM_ROWS 8
#include "gemm_tile.h"

// 6 x 16 on 256-bit registers: twelve accumulators, two for the panel, one for the broadcast.
#define GEMM(name) name##_avx2
#define GEMM_TARGET __attribute__((target("avx2,fma")))
#define GEMM_LANES 8
#define GEMM_ROWS 6
#include "gemm_tile.h"
#endif

// 6 x 8 on 128-bit registers, as every processor has them.
#define GEMM(name) name##_any
#define GEMM_TARGET
#define GEMM_LANES 4
#define GEMM_ROWS 6
#include "gemm_tile.h"

kernel_gemm_shape kernel_gemm_portable(void) { return (kernel_gemm_shape){6, 8}; }

kernel_gemm_shape kernel_gemm_best(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        return (kernel_gemm_shape){8, 32};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return (kernel_gemm_shape){6, 16};
#endif
    return kernel_gemm_portable();
}

void kernel_gemm(const kernel_gemm_job *job, size_t first, size_t count) {
    switch (job->width) {
#if defined(__x86_64__)
    case 32: block_avx512(job, first, count); break;
    case 16: block_avx2(job, first, count); break;
#endif
    default: block_any(job, first, count); break;
    }
}

size_t kernel_attention_scratch(size_t tokens, size_t width) {
    const size_t panel = kernel_gemm_best().width, padded = (tokens + panel - 1) / panel * panel;
    return padded * width + (width + panel - 1) / panel * panel * tokens + ATTENTION_ROWS * padded;
}

void kernel_attention(const float *q, const float *k, const float *v, size_t stride, size_t tokens, size_t asking,
                      size_t width, int is_causal, float *context, size_t context_stride, float *scratch) {
    const kernel_gemm_shape shape = kernel_gemm_best();
    const size_t panel = shape.width, padded = (tokens + panel - 1) / panel * panel;
    const size_t columns = (width + panel - 1) / panel;
    float *keys = scratch, *values = keys + padded * width, *scores = values + columns * panel * tokens;
    const float scale = 1.0f / __builtin_sqrtf((float)width);
    for (size_t p = 0; p < padded; p += panel)
        for (size_t j = 0; j < panel; j++)
            for (size_t i = 0; i < width; i++)
                keys[p * width + i * panel + j] = p + j < tokens ? k[(p + j) * stride + i] * scale : 0;
    for (size_t p = 0; p < columns; p++)
        for (size_t t = 0; t < tokens; t++)
            for (size_t j = 0; j < panel; j++)
                values[(p * tokens + t) * panel + j] = p * panel + j < width ? v[t * stride + p * panel + j] : 0;

    const float *rows[ATTENTION_ROWS];
    for (size_t first = 0; first < asking; first += ATTENTION_ROWS) {
        const size_t count = asking - first < ATTENTION_ROWS ? asking - first : ATTENTION_ROWS;
        const size_t tiles = (count + shape.rows - 1) / shape.rows * shape.rows;
        // Later tokens are not seen by these.
        const size_t seen = is_causal ? first + count : tokens;
        for (size_t r = 0; r < tiles; r++) rows[r] = q + (first + (r < count ? r : count - 1)) * stride;
        kernel_gemm_job job = {.width = panel, .rows = rows, .m = count, .taps = 1, .run = width, .panels = keys,
                               .n = padded, .c = scores, .stride = padded};
        kernel_gemm(&job, 0, (seen + panel - 1) / panel);
        if (is_causal) {
            for (size_t r = 0; r < count; r++) {
                float *row = scores + r * padded;
                kernel_softmax(row, 1, first + r + 1, padded);
                for (size_t c = first + r + 1; c < tokens; c++) row[c] = 0;
            }
        } else {
            kernel_softmax(scores, count, tokens, padded);
        }
        for (size_t r = 0; r < tiles; r++) rows[r] = scores + (r < count ? r : count - 1) * padded;
        job = (kernel_gemm_job){.width = panel, .rows = rows, .m = count, .taps = 1, .run = tokens, .panels = values,
                                .n = width, .c = context + first * context_stride, .stride = context_stride};
        kernel_gemm(&job, 0, columns);
    }
}
