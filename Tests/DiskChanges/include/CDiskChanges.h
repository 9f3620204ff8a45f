// Loaded before a program's own libraries (LD_PRELOAD), counts the program's changes to the disk and ends it before one of them,
// as `kill -9` does. What lies on the disk after a kill at any time is what lies there between two changes.
//
//   DISK_CHANGES_END=n       ends it before the nth
//   DISK_CHANGES_COUNT=file  where the count goes: 8 bytes, in this machine's order
#pragma once
