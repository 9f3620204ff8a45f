// Loaded before a program (LD_PRELOAD) by scaling.py: what its work does with more workers than this machine has cores.
//   WORKERS=N      the program is told of N processors, and so works with N threads
//   COUNTS=FILE    allocations, bytes, waits and wakes of threads (futex), locks: five numbers of 64 bits, kept up to date
//   PIECES=FILE    nothing runs side by side: every piece of every parallel loop runs on the thread that asked for it, one after
//                  the other, and when each began and ended is written down
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct { _Atomic uint64_t allocations, bytes, futexes, locks, places; } unread, *counts = &unread;

typedef struct { uint64_t nanoseconds; uint32_t kind, thread; uint64_t count; } event;
enum { RUN_BEGINS, RUN_ENDS, LOOP_BEGINS, PIECE_ENDS, LOOP_ENDS };
enum { MOST = 1 << 23 };
static event *events;

static void *mapped(const char *variable, size_t size) {
    const char *path = getenv(variable);
    if (!path) return 0;
    const int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, (off_t)size)) abort();
    void *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) abort();
    close(file);
    return memory;
}

__attribute__((constructor)) static void begin(void) {
    void *shared = mapped("COUNTS", sizeof unread);
    if (shared) counts = shared;
    events = mapped("PIECES", MOST * sizeof(event));
}

// Processors. Other libraries may ask before this one has begun.

static int workers(void) {
    const char *asked = getenv("WORKERS");
    return asked ? atoi(asked) : 0;
}

static int told(size_t size, cpu_set_t *set) {
    memset(set, 0, size);
    for (int i = 0; i < workers(); i++) CPU_SET_S(i, size, set);
    return 0;
}

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
    if (workers()) return told(size, set);
    const long result = syscall(SYS_sched_getaffinity, process, size, set);
    if (result < 0) return -1;
    memset((char *)set + result, 0, size - (size_t)result);
    return 0;
}

int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set) {
    return workers() ? told(size, set) : sched_getaffinity(0, size, set) ? errno : 0;
}

long sysconf(int name) {
    static long (*next)(int);
    if (!next) next = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
    return workers() && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) ? workers() : next(name);
}

// The group that this process is counted to has its own word on processors.
int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const int mode = va_arg(list, int);
    va_end(list);
    if (workers() && !strncmp(path, "/sys/fs/cgroup/cpu", 18)) {
        errno = ENOENT;
        return -1;
    }
    return openat(AT_FDCWD, path, flags, mode);
}

// Counts.

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

static void allocated(size_t size) {
    atomic_fetch_add_explicit(&counts->allocations, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counts->bytes, size, memory_order_relaxed);
}

void *malloc(size_t size) { allocated(size); return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { allocated(count * size); return __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { allocated(size); return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { allocated(size); return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
    allocated(size);
    return (*result = __libc_memalign(alignment, size)) ? 0 : ENOMEM;
}

// Threads wait and wake by this call, all but those of the C library's own locks.
long syscall(long number, ...) {
    static long (*next)(long, ...);
    if (!next) next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_futex) atomic_fetch_add_explicit(&counts->futexes, 1, memory_order_relaxed);
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static int (*next)(pthread_mutex_t *);
    if (!next) next = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    atomic_fetch_add_explicit(&counts->locks, 1, memory_order_relaxed);
    return next(mutex);
}

// Pieces.

static void happened(int kind, uint64_t count) {
    static _Atomic uint32_t threads = 1;
    static _Thread_local uint32_t thread;
    static _Atomic uint64_t used;
    if (!events) return;
    if (!thread) thread = atomic_fetch_add(&threads, 1);
    const uint64_t place = atomic_fetch_add_explicit(&used, 1, memory_order_relaxed);
    if (place >= MOST) abort();
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    events[place] = (event){(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, (uint32_t)kind, thread, count};
}

struct block {
    void *isa;
    int flags, reserved;
    void (*invoke)(void *, size_t);
};

void dispatch_apply(size_t count, void *queue, struct block *block) {
    if (!events) {
        static void (*next)(size_t, void *, struct block *);
        if (!next) next = (void (*)(size_t, void *, struct block *))dlsym(RTLD_NEXT, "dispatch_apply");
        next(count, queue, block);
        return;
    }
    happened(LOOP_BEGINS, count);
    for (size_t i = 0; i < count; i++) {
        block->invoke(block, i);
        happened(PIECE_ENDS, i);
    }
    happened(LOOP_ENDS, count);
}

// Lines on standard input: miclip-throughput runs once for each.
ssize_t __getdelim(char **line, size_t *size, int end, FILE *file) {
    static ssize_t (*next)(char **, size_t *, int, FILE *);
    if (!next) next = (ssize_t (*)(char **, size_t *, int, FILE *))dlsym(RTLD_NEXT, "__getdelim");
    if (file == stdin) happened(RUN_ENDS, 0);
    const ssize_t result = next(line, size, end, file);
    if (file == stdin) happened(RUN_BEGINS, 0);
    return result;
}
