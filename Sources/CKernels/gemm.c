#include "CKernels.h"

#pragma clang fp reassociate(on) contract(fast)
#include "dispatched.h"
#include "elementwise.h"
#include "winograd.h"

// Values of panels that stay in the second-level cache beside the rows that meet them.
#define GEMM_CACHED 0x10000

#if HAS_AVX512
#include <immintrin.h>

// Of pairs: a slot of 32 bits holds two bfloat16 values that follow each other in k. Their products are summed in float32.
#define GEMM(name) name##_pairs
#define GEMM_TARGET __attribute__((target("avx512bf16,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prfchw")))
#define GEMM_LANES 16
#define GEMM_ROWS 8
#define GEMM_ADD(sum, a, b) \
    (vector_pairs) _mm512_dpbf16_ps((__m512)(sum), (__m512bh)_mm512_set1_ps(a), (__m512bh)(b))
#define GEMM_SLOTS(count) ((count) / 2)
#define GEMM_FACTOR(target, values) \
    _mm256_storeu_si256((__m256i *)(target), (__m256i)_mm512_cvtneps_pbh((__m512)(values)))
#include "gemm_set.h"
#include "gemm_amx.h"

// 8 x 32 on 512-bit registers: sixteen accumulators.
#define GEMM(name) name##_avx512
#define GEMM_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prfchw")))
#define GEMM_LANES 16
#define GEMM_ROWS 8
#define GEMM_ADD(sum, a, b) ((sum) + (a) * (b))
#define GEMM_SLOTS(count) (count)
#define GEMM_FACTOR(target, values) (*(GEMM(vector) *)(target) = (values))
#include "gemm_set.h"
#else
int kernel_has_tiles(void) { return 0; }
#endif

#if defined(__x86_64__)
// 6 x 16 on 256-bit registers: twelve accumulators, two for the panel, one for the broadcast.
#define GEMM(name) name##_avx2
#define GEMM_TARGET __attribute__((target("avx2,fma")))
#define GEMM_LANES 8
#define GEMM_ROWS 6
#define GEMM_ADD(sum, a, b) ((sum) + (a) * (b))
#define GEMM_SLOTS(count) (count)
#define GEMM_FACTOR(target, values) (*(GEMM(vector) *)(target) = (values))
#include "gemm_set.h"
#endif

// 6 x 8 on 128-bit registers, as every processor has them.
#define GEMM(name) name##_any
#define GEMM_TARGET
#define GEMM_LANES 4
#define GEMM_ROWS 6
#define GEMM_ADD(sum, a, b) ((sum) + (a) * (b))
#define GEMM_SLOTS(count) (count)
#define GEMM_FACTOR(target, values) (*(GEMM(vector) *)(target) = (values))
#include "gemm_set.h"

kernel_gemm_shape kernel_gemm_choice(size_t place) {
    kernel_gemm_shape shapes[4] = {{0}};
    size_t count = 0;
#if HAS_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        shapes[count++] = (kernel_gemm_shape){8, 32};
#endif
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) shapes[count++] = (kernel_gemm_shape){6, 16};
#endif
    shapes[count++] = (kernel_gemm_shape){6, 8};
    return shapes[place < count ? place : count];
}

kernel_gemm_shape kernel_gemm_best(void) { return kernel_gemm_choice(0); }

size_t kernel_gemm_scratch(const kernel_gemm_job *job) {
#if HAS_AVX512
    if (job->is_paired && kernel_has_tiles()) return amx_scratch(job);
#endif
    return 0;
}

void kernel_gemm(const kernel_gemm_job *job, size_t first, size_t count) {
    switch (job->width) {
#if HAS_AVX512
    case 32: (job->scratch ? block_amx : job->is_paired ? block_pairs : block_avx512)(job, first, count); break;
#endif
#if defined(__x86_64__)
    case 16: block_avx2(job, first, count); break;
#endif
    default: block_any(job, first, count); break;
    }
}

size_t kernel_winograd_scratch(const kernel_winograd_job *job, size_t tiles, size_t panels) {
    const winograd_room room = room_of(job, tiles, panels);
    return 16 * (room.factor + room.product) + job->inputs;
}

void kernel_winograd(const kernel_winograd_job *job, size_t tile, size_t tiles, size_t panel, size_t panels,
                     float *scratch) {
    switch (job->width) {
#if HAS_AVX512
    case 32: (job->is_paired ? winograd_pairs : winograd_avx512)(job, tile, tiles, panel, panels, scratch); break;
#endif
#if defined(__x86_64__)
    case 16: winograd_avx2(job, tile, tiles, panel, panels, scratch); break;
#endif
    default: winograd_any(job, tile, tiles, panel, panels, scratch); break;
    }
}
