#include "CImageCodecs.h"
#include "header.h"
#include "pngmetadata.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <png.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
} Source;

static void read_bytes(png_structp codec, png_bytep target, size_t count) {
    Source *source = png_get_io_ptr(codec);
    if (count > source->left) png_error(codec, "the file ends too soon");
    memcpy(target, source->bytes, count);
    source->bytes += count;
    source->left -= count;
}

static void fail(png_structp codec, png_const_charp words) {
    snprintf(png_get_error_ptr(codec), IMAGE_MESSAGE_SIZE, "%s", words);
    png_longjmp(codec, 1);
}

static void ignore(png_structp codec, png_const_charp words) { (void)codec, (void)words; }

typedef struct {
    Source source;
    png_structp codec;
    png_infop info;
    uint8_t **rows;
    uint16_t *wide;
} Reader;

static void close_reader(Reader *reader) {
    png_destroy_read_struct(&reader->codec, &reader->info, NULL);
    free(reader->rows);
    free(reader->wide);
}

static int open_reader(Reader *reader, const uint8_t *bytes, size_t size, char *message) {
    memset(reader, 0, sizeof *reader);
    reader->source = (Source){bytes, size};
    snprintf(message, IMAGE_MESSAGE_SIZE, "out of memory");
    reader->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
    reader->info = reader->codec ? png_create_info_struct(reader->codec) : NULL;
    return reader->info != NULL;
}

static void read_header(Reader *reader) {
    png_set_read_fn(reader->codec, &reader->source, read_bytes);
    png_read_info(reader->codec, reader->info);
}

static int is_wide_grey(Reader *reader) {
    return png_get_color_type(reader->codec, reader->info) == PNG_COLOR_TYPE_GRAY
        && png_get_bit_depth(reader->codec, reader->info) == 16;
}

int image_header_png(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    Reader reader;
    if (!open_reader(&reader, bytes, size, message) || setjmp(png_jmpbuf(reader.codec))) {
        close_reader(&reader);
        return 1;
    }
    read_header(&reader);
    header->width = (int32_t)png_get_image_width(reader.codec, reader.info);
    header->height = (int32_t)png_get_image_height(reader.codec, reader.info);
    header->channels = png_get_color_type(reader.codec, reader.info) & PNG_COLOR_MASK_COLOR ? 3 : 1;
    header->orientation = png_orientation(bytes, size);
    // Deflate makes at most 1,032 bytes of one.
    size_t values = png_get_rowbytes(reader.codec, reader.info) * (size_t)png_get_image_height(reader.codec, reader.info);
    close_reader(&reader);
    return values / 1032 <= size ? 0 : image_is_too_short(*header, message);
}

int image_decode_png(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    Reader reader;
    if (!open_reader(&reader, bytes, size, message) || setjmp(png_jmpbuf(reader.codec))) {
        close_reader(&reader);
        return 1;
    }
    read_header(&reader);
    size_t values = (size_t)header.width * header.channels;
    int isWide = is_wide_grey(&reader);
    png_set_palette_to_rgb(reader.codec);
    png_set_expand_gray_1_2_4_to_8(reader.codec);
    if (isWide) {
        png_set_swap(reader.codec);
    } else {
        png_set_strip_16(reader.codec);
    }
    png_set_strip_alpha(reader.codec);
    png_set_interlace_handling(reader.codec);
    png_read_update_info(reader.codec, reader.info);
    if (png_get_rowbytes(reader.codec, reader.info) != values * (isWide ? 2 : 1)
        || (int32_t)png_get_image_height(reader.codec, reader.info) != header.height) {
        png_error(reader.codec, "the header changed");
    }
    reader.rows = malloc(sizeof *reader.rows * (size_t)header.height);
    if (isWide) reader.wide = malloc(values * 2 * (size_t)header.height);
    if (!reader.rows || (isWide && !reader.wide)) png_error(reader.codec, "out of memory");
    for (int32_t y = 0; y < header.height; y++) {
        reader.rows[y] = isWide ? (uint8_t *)(reader.wide + y * values) : pixels + y * values;
    }
    png_read_image(reader.codec, reader.rows);
    png_read_end(reader.codec, NULL);
    // Pillow's reading of sixteen-bit greys: as numbers, of which those above 255 are white.
    for (size_t i = 0; isWide && i < values * (size_t)header.height; i++) {
        pixels[i] = (uint8_t)(reader.wide[i] > 255 ? 255 : reader.wide[i]);
    }
    close_reader(&reader);
    return 0;
}
