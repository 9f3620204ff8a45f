#pragma once
#include <stdbool.h>
#include <stddef.h>

// The name of the file that is mapped at an address, control characters as "?"; false if none is. Safe in a signal handler.
bool mapped_file(const void *address, char *name, size_t capacity);
