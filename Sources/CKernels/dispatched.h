#pragma once

// A kernel compiled for AVX-512, for AVX2 and for any processor; the loader takes the best that is there.
#if defined(__x86_64__) && defined(__linux__) && !defined(MICLIP_NO_CLONES)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif
