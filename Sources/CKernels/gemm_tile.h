// The matrix product's inner part for one instruction set. Included once for each by gemm.c, which defines
//   GEMM(name)      the name of a function for this instruction set
//   GEMM_TARGET     the attribute that turns the instruction set on
//   GEMM_LANES      floats in a vector register
//   GEMM_ROWS       rows of a tile; with the two vectors of its width, the accumulators fill the registers
//   GEMM_DEPTH      values of k for which a panel stays in the first-level cache
//   GEMM_ADD(sum, a, b)   sum + a · b, of the scalar a with each lane of the vector b
#define GEMM_WIDTH (2 * GEMM_LANES)

typedef float GEMM(vector) __attribute__((vector_size(GEMM_LANES * 4), aligned(4), may_alias));
typedef int GEMM(bits) __attribute__((vector_size(GEMM_LANES * 4)));

// What happens to a tile of sums: y = activation(y + bias + residual).
typedef struct {
    const float *bias, *residual;
    size_t residual_stride;
    kernel_activation activation;
} GEMM(ending);

// c[ROWS][WIDTH] (+)= rows · panel over `taps` runs of `run` values. The order of the sums is that of k, whatever the
// blocking: a partial sum kept in c goes on exactly where it stopped. `ending` is null until the last of them.
GEMM_TARGET static void GEMM(tile)(const float *const *rows, size_t taps, size_t offset, size_t run,
                                   const float *restrict panel, float *restrict c, size_t stride, int continues,
                                   const GEMM(ending) *ending) {
    GEMM(vector) sums[GEMM_ROWS][2];
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int v = 0; v < 2; v++)
            sums[r][v] = continues ? *(GEMM(vector) *)(c + r * stride + v * GEMM_LANES) : (GEMM(vector)){0};
    for (size_t tap = 0; tap < taps; tap++, rows += GEMM_ROWS) {
        const float *a[GEMM_ROWS];
        for (int r = 0; r < GEMM_ROWS; r++) a[r] = rows[r] + offset;
        for (size_t k = 0; k < run; k++, panel += GEMM_WIDTH) {
            // Weights that are read once, for few rows, come from memory: asked for two dozen steps ahead.
            for (int line = 0; line < GEMM_WIDTH; line += 16) __builtin_prefetch(panel + 24 * GEMM_WIDTH + line);
            GEMM(vector) b0 = *(GEMM(vector) *)panel, b1 = *(GEMM(vector) *)(panel + GEMM_LANES);
            for (int r = 0; r < GEMM_ROWS; r++) {
                sums[r][0] = GEMM_ADD(sums[r][0], a[r][k], b0);
                sums[r][1] = GEMM_ADD(sums[r][1], a[r][k], b1);
            }
        }
    }
    if (ending && ending->bias)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++) sums[r][v] += *(GEMM(vector) *)(ending->bias + v * GEMM_LANES);
    if (ending && ending->residual)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++)
                sums[r][v] += *(GEMM(vector) *)(ending->residual + r * ending->residual_stride + v * GEMM_LANES);
    // A mask, not a maximum, so that NaN stays.
    if (ending && ending->activation == kernel_relu)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++)
                sums[r][v] = (GEMM(vector))((GEMM(bits))sums[r][v] & ~(sums[r][v] < (GEMM(vector)){0}));
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int v = 0; v < 2; v++) *(GEMM(vector) *)(c + r * stride + v * GEMM_LANES) = sums[r][v];
    if (!ending || ending->activation <= kernel_relu) return;
    for (int r = 0; r < GEMM_ROWS; r++) {
        float *restrict y = c + r * stride;
        if (ending->activation == kernel_gelu_exact)
            for (size_t j = 0; j < GEMM_WIDTH; j++) y[j] = gelu(y[j]);
        else if (ending->activation == kernel_gelu_sigmoid)
            for (size_t j = 0; j < GEMM_WIDTH; j++) y[j] = quick_gelu(y[j]);
        else if (ending->activation == kernel_gelu_tanh)
            for (size_t j = 0; j < GEMM_WIDTH; j++) y[j] = gelu_tanh(y[j]);
        else if (ending->activation == kernel_silu)
            for (size_t j = 0; j < GEMM_WIDTH; j++) y[j] = silu(y[j]);
        else
            for (size_t j = 0; j < GEMM_WIDTH; j++) y[j] = relu6(y[j]);
    }
}

// The part of a tile that exists, beside zeros, or back.
static void GEMM(copy)(const float *from, size_t from_stride, float *to, size_t to_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++) to[r * to_stride + j] = from[r * from_stride + j];
}

GEMM_TARGET static void GEMM(block)(const kernel_gemm_job *job, size_t first, size_t count) {
    const size_t tiles = (job->m + GEMM_ROWS - 1) / GEMM_ROWS, depth = job->taps * job->run;
    // A part of k for which a panel stays in the first-level cache while all tiles pass over it. One tile alone reads
    // every panel once, straight through.
    const size_t whole = tiles == 1 ? (size_t)-1 : GEMM_DEPTH;
    const size_t parts = job->run > whole ? (job->run + whole - 1) / whole : 1;
    const size_t taps_at_once = parts > 1 ? 1 : job->run * job->taps <= whole ? job->taps : whole / job->run;
    float sums[GEMM_ROWS * GEMM_WIDTH], bias[GEMM_WIDTH] = {0}, residual[GEMM_ROWS * GEMM_WIDTH] = {0};
    // Panels whose sums stay in the second-level cache until they are whole.
    for (size_t begin = first; begin < first + count; begin += GEMM_PANELS) {
        const size_t end = begin + GEMM_PANELS < first + count ? begin + GEMM_PANELS : first + count;
        for (size_t step = 0; step < (job->taps + taps_at_once - 1) / taps_at_once * parts; step++) {
            const size_t tap = step / parts * taps_at_once, part = step % parts;
            const size_t taps = job->taps - tap < taps_at_once ? job->taps - tap : taps_at_once;
            const size_t offset = job->run * part / parts, run = job->run * (part + 1) / parts - offset;
            const int ends = tap + taps == job->taps && part + 1 == parts;
            for (size_t p = begin; p < end; p++) {
                const float *panel = job->panels + (p * depth + tap * job->run + offset) * GEMM_WIDTH;
                const size_t column = p * GEMM_WIDTH;
                const size_t columns = job->n - column < GEMM_WIDTH ? job->n - column : GEMM_WIDTH;
                for (size_t t = 0; t < tiles; t++) {
                    const size_t row = t * GEMM_ROWS, left = job->m - row;
                    const size_t rows = left < GEMM_ROWS ? left : GEMM_ROWS;
                    const float *const *pointers = job->rows + (t * job->taps + tap) * GEMM_ROWS;
                    float *c = job->c + row * job->stride + column;
                    GEMM(ending) ending = {job->bias ? job->bias + column : 0, 0, job->residual_stride, job->activation};
                    if (job->residual) ending.residual = job->residual + row * job->residual_stride + column;
                    if (rows == GEMM_ROWS && columns == GEMM_WIDTH) {
                        // On its way while the sums are computed.
                        for (size_t r = 0; ends && ending.residual && r < GEMM_ROWS; r++)
                            __builtin_prefetch(ending.residual + r * job->residual_stride);
                        GEMM(tile)(pointers, taps, offset, run, panel, c, job->stride, step > 0, ends ? &ending : 0);
                        continue;
                    }
                    // At an edge: a whole tile beside, of which the part that exists is copied.
                    GEMM(copy)(c, job->stride, sums, GEMM_WIDTH, rows, columns);
                    if (ending.bias) {
                        GEMM(copy)(ending.bias, 0, bias, 0, 1, columns);
                        ending.bias = bias;
                    }
                    if (ending.residual) {
                        GEMM(copy)(ending.residual, job->residual_stride, residual, GEMM_WIDTH, rows, columns);
                        ending.residual = residual;
                        ending.residual_stride = GEMM_WIDTH;
                    }
                    GEMM(tile)(pointers, taps, offset, run, panel, sums, GEMM_WIDTH, step > 0, ends ? &ending : 0);
                    GEMM(copy)(sums, GEMM_WIDTH, c, job->stride, rows, columns);
                }
            }
        }
    }
}

#undef GEMM_WIDTH
#undef GEMM
#undef GEMM_TARGET
#undef GEMM_LANES
#undef GEMM_ROWS
#undef GEMM_DEPTH
#undef GEMM_ADD
