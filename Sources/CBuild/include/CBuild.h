#pragma once

// The commit this was built from, with a + where files had changed since; empty where the build was not told.
const char *build_commit(void);
