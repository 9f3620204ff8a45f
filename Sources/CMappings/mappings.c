// Files cut short while they are mapped: reading beyond their new end is a bus error, which is told as what it is.
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "CMappings.h"
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_IO = 74 }; // sysexits.h

static char told_before[256], told_after[256];
static struct sigaction old_action;

static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The name of the file that is mapped at an address, control characters as "?"; false if none is. Reads /proc/self/maps
// without stdio or memory of the heap, as a signal handler must: lines "55d0-55e0 r--s 0000 fd:00 1234   /the/file".
static bool mapped_file(const void *address, char *name, size_t capacity) {
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (maps < 0) return false;
    enum { FROM, TO, MIDDLE, NAME } part = FROM;
    uintptr_t from = 0, to = 0, sought = (uintptr_t)address;
    size_t length = 0;
    char block[1024];
    ssize_t count;
    while ((count = read(maps, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            char c = block[i];
            if (c == '\n') {
                if (length > 0 && from <= sought && sought < to) {
                    name[length] = 0;
                    close(maps);
                    return true;
                }
                part = FROM;
                from = to = length = 0;
            } else if (part == FROM) {
                if (c == '-') part = TO;
                else from = from << 4 | (uintptr_t)hexadecimal(c);
            } else if (part == TO) {
                if (c == ' ') part = MIDDLE;
                else to = to << 4 | (uintptr_t)hexadecimal(c);
            } else {
                if (c == '/') part = NAME; // "[stack]" and its like are no files
                if (part == NAME && length + 1 < capacity) name[length++] = (unsigned char)c < ' ' || c == 127 ? '?' : c;
            }
        }
    }
    close(maps);
    return false;
}

static void put_error(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) { /* nobody to tell */ }
}

static void bus_error(int signal, siginfo_t *info, void *context) {
    (void)context;
    char file[512];
    if (info->si_code == BUS_ADRERR && mapped_file(info->si_addr, file, sizeof file)) {
        put_error(told_before);
        put_error(file);
        put_error(told_after);
        _exit(STATUS_IO);
    }
    sigaction(signal, &old_action, NULL); // the faulting instruction comes again
    if (info->si_code <= 0) raise(signal); // but for what somebody sent
}

void mappings_watch(const char *before, const char *after) {
    strncpy(told_before, before, sizeof told_before - 1);
    strncpy(told_after, after, sizeof told_after - 1);
    struct sigaction action = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &old_action);
}
