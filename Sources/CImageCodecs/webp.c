#include "CImageCodecs.h"
#include "exif.h"
#include "header.h"
#include <stdio.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

static int32_t orientation(const uint8_t *bytes, size_t size) {
    // RIFF: after twelve bytes, chunks of a name, a little-endian size and as many bytes, padded to an even number.
    Metadata metadata = {0};
    for (size_t place = 12; place + 8 <= size;) {
        const uint8_t *chunk = bytes + place;
        size_t length = chunk[4] | chunk[5] << 8 | chunk[6] << 16 | (size_t)chunk[7] << 24;
        if (length > size - place - 8) break;
        if (!metadata.exif && !memcmp(chunk, "EXIF", 4)) metadata.exif = chunk + 8, metadata.exifSize = length;
        if (!metadata.xmp && !memcmp(chunk, "XMP ", 4)) metadata.xmp = chunk + 8, metadata.xmpSize = length;
        place += 8 + length + (length & 1);
    }
    return orientation_of(metadata);
}

static int is_damaged(char *message) {
    snprintf(message, IMAGE_MESSAGE_SIZE, "the data is damaged or ends too soon");
    return 1;
}

int image_header_webp(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, size, &features) != VP8_STATUS_OK) {
        snprintf(message, IMAGE_MESSAGE_SIZE, "the header is damaged");
        return 1;
    }
    *header = (ImageHeader){features.width, features.height, 3, orientation(bytes, size)};
    // The modes of a lossy block of 16x16 take at least two bits. A lossless picture of one colour takes none a pixel.
    enum { LOSSY = 1 };
    size_t blocks = (size_t)((features.width + 15) / 16) * (size_t)((features.height + 15) / 16);
    int isBounded = features.format == LOSSY && !features.has_animation;
    return !isBounded || blocks / 4 <= size ? 0 : image_is_too_short(*header, message);
}

// Of an animation: the first frame, where it lies on a black canvas, though its end be cut off.
static int decode_frame(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    WebPData data = {bytes, size};
    WebPDemuxState state;
    WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
    WebPIterator frame;
    if (!demuxer || !WebPDemuxGetFrame(demuxer, 1, &frame)) {
        WebPDemuxDelete(demuxer);
        return is_damaged(message);
    }
    size_t row = (size_t)header.width * 3;
    memset(pixels, 0, row * (size_t)header.height);
    int isInside = frame.x_offset >= 0 && frame.y_offset >= 0 && frame.width > 0 && frame.height > 0
        && frame.width <= header.width - frame.x_offset && frame.height <= header.height - frame.y_offset;
    int isDecoded = 0;
    if (isInside) {
        size_t start = (size_t)frame.y_offset * row + (size_t)frame.x_offset * 3;
        size_t room = (size_t)(frame.height - 1) * row + (size_t)frame.width * 3;
        WebPBitstreamFeatures features;
        isDecoded = WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) == VP8_STATUS_OK
            && features.width == frame.width && features.height == frame.height
            && WebPDecodeRGBInto(frame.fragment.bytes, frame.fragment.size, pixels + start, room, (int)row);
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demuxer);
    return isDecoded ? 0 : is_damaged(message);
}

int image_decode_webp(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, size, &features) == VP8_STATUS_OK && features.has_animation) {
        return decode_frame(bytes, size, header, pixels, message);
    }
    size_t row = (size_t)header.width * 3;
    return WebPDecodeRGBInto(bytes, size, pixels, row * (size_t)header.height, (int)row) ? 0 : is_damaged(message);
}
