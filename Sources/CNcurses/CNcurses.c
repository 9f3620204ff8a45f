#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "CNcurses.h"
#include "screen.h"
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <term.h>
#undef columns // a macro of term.h, and a word of ours
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static FILE *input_file, *output_file;
volatile int screen_descriptor = -1;

enum terminal_opening terminal_open(const char *name, int input, int output) {
    // setupterm looks the terminal up without sending anything; newterm would send first.
    int status = 0;
    if (setupterm(name, output, &status) != OK) return TERMINAL_UNKNOWN;
    const char *position = tigetstr("cup");
    bool can_position = position && position != (char *)-1;
    del_curterm(cur_term);
    if (!can_position) return TERMINAL_CANNOT_POSITION;
    struct winsize window = {0};
    if (ioctl(output, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 && window.ws_row > 0) {
        // LINES and COLUMNS of the environment were true of another window; the kernel knows this one.
        use_env(FALSE);
        use_tioctl(TRUE);
    }
    input_file = fdopen(dup(input), "r");
    output_file = fdopen(dup(output), "w");
    screen = input_file && output_file ? newterm(name, output_file, input_file) : NULL;
    if (!screen) {
        if (input_file) fclose(input_file);
        if (output_file) fclose(output_file);
        return TERMINAL_UNKNOWN;
    }
    screen_descriptor = fileno(output_file);
    raw(); // Ctrl-C, Ctrl-Q, Ctrl-S and Ctrl-Z are keys here
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    // Keys are decoded by InputDecoder, in either mode of the keypad. The terminal's own mode is left alone, as in it a
    // keypad writes digits; but a terminal with arrows of its own may send them in the other mode only.
    const char *up = tigetstr("kcuu1");
    bool is_ansi = !up || up == (char *)-1 || strcmp(up, "\033[A") == 0 || strcmp(up, "\033OA") == 0;
    keypad(stdscr, !is_ansi);
    typeahead(-1); // input is not read through ncurses, which must not wait for it
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    return TERMINAL_OPEN;
}

void terminal_close(void) {
    if (!screen) return;
    endwin();
    delscreen(screen);
    screen = NULL;
    screen_descriptor = -1;
    fclose(input_file);
    fclose(output_file);
}

bool terminal_set_locale(void) {
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    bool said = false;
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) said = true;
    }
    // Numbers keep the C locale: only characters are a matter of the terminal.
    if (!said || !setlocale(LC_CTYPE, "")) setlocale(LC_CTYPE, "C.UTF-8");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int terminal_colors(void) { return has_colors() ? COLORS : 0; }

int terminal_pairs(void) { return has_colors() ? COLOR_PAIRS : 0; }

bool terminal_has_direct_color(void) {
    // tmux' own name for the same, which says nothing of the number of colours.
    if (tigetflag("Tc") > 0) return true;
    char *text = tigetstr("RGB");
    return COLORS >= 1 << 24 && (tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (text && text != (char *)-1));
}

bool terminal_has_mouse(void) {
    char *text = tigetstr("kmous");
    return text && text != (char *)-1;
}

bool terminal_flag(const char *name) { return tigetflag((char *)name) > 0; }

void terminal_put(int row, int column, const wchar_t *text, int attributes, int pair) {
    attr_t all = A_NORMAL;
    if (attributes & TERMINAL_BOLD) all |= A_BOLD;
    if (attributes & TERMINAL_DIM) all |= A_DIM;
    if (attributes & TERMINAL_UNDERLINE) all |= A_UNDERLINE;
    if (attributes & TERMINAL_REVERSE) all |= A_REVERSE;
    cchar_t cell;
    // The extended pair goes by the last argument; the short one cannot count far enough.
    if (setcchar(&cell, text, all, 0, &pair) == OK) mvadd_wch(row, column, &cell);
}

void terminal_show_cursor(int row, int column) {
    curs_set(1);
    move(row, column);
}

void terminal_hide_cursor(void) { curs_set(0); }

void terminal_erase_all(void) {
    erase();
    clearok(curscr, TRUE);
}

void terminal_refresh(void) { refresh(); }

int terminal_width(wchar_t scalar) { return wcwidth(scalar); }

void terminal_window_size(int output, int *columns, int *rows) {
    struct winsize window = {0};
    if (ioctl(output, TIOCGWINSZ, &window) != 0) window = (struct winsize){0};
    *columns = window.ws_col;
    *rows = window.ws_row;
    if (screen && (*columns == 0 || *rows == 0)) getmaxyx(stdscr, *rows, *columns);
}

void terminal_resize(int columns, int rows) { resize_term(rows, columns); }

const char *terminal_key_sequence(const char *name) {
    const char *text = tigetstr(name);
    return text && text != (char *)-1 ? text : NULL;
}

int terminal_character(unsigned char byte) {
    wint_t character = btowc(byte);
    return character == WEOF ? -1 : (int)character;
}

int terminal_counter(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
