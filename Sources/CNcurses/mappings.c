// Reads /proc/self/maps without stdio or memory of the heap: lines "55d0-55e0 r--s 0000 fd:00 1234   /the/file".
#include "mappings.h"
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool mapped_file(const void *address, char *name, size_t capacity) {
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
