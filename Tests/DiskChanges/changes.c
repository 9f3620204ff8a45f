// Loaded before a program's own libraries (LD_PRELOAD), counts the program's changes to the disk and ends it before one of them,
// as `kill -9` does. What lies on the disk after a kill at any time is what lies there between two changes.
//
//   DISK_CHANGES_END=n       ends it before the nth
//   DISK_CHANGES_COUNT=file  where the count goes: 8 bytes, in this machine's order
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_ulong own;
// In a mapped file where the count is asked for: a program that ends by `_exit` runs nothing of ours at its end.
static atomic_ulong *count = &own;
static unsigned long end;

static __attribute__((constructor)) void begin(void) {
    const char *number = getenv("DISK_CHANGES_END"), *name = getenv("DISK_CHANGES_COUNT");
    if (number) end = strtoul(number, 0, 10);
    const int file = name ? open(name, O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
    if (file < 0) return;
    if (posix_fallocate(file, 0, sizeof *count) == 0) {
        void *mapped = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) count = mapped;
    }
    close(file);
}

static void change(void) {
    if (atomic_fetch_add(count, 1) + 1 == end) kill(getpid(), SIGKILL);
}

// Not terminals, pipes and what a shell redirects.
static int is_on_disk(int file) {
    struct stat status;
    return file > 2 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

#define COUNTED(result, name, parameters, arguments, counts)            \
    result name parameters {                                            \
        static result(*_Atomic next) parameters;                        \
        if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (counts) change();                                           \
        return next arguments;                                          \
    }

COUNTED(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size), is_on_disk(file))
COUNTED(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count), is_on_disk(file))
COUNTED(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at), 1)
COUNTED(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at), 1)
COUNTED(int, ftruncate, (int file, off_t size), (file, size), 1)
COUNTED(int, ftruncate64, (int file, off64_t size), (file, size), 1)
COUNTED(int, fsync, (int file), (file), 1)
COUNTED(int, fdatasync, (int file), (file), 1)
COUNTED(int, rename, (const char *from, const char *to), (from, to), 1)
COUNTED(int, link, (const char *from, const char *to), (from, to), 1)
COUNTED(int, unlink, (const char *name), (name), 1)
COUNTED(int, mkdir, (const char *name, mode_t mode), (name, mode), 1)
