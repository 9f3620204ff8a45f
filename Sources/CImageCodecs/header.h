#pragma once
#include "CImageCodecs.h"

/// The answer of `image_header_*` where a file cannot hold as many pixels as it claims, so that no memory is taken for them.
int image_is_too_short(ImageHeader header, char *message);
