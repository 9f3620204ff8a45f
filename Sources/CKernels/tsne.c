#include "CKernels.h"
#include "dispatched.h"

#pragma clang fp reassociate(on) contract(fast)

DISPATCHED void kernel_student_forces(const float *x, const float *y, size_t count, float x0, float y0,
                                      const float *p, float *forces) {
    float ax = 0, ay = 0, rx = 0, ry = 0, z = 0;
    for (size_t j = 0; j < count; j++) {
        float dx = x0 - x[j], dy = y0 - y[j];
        float q = 1.0f / (1.0f + dx * dx + dy * dy);
        float a = p[j] * q, r = q * q;
        ax += a * dx;
        ay += a * dy;
        rx += r * dx;
        ry += r * dy;
        z += q;
    }
    forces[0] = ax;
    forces[1] = ay;
    forces[2] = rx;
    forces[3] = ry;
    forces[4] = z;
}
