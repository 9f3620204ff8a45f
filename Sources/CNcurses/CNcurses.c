#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "CNcurses.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <term.h>
#undef columns // a macro of term.h, and a word of ours
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static FILE *input_file, *output_file;

enum terminal_opening terminal_open(const char *name, int input, int output) {
    // setupterm looks the terminal up without sending anything; newterm would send first.
    int status = 0;
    if (setupterm(name, output, &status) != OK) return TERMINAL_UNKNOWN;
    const char *position = tigetstr("cup");
    bool can_position = position && position != (char *)-1;
    del_curterm(cur_term);
    if (!can_position) return TERMINAL_CANNOT_POSITION;
    input_file = fdopen(dup(input), "r");
    output_file = fdopen(dup(output), "w");
    screen = input_file && output_file ? newterm(name, output_file, input_file) : NULL;
    if (!screen) {
        if (input_file) fclose(input_file);
        if (output_file) fclose(output_file);
        return TERMINAL_UNKNOWN;
    }
    raw(); // Ctrl-C, Ctrl-Q, Ctrl-S and Ctrl-Z are keys here
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
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
    flushinp(); // a late answer of the terminal is nothing for the shell
    endwin();
    delscreen(screen);
    screen = NULL;
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
    char *text = tigetstr("RGB");
    return COLORS >= 1 << 24 && (tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (text && text != (char *)-1));
}

bool terminal_has_mouse(void) {
    char *text = tigetstr("kmous");
    return text && text != (char *)-1;
}

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

void terminal_define_keys(void) {
    define_key("\033[200~", TERMINAL_PASTE_START);
    define_key("\033[201~", TERMINAL_PASTE_END);
    // Reports of the mouse are read here, not by ncurses: its own decoder stops at column 223 on most terminals.
    define_key("\033[<", TERMINAL_MOUSE);
    define_key("\033]11;", TERMINAL_BACKGROUND);
    define_key("\033[1;2D", KEY_SLEFT);
    define_key("\033[1;2C", KEY_SRIGHT);
    define_key("\033[Z", KEY_BTAB);
    // Both forms of the arrows, whatever mode the terminal is in.
    define_key("\033[A", KEY_UP);
    define_key("\033[B", KEY_DOWN);
    define_key("\033[C", KEY_RIGHT);
    define_key("\033[D", KEY_LEFT);
    define_key("\033[H", KEY_HOME);
    define_key("\033[F", KEY_END);
    define_key("\033[1~", KEY_HOME);
    define_key("\033[4~", KEY_END);
}

int terminal_read(wint_t *key) { return get_wch(key); }

int terminal_waiting(int input) {
    int count = 0;
    return ioctl(input, FIONREAD, &count) == 0 ? count : -1;
}

int terminal_counter(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// Signals

static volatile sig_atomic_t came;
static int wake_descriptor = -1, input_descriptor = -1, output_descriptor = -1;
static struct termios original_modes;
static bool has_original_modes;
static char farewell_text[256];
static size_t farewell_length;
static const int watched[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP, SIGQUIT};
enum { WATCHED = sizeof watched / sizeof *watched, FATAL = sizeof fatal / sizeof *fatal };
static struct sigaction old_watched[WATCHED], old_fatal[FATAL];
static bool installed;
static char alternate_stack[64 * 1024];

static void restore_terminal(void) {
    size_t written = 0;
    while (written < farewell_length) {
        ssize_t n = write(output_descriptor, farewell_text + written, farewell_length - written);
        if (n <= 0) break;
        written += (size_t)n;
    }
    if (has_original_modes) tcsetattr(input_descriptor, TCSANOW, &original_modes);
}

static void note(int signal) {
    int error = errno;
    bool asked_before = came & TERMINAL_ENDED;
    switch (signal) {
    case SIGWINCH: came |= TERMINAL_RESIZED; break;
    case SIGTSTP: came |= TERMINAL_STOPPED; break;
    case SIGCONT: came |= TERMINAL_CONTINUED; break;
    default:
        came |= TERMINAL_ENDED;
        // Asked a second time while the program was too busy to hear the first: end at once.
        if (asked_before) {
            restore_terminal();
            _exit(128 + signal);
        }
    }
    uint64_t one = 1;
    if (write(wake_descriptor, &one, sizeof one) < 0) { /* the counter is full: it is awake already */ }
    errno = error;
}

static void crash(int signal) {
    restore_terminal();
    // Whoever handled it before (a backtracer, or nobody) gets it once this handler returns.
    for (int i = 0; i < FATAL; i++) {
        if (fatal[i] == signal) sigaction(signal, &old_fatal[i], NULL);
    }
    raise(signal);
}

int terminal_take_signals(void) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int taken = came;
    came = 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return taken;
}

void terminal_install_signals(int wake, int input, int output) {
    if (installed) return;
    wake_descriptor = wake;
    input_descriptor = input;
    output_descriptor = output;
    farewell_length = 0;
    has_original_modes = tcgetattr(input, &original_modes) == 0;
    came = 0;
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &old_watched[i]);
    action = (struct sigaction){.sa_handler = crash, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &old_fatal[i]);
    installed = true;
}

void terminal_remove_signals(void) {
    if (!installed) return;
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &old_watched[i], NULL);
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &old_fatal[i], NULL);
    installed = false;
}

void terminal_stop(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, ours;
    sigemptyset(&standard.sa_mask);
    sigaction(SIGTSTP, &standard, &ours);
    kill(0, SIGTSTP); // the whole job: a `make` above us stops too
    sigaction(SIGTSTP, &ours, NULL);
}

static void append(const char *text) {
    if (!text || text == (char *)-1) return;
    for (const char *p = text; *p && farewell_length < sizeof farewell_text; p++) {
        if (p[0] == '$' && p[1] == '<') { // a delay for terminals of paper: "$<2>"
            const char *end = strchr(p, '>');
            if (end) {
                p = end;
                continue;
            }
        }
        farewell_text[farewell_length++] = *p;
    }
}

void terminal_set_farewell(const char *modes) {
    farewell_length = 0;
    append(modes);
    append(tigetstr("sgr0"));
    append(tigetstr("cnorm"));
    append(tigetstr("rmkx"));
    append(tigetstr("rmcup"));
}
