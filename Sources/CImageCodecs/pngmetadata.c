#include "pngmetadata.h"
#include "exif.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MOST_TEXT = 1 << 20 };

// Inflates into `text`, of MOST_TEXT bytes; how many there are, 0 where the data is damaged.
static size_t inflated(const uint8_t *bytes, size_t size, uint8_t *text) {
    uLongf count = MOST_TEXT;
    return uncompress(text, &count, bytes, size) == Z_OK ? count : 0;
}

static int digit(uint8_t c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Three lines (one empty, the kind, the size), then digits in lines of their own; in place. How many bytes there are.
static size_t bytes_of_digits(uint8_t *text, size_t size) {
    size_t place = 0, count = 0;
    for (int lines = 0; lines < 3 && place < size; place++) lines += text[place] == '\n';
    for (; place < size; place++) {
        if (text[place] == '\n' || text[place] == ' ') continue;
        if (place + 1 >= size || digit(text[place]) < 0 || digit(text[place + 1]) < 0) return 0;
        text[count++] = (uint8_t)(digit(text[place]) << 4 | digit(text[place + 1]));
        place++;
    }
    return count;
}

// Where the text of a tEXt, zTXt or iTXt chunk with this name begins, behind `gap` bytes after the name's zero; NULL else.
static const uint8_t *text_named(const char *name, size_t gap, const uint8_t *chunk, size_t length, size_t *left) {
    size_t start = strlen(name) + 1 + gap;
    if (length < start || memcmp(chunk, name, strlen(name) + 1)) return NULL;
    *left = length - start;
    return chunk + start;
}

// Behind the language and the translated name, each ended by a zero.
static const uint8_t *after_two_zeros(const uint8_t *text, size_t *left) {
    for (int zeros = 0; zeros < 2; text++, --*left) {
        if (!*left) return NULL;
        zeros += *text == 0;
    }
    return text;
}

int32_t png_orientation(const uint8_t *bytes, size_t size) {
    static const char rawName[] = "Raw profile type exif", xmpName[] = "XML:com.adobe.xmp";
    Metadata metadata = {0};
    uint8_t *raw = NULL, *xmp = NULL;
    for (size_t place = 8; place + 12 <= size;) {
        const uint8_t *chunk = bytes + place;
        size_t length = (size_t)chunk[0] << 24 | chunk[1] << 16 | chunk[2] << 8 | chunk[3], left = 0;
        if (length > size - place - 12) break;
        const uint8_t *type = chunk + 4, *data = chunk + 8, *text = NULL;
        if (!memcmp(type, "eXIf", 4)) metadata.exif = data, metadata.exifSize = length;
        if (!raw && !memcmp(type, "tEXt", 4) && (text = text_named(rawName, 0, data, length, &left)) && left <= MOST_TEXT
            && (raw = malloc(MOST_TEXT))) {
            memcpy(raw, text, left);
        } else if (!raw && !memcmp(type, "zTXt", 4) && (text = text_named(rawName, 1, data, length, &left))
                   && (raw = malloc(MOST_TEXT))) {
            left = inflated(text, left, raw);
        }
        if (raw && text && !metadata.exif) metadata.exif = raw, metadata.exifSize = bytes_of_digits(raw, left);
        if (!memcmp(type, "iTXt", 4) && (text = text_named(xmpName, 2, data, length, &left))) {
            int isCompressed = data[sizeof xmpName];
            text = after_two_zeros(text, &left);
            if (text && isCompressed && !xmp && (xmp = malloc(MOST_TEXT))) left = inflated(text, left, xmp), text = xmp;
            if (text) metadata.xmp = text, metadata.xmpSize = left;
        }
        place += 12 + length;
    }
    int32_t orientation = orientation_of(metadata);
    free(raw);
    free(xmp);
    return orientation;
}
