#include "CImageCodecs.h"
#include "header.h"
#include <stdio.h>
#include <string.h>

// Windows bitmaps, as Pillow reads them. No small library of Debian's does; a format without compression to speak of is read
// here, from a header whose every number is checked before it is used.

enum { RAW = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3, FILE_HEADER = 14, OLDEST = 12, PALETTE_SIZE = 256 };

typedef struct {
    int32_t width, height;
    int isTopDown;
    uint32_t bits, compression;
    /// Red, green, blue and, which is dropped, alpha.
    uint32_t masks[4];
    const uint8_t *palette;
    uint32_t colors, bytesPerColor;
    const uint8_t *pixels;
    size_t size;
} Bitmap;

static uint32_t u16(const uint8_t *bytes) { return (uint32_t)(bytes[0] | bytes[1] << 8); }
static uint32_t u32(const uint8_t *bytes) { return u16(bytes) | u16(bytes + 2) << 16; }

static int refuse(char *message, const char *words, uint32_t found) {
    snprintf(message, IMAGE_MESSAGE_SIZE, words, found);
    return 1;
}

static int read_header(const uint8_t *bytes, size_t size, Bitmap *bitmap, char *message) {
    *bitmap = (Bitmap){0};
    if (size < FILE_HEADER + 4) return refuse(message, "the header is cut short", 0);
    const uint8_t *info = bytes + FILE_HEADER;
    uint32_t length = u32(info);
    static const uint32_t lengths[] = {OLDEST, 40, 52, 56, 64, 108, 124};
    int isKnown = 0;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) isKnown |= length == lengths[i];
    if (!isKnown) return refuse(message, "a header of %u bytes, which is of no known kind", length);
    if (size < FILE_HEADER + (size_t)length) return refuse(message, "the header is cut short", 0);
    size_t place = FILE_HEADER + length;
    if (length == OLDEST) {
        bitmap->width = (int32_t)u16(info + 4);
        bitmap->height = (int32_t)u16(info + 6);
        bitmap->bits = u16(info + 10);
        bitmap->bytesPerColor = 3;
    } else {
        int64_t height = (int32_t)u32(info + 8);
        bitmap->isTopDown = height < 0;
        bitmap->width = (int32_t)u32(info + 4);
        bitmap->height = (int32_t)(height < 0 && height > INT32_MIN ? -height : height);
        bitmap->bits = u16(info + 14);
        bitmap->compression = u32(info + 16);
        bitmap->colors = u32(info + 32);
        bitmap->bytesPerColor = 4;
    }
    if (bitmap->width <= 0 || bitmap->height <= 0) return refuse(message, "no pixels", 0);
    if (bitmap->compression > BITFIELDS) return refuse(message, "compression %u, which is not read", bitmap->compression);
    if (bitmap->compression == BITFIELDS) {
        // The shortest header has its masks behind it.
        int count = length >= 56 ? 4 : 3;
        if (length < 52 && size - place < 12) return refuse(message, "the header is cut short", 0);
        for (int i = 0; i < count; i++) bitmap->masks[i] = u32(length < 52 ? bytes + place + 4 * i : info + 40 + 4 * i);
        if (length < 52) place += 12;
    }
    uint32_t bits = bitmap->bits;
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
        return refuse(message, "%u bits a pixel, which is not read", bits);
    }
    if ((bitmap->compression == RLE8 && bits != 8) || (bitmap->compression == RLE4 && bits != 4)
        || (bitmap->compression == BITFIELDS && bits < 16)) {
        return refuse(message, "a compression that does not go with %u bits a pixel", bits);
    }
    uint32_t start = u32(bytes + 10);
    if (bits <= 8) {
        if (!bitmap->colors) bitmap->colors = 1u << bits;
        if (bitmap->colors > 65536) return refuse(message, "a palette of %u colours", bitmap->colors);
        size_t room = (size_t)bitmap->colors * bitmap->bytesPerColor;
        if (size - place < room) return refuse(message, "the palette is cut short", 0);
        bitmap->palette = bytes + place;
        // Some writers forget the palette where they say where pixels begin.
        if (start == FILE_HEADER + length) start += (uint32_t)room;
        place += room;
    }
    if (!start) start = (uint32_t)place;
    if (start > size) return refuse(message, "the pixels begin behind the end", 0);
    bitmap->pixels = bytes + start;
    bitmap->size = size - start;
    return 0;
}

static size_t row_bytes(const Bitmap *bitmap) { return ((size_t)bitmap->width * bitmap->bits + 7) / 8; }
static size_t row_stride(const Bitmap *bitmap) { return (row_bytes(bitmap) + 3) / 4 * 4; }

int image_header_bmp(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    Bitmap bitmap;
    if (read_header(bytes, size, &bitmap, message)) return 1;
    *header = (ImageHeader){bitmap.width, bitmap.height, 3, 1};
    int isRaw = bitmap.compression == RAW || bitmap.compression == BITFIELDS;
    // A jump of four bytes may pass over 255 rows, and the end may come at once.
    size_t needed = isRaw ? (size_t)(bitmap.height - 1) * row_stride(&bitmap) + row_bytes(&bitmap)
                          : (size_t)bitmap.width * (size_t)bitmap.height >> 18;
    return needed <= bitmap.size ? 0 : image_is_too_short(*header, message);
}

static void put_color(const Bitmap *bitmap, uint32_t index, uint8_t *pixel) {
    if (index >= bitmap->colors) {
        memset(pixel, 0, 3);
        return;
    }
    const uint8_t *color = bitmap->palette + (size_t)index * bitmap->bytesPerColor;
    for (int c = 0; c < 3; c++) pixel[c] = color[2 - c];
}

// Which byte of a pixel of four is red, green, blue, as Pillow's layouts have it; nonzero where the masks are none of them.
static int channels_of(const Bitmap *bitmap, int places[3]) {
    static const struct {
        uint32_t masks[4];
        int places[3];
    } layouts[] = {
        {{0xFF0000, 0xFF00, 0xFF, 0}, {2, 1, 0}},          {{0xFF000000, 0xFF0000, 0xFF00, 0}, {3, 2, 1}},
        {{0xFF000000, 0xFF00, 0xFF, 0}, {3, 1, 0}},        {{0xFF000000, 0xFF0000, 0xFF00, 0xFF}, {3, 2, 1}},
        {{0xFF, 0xFF00, 0xFF0000, 0xFF000000}, {0, 1, 2}}, {{0xFF0000, 0xFF00, 0xFF, 0xFF000000}, {2, 1, 0}},
        {{0xFF000000, 0xFF00, 0xFF, 0xFF0000}, {3, 1, 0}}, {{0, 0, 0, 0}, {2, 1, 0}},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        if (memcmp(layouts[i].masks, bitmap->masks, sizeof bitmap->masks)) continue;
        memcpy(places, layouts[i].places, sizeof layouts[i].places);
        return 0;
    }
    return 1;
}

static int decode_raw(const Bitmap *bitmap, uint8_t *target, char *message) {
    int places[3] = {2, 1, 0};
    uint32_t green = 31, greenShift = 5, redShift = 10;
    if (bitmap->compression == BITFIELDS) {
        const uint32_t *m = bitmap->masks;
        int isWideGreen = bitmap->bits == 16 && m[0] == 0xF800 && m[1] == 0x7E0 && m[2] == 0x1F;
        int isFiveBits = bitmap->bits == 16 && m[0] == 0x7C00 && m[1] == 0x3E0 && m[2] == 0x1F;
        int isPlain = bitmap->bits == 24 && m[0] == 0xFF0000 && m[1] == 0xFF00 && m[2] == 0xFF;
        if (isWideGreen) green = 63, redShift = 11;
        if (!isWideGreen && !isFiveBits && !isPlain && (bitmap->bits != 32 || channels_of(bitmap, places))) {
            return refuse(message, "an unusual order of colours in %u bits a pixel", bitmap->bits);
        }
    }
    for (int32_t y = 0; y < bitmap->height; y++) {
        const uint8_t *row = bitmap->pixels + (size_t)(bitmap->isTopDown ? y : bitmap->height - 1 - y) * row_stride(bitmap);
        for (int32_t x = 0; x < bitmap->width; x++, target += 3) {
            const uint8_t *pixel = row + (size_t)x * bitmap->bits / 8;
            switch (bitmap->bits) {
            case 1: put_color(bitmap, *pixel >> (7 - x % 8) & 1, target); break;
            case 4: put_color(bitmap, *pixel >> (x % 2 ? 0 : 4) & 15, target); break;
            case 8: put_color(bitmap, *pixel, target); break;
            case 16: {
                uint32_t value = u16(pixel);
                target[0] = (uint8_t)((value >> redShift & 31) * 255 / 31);
                target[1] = (uint8_t)((value >> greenShift & green) * 255 / green);
                target[2] = (uint8_t)((value & 31) * 255 / 31);
                break;
            }
            default: for (int c = 0; c < 3; c++) target[c] = pixel[places[c]];
            }
        }
    }
    return 0;
}

// Run lengths: `position` counts pixels in the file's order of rows.
typedef struct {
    const Bitmap *bitmap;
    uint8_t *target;
    size_t position, count;
} Run;

static void put_index(Run *run, uint32_t index) {
    if (run->position >= run->count) return;
    size_t y = run->position / (size_t)run->bitmap->width, x = run->position % (size_t)run->bitmap->width;
    size_t row = run->bitmap->isTopDown ? y : (size_t)run->bitmap->height - 1 - y;
    put_color(run->bitmap, index, run->target + 3 * (row * (size_t)run->bitmap->width + x));
    run->position++;
}

static int decode_runs(const Bitmap *bitmap, uint8_t *target, char *message) {
    size_t width = (size_t)bitmap->width;
    Run run = {bitmap, target, 0, width * (size_t)bitmap->height};
    int isRLE4 = bitmap->compression == RLE4;
    const uint8_t *bytes = bitmap->pixels, *end = bytes + bitmap->size;
    size_t x = 0;
    // What is passed over has the first colour.
    for (size_t i = 0; i < run.count; i++) put_color(bitmap, 0, target + 3 * i);
    while (run.position < run.count) {
        if (end - bytes < 2) return refuse(message, "the data ends too soon", 0);
        uint32_t count = bytes[0], byte = bytes[1];
        bytes += 2;
        if (count) {
            if (x + count > width) count = x < width ? (uint32_t)(width - x) : 0;
            for (uint32_t i = 0; i < count; i++) put_index(&run, isRLE4 ? (i % 2 ? byte & 15 : byte >> 4) : byte);
            x += count;
        } else if (byte == 0) {
            run.position = (run.position + width - 1) / width * width;
            x = 0;
        } else if (byte == 1) {
            return 0;
        } else if (byte == 2) {
            if (end - bytes < 2) return refuse(message, "the data ends too soon", 0);
            run.position += bytes[0] + bytes[1] * width;
            if (run.position > run.count) run.position = run.count;
            x = run.position % width;
            bytes += 2;
        } else {
            uint32_t length = isRLE4 ? (byte + 1) / 2 : byte;
            if ((size_t)(end - bytes) < length) return refuse(message, "the data ends too soon", 0);
            for (uint32_t i = 0; i < byte; i++) {
                put_index(&run, isRLE4 ? (i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4) : bytes[i]);
            }
            x += byte;
            // Padded to an even number.
            length += length & 1;
            bytes += (size_t)(end - bytes) < length ? end - bytes : length;
        }
    }
    return 0;
}

int image_decode_bmp(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    Bitmap bitmap;
    if (read_header(bytes, size, &bitmap, message)) return 1;
    if (bitmap.width != header.width || bitmap.height != header.height) return refuse(message, "the header changed", 0);
    int isRaw = bitmap.compression == RAW || bitmap.compression == BITFIELDS;
    return isRaw ? decode_raw(&bitmap, pixels, message) : decode_runs(&bitmap, pixels, message);
}
