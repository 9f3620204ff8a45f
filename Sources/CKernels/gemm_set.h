// All that gemm.c compiles for each instruction set.
#include "gemm_tile.h"
#include "winograd_tile.h"

#undef GEMM_WIDTH
#undef GEMM
#undef GEMM_TARGET
#undef GEMM_LANES
#undef GEMM_ROWS
#undef GEMM_ADD
#undef GEMM_SLOTS
#undef GEMM_FACTOR
