#include "CImageCodecs.h"
#include "exif.h"
#include "header.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct {
    const uint8_t *bytes;
    size_t size, place;
    char *message;
} Source;

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
    Source *source = handle;
    size_t left = source->place < source->size ? source->size - source->place : 0;
    size_t size = (size_t)count < left ? (size_t)count : left;
    memcpy(target, source->bytes + source->place, size);
    source->place += size;
    return (tmsize_t)size;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t count) { return (void)handle, (void)bytes, (void)count, 0; }

static toff_t seek(thandle_t handle, toff_t offset, int from) {
    Source *source = handle;
    source->place = (from == SEEK_SET ? 0 : from == SEEK_CUR ? source->place : source->size) + offset;
    return source->place;
}

static int close_source(thandle_t handle) { return (void)handle, 0; }
static toff_t size_of(thandle_t handle) { return ((Source *)handle)->size; }

static int map(thandle_t handle, void **bytes, toff_t *size) {
    Source *source = handle;
    *bytes = (void *)source->bytes;
    *size = source->size;
    return 1;
}

static void unmap(thandle_t handle, void *bytes, toff_t size) { (void)handle, (void)bytes, (void)size; }

// The first error is the cause.
static int fail(TIFF *codec, void *user, const char *module, const char *format, va_list values) {
    (void)codec, (void)module;
    char *message = user;
    if (!message[0]) vsnprintf(message, IMAGE_MESSAGE_SIZE, format, values);
    return 1;
}

static int ignore(TIFF *codec, void *user, const char *module, const char *format, va_list values) {
    return (void)codec, (void)user, (void)module, (void)format, (void)values, 1;
}

static TIFF *open_reader(Source *source) {
    source->message[0] = 0;
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, fail, source->message);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore, NULL);
    TIFF *codec = TIFFClientOpenExt("", "r", source, read_bytes, write_bytes, seek, close_source, size_of, map, unmap, options);
    TIFFOpenOptionsFree(options);
    return codec;
}

typedef struct {
    uint32_t width, height;
    uint16_t bits, samples, photometric, compression, format, extra;
    /// Samples that colours are made of.
    unsigned colors;
    int isPlanar;
    /// Whether libtiff's own conversion makes the colours: older JPEG, and YCbCr that is no JPEG.
    int isConverted;
} Layout;

static int refuse(char *message, const char *words, unsigned found) {
    snprintf(message, IMAGE_MESSAGE_SIZE, words, found);
    return 1;
}

static int is_grey(const Layout *layout) {
    return layout->photometric == PHOTOMETRIC_MINISWHITE || layout->photometric == PHOTOMETRIC_MINISBLACK;
}

static int read_layout(TIFF *codec, Layout *layout, char *message) {
    *layout = (Layout){.bits = 1, .samples = 1, .compression = COMPRESSION_NONE, .format = SAMPLEFORMAT_UINT};
    uint16_t planar = PLANARCONFIG_CONTIG, extras = 0, *kinds = NULL;
    TIFFGetField(codec, TIFFTAG_IMAGEWIDTH, &layout->width);
    TIFFGetField(codec, TIFFTAG_IMAGELENGTH, &layout->height);
    TIFFGetField(codec, TIFFTAG_BITSPERSAMPLE, &layout->bits);
    TIFFGetField(codec, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
    TIFFGetField(codec, TIFFTAG_PHOTOMETRIC, &layout->photometric);
    TIFFGetField(codec, TIFFTAG_COMPRESSION, &layout->compression);
    TIFFGetField(codec, TIFFTAG_SAMPLEFORMAT, &layout->format);
    TIFFGetField(codec, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetField(codec, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
    layout->extra = extras && kinds ? kinds[0] : 0;
    layout->isPlanar = planar == PLANARCONFIG_SEPARATE && layout->samples > 1;
    if (layout->width > INT32_MAX || layout->height > INT32_MAX || !layout->width || !layout->height) {
        return refuse(message, "no pixels", 0);
    }
    if (!TIFFIsCODECConfigured(layout->compression)) {
        return refuse(message, "compression %u, which is not read", layout->compression);
    }
    if (layout->compression == COMPRESSION_OJPEG) layout->photometric = PHOTOMETRIC_YCBCR;
    int isKnownDepth = layout->bits == 8;
    switch (layout->photometric) {
    case PHOTOMETRIC_MINISWHITE: case PHOTOMETRIC_MINISBLACK:
        layout->colors = 1;
        isKnownDepth |= layout->bits == 1 || layout->bits == 2 || layout->bits == 4 || layout->bits == 12
            || layout->bits == 16 || layout->bits == 32;
        break;
    case PHOTOMETRIC_PALETTE:
        layout->colors = 1;
        isKnownDepth |= layout->bits == 1 || layout->bits == 2 || layout->bits == 4;
        break;
    case PHOTOMETRIC_RGB: layout->colors = 3, isKnownDepth |= layout->bits == 16; break;
    case PHOTOMETRIC_SEPARATED: layout->colors = 4, isKnownDepth |= layout->bits == 16; break;
    case PHOTOMETRIC_YCBCR:
        layout->isConverted = layout->compression != COMPRESSION_JPEG;
        layout->colors = layout->isConverted ? 1 : 3;
        break;
    default: return refuse(message, "colours of kind %u, which are not read", layout->photometric);
    }
    int isSigned = layout->format == SAMPLEFORMAT_INT && is_grey(layout);
    int isFloat = layout->format == SAMPLEFORMAT_IEEEFP && layout->bits == 32 && is_grey(layout);
    if (layout->format != SAMPLEFORMAT_UINT && layout->format != SAMPLEFORMAT_VOID && !isSigned && !isFloat) {
        return refuse(message, "colours of %u bits that are no whole numbers from 0, which are not read", layout->bits);
    }
    if (!isKnownDepth) return refuse(message, "%u bits a sample, which are not read", layout->bits);
    if (layout->samples < layout->colors || layout->samples > 8) return refuse(message, "%u samples a pixel", layout->samples);
    if (layout->photometric == PHOTOMETRIC_YCBCR && !layout->isConverted) TIFFSetField(codec, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return 0;
}

static int close_with(TIFF *codec, Source *source, int result) {
    if (codec) TIFFClose(codec);
    if (result && !source->message[0]) refuse(source->message, "the data is damaged or ends too soon", 0);
    return result;
}

int image_header_tiff(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    Source source = {bytes, size, 0, message};
    TIFF *codec = open_reader(&source);
    Layout layout;
    if (!codec || read_layout(codec, &layout, message)) return close_with(codec, &source, 1);
    uint16_t orientation = 0;
    uint32_t length = 0;
    void *xmp = NULL;
    if (!TIFFGetField(codec, TIFFTAG_ORIENTATION, &orientation)) {
        if (TIFFGetField(codec, TIFFTAG_XMLPACKET, &length, &xmp)) {
            orientation = (uint16_t)orientation_of((Metadata){.xmp = xmp, .xmpSize = length});
        }
    }
    if (orientation < 1 || orientation > 8) orientation = 1;
    *header = (ImageHeader){(int32_t)layout.width, (int32_t)layout.height, is_grey(&layout) ? 1 : 3, orientation};
    uint64_t row = ((uint64_t)layout.width * layout.bits * layout.samples + 7) / 8;
    int isTooShort = layout.compression == COMPRESSION_NONE && row > size / layout.height;
    TIFFClose(codec);
    return isTooShort ? image_is_too_short(*header, message) : 0;
}

// How samples become pixels.
typedef struct {
    Layout layout;
    const uint16_t *palette[3];
    ImageHeader header;
    uint8_t *pixels;
} Target;

static unsigned clipped(int64_t value) { return value < 0 ? 0 : value > 255 ? 255 : (unsigned)value; }

// Greys of more than eight bits are numbers, of which those above 255 are white, as in a PNG.
static unsigned wide_grey(const Layout *layout, const uint8_t *row, size_t index) {
    int isSigned = layout->format == SAMPLEFORMAT_INT;
    if (layout->bits == 12) {
        const uint8_t *bytes = row + index / 2 * 3;
        return clipped(index % 2 ? (bytes[1] & 15) << 8 | bytes[2] : bytes[0] << 4 | bytes[1] >> 4);
    }
    if (layout->bits == 16) {
        uint16_t value;
        memcpy(&value, row + 2 * index, sizeof value);
        return clipped(isSigned ? (int16_t)value : value);
    }
    if (layout->format == SAMPLEFORMAT_IEEEFP) {
        float value;
        memcpy(&value, row + 4 * index, sizeof value);
        return value >= 255 ? 255 : value > 0 ? (unsigned)value : 0;
    }
    // Pillow has no unsigned numbers of 32 bits.
    int32_t value;
    memcpy(&value, row + 4 * index, sizeof value);
    return clipped(value);
}

// More than eight bits come in the machine's order; colours keep their upper half.
static unsigned sample(const Layout *layout, const uint8_t *row, size_t index) {
    if (layout->bits == 8) return row[index];
    if (layout->bits > 8 && is_grey(layout)) return wide_grey(layout, row, index);
    if (layout->bits == 16) {
        uint16_t value;
        memcpy(&value, row + 2 * index, sizeof value);
        return value >> 8;
    }
    size_t bit = index * layout->bits;
    unsigned most = (1u << layout->bits) - 1;
    unsigned value = row[bit / 8] >> (8 - layout->bits - bit % 8) & most;
    return layout->photometric == PHOTOMETRIC_PALETTE ? value : value * 255 / most;
}

static uint8_t product(int a, int b) {
    int value = a * b + 128;
    return (uint8_t)(((value >> 8) + value) >> 8);
}

// `values`: as many samples as a pixel has.
static void put_pixel(const Target *target, const unsigned *values, uint8_t *pixel) {
    switch (target->layout.photometric) {
    case PHOTOMETRIC_MINISBLACK: pixel[0] = (uint8_t)values[0]; break;
    case PHOTOMETRIC_MINISWHITE: pixel[0] = (uint8_t)(target->layout.bits > 8 ? values[0] : 255 - values[0]); break;
    case PHOTOMETRIC_PALETTE: for (int c = 0; c < 3; c++) pixel[c] = (uint8_t)(target->palette[c][values[0]] >> 8); break;
    case PHOTOMETRIC_SEPARATED:
        for (int c = 0; c < 3; c++) {
            int paper = 255 - (int)values[3], value = paper - product((int)values[c], paper);
            pixel[c] = (uint8_t)(value < 0 ? 0 : value);
        }
        break;
    default:
        for (int c = 0; c < 3; c++) pixel[c] = (uint8_t)values[c];
        // Colours that were multiplied by alpha are divided by it.
        if (target->layout.photometric == PHOTOMETRIC_RGB && target->layout.extra == EXTRASAMPLE_ASSOCALPHA
            && target->layout.samples > 3 && values[3] > 0 && values[3] < 255) {
            for (int c = 0; c < 3; c++) {
                unsigned value = 255 * values[c] / values[3];
                pixel[c] = (uint8_t)(value > 255 ? 255 : value);
            }
        }
    }
}

// A strip or tile of `width` columns in memory: what of it lies inside the picture.
static void put_block(const Target *target, const uint8_t *block, size_t rowSize, uint32_t top, uint32_t left, uint32_t width,
                      uint32_t height) {
    const Layout *layout = &target->layout;
    unsigned values[8] = {0};
    for (uint32_t y = 0; y < height && top + y < layout->height; y++) {
        for (uint32_t x = 0; x < width && left + x < layout->width; x++) {
            for (unsigned s = 0; s < layout->samples; s++) {
                values[s] = sample(layout, block + y * rowSize, (size_t)x * layout->samples + s);
            }
            size_t place = (size_t)(top + y) * layout->width + left + x;
            put_pixel(target, values, target->pixels + place * (size_t)target->header.channels);
        }
    }
}

// The same of one sample where each has blocks of its own: it goes to its channel, and the last, ink or an alpha that the
// colours were multiplied by, changes what is there.
static void put_plane(const Target *target, const uint8_t *block, size_t rowSize, unsigned plane, uint32_t top, uint32_t left,
                      uint32_t width, uint32_t height) {
    const Layout *layout = &target->layout;
    int channels = target->header.channels;
    for (uint32_t y = 0; y < height && top + y < layout->height; y++) {
        for (uint32_t x = 0; x < width && left + x < layout->width; x++) {
            unsigned value = sample(layout, block + y * rowSize, x);
            uint8_t *pixel = target->pixels + ((size_t)(top + y) * layout->width + left + x) * (size_t)channels;
            if (layout->colors == 1) {
                put_pixel(target, &value, pixel);
            } else if (plane < 3) {
                pixel[plane] = (uint8_t)value;
            } else {
                put_pixel(target, (unsigned[]){pixel[0], pixel[1], pixel[2], value}, pixel);
            }
        }
    }
}

// Planes that make pixels: not an alpha that is dropped.
static unsigned planes(const Layout *layout) {
    int dividesByAlpha = layout->photometric == PHOTOMETRIC_RGB && layout->samples > 3 && layout->extra == EXTRASAMPLE_ASSOCALPHA;
    return layout->colors + (dividesByAlpha ? 1 : 0);
}

static int decode_converted(TIFF *codec, const Target *target, char *message) {
    size_t count = (size_t)target->layout.width * target->layout.height;
    uint32_t *raster = calloc(count, sizeof *raster);
    if (!raster) return refuse(message, "out of memory", 0);
    int isWhole = TIFFReadRGBAImageOriented(codec, target->layout.width, target->layout.height, raster, ORIENTATION_TOPLEFT, 1);
    for (size_t i = 0; isWhole && i < count; i++) {
        uint8_t *pixel = target->pixels + 3 * i;
        pixel[0] = TIFFGetR(raster[i]), pixel[1] = TIFFGetG(raster[i]), pixel[2] = TIFFGetB(raster[i]);
    }
    free(raster);
    return !isWhole;
}

static tmsize_t read_block(TIFF *codec, uint32_t index, uint8_t *block, tmsize_t size) {
    return TIFFIsTiled(codec) ? TIFFReadEncodedTile(codec, index, block, size) : TIFFReadEncodedStrip(codec, index, block, size);
}

// Whether all of a block was decoded. A JPEG that is smaller than its block leaves the rest of it as it was, without a word:
// over other bytes it gives another block. Of a damaged fax the rest is black.
static int is_block_whole(TIFF *codec, const Layout *layout, uint32_t index, uint8_t *block, uint8_t *again, tmsize_t size) {
    memset(block, 0, (size_t)size);
    if (read_block(codec, index, block, size) != size) return 0;
    if (layout->compression != COMPRESSION_JPEG) return 1;
    for (tmsize_t i = 0; i < size; i++) again[i] = (uint8_t)~block[i];
    return read_block(codec, index, again, size) == size && !memcmp(block, again, (size_t)size);
}

static int decode_blocks(TIFF *codec, const Target *target, char *message) {
    enum { MOST_BLOCK = 1 << 30 };
    const Layout *layout = &target->layout;
    int isTiled = TIFFIsTiled(codec);
    uint32_t width = layout->width, height = layout->height;
    if (isTiled) {
        TIFFGetField(codec, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(codec, TIFFTAG_TILELENGTH, &height);
    } else {
        TIFFGetFieldDefaulted(codec, TIFFTAG_ROWSPERSTRIP, &height);
        if (height > layout->height) height = layout->height;
    }
    tmsize_t size = isTiled ? TIFFTileSize(codec) : TIFFStripSize(codec);
    tmsize_t rowSize = isTiled ? TIFFTileRowSize(codec) : TIFFScanlineSize(codec);
    // A tile may be larger than the picture, but not without bound.
    uint64_t picture = (uint64_t)layout->width * layout->height * layout->samples * 4;
    if (!width || !height || size <= 0 || rowSize <= 0 || size > MOST_BLOCK || (uint64_t)size > 4 * picture + (1 << 24)
        || (uint64_t)rowSize * 8 < (uint64_t)width * layout->bits * (layout->isPlanar ? 1 : layout->samples)
        || rowSize > size / height) {
        return refuse(message, "blocks of an unlikely size", 0);
    }
    uint8_t *block = malloc((size_t)size), *again = malloc((size_t)size);
    if (!block || !again) {
        free(block), free(again);
        return refuse(message, "out of memory", 0);
    }
    int isWhole = 1;
    for (unsigned plane = 0; isWhole && plane < (layout->isPlanar ? planes(layout) : 1u); plane++) {
        for (uint32_t top = 0; isWhole && top < layout->height; top += height) {
            for (uint32_t left = 0; isWhole && left < layout->width; left += width) {
                uint32_t rows = isTiled || layout->height - top > height ? height : layout->height - top;
                uint32_t index = isTiled ? TIFFComputeTile(codec, left, top, 0, (uint16_t)plane)
                                         : TIFFComputeStrip(codec, top, (uint16_t)plane);
                tmsize_t wanted = isTiled ? size : rowSize * (tmsize_t)rows;
                isWhole = is_block_whole(codec, layout, index, block, again, wanted);
                if (!isWhole) break;
                if (layout->isPlanar) {
                    put_plane(target, block, (size_t)rowSize, plane, top, left, width, rows);
                } else {
                    put_block(target, block, (size_t)rowSize, top, left, width, rows);
                }
                if (UINT32_MAX - left < width) break;
            }
            if (UINT32_MAX - top < height) break;
        }
    }
    free(block), free(again);
    return !isWhole;
}

int image_decode_tiff(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    Source source = {bytes, size, 0, message};
    TIFF *codec = open_reader(&source);
    Target target = {.header = header, .pixels = pixels};
    if (!codec || read_layout(codec, &target.layout, message)) return close_with(codec, &source, 1);
    const Layout *layout = &target.layout;
    if ((int32_t)layout->width != header.width || (int32_t)layout->height != header.height
        || header.channels != (is_grey(layout) ? 1 : 3)) {
        refuse(message, "the header changed", 0);
        return close_with(codec, &source, 1);
    }
    uint16_t *palette[3] = {NULL};
    if (layout->photometric == PHOTOMETRIC_PALETTE
        && !TIFFGetField(codec, TIFFTAG_COLORMAP, &palette[0], &palette[1], &palette[2])) {
        refuse(message, "no palette", 0);
        return close_with(codec, &source, 1);
    }
    for (int c = 0; c < 3; c++) target.palette[c] = palette[c];
    return close_with(
        codec, &source, layout->isConverted ? decode_converted(codec, &target, message) : decode_blocks(codec, &target, message));
}
