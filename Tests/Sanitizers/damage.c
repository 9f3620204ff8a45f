// Pictures cut at every byte and with bytes changed at random, through the decoders under the address and undefined-behaviour
// sanitizers: `make sanitize`. Files lie in memory of exactly their size and pixels end at a page that may not be touched, so
// that one byte too many ends the program, in the system's libraries too.
//
//     damage COUNT FILE…

#include "CImageCodecs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

enum { PAGE = 4096, MOST_BYTES = 1 << 20, MOST_PIXELS = 1 << 24 };

typedef int (*ReadHeader)(const uint8_t *, size_t, ImageHeader *, char *);
typedef int (*Decode)(const uint8_t *, size_t, ImageHeader, uint8_t *, char *);

typedef struct {
    const char *start;
    size_t length;
    ReadHeader header;
    Decode decode;
} Format;

static const Format formats[] = {
    {"\xFF\xD8\xFF", 3, image_header_jpeg, image_decode_jpeg},
    {"\x89PNG\r\n\x1A\n", 8, image_header_png, image_decode_png},
    {"RIFF", 4, image_header_webp, image_decode_webp},
    {"GIF8", 4, image_header_gif, image_decode_gif},
    {"BM", 2, image_header_bmp, image_decode_bmp},
    {"II", 2, image_header_tiff, image_decode_tiff},
    {"MM", 2, image_header_tiff, image_decode_tiff},
};

// SplitMix64 (Steele et al. 2014).
static uint64_t state = 1;
static uint64_t next(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

// A PNG's checksums would hide damage from what comes behind them.
static void repair_checksums(uint8_t *bytes, size_t size) {
    for (size_t place = 8; place + 12 <= size;) {
        uint8_t *chunk = bytes + place;
        size_t length = (size_t)chunk[0] << 24 | chunk[1] << 16 | chunk[2] << 8 | chunk[3];
        if (length > size - place - 12) return;
        uint32_t sum = (uint32_t)crc32(0, chunk + 4, (uInt)length + 4);
        for (int i = 0; i < 4; i++) chunk[8 + length + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        place += 12 + length;
    }
}

static int decode(const Format *format, const uint8_t *file, size_t size, ImageHeader header) {
    char message[IMAGE_MESSAGE_SIZE];
    size_t count = (size_t)header.width * header.height * header.channels;
    size_t pages = (count + PAGE - 1) / PAGE * PAGE;
    uint8_t *memory = mmap(NULL, pages + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + pages, PAGE, PROT_NONE)) abort();
    int failed = format->decode(file, size, header, memory + pages - count, message);
    munmap(memory, pages + PAGE);
    return !failed;
}

// Whether a picture came of it.
static int try(const uint8_t *bytes, size_t size) {
    uint8_t *file = malloc(size ? size : 1);
    memcpy(file, bytes, size);
    int isPicture = 0;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const Format *format = &formats[i];
        if (size < format->length || memcmp(file, format->start, format->length)) continue;
        char message[IMAGE_MESSAGE_SIZE];
        ImageHeader header = {0};
        if (format->header(file, size, &header, message)) continue;
        if (header.width <= 0 || header.height <= 0 || header.height > MOST_PIXELS / header.width) continue;
        if (header.orientation < 1 || header.orientation > 8 || (header.channels != 1 && header.channels != 3)) abort();
        isPicture = decode(format, file, size, header);
    }
    free(file);
    return isPicture;
}

int main(int argc, char **argv) {
    static uint8_t whole[MOST_BYTES], damaged[MOST_BYTES];
    for (int file = 2; file < argc; file++) {
        FILE *stream = fopen(argv[file], "rb");
        size_t size = stream ? fread(whole, 1, sizeof whole, stream) : 0;
        if (!stream || fclose(stream) || !try(whole, size)) {
            fprintf(stderr, "%s: expected a picture\n", argv[file]);
            return 1;
        }
        for (size_t cut = 0; cut < size; cut++) try(whole, cut);
        int pictures = 0, count = atoi(argv[1]);
        for (int round = 0; round < count; round++) {
            memcpy(damaged, whole, size);
            for (uint64_t flips = 1 + next() % 3; flips; flips--) damaged[next() % size] ^= (uint8_t)(1 + next() % 255);
            if (round % 2) repair_checksums(damaged, size);
            pictures += try(damaged, size);
        }
        printf("%s: %d of %d damaged copies give a picture, the others an error\n", argv[file], pictures, count);
    }
    return 0;
}
