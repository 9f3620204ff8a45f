#include "exif.h"
#include <string.h>

static uint64_t number(const uint8_t *bytes, int count, int isBigEndian) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) value = value << 8 | bytes[isBigEndian ? i : count - 1 - i];
    return value;
}

// Bytes a value of a type takes, where Pillow reads a number of it; bytes, text and the like are none.
static size_t size_of_type(uint64_t type) {
    switch (type) {
    case 6: return 1;                       // signed byte
    case 3: case 8: return 2;               // short
    case 4: case 9: case 11: case 13: return 4; // long, float, IFD
    case 5: case 10: case 12: case 16: return 8; // rational, double, long of eight bytes
    default: return 0;
    }
}

// 0 to 8, or 9 for all that turn nothing.
static int32_t value_of(const uint8_t *bytes, uint64_t type, int isBigEndian) {
    enum { RATIONAL = 5, SIGNED_RATIONAL = 10, FLOAT = 11, DOUBLE = 12 };
    double value;
    if (type == FLOAT) {
        uint32_t bits = (uint32_t)number(bytes, 4, isBigEndian);
        float single;
        memcpy(&single, &bits, sizeof single);
        value = single;
    } else if (type == DOUBLE) {
        uint64_t bits = number(bytes, 8, isBigEndian);
        memcpy(&value, &bits, sizeof value);
    } else if (type == RATIONAL || type == SIGNED_RATIONAL) {
        uint64_t above = number(bytes, 4, isBigEndian), below = number(bytes + 4, 4, isBigEndian);
        value = below ? (double)above / (double)below : 9;
    } else {
        value = (double)number(bytes, (int)size_of_type(type), isBigEndian);
    }
    for (int32_t i = 0; i <= 8; i++) if (value == i) return i;
    return 9;
}

// The value of the first tag; 0 where there is none.
static int32_t exif_orientation(const uint8_t *tiff, size_t size) {
    enum { ORIENTATION_TAG = 0x0112 };
    for (int i = 0; i < 2 && size >= 6 && !memcmp(tiff, "Exif\0\0", 6); i++) tiff += 6, size -= 6;
    if (size < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) return 0;
    // Some writers have the 42 the other way round.
    if (!(tiff[2] == 0 && tiff[3] == 42) && !(tiff[2] == 42 && tiff[3] == 0)) return 0;
    int isBigEndian = tiff[0] == 'M';
    uint64_t start = number(tiff + 4, 4, isBigEndian);
    if (start > size - 2) return 0;
    uint64_t entries = number(tiff + start, 2, isBigEndian);
    for (uint64_t entry = 0; entry < entries; entry++) {
        size_t place = (size_t)start + 2 + 12 * (size_t)entry;
        if (place + 12 > size) return 0;
        if (number(tiff + place, 2, isBigEndian) != ORIENTATION_TAG) continue;
        uint64_t type = number(tiff + place + 2, 2, isBigEndian), count = number(tiff + place + 4, 4, isBigEndian);
        size_t width = size_of_type(type);
        if (!count) return 0;
        if (!width) return type >= 1 && type <= 16 ? 9 : 0;
        // What does not fit into four bytes lies elsewhere.
        uint64_t offset = count * width <= 4 ? place + 8 : number(tiff + place + 8, 4, isBigEndian);
        if (offset > size || count * width > size - offset) return 0;
        return value_of(tiff + offset, type, isBigEndian) ?: 9;
    }
    return 0;
}

// `tiff:Orientation="6"` or `<tiff:Orientation>6<`; 0 where there is none.
static int32_t xmp_orientation(const uint8_t *xmp, size_t size) {
    static const char name[] = "tiff:Orientation";
    const size_t length = sizeof name - 1;
    for (size_t place = 0; place + length + 2 <= size; place++) {
        if (memcmp(xmp + place, name, length)) continue;
        const uint8_t *rest = xmp + place + length;
        size_t left = size - place - length;
        size_t skipped = rest[0] == '>' ? 1 : left > 2 && rest[0] == '=' && rest[1] == '"' ? 2 : 0;
        if (skipped && skipped < left && rest[skipped] >= '0' && rest[skipped] <= '9') return rest[skipped] - '0';
    }
    return 0;
}

int32_t orientation_of(Metadata metadata) {
    int32_t found = metadata.exif ? exif_orientation(metadata.exif, metadata.exifSize) : 0;
    if (!found && metadata.xmp) found = xmp_orientation(metadata.xmp, metadata.xmpSize);
    return found >= 1 && found <= 8 ? found : 1;
}
