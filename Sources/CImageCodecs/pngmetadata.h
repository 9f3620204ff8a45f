#pragma once
#include <stddef.h>
#include <stdint.h>

/// The orientation, 1 to 8, that a PNG's chunks tell, before or behind its pixels: eXIf, ImageMagick's text of EXIF in
/// hexadecimal digits, or XMP.
int32_t png_orientation(const uint8_t *bytes, size_t size);
