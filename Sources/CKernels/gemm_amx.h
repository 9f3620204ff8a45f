// The matrix product of bfloat16 pairs on Intel's AMX: registers of 16 rows of 64 bytes, of which one instruction multiplies two.
// Panels serve it as they are: 16 rows of a panel are two such tiles, side by side.
#define AMX_TARGET \
    __attribute__((target("amx-tile,amx-bf16,avx512bf16,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prfchw")))
// Rows of a tile as the job has them.
#define AMX_JOB_ROWS 8
#define AMX_LINE 16
#define AMX_TILE (AMX_LINE * AMX_LINE)
#define AMX_WIDTH (2 * AMX_LINE)

typedef struct {
    unsigned char palette, start, none[14];
    unsigned short bytes[16];
    unsigned char rows[16];
} amx_shapes;

static size_t amx_tiles(size_t count) { return (count + AMX_LINE - 1) / AMX_LINE; }

// What `amx_pack` fills.
static size_t amx_scratch(const kernel_gemm_job *job) {
    return amx_tiles(job->m) * amx_tiles(job->taps * job->run) * AMX_TILE;
}

// Rows of a as tiles, [ceil(m / 16)][ceil(depth / 16)][16][16], zero beyond the depth and the rows.
AMX_TARGET static void amx_pack(const kernel_gemm_job *job, size_t blocks, float *packed) {
    const size_t lines = amx_tiles(job->m) * AMX_LINE;
    for (size_t row = 0; row < lines; row++) {
        float *line = packed + row / AMX_LINE * blocks * AMX_TILE + row % AMX_LINE * AMX_LINE;
        // The last block is written whole, then as far as there is something.
        _mm512_storeu_ps(line + (blocks - 1) * AMX_TILE, _mm512_setzero_ps());
        if (row >= job->m) {
            for (size_t block = 0; block + 1 < blocks; block++)
                _mm512_storeu_ps(line + block * AMX_TILE, _mm512_setzero_ps());
            continue;
        }
        const float *const *runs = job->rows + row / AMX_JOB_ROWS * job->taps * AMX_JOB_ROWS + row % AMX_JOB_ROWS;
        size_t slot = 0;
        for (size_t tap = 0; tap < job->taps; tap++)
            for (size_t k = 0, part; k < job->run; k += part, slot += part) {
                const size_t place = slot % AMX_LINE, room = AMX_LINE - place, left = job->run - k;
                part = left < room ? left : room;
                const __mmask16 mask = (__mmask16)((1u << part) - 1);
                _mm512_mask_storeu_ps(line + slot / AMX_LINE * AMX_TILE + place, mask,
                                      _mm512_maskz_loadu_ps(mask, runs[tap * AMX_JOB_ROWS] + k));
            }
    }
}

// sums[32][32] = a · panel, or its first 16 rows where `more` is null. `last` stands for the panel's last block.
AMX_TARGET static void amx_product(const float *a, const float *more, const float *panel, const float *last, size_t blocks,
                                   float *sums) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t block = 0; block < blocks; block++) {
        const float *b = block + 1 < blocks ? panel + block * AMX_LINE * AMX_WIDTH : last;
        _tile_loadd(4, a + block * AMX_TILE, AMX_LINE * 4);
        _tile_loadd(6, b, AMX_WIDTH * 4);
        _tile_loadd(7, b + AMX_LINE, AMX_WIDTH * 4);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        if (!more) continue;
        _tile_loadd(5, more + block * AMX_TILE, AMX_LINE * 4);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, AMX_WIDTH * 4);
    _tile_stored(1, sums + AMX_LINE, AMX_WIDTH * 4);
    if (!more) return;
    _tile_stored(2, sums + AMX_LINE * AMX_WIDTH, AMX_WIDTH * 4);
    _tile_stored(3, sums + AMX_LINE * AMX_WIDTH + AMX_LINE, AMX_WIDTH * 4);
}

// One row of sums, to its end.
AMX_TARGET static void amx_end(const kernel_gemm_job *job, size_t row, size_t column, size_t columns, const float *sums) {
    float *restrict c = job->c + row * job->stride + column;
    const float *bias = job->bias ? job->bias + column : 0;
    const float *residual = job->residual ? job->residual + row * job->residual_stride + column : 0;
    for (size_t j = 0; j < columns; j += AMX_LINE) {
        const __mmask16 mask = columns - j < AMX_LINE ? (__mmask16)((1u << (columns - j)) - 1) : 0xffff;
        vector_pairs sum = (vector_pairs)_mm512_loadu_ps(sums + j);
        if (bias) sum += (vector_pairs)_mm512_maskz_loadu_ps(mask, bias + j);
        if (residual) sum += (vector_pairs)_mm512_maskz_loadu_ps(mask, residual + j);
        if (job->activation == kernel_relu) sum = rectified_pairs(sum);
        _mm512_mask_storeu_ps(c + j, mask, (__m512)sum);
    }
    if (job->activation > kernel_relu) activate_pairs(c, columns, job->activation);
}

AMX_TARGET static void block_amx(const kernel_gemm_job *job, size_t first, size_t count) {
    const size_t depth = job->taps * job->run, blocks = amx_tiles(depth);
    const size_t full = depth / AMX_LINE * AMX_LINE;
    float sums[2 * AMX_LINE * AMX_WIDTH], rest[AMX_LINE * AMX_WIDTH];
    amx_shapes shapes = {.palette = 1};
    for (int t = 0; t < 8; t++) {
        shapes.bytes[t] = AMX_LINE * 4;
        shapes.rows[t] = AMX_LINE;
    }
    _tile_loadconfig(&shapes);
    amx_pack(job, blocks, job->scratch);
    for (size_t p = first; p < first + count; p++) {
        const float *panel = job->panels + p * depth * AMX_WIDTH;
        const float *last = panel + (blocks - 1) * AMX_LINE * AMX_WIDTH;
        if (full < depth) {
            for (size_t i = 0; i < AMX_LINE * AMX_WIDTH; i++) rest[i] = full * AMX_WIDTH + i < depth * AMX_WIDTH ? last[i] : 0;
            last = rest;
        }
        const size_t column = p * AMX_WIDTH;
        const size_t columns = job->n - column < AMX_WIDTH ? job->n - column : AMX_WIDTH;
        for (size_t row = 0; row < job->m; row += 2 * AMX_LINE) {
            const float *a = job->scratch + row / AMX_LINE * blocks * AMX_TILE;
            amx_product(a, row + AMX_LINE < job->m ? a + blocks * AMX_TILE : 0, panel, last, blocks, sums);
            const size_t rows = job->m - row < 2 * AMX_LINE ? job->m - row : 2 * AMX_LINE;
            for (size_t r = 0; r < rows; r++) amx_end(job, row + r, column, columns, sums + r * AMX_WIDTH);
        }
    }
    _tile_release();
}

#if defined(__linux__)
#include <cpuid.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Whether the processor has AMX_TILE and AMX_BF16, and the system agrees to save the tiles of this process's threads.
static int amx_is_granted(void) {
    unsigned a, b, c, d;
    if (!kernel_has_bfloat16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d >> 22 & 1) || !(d >> 24 & 1)) return 0;
    const long request = 0x1023, tiles = 18;
    return syscall(SYS_arch_prctl, request, tiles) == 0;
}

// Whether tiles multiply as vectors do: more than one of each kind, of small whole numbers, whose sums are exact.
static int amx_is_exact(void) {
    enum { rows = 17, slots = 20, columns = 33, panels = 2 };
    float values[2 * rows * slots], a[rows * slots], weights[2 * panels * slots * AMX_WIDTH], b[panels * slots * AMX_WIDTH];
    float byVectors[rows * columns], byTiles[rows * columns];
    _Alignas(64) float scratch[2 * AMX_LINE * 2 * AMX_LINE];
    for (int i = 0; i < 2 * rows * slots; i++) values[i] = (float)(i * 7 % 11 - 5);
    for (int i = 0; i < 2 * panels * slots * AMX_WIDTH; i++) weights[i] = (float)(i * 5 % 13 - 6);
    kernel_bfloat16(values, a, 2 * rows * slots);
    kernel_bfloat16(weights, b, 2 * panels * slots * AMX_WIDTH);
    const float *lines[24];
    for (int row = 0; row < 24; row++) lines[row] = a + (row < rows ? row : 0) * slots;
    kernel_gemm_job job = {.width = AMX_WIDTH, .is_paired = 1, .rows = lines, .m = rows, .taps = 1, .run = slots,
                           .panels = b, .n = columns, .c = byVectors, .stride = columns};
    block_pairs(&job, 0, panels);
    job.c = byTiles, job.scratch = scratch;
    block_amx(&job, 0, panels);
    return memcmp(byVectors, byTiles, sizeof byTiles) == 0;
}

int kernel_has_tiles(void) {
    // Whoever asks at the same time finds the same. 0: not asked yet.
    static _Atomic int known;
    if (!known) known = amx_is_granted() && amx_is_exact() ? 1 : -1;
    return known > 0;
}
#else
int kernel_has_tiles(void) { return 0; }
#endif
