#pragma once

// The descriptor that ncurses writes to, a duplicate of the terminal's; negative while it is closed. For signal handlers.
extern volatile int screen_descriptor;
