#include "CImageCodecs.h"
#include <stdlib.h>
#include <string.h>

// As in CKernels/dispatched.h.
#if defined(__x86_64__) && defined(__linux__) && !defined(MICLIP_NO_CLONES)
#if defined(MICLIP_NO_AVX512)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#else
#define DISPATCHED
#endif

enum { FRACTION_BITS = 22, BLOCK = 256 };

static inline __attribute__((always_inline)) uint8_t rounded(int32_t sum) {
    int32_t value = sum >> FRACTION_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

typedef int32_t Int4 __attribute__((vector_size(16)));
typedef uint8_t Byte4 __attribute__((vector_size(4)));

// Four bytes are read for each pixel of three channels; the fourth counts for nothing.
static inline __attribute__((always_inline)) void
columns_of_three(const uint8_t *row, const int32_t *first, const int32_t *taps, const int32_t *weights, int32_t stride,
                 int32_t targetWidth, uint8_t *target) {
    for (int32_t x = 0; x < targetWidth; x++) {
        const uint8_t *source = row + 3 * (size_t)first[x];
        const int32_t *w = weights + (size_t)x * stride;
        Int4 sum = {1 << (FRACTION_BITS - 1), 1 << (FRACTION_BITS - 1), 1 << (FRACTION_BITS - 1), 0};
        for (int32_t i = 0; i < taps[x]; i++) {
            Byte4 bytes;
            memcpy(&bytes, source + 3 * i, 4);
            Int4 weight = {w[i], w[i], w[i], 0};
            sum += __builtin_convertvector(bytes, Int4) * weight;
        }
        for (int c = 0; c < 3; c++) target[3 * x + c] = rounded(sum[c]);
    }
}

DISPATCHED void image_resample_columns(const uint8_t *source, int32_t width, int32_t height, int32_t channels,
                                       const int32_t *first, const int32_t *taps, const int32_t *weights,
                                       int32_t stride, int32_t targetWidth, uint8_t *target) {
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *row = source + (size_t)y * width * channels;
        uint8_t *out = target + (size_t)y * targetWidth * channels;
        // The last row of a picture has no fourth byte behind its last pixel.
        if (channels == 3 && y + 1 < height) {
            columns_of_three(row, first, taps, weights, stride, targetWidth, out);
            continue;
        }
        for (int32_t x = 0; x < targetWidth; x++) {
            for (int32_t c = 0; c < channels; c++) {
                int32_t sum = 1 << (FRACTION_BITS - 1);
                for (int32_t i = 0; i < taps[x]; i++) {
                    sum += row[(size_t)(first[x] + i) * channels + c] * weights[(size_t)x * stride + i];
                }
                out[x * channels + c] = rounded(sum);
            }
        }
    }
}

DISPATCHED void image_resample_rows(const uint8_t *source, int32_t rowSize, int32_t firstRow, const int32_t *first,
                                    const int32_t *taps, const int32_t *weights, int32_t stride, int32_t targetHeight,
                                    uint8_t *target) {
    for (int32_t y = 0; y < targetHeight; y++) {
        const uint8_t *rows = source + (size_t)(first[y] - firstRow) * rowSize;
        const int32_t *w = weights + (size_t)y * stride;
        uint8_t *out = target + (size_t)y * rowSize;
        for (int32_t start = 0; start < rowSize; start += BLOCK) {
            int32_t count = rowSize - start < BLOCK ? rowSize - start : BLOCK;
            int32_t sums[BLOCK];
            for (int32_t x = 0; x < count; x++) sums[x] = 1 << (FRACTION_BITS - 1);
            for (int32_t i = 0; i < taps[y]; i++) {
                const uint8_t *row = rows + (size_t)i * rowSize + start;
                int32_t weight = w[i];
                for (int32_t x = 0; x < count; x++) sums[x] += row[x] * weight;
            }
            for (int32_t x = 0; x < count; x++) out[start + x] = rounded(sums[x]);
        }
    }
}
