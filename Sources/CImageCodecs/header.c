#include "header.h"
#include <stdio.h>

int image_is_too_short(ImageHeader header, char *message) {
    snprintf(message, IMAGE_MESSAGE_SIZE, "the file is too short for %d x %d pixels", header.width, header.height);
    return 1;
}
