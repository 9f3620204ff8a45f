#pragma once

// From now on, reading a mapped file where it was cut short ends the program with status 74 and one line on standard error:
// `before`, the file's name, `after`, each cut to what fits. Any other bus error goes to whoever handled it before.
void mappings_watch(const char *before, const char *after);
