#include "CKernels.h"

#pragma clang fp reassociate(on) contract(fast)
#include "elementwise.h"

// Values of k for which a panel of sixteen columns (16 KiB) stays in a first-level cache of 32 KiB.
#define GEMM_DEPTH 256

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

kernel_gemm_shape kernel_gemm_best(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        return (kernel_gemm_shape){8, 32};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return (kernel_gemm_shape){6, 16};
#endif
    return (kernel_gemm_shape){6, 8};
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
