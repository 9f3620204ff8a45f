// Products by AMX tiles on a processor without them: the instructions are done in C, all else is the program's own code, and the
// sums must be those of the product by vectors (AVX512_BF16). A row must be the same to the bit alone and among others.
//
//   clang -O1 -ISources/CKernels -ISources/CKernels/include Tests/Processors/tiles.c -lm -o tiles && ./tiles
#include <immintrin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float tiles[8][16][16];

static void load(int tile, const void *from, size_t stride) {
    for (int row = 0; row < 16; row++) memcpy(tiles[tile][row], (const char *)from + row * stride, 64);
}

static void store(int tile, void *to, size_t stride) {
    for (int row = 0; row < 16; row++) memcpy((char *)to + row * stride, tiles[tile][row], 64);
}

// One of the two values in a slot.
static float half(float slot, int isSecond) {
    unsigned bits;
    memcpy(&bits, &slot, 4);
    bits = isSecond ? bits & 0xffff0000u : bits << 16;
    memcpy(&slot, &bits, 4);
    return slot;
}

static void multiply(int c, int a, int b) {
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 16; k++)
            for (int j = 0; j < 16; j++)
                for (int second = 0; second < 2; second++)
                    tiles[c][i][j] += half(tiles[a][i][k], second) * half(tiles[b][k][j], second);
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#define _tile_loadconfig(shapes) (void)(shapes)
#define _tile_release() (void)0
#define _tile_loadd(tile, from, stride) load(tile, from, stride)
#define _tile_stored(tile, to, stride) store(tile, to, stride)
#define _tile_zero(tile) memset(tiles[tile], 0, sizeof tiles[tile])
#define _tile_dpbf16ps(c, a, b) multiply(c, a, b)
#include "../../Sources/CKernels/bfloat16.c"
#include "../../Sources/CKernels/gemm.c"

static float *values(size_t count) {
    float *x = malloc(count * sizeof(float) + 64);
    for (size_t i = 0; i < count; i++) x[i] = rand() / (float)(1u << 30) - 1;
    return x;
}

// The number of faults of one product.
static int check(size_t m, size_t run, size_t n, size_t taps, kernel_activation activation, int parts) {
    const size_t depth = taps * run, panels = (n + 31) / 32, stride = n + 3, jobTiles = (m + 7) / 8;
    float *x = values(m * depth * 2), *rounded = malloc(m * depth * 4 + 64);
    float *weights = values(panels * depth * 64), *packed = malloc(panels * depth * 128 + 64);
    kernel_bfloat16(x, rounded, m * depth * 2);
    kernel_bfloat16(weights, packed, panels * depth * 64);
    for (size_t column = n; column < panels * 32; column++)
        for (size_t k = 0; k < depth; k++) packed[(column / 32 * depth + k) * 32 + column % 32] = 0;
    const float **rows = malloc(jobTiles * 8 * taps * sizeof *rows);
    for (size_t row = 0; row < jobTiles * 8; row++)
        for (size_t tap = 0; tap < taps; tap++)
            rows[(row / 8 * taps + tap) * 8 + row % 8] = rounded + (row < m ? row : m - 1) * depth + tap * run;
    float *bias = values(n), *residual = values(m * n);
    float *byVectors = calloc(m * stride, 4), *byTiles = calloc(m * stride, 4), *alone = calloc(stride, 4);

    kernel_gemm_job job = {.width = 32, .is_paired = 1, .rows = rows, .m = m, .taps = taps, .run = run, .panels = packed,
                           .n = n, .c = byVectors, .stride = stride, .activation = activation};
    if (parts & 1) job.bias = bias;
    if (parts & 2) job.residual = residual, job.residual_stride = n;
    kernel_gemm(&job, 0, panels);
    const size_t size = amx_scratch(&job) * sizeof(float);
    job.scratch = aligned_alloc(64, size);
    // What is not written must not be read: these are no numbers.
    memset(job.scratch, 0xff, size);
    job.c = byTiles;
    kernel_gemm(&job, 0, panels);
    int faults = 0;
    // Between columns and beyond the last lies what is not the product's.
    for (size_t i = 0; i < m * stride; i++) {
        const float wanted = byVectors[i], difference = fabsf(byTiles[i] - wanted);
        faults += !(difference <= 1e-5f * sqrtf(depth) * (1 + fabsf(wanted)) && (i % stride < n || byTiles[i] == 0));
    }
    const size_t last = m - 1;
    for (size_t tap = 0; tap < taps; tap++)
        for (size_t line = 0; line < 8; line++) rows[tap * 8 + line] = rounded + last * depth + tap * run;
    job.m = 1, job.c = alone;
    if (parts & 2) job.residual = residual + last * n;
    kernel_gemm(&job, 0, panels);
    faults += memcmp(alone, byTiles + last * stride, n * sizeof(float)) != 0;
    if (faults) printf("%zu x %zu (%zu taps) x %zu, activation %d, parts %d\n", m, run, taps, n, activation, parts);

    void *all[] = {x, rounded, weights, packed, rows, bias, residual, byVectors, byTiles, alone, job.scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return faults;
}

int main(void) {
    if (!amx_is_exact()) return puts("the check at the start finds a fault"), 1;
    const size_t ms[] = {1, 8, 15, 16, 17, 32, 33, 96}, runs[] = {1, 7, 16, 24, 100}, ns[] = {1, 31, 32, 33, 100};
    int faults = 0, products = 0;
    for (size_t m = 0; m < 8; m++)
        for (size_t run = 0; run < 5; run++)
            for (size_t n = 0; n < 5; n++)
                for (size_t taps = 1; taps <= 9; taps += 8, products++)
                    faults += check(ms[m], runs[run], ns[n], taps, (kernel_activation)(products % 7), products % 4);
    printf("%d products, %d faults\n", products, faults);
    return faults > 0;
}
