#pragma once

// A kernel compiled for AVX-512, for AVX2 and for any processor; the loader takes the best that is there. `make bench-avx2`
// leaves AVX-512 out.
#if defined(__x86_64__) && !defined(MICLIP_NO_AVX512)
#define HAS_AVX512 1
#else
#define HAS_AVX512 0
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(MICLIP_NO_CLONES)
#if HAS_AVX512
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v3", "default")))
#endif
#else
#define DISPATCHED
#endif
