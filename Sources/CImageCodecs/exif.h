#pragma once
#include <stddef.h>
#include <stdint.h>

/// Where a file's EXIF and XMP were found; NULL where it has none.
typedef struct {
    const uint8_t *exif, *xmp;
    size_t exifSize, xmpSize;
} Metadata;

/// The orientation, 1 to 8, as Pillow's exif_transpose finds it: in EXIF's TIFF structure, with or without `Exif\0\0` before
/// it; where the tag is missing there, in XMP; else 1.
int32_t orientation_of(Metadata metadata);
