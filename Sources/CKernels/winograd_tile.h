// Convolution by Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray 2016, section 4.1) for one instruction set, with the
// macros of gemm_tile.h and its product: y = Aᵀ (Σ U ∘ V) A with U = G g Gᵀ, V = Bᵀ d B. Four outputs take 16 products for each
// pair of channels, not 36.

// V of the 4 x 4 pixels d under a tile, channel by channel: a row of each of the 16 factors, `apart` slots from one to the next.
GEMM_TARGET static void GEMM(spread)(const float *const pixels[16], size_t channels, float *factors, size_t apart) {
    for (size_t c = 0; c < channels; c += GEMM_LANES) {
        GEMM(vector) v[4][4];
        for (int j = 0; j < 4; j++) {
            GEMM(vector) d[4];
            for (int i = 0; i < 4; i++) d[i] = *(GEMM(vector) *)(pixels[4 * i + j] + c);
            v[0][j] = d[0] - d[2];
            v[1][j] = d[1] + d[2];
            v[2][j] = d[2] - d[1];
            v[3][j] = d[1] - d[3];
        }
        float *row = factors + GEMM_SLOTS(c);
        for (int i = 0; i < 4; i++, row += 4 * apart) {
            GEMM_FACTOR(row, v[i][0] - v[i][2]);
            GEMM_FACTOR(row + apart, v[i][1] + v[i][2]);
            GEMM_FACTOR(row + 2 * apart, v[i][2] - v[i][1]);
            GEMM_FACTOR(row + 3 * apart, v[i][1] - v[i][3]);
        }
    }
}

// Aᵀ m A of a row of each of the 16 products, `apart` values from one to the next, with the ending: the 2 x 2 pixels of a tile,
// but for those that are null.
GEMM_TARGET static void GEMM(gather)(const float *products, size_t apart, size_t channels, const float *bias,
                                     const float *const residual[4], kernel_activation activation,
                                     float *const pixels[4]) {
    for (size_t c = 0; c < channels; c += GEMM_LANES) {
        GEMM(vector) s[2][4];
        for (int j = 0; j < 4; j++) {
            GEMM(vector) m[4];
            for (int i = 0; i < 4; i++) m[i] = *(GEMM(vector) *)(products + (4 * i + j) * apart + c);
            s[0][j] = m[0] + m[1] + m[2];
            s[1][j] = m[1] - m[2] - m[3];
        }
        for (int i = 0; i < 4; i++) {
            if (!pixels[i]) continue;
            const GEMM(vector) *m = s[i / 2];
            GEMM(vector) y = i % 2 ? m[1] - m[2] - m[3] : m[0] + m[1] + m[2];
            if (bias) y += *(GEMM(vector) *)(bias + c);
            if (residual[i]) y += *(GEMM(vector) *)(residual[i] + c);
            *(GEMM(vector) *)(pixels[i] + c) = activation == kernel_relu ? GEMM(rectified)(y) : y;
        }
    }
    for (int i = 0; i < 4; i++)
        if (pixels[i]) GEMM(activate)(pixels[i], channels, activation);
}

GEMM_TARGET static void GEMM(winograd)(const kernel_winograd_job *job, size_t tile, size_t tiles, size_t panel,
                                       size_t panels, float *scratch) {
    const winograd_room room = room_of(job, tiles, panels);
    float *factors = scratch, *products = factors + 16 * room.factor, *zeros = products + 16 * room.product;
    for (size_t c = 0; c < job->inputs; c++) zeros[c] = 0;
    for (size_t t = 0; t < tiles; t++) {
        const winograd_place place = place_of(job, tile + t);
        const float *pixels[16];
        for (size_t i = 0; i < 16; i++) {
            const size_t pixel = pixel_at(job, place.image, place.row + i / 4 - 1, place.column + i % 4 - 1);
            pixels[i] = pixel == (size_t)-1 ? zeros : job->x + pixel * job->x_stride;
        }
        GEMM(spread)(pixels, job->inputs, factors + t * room.slots, room.factor);
    }

    for (size_t k = 0; k < 16; k++) {
        const size_t before = k * (job->outputs / GEMM_WIDTH) + panel;
        // The last row stands for those that a tile of the product lacks.
        const float *rows[WINOGRAD_TILES + GEMM_ROWS];
        for (size_t r = 0; r < WINOGRAD_TILES + GEMM_ROWS; r++)
            rows[r] = factors + k * room.factor + (r < tiles ? r : tiles - 1) * room.slots;
        const kernel_gemm_job product = {
            .rows = rows, .m = tiles, .taps = 1, .run = room.slots, .panels = job->panels + before * room.slots * GEMM_WIDTH,
            .n = room.width, .c = products + k * room.product, .stride = room.width};
        GEMM(block)(&product, 0, panels);
    }

    const size_t first = panel * GEMM_WIDTH;
    for (size_t t = 0; t < tiles; t++) {
        const winograd_place place = place_of(job, tile + t);
        float *pixels[4];
        const float *residual[4];
        for (size_t i = 0; i < 4; i++) {
            const size_t pixel = pixel_at(job, place.image, place.row + i / 2, place.column + i % 2);
            const int is_there = pixel != (size_t)-1;
            pixels[i] = is_there ? job->y + pixel * job->y_stride + first : 0;
            residual[i] = is_there && job->residual ? job->residual + pixel * job->outputs + first : 0;
        }
        GEMM(gather)(products + t * room.width, room.product, room.width, job->bias ? job->bias + first : 0, residual,
                     job->activation, pixels);
    }
}
