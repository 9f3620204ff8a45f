#include "CImageCodecs.h"
#include "header.h"
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <gif_lib.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
} Source;

static int read_bytes(GifFileType *codec, GifByteType *target, int count) {
    Source *source = codec->UserData;
    size_t size = (size_t)count < source->left ? (size_t)count : source->left;
    memcpy(target, source->bytes, size);
    source->bytes += size;
    source->left -= size;
    // The zero that ends a picture's blocks may be missing; where one ends pixels that are missing, that is an error.
    if (count == 1 && !size) return *target = 0, 1;
    return (int)size;
}

// The canvas, which is large enough for the first frame, and what that frame's transparent pixels are; -1: none are.
typedef struct {
    Source source;
    GifFileType *codec;
    int32_t width, height;
    int transparent;
} Reader;

static int fail(Reader *reader, int code, char *message) {
    const char *words = code ? GifErrorString(code) : NULL;
    snprintf(message, IMAGE_MESSAGE_SIZE, "%s", words ? words : "no picture in it");
    if (reader->codec) DGifCloseFile(reader->codec, NULL);
    return 1;
}

// Reads as far as the first frame's pixels.
static int open_reader(Reader *reader, const uint8_t *bytes, size_t size, char *message) {
    int code = 0;
    *reader = (Reader){.source = {bytes, size}, .transparent = NO_TRANSPARENT_COLOR};
    reader->codec = DGifOpen(&reader->source, read_bytes, &code);
    if (!reader->codec) return fail(reader, code ? code : D_GIF_ERR_NOT_GIF_FILE, message);
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(reader->codec, &type) == GIF_ERROR) return fail(reader, reader->codec->Error, message);
        if (type == TERMINATE_RECORD_TYPE) return fail(reader, 0, message);
        if (type == IMAGE_DESC_RECORD_TYPE) break;
        if (type != EXTENSION_RECORD_TYPE) continue;
        int kind;
        GifByteType *block;
        if (DGifGetExtension(reader->codec, &kind, &block) == GIF_ERROR) return fail(reader, reader->codec->Error, message);
        GraphicsControlBlock control;
        if (kind == GRAPHICS_EXT_FUNC_CODE && block && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK
            && control.TransparentColor != NO_TRANSPARENT_COLOR) {
            reader->transparent = control.TransparentColor;
        }
        while (block) {
            if (DGifGetExtensionNext(reader->codec, &block) == GIF_ERROR) {
                return fail(reader, reader->codec->Error, message);
            }
        }
    }
    if (DGifGetImageDesc(reader->codec) == GIF_ERROR) return fail(reader, reader->codec->Error, message);
    const GifImageDesc *frame = &reader->codec->Image;
    reader->width = frame->Left + frame->Width > reader->codec->SWidth ? frame->Left + frame->Width : reader->codec->SWidth;
    reader->height = frame->Top + frame->Height > reader->codec->SHeight ? frame->Top + frame->Height : reader->codec->SHeight;
    if (frame->Left < 0 || frame->Top < 0 || frame->Width <= 0 || frame->Height <= 0) return fail(reader, 0, message);
    return 0;
}

int image_header_gif(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    Reader reader;
    if (open_reader(&reader, bytes, size, message)) return 1;
    *header = (ImageHeader){reader.width, reader.height, 3, 1};
    // A code of twelve bits stands for at most 4,096 pixels. What lies around the frame is in no file.
    size_t values = (size_t)reader.codec->Image.Width * (size_t)reader.codec->Image.Height;
    DGifCloseFile(reader.codec, NULL);
    return values / 2731 <= size ? 0 : image_is_too_short(*header, message);
}

// Without a palette a pixel is its grey; one that the palette has not is black.
static void put_color(const ColorMapObject *palette, int index, uint8_t *pixel) {
    if (!palette) {
        memset(pixel, index, 3);
    } else if (index < palette->ColorCount) {
        const GifColorType *color = &palette->Colors[index];
        pixel[0] = color->Red, pixel[1] = color->Green, pixel[2] = color->Blue;
    } else {
        memset(pixel, 0, 3);
    }
}

// Pillow's first frame: the frame on a ground of its transparent colour, else of the first, all colours opaque.
int image_decode_gif(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    Reader reader;
    if (open_reader(&reader, bytes, size, message)) return 1;
    if (reader.width != header.width || reader.height != header.height) return fail(&reader, D_GIF_ERR_IMAGE_DEFECT, message);
    const GifImageDesc *frame = &reader.codec->Image;
    const ColorMapObject *palette = frame->ColorMap ? frame->ColorMap : reader.codec->SColorMap;
    uint8_t ground[3];
    put_color(palette, reader.transparent == NO_TRANSPARENT_COLOR ? 0 : reader.transparent, ground);
    size_t count = (size_t)header.width * (size_t)header.height;
    for (size_t i = 0; i < count; i++) memcpy(pixels + 3 * i, ground, 3);
    GifPixelType *row = malloc((size_t)frame->Width);
    if (!row) return fail(&reader, D_GIF_ERR_NOT_ENOUGH_MEM, message);
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (frame->Interlace ? 4 : 1); pass++) {
        for (int y = frame->Interlace ? starts[pass] : 0; y < frame->Height; y += frame->Interlace ? steps[pass] : 1) {
            if (DGifGetLine(reader.codec, row, frame->Width) == GIF_ERROR) {
                free(row);
                return fail(&reader, reader.codec->Error, message);
            }
            uint8_t *target = pixels + 3 * ((size_t)(frame->Top + y) * (size_t)header.width + (size_t)frame->Left);
            for (int x = 0; x < frame->Width; x++) put_color(palette, row[x], target + 3 * (size_t)x);
        }
    }
    free(row);
    DGifCloseFile(reader.codec, NULL);
    return 0;
}
