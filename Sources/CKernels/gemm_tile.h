// The matrix product's inner part for one instruction set. Included once for each by gemm.c, which defines
//   GEMM(name)      the name of a function for this instruction set
//   GEMM_TARGET     the attribute that turns the instruction set on
//   GEMM_LANES      floats in a vector register
//   GEMM_ROWS       rows of a tile; with the two vectors of its width, the accumulators fill the registers
//   GEMM_ADD(sum, a, b)   sum + a · b, of the scalar a with each lane of the vector b
//   GEMM_SLOTS(count)     slots that `count` values of a factor take
//   GEMM_FACTOR(target, values)   writes a vector of values as a part of a factor
#define GEMM_WIDTH (2 * GEMM_LANES)

typedef float GEMM(vector) __attribute__((vector_size(GEMM_LANES * 4), aligned(4), may_alias));
typedef int GEMM(bits) __attribute__((vector_size(GEMM_LANES * 4)));

// A mask, not a maximum, so that NaN stays.
GEMM_TARGET INLINED GEMM(vector) GEMM(rectified)(GEMM(vector) x) {
    return (GEMM(vector))((GEMM(bits))x & ~(x < (GEMM(vector)){0}));
}

// What happens to a tile of sums: y = activation(y + bias + residual).
typedef struct {
    const float *bias, *residual;
    size_t residual_stride;
    kernel_activation activation;
} GEMM(ending);

// The functions that are not computed in registers.
GEMM_TARGET static void GEMM(activate)(float *restrict y, size_t count, kernel_activation activation) {
    if (activation == kernel_gelu_exact)
        for (size_t j = 0; j < count; j++) y[j] = gelu(y[j]);
    else if (activation == kernel_gelu_sigmoid)
        for (size_t j = 0; j < count; j++) y[j] = quick_gelu(y[j]);
    else if (activation == kernel_gelu_tanh)
        for (size_t j = 0; j < count; j++) y[j] = gelu_tanh(y[j]);
    else if (activation == kernel_silu)
        for (size_t j = 0; j < count; j++) y[j] = silu(y[j]);
    else if (activation == kernel_relu6)
        for (size_t j = 0; j < count; j++) y[j] = relu6(y[j]);
}

// c[ROWS][WIDTH] = rows · panel over `taps` runs of `run` values, in the order of k. A panel longer than the first-level cache
// comes from the second as fast as it is multiplied; partial sums kept in memory cost more.
GEMM_TARGET static void GEMM(tile)(const float *const *rows, size_t taps, size_t run, const float *restrict panel,
                                   float *restrict c, size_t stride, const GEMM(ending) *ending) {
    GEMM(vector) sums[GEMM_ROWS][2] = {0};
    // On their way while the sums are computed: where they go, and what is added to them.
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int line = 0; line < GEMM_WIDTH; line += 16) {
            __builtin_prefetch(c + r * stride + line, 1);
            if (ending->residual) __builtin_prefetch(ending->residual + r * ending->residual_stride + line);
        }
    for (size_t tap = 0; tap < taps; tap++, rows += GEMM_ROWS)
        for (size_t k = 0; k < run; k++, panel += GEMM_WIDTH) {
            for (int line = 0; line < GEMM_WIDTH; line += 16) __builtin_prefetch(panel + 24 * GEMM_WIDTH + line);
            GEMM(vector) b0 = *(GEMM(vector) *)panel, b1 = *(GEMM(vector) *)(panel + GEMM_LANES);
            for (int r = 0; r < GEMM_ROWS; r++) {
                sums[r][0] = GEMM_ADD(sums[r][0], rows[r][k], b0);
                sums[r][1] = GEMM_ADD(sums[r][1], rows[r][k], b1);
            }
        }
    if (ending->bias)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++) sums[r][v] += *(GEMM(vector) *)(ending->bias + v * GEMM_LANES);
    if (ending->residual)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++)
                sums[r][v] += *(GEMM(vector) *)(ending->residual + r * ending->residual_stride + v * GEMM_LANES);
    if (ending->activation == kernel_relu)
        for (int r = 0; r < GEMM_ROWS; r++)
            for (int v = 0; v < 2; v++) sums[r][v] = GEMM(rectified)(sums[r][v]);
    for (int r = 0; r < GEMM_ROWS; r++)
        for (int v = 0; v < 2; v++) *(GEMM(vector) *)(c + r * stride + v * GEMM_LANES) = sums[r][v];
    if (ending->activation <= kernel_relu) return;
    for (int r = 0; r < GEMM_ROWS; r++) GEMM(activate)(c + r * stride, GEMM_WIDTH, ending->activation);
}

// The part of a tile that exists, beside zeros, or back.
static void GEMM(copy)(const float *from, size_t from_stride, float *to, size_t to_stride, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++) to[r * to_stride + j] = from[r * from_stride + j];
}

GEMM_TARGET static void GEMM(block)(const kernel_gemm_job *job, size_t first, size_t count) {
    const size_t tiles = (job->m + GEMM_ROWS - 1) / GEMM_ROWS, depth = job->taps * job->run;
    float sums[GEMM_ROWS * GEMM_WIDTH], bias[GEMM_WIDTH] = {0}, residual[GEMM_ROWS * GEMM_WIDTH] = {0};
    // Each row meets all panels that stay in cache together, so that it is written in one piece; then the next.
    const size_t together = GEMM_CACHED / (depth * GEMM_WIDTH + 1) + 1;
    for (size_t begin = first; begin < first + count; begin += together) {
        const size_t end = begin + together < first + count ? begin + together : first + count;
        for (size_t t = 0; t < tiles; t++) {
            const size_t row = t * GEMM_ROWS, left = job->m - row;
            const size_t rows = left < GEMM_ROWS ? left : GEMM_ROWS;
            const float *const *pointers = job->rows + t * job->taps * GEMM_ROWS;
            for (size_t p = begin; p < end; p++) {
                const float *panel = job->panels + p * depth * GEMM_WIDTH;
                const size_t column = p * GEMM_WIDTH;
                const size_t columns = job->n - column < GEMM_WIDTH ? job->n - column : GEMM_WIDTH;
                float *c = job->c + row * job->stride + column;
                GEMM(ending) ending = {job->bias ? job->bias + column : 0, 0, job->residual_stride, job->activation};
                if (job->residual) ending.residual = job->residual + row * job->residual_stride + column;
                if (rows == GEMM_ROWS && columns == GEMM_WIDTH) {
                    GEMM(tile)(pointers, job->taps, job->run, panel, c, job->stride, &ending);
                    continue;
                }
                // At an edge: a whole tile beside, of which the part that exists is copied.
                if (ending.bias) {
                    GEMM(copy)(ending.bias, 0, bias, 0, 1, columns);
                    ending.bias = bias;
                }
                if (ending.residual) {
                    GEMM(copy)(ending.residual, job->residual_stride, residual, GEMM_WIDTH, rows, columns);
                    ending.residual = residual;
                    ending.residual_stride = GEMM_WIDTH;
                }
                GEMM(tile)(pointers, job->taps, job->run, panel, sums, GEMM_WIDTH, &ending);
                GEMM(copy)(sums, GEMM_WIDTH, c, job->stride, rows, columns);
            }
        }
    }
}
