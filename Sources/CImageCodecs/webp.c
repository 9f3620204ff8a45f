#include "CImageCodecs.h"
#include "exif.h"
#include "header.h"
#include <stdio.h>
#include <string.h>
#include <webp/decode.h>

static int32_t orientation(const uint8_t *bytes, size_t size) {
    // RIFF: after twelve bytes, chunks of a name, a little-endian size and as many bytes, padded to an even number.
    for (size_t place = 12; place + 8 <= size;) {
        const uint8_t *chunk = bytes + place;
        size_t length = chunk[4] | chunk[5] << 8 | chunk[6] << 16 | (size_t)chunk[7] << 24;
        if (length > size - place - 8) return 1;
        if (!memcmp(chunk, "EXIF", 4)) {
            const uint8_t *tiff = chunk + 8;
            int hasName = length >= 6 && !memcmp(tiff, "Exif\0\0", 6);
            return exif_orientation(tiff + 6 * hasName, length - 6 * (size_t)hasName);
        }
        place += 8 + length + (length & 1);
    }
    return 1;
}

int image_header_webp(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, size, &features) != VP8_STATUS_OK) {
        snprintf(message, IMAGE_MESSAGE_SIZE, "the header is damaged");
        return 1;
    }
    if (features.has_animation) {
        snprintf(message, IMAGE_MESSAGE_SIZE, "an animation; expected one picture");
        return 1;
    }
    *header = (ImageHeader){features.width, features.height, 3, orientation(bytes, size)};
    // The modes of a lossy block of 16x16 take at least two bits. A lossless picture of one colour takes none a pixel.
    enum { LOSSY = 1 };
    size_t blocks = (size_t)((features.width + 15) / 16) * (size_t)((features.height + 15) / 16);
    return features.format != LOSSY || blocks / 4 <= size ? 0 : image_is_too_short(*header, message);
}

int image_decode_webp(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    size_t row = (size_t)header.width * 3;
    if (WebPDecodeRGBInto(bytes, size, pixels, row * (size_t)header.height, (int)row)) return 0;
    snprintf(message, IMAGE_MESSAGE_SIZE, "the data is damaged or ends too soon");
    return 1;
}
