#include "exif.h"

static uint32_t number(const uint8_t *bytes, int count, int isBigEndian) {
    uint32_t value = 0;
    for (int i = 0; i < count; i++) value = value << 8 | bytes[isBigEndian ? i : count - 1 - i];
    return value;
}

int32_t exif_orientation(const uint8_t *tiff, size_t size) {
    enum { ORIENTATION_TAG = 0x0112, SHORT_TYPE = 3 };
    if (size < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) return 1;
    int isBigEndian = tiff[0] == 'M';
    uint32_t start = number(tiff + 4, 4, isBigEndian);
    if (start > size - 2) return 1;
    uint32_t entries = number(tiff + start, 2, isBigEndian);
    for (uint32_t entry = 0; entry < entries; entry++) {
        size_t place = (size_t)start + 2 + 12 * (size_t)entry;
        if (place + 12 > size) return 1;
        if (number(tiff + place, 2, isBigEndian) != ORIENTATION_TAG) continue;
        if (number(tiff + place + 2, 2, isBigEndian) != SHORT_TYPE) return 1;
        uint32_t orientation = number(tiff + place + 8, 2, isBigEndian);
        return orientation >= 1 && orientation <= 8 ? (int32_t)orientation : 1;
    }
    return 1;
}
