// What signals do while the program has the terminal. Handlers call only what is safe in one, and never wait for the line.
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "CNcurses.h"
#include "screen.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <term.h>
#undef columns // a macro of term.h, and a word of ours
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t came, ending;
static int wake_descriptor = -1, input_descriptor = -1, output_descriptor = -1;
static struct termios original_modes;
static bool has_original_modes;
static char farewell_text[256];
static size_t farewell_length;
static const int watched[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGALRM};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP};
enum { WATCHED = sizeof watched / sizeof *watched, FATAL = sizeof fatal / sizeof *fatal };
static struct sigaction old_watched[WATCHED], old_fatal[FATAL];
static bool installed;
static char alternate_stack[64 * 1024];

// False if the line did not take it all: it is stopped (Ctrl-S), or nobody reads at its other end.
static bool send_farewell(int line) {
    size_t sent = 0;
    int patience = 20;
    while (sent < farewell_length) {
        ssize_t n = write(line, farewell_text + sent, farewell_length - sent);
        if (n > 0) {
            sent += (size_t)n;
        } else if (errno == EAGAIN && patience-- > 0) {
            poll(NULL, 0, 5); // another thread is in the midst of a frame, or the line is full
        } else if (errno != EINTR) {
            break;
        }
    }
    return sent == farewell_length;
}

// Gives the terminal back for good: what another thread still draws goes nowhere, and one that comes here too waits for
// the end.
static void restore_terminal(void) {
    static atomic_flag restoring = ATOMIC_FLAG_INIT;
    static _Thread_local volatile bool is_ours;
    if (is_ours) return; // a crash after a crash
    while (atomic_flag_test_and_set(&restoring)) pause();
    is_ours = true;
    int keyboard = dup(input_descriptor), line = dup(output_descriptor);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (line < 0 || nowhere < 0) {
        line = output_descriptor;
    } else {
        if (screen_descriptor >= 0) dup2(nowhere, screen_descriptor);
        dup2(nowhere, output_descriptor);
    }
    int flags = fcntl(line, F_GETFL);
    if (flags >= 0) fcntl(line, F_SETFL, flags | O_NONBLOCK);
    if (!send_farewell(line)) {
        tcflush(line, TCOFLUSH); // half a frame, which nobody has seen
        send_farewell(line);
    }
    if (has_original_modes) tcsetattr(keyboard, TCSANOW, &original_modes);
    // The shell shares this description of the terminal.
    if (flags >= 0) fcntl(line, F_SETFL, flags);
}

static void note(int signal) {
    int error = errno;
    switch (signal) {
    case SIGWINCH: came |= TERMINAL_RESIZED; break;
    case SIGTSTP: came |= TERMINAL_STOPPED; break;
    case SIGCONT: came |= TERMINAL_CONTINUED; break;
    case SIGALRM:
        // Asked twice, and still here: the program waits for a line that is stuck.
        restore_terminal();
        _exit(128 + ending);
    default:
        came |= TERMINAL_ENDED;
        if (!ending) {
            ending = signal;
        } else {
            // A hangup is often told twice at once, by the kernel and by the shell: leave the time to save.
            struct itimerval soon = {.it_value = {.tv_usec = 700000}};
            struct itimerval left;
            if (getitimer(ITIMER_REAL, &left) == 0 && !left.it_value.tv_sec && !left.it_value.tv_usec)
                setitimer(ITIMER_REAL, &soon, NULL);
        }
    }
    uint64_t one = 1;
    if (write(wake_descriptor, &one, sizeof one) < 0) { /* the counter is full: it is awake already */ }
    errno = error;
}

static void crash(int signal, siginfo_t *info, void *context) {
    (void)context;
    restore_terminal();
    // Whoever handled it before (a backtracer, what tells of mapped files, or nobody) gets it once this handler returns: the
    // faulting instruction comes again, with all that is known of the fault; what somebody sent does not.
    for (int i = 0; i < FATAL; i++) {
        if (fatal[i] == signal) sigaction(signal, &old_fatal[i], NULL);
    }
    if (info->si_code <= 0) raise(signal);
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

int terminal_ending_signal(void) { return ending; }

void terminal_install_signals(int wake, int input, int output) {
    if (installed) return;
    wake_descriptor = wake;
    input_descriptor = input;
    output_descriptor = output;
    farewell_length = 0;
    has_original_modes = tcgetattr(input, &original_modes) == 0;
    came = 0;
    ending = 0;
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &action, &old_watched[i]);
    action = (struct sigaction){.sa_sigaction = crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &old_fatal[i]);
    installed = true;
}

void terminal_remove_signals(void) {
    if (!installed) return;
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
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
