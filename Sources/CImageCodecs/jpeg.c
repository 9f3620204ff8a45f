#include "CImageCodecs.h"
#include "exif.h"
#include "header.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    char *message;
} Errors;

typedef struct {
    struct jpeg_decompress_struct codec;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    Errors errors;
} Reader;

static void fail(j_common_ptr codec) {
    Errors *errors = (Errors *)codec->err;
    char words[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, words);
    snprintf(errors->message, IMAGE_MESSAGE_SIZE, "%s", words);
    longjmp(errors->escape, 1);
}

static void ignore(j_common_ptr codec) { (void)codec; }
static void ignore_warning(j_common_ptr codec, int level) { (void)codec, (void)level; }

static void start(j_decompress_ptr codec) { (void)codec; }

// libjpeg's own source would go on with an invented end; a file that is cut is an error.
static boolean at_end(j_decompress_ptr codec) {
    ERREXIT(codec, JERR_INPUT_EOF);
    return FALSE;
}

static void skip(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    if ((size_t)count > codec->src->bytes_in_buffer) ERREXIT(codec, JERR_INPUT_EOF);
    codec->src->next_input_byte += count;
    codec->src->bytes_in_buffer -= (size_t)count;
}

// A few bytes can ask for a pass over the whole picture: a file of passes would take hours.
static void limit_scans(j_common_ptr codec) {
    enum { MOST_SCANS = 200 };
    if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > MOST_SCANS) {
        ERREXIT(codec, JERR_BAD_PROGRESSION);
    }
}

static void install_errors(Reader *reader, char *message) {
    reader->codec.err = jpeg_std_error(&reader->errors.manager);
    reader->errors.manager.error_exit = fail;
    reader->errors.manager.output_message = ignore;
    reader->errors.manager.emit_message = ignore_warning;
    reader->errors.message = message;
}

static void start_reading(Reader *reader, const uint8_t *bytes, size_t size) {
    jpeg_create_decompress(&reader->codec);
    reader->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes, .bytes_in_buffer = size, .init_source = start, .fill_input_buffer = at_end,
        .skip_input_data = skip, .resync_to_restart = jpeg_resync_to_restart, .term_source = start};
    reader->codec.src = &reader->source;
    reader->progress.progress_monitor = limit_scans;
    reader->codec.progress = &reader->progress;
    jpeg_save_markers(&reader->codec, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&reader->codec, TRUE);
}

static const uint8_t *after(jpeg_saved_marker_ptr marker, const char *name, size_t length) {
    int isNamed = marker->marker == JPEG_APP0 + 1 && marker->data_length >= length && !memcmp(marker->data, name, length);
    return isNamed ? marker->data + length : NULL;
}

// Long EXIF lies in several markers, one after the other; of several XMP the last counts, as for Pillow.
static int32_t orientation(j_decompress_ptr codec) {
    static const char exifName[] = "Exif\0", xmpName[] = "http://ns.adobe.com/xap/1.0/";
    Metadata metadata = {0};
    size_t size = 0;
    for (jpeg_saved_marker_ptr marker = codec->marker_list; marker; marker = marker->next) {
        const uint8_t *xmp = after(marker, xmpName, sizeof xmpName), *exif = after(marker, exifName, sizeof exifName);
        if (xmp) metadata.xmp = xmp, metadata.xmpSize = marker->data_length - sizeof xmpName;
        if (exif) size += marker->data_length - sizeof exifName;
    }
    uint8_t *joined = size ? codec->mem->alloc_large((j_common_ptr)codec, JPOOL_IMAGE, size) : NULL;
    for (jpeg_saved_marker_ptr marker = codec->marker_list; marker && joined; marker = marker->next) {
        const uint8_t *exif = after(marker, exifName, sizeof exifName);
        if (!exif) continue;
        memcpy(joined + metadata.exifSize, exif, marker->data_length - sizeof exifName);
        metadata.exifSize += marker->data_length - sizeof exifName;
    }
    metadata.exif = joined;
    return orientation_of(metadata);
}

// Huffman's codes take at least a bit of each 8x8 block. Arithmetic coding has no such bound.
static int is_long_enough(j_decompress_ptr codec, size_t size) {
    size_t blocks = 0;
    for (int i = 0; i < codec->num_components; i++) {
        blocks += (size_t)codec->comp_info[i].width_in_blocks * codec->comp_info[i].height_in_blocks;
    }
    return codec->arith_code || blocks / 8 <= size;
}

int image_header_jpeg(const uint8_t *bytes, size_t size, ImageHeader *header, char *message) {
    Reader reader;
    memset(&reader, 0, sizeof reader);
    install_errors(&reader, message);
    if (setjmp(reader.errors.escape)) {
        jpeg_destroy_decompress(&reader.codec);
        return 1;
    }
    start_reading(&reader, bytes, size);
    header->width = (int32_t)reader.codec.image_width;
    header->height = (int32_t)reader.codec.image_height;
    header->channels = reader.codec.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
    header->orientation = orientation(&reader.codec);
    int isLongEnough = is_long_enough(&reader.codec, size);
    jpeg_destroy_decompress(&reader.codec);
    return isLongEnough ? 0 : image_is_too_short(*header, message);
}

// Adobe's programs store CMYK inverted, and so does everyone: 255 is no ink. As Pillow: rounded products.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, uint32_t width) {
    for (uint32_t x = 0; x < width; x++) {
        int paper = cmyk[4 * x + 3];
        for (int c = 0; c < 3; c++) {
            int product = (255 - cmyk[4 * x + c]) * paper + 128;
            int value = paper - (((product >> 8) + product) >> 8);
            rgb[3 * x + c] = (uint8_t)(value < 0 ? 0 : value);
        }
    }
}

int image_decode_jpeg(const uint8_t *bytes, size_t size, ImageHeader header, uint8_t *pixels, char *message) {
    Reader reader;
    memset(&reader, 0, sizeof reader);
    install_errors(&reader, message);
    if (setjmp(reader.errors.escape)) {
        jpeg_destroy_decompress(&reader.codec);
        return 1;
    }
    start_reading(&reader, bytes, size);
    j_decompress_ptr codec = &reader.codec;
    int isCMYK = codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK;
    codec->out_color_space = isCMYK ? JCS_CMYK : header.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(codec);
    if ((int32_t)codec->output_width != header.width || (int32_t)codec->output_height != header.height
        || codec->output_components != (isCMYK ? 4 : header.channels)) {
        ERREXIT(codec, JERR_BAD_STATE);
    }
    JSAMPARRAY ink = isCMYK ? codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, codec->output_width * 4, 1) : NULL;
    while (codec->output_scanline < codec->output_height) {
        uint8_t *row = pixels + (size_t)codec->output_scanline * header.width * header.channels;
        JSAMPROW target = ink ? ink[0] : row;
        if (jpeg_read_scanlines(codec, &target, 1) != 1) ERREXIT(codec, JERR_INPUT_EOF);
        if (ink) cmyk_to_rgb(ink[0], row, codec->output_width);
    }
    jpeg_destroy_decompress(codec);
    return 0;
}
