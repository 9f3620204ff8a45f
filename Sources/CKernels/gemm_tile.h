// The matrix product's inner part for one instruction set. Included once for each by gemm.c, which defines
//   GEMM(name)      the name of a function for this instruction set
//   GEMM_TARGET     the attribute that turns the instruction set on
//   GEMM_LANES      floats in a vector register
//   GEMM_ROWS       rows of a tile; with the two vectors of its width, the accumulators fill the registers
#define GEMM_WIDTH (2 * GEMM_LANES)

typedef float GEMM(vector) __attribute__((vector_size(GEMM_LANES * 4), aligned(4), may_alias));
typedef int GEMM(bits) __attribute__((vector_size(GEMM_LANES * 4)));

// c[ROWS][WIDTH] (+)= rows · panel over `taps` runs of `run` values. The order of the sums is that of k, whatever the
// blocking: a partial sum kept in c goes on exactly where it stopped.
GEMM_TARGET static void GEMM(tile)(const float *const *rows, size_t taps, size_t offset, size_t run,
                                   const float *restrict panel, float *restrict c, size_t stride, int continues) {
    GEMM(vector) sums[GEMM_ROWS][2];
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int v = 0; v < 2; v++)
            sums[r][v] = continues ? *(GEMM(vector) *)(c + r * stride + v * GEMM_LANES) : (GEMM(vector)){0};
    for (size_t tap = 0; tap < taps; tap++, rows += GEMM_ROWS) {
        const float *a[GEMM_ROWS];
        for (int r = 0; r < GEMM_ROWS; r++) a[r] = rows[r] + offset;
        for (size_t k = 0; k < run; k++, panel += GEMM_WIDTH) {
            GEMM(vector) b0 = *(GEMM(vector) *)panel, b1 = *(GEMM(vector) *)(panel + GEMM_LANES);
            for (int r = 0; r < GEMM_ROWS; r++) {
                sums[r][0] += a[r][k] * b0;
                sums[r][1] += a[r][k] * b1;
            }
        }
    }
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int v = 0; v < 2; v++) *(GEMM(vector) *)(c + r * stride + v * GEMM_LANES) = sums[r][v];
}

// y = activation(y + bias + residual) on a tile that is still in the first-level cache.
GEMM_TARGET static void GEMM(finish)(const kernel_gemm_job *job, float *c, size_t stride, size_t row, size_t column,
                                     size_t rows, size_t columns) {
    const float *bias = job->bias ? job->bias + column : 0;
    const float *residual = job->residual ? job->residual + row * job->residual_stride + column : 0;
    const int rectifies = job->activation == kernel_relu;
    // Whole vectors, then what is left of a last, narrower panel.
    for (size_t j = 0; j + GEMM_LANES <= columns; j += GEMM_LANES) {
        const GEMM(vector) zero = {0}, shift = bias ? *(GEMM(vector) *)(bias + j) : zero;
        for (size_t r = 0; r < rows; r++) {
            GEMM(vector) *y = (GEMM(vector) *)(c + r * stride + j), sum = *y + shift;
            if (residual) sum += *(GEMM(vector) *)(residual + r * job->residual_stride + j);
            // A mask, not a maximum, so that NaN stays.
            *y = rectifies ? (GEMM(vector))((GEMM(bits))sum & ~(sum < zero)) : sum;
        }
    }
    for (size_t j = columns / GEMM_LANES * GEMM_LANES; j < columns; j++)
        for (size_t r = 0; r < rows; r++) {
            float *y = c + r * stride + j;
            *y += (bias ? bias[j] : 0) + (residual ? residual[r * job->residual_stride + j] : 0);
            if (rectifies && *y < 0) *y = 0;
        }
    for (size_t r = 0; r < rows && job->activation > kernel_relu; r++) {
        float *restrict y = c + r * stride;
        if (job->activation == kernel_gelu_exact)
            for (size_t j = 0; j < columns; j++) y[j] = gelu(y[j]);
        else
            for (size_t j = 0; j < columns; j++) y[j] = quick_gelu(y[j]);
    }
}

GEMM_TARGET static void GEMM(block)(const kernel_gemm_job *job, size_t first, size_t count) {
    const size_t tiles = (job->m + GEMM_ROWS - 1) / GEMM_ROWS, depth = job->taps * job->run;
    // A part of k for which a panel stays in the first-level cache while all tiles pass over it. One tile alone reads
    // every panel once, straight through.
    const size_t whole = tiles == 1 ? (size_t)-1 : GEMM_DEPTH * 16 / GEMM_WIDTH;
    const size_t parts = job->run > whole ? (job->run + whole - 1) / whole : 1;
    const size_t taps_at_once = parts > 1 ? 1 : job->run * job->taps <= whole ? job->taps : whole / job->run;
    float scratch[GEMM_ROWS * GEMM_WIDTH];
    for (size_t tap = 0; tap < job->taps; tap += taps_at_once) {
        const size_t taps = job->taps - tap < taps_at_once ? job->taps - tap : taps_at_once;
        for (size_t part = 0; part < parts; part++) {
            const size_t offset = job->run * part / parts, run = job->run * (part + 1) / parts - offset;
            const int continues = tap + part > 0, ends = tap + taps == job->taps && part + 1 == parts;
            for (size_t p = first; p < first + count; p++) {
                const float *panel = job->panels + (p * depth + tap * job->run + offset) * GEMM_WIDTH;
                const size_t column = p * GEMM_WIDTH;
                const size_t columns = job->n - column < GEMM_WIDTH ? job->n - column : GEMM_WIDTH;
                for (size_t t = 0; t < tiles; t++) {
                    const size_t row = t * GEMM_ROWS, left = job->m - row;
                    const size_t rows = left < GEMM_ROWS ? left : GEMM_ROWS;
                    const float *const *pointers = job->rows + (t * job->taps + tap) * GEMM_ROWS;
                    float *c = job->c + row * job->stride + column;
                    // On its way while the sums are computed.
                    for (size_t r = 0; ends && job->residual && r < rows; r++)
                        __builtin_prefetch(job->residual + (row + r) * job->residual_stride + column);
                    if (rows == GEMM_ROWS && columns == GEMM_WIDTH) {
                        GEMM(tile)(pointers, taps, offset, run, panel, c, job->stride, continues);
                        if (ends) GEMM(finish)(job, c, job->stride, row, column, GEMM_ROWS, GEMM_WIDTH);
                        continue;
                    }
                    // At an edge: a whole tile beside, of which the part that exists is copied.
                    for (size_t r = 0; r < rows; r++)
                        for (size_t j = 0; j < columns; j++) scratch[r * GEMM_WIDTH + j] = c[r * job->stride + j];
                    GEMM(tile)(pointers, taps, offset, run, panel, scratch, GEMM_WIDTH, continues);
                    if (ends) GEMM(finish)(job, scratch, GEMM_WIDTH, row, column, rows, columns);
                    for (size_t r = 0; r < rows; r++)
                        for (size_t j = 0; j < columns; j++) c[r * job->stride + j] = scratch[r * GEMM_WIDTH + j];
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
