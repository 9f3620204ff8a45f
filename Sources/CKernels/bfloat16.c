#include "CKernels.h"
#include "dispatched.h"

#if HAS_AVX512
#include <immintrin.h>
#define TARGET __attribute__((target("avx512bf16,avx512f,avx512vl,avx512bw")))

int kernel_has_bfloat16(void) { return __builtin_cpu_supports("avx512bf16") && kernel_gemm_best().width == 32; }

TARGET static __mmask16 lanes(size_t count) { return count < 16 ? (1u << count) - 1 : 0xffff; }

TARGET void kernel_bfloat16(const float *x, float *pairs, size_t count) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32)
        _mm512_storeu_ps(pairs + i / 2,
                         (__m512)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(x + i)));
    if (i == count) return;
    const size_t left = count - i;
    const __m512 low = _mm512_maskz_loadu_ps(lanes(left), x + i);
    const __m512 high = left > 16 ? _mm512_maskz_loadu_ps(lanes(left - 16), x + i + 16) : _mm512_setzero_ps();
    _mm512_mask_storeu_ps(pairs + i / 2, lanes((left + 1) / 2), (__m512)_mm512_cvtne2ps_pbh(high, low));
}

TARGET void kernel_bfloat16_rows(const float *first, const float *second, float *pairs, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        const __mmask16 mask = lanes(count - i);
        const __m512 high = second ? _mm512_maskz_loadu_ps(mask, second + i) : _mm512_setzero_ps();
        const __m512i a = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, first + i)));
        const __m512i b = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(high));
        _mm512_mask_storeu_epi32(pairs + i, mask, _mm512_or_si512(a, _mm512_slli_epi32(b, 16)));
    }
}
#else
int kernel_has_bfloat16(void) { return 0; }
void kernel_bfloat16(const float *x, float *pairs, size_t count) { __builtin_trap(); }
void kernel_bfloat16_rows(const float *first, const float *second, float *pairs, size_t count) { __builtin_trap(); }
#endif
