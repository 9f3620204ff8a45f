#include "CKernels.h"
#include <stdint.h>
#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>

void kernel_prefer_large_pages(void *memory, size_t size) {
    const uintptr_t page = 2 << 20, start = ((uintptr_t)memory + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)memory + size) / page * page;
    // Refused where the system has none: then pages are as they were.
    if (start < end) (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}
#else
void kernel_prefer_large_pages(void *memory, size_t size) {}
#endif

#if defined(__GLIBC__)
#include <malloc.h>

void kernel_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, KERNEL_LARGE_BLOCK);
    mallopt(M_TRIM_THRESHOLD, 2 * KERNEL_LARGE_BLOCK);
}

void kernel_share_freed_memory(void) { mallopt(M_ARENA_MAX, 1); }
#else
void kernel_keep_freed_memory(void) {}
void kernel_share_freed_memory(void) {}
#endif
