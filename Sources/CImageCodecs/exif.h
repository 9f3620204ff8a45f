#pragma once
#include <stddef.h>
#include <stdint.h>

/// The orientation, 1 to 8, in a TIFF structure as EXIF embeds it; 1 where there is none.
int32_t exif_orientation(const uint8_t *tiff, size_t size);
