#pragma once
#include "CKernels.h"

// Where the parts of a piece of work lie in its scratch memory: the 16 factors, then the 16 products, then zeros.
typedef struct {
    // Slots of a row of a factor, values of a row of a product; values from one factor to the next, and from one product.
    size_t slots, width, factor, product;
} winograd_room;

// Rows of the 16 factors would else begin in one set of the first-level cache.
#define WINOGRAD_GAP 16

static winograd_room room_of(const kernel_winograd_job *job, size_t tiles, size_t panels) {
    winograd_room room = {job->is_paired ? job->inputs / 2 : job->inputs, panels * job->width, 0, 0};
    room.factor = tiles * room.slots + WINOGRAD_GAP;
    room.product = tiles * room.width + WINOGRAD_GAP;
    return room;
}

// The image of a tile, and the tile's first pixel there.
typedef struct {
    size_t image, row, column;
} winograd_place;

static winograd_place place_of(const kernel_winograd_job *job, size_t tile) {
    const size_t down = (job->rows + 1) / 2, across = (job->columns + 1) / 2, line = tile / across;
    return (winograd_place){line / down, line % down * 2, tile % across * 2};
}

// The number of a pixel among those of all images; -1 where the image has none. What lies before it has wrapped around.
static size_t pixel_at(const kernel_winograd_job *job, size_t image, size_t row, size_t column) {
    return row < job->rows && column < job->columns ? (image * job->rows + row) * job->columns + column : (size_t)-1;
}
