#pragma once
#include <stddef.h>
#include <stdint.h>

/// Pictures in memory to bytes, and the inner loops of resampling. Errors of the libraries come back as values: their
/// long jumps end inside this target.

/// What a picture's header says, before any pixel is decoded.
typedef struct {
    int32_t width, height;
    /// Of the pixels that `image_decode_*` writes: 1 or 3.
    int32_t channels;
    /// How the picture is to be turned, 1 to 8 as EXIF has it; 1: not at all.
    int32_t orientation;
} ImageHeader;

enum { IMAGE_MESSAGE_SIZE = 256 };

/// Each returns 0 and fills `header`, or returns 1 and puts the library's words into `message` (IMAGE_MESSAGE_SIZE bytes).
int image_header_jpeg(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);
int image_header_png(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);
int image_header_webp(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);
int image_header_gif(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);
int image_header_bmp(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);
int image_header_tiff(const uint8_t *bytes, size_t size, ImageHeader *header, char *message);

/// Each writes height * width * channels bytes, as the header told them, row by row, and returns 0; or returns 1 with a
/// message. A file that ends too soon is an error.
int image_decode_jpeg(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);
int image_decode_png(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);
int image_decode_webp(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);
int image_decode_gif(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);
int image_decode_bmp(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);
int image_decode_tiff(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message);

/// target[y][x][c] = sum_i weights[x][i] source[y][first[x] + i][c], in fixed point with 22 bits, rounded and clipped.
void image_resample_columns(const uint8_t *source, int32_t width, int32_t height, int32_t channels,
                            const int32_t *first, const int32_t *taps, const int32_t *weights, int32_t stride,
                            int32_t targetWidth, uint8_t *target);
/// target[y][x] = sum_i weights[y][i] source[first[y] - firstRow + i][x], as above; `rowSize` bytes a row.
void image_resample_rows(const uint8_t *source, int32_t rowSize, int32_t firstRow, const int32_t *first,
                         const int32_t *taps, const int32_t *weights, int32_t stride, int32_t targetHeight,
                         uint8_t *target);
