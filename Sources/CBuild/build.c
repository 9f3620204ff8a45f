#include "CBuild.h"

const char *build_commit(void) { return MICLIP_COMMIT; }
