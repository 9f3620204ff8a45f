#pragma once
// The smallest shim over ncursesw: what Swift cannot import (macros, mutable globals) and what must be C (signals).
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum terminal_opening {
    TERMINAL_OPEN,
    TERMINAL_UNKNOWN,        // no such terminal in the database
    TERMINAL_CANNOT_POSITION // known, but cannot move its cursor (dumb)
};

// Starts ncurses on two descriptors. Nothing is sent unless it succeeds.
enum terminal_opening terminal_open(const char *name, int input, int output);
// Ends ncurses and frees its screen.
void terminal_close(void);

// Sets the locale from the environment, or C.UTF-8 where the environment says nothing; true if it is UTF-8.
bool terminal_set_locale(void);

int terminal_colors(void);
int terminal_pairs(void);
bool terminal_has_direct_color(void);
bool terminal_has_mouse(void);
// A yes or no of the terminal database ("xenl").
bool terminal_flag(const char *name);
// Bits of terminal_put's `attributes`.
enum { TERMINAL_BOLD = 1, TERMINAL_DIM = 2, TERMINAL_UNDERLINE = 4, TERMINAL_REVERSE = 8 };
// One character, base and combining marks, zero-terminated.
void terminal_put(int row, int column, const wchar_t *text, int attributes, int pair);
void terminal_show_cursor(int row, int column);
void terminal_hide_cursor(void);
void terminal_erase_all(void);
void terminal_refresh(void);
// Columns the C library (and so ncurses) gives a scalar; -1 if it cannot be printed.
int terminal_width(wchar_t scalar);

// The window's extent from the kernel; zeros if it does not know.
void terminal_window_size(int output, int *columns, int *rows);
void terminal_resize(int columns, int rows);

// What the terminal sends for a key of the terminal database ("kcuu1"); NULL if it does not say.
const char *terminal_key_sequence(const char *name);
// The character of a byte in the locale, where a byte is a character; negative otherwise.
int terminal_character(unsigned char byte);

// A new eventfd that never blocks; negative if there is none to be had.
int terminal_counter(void);

// Signals: what came in since the last call, as bits. Each also writes to `wake`, an eventfd.
enum { TERMINAL_RESIZED = 1, TERMINAL_ENDED = 2, TERMINAL_STOPPED = 4, TERMINAL_CONTINUED = 8 };
int terminal_take_signals(void);
// The first signal that asked the program to end; 0 if none did. A second one ends it within a second, come what may.
int terminal_ending_signal(void);
// Installs handlers and remembers the terminal's modes, to which fatal signals go back before they kill.
void terminal_install_signals(int wake, int input, int output);
// What fatal signals send first: `modes`, then what leaves the alternate screen and shows the cursor.
void terminal_set_farewell(const char *modes);
// The line told, around the name of the file, when a mapped file turns out shorter than it was (SIGBUS); the program
// then ends with status 74. Cut to what fits.
void terminal_set_truncation_line(const char *before, const char *after);
void terminal_remove_signals(void);
// Stops the process group as Ctrl-Z would, and returns when it is continued.
void terminal_stop(void);
