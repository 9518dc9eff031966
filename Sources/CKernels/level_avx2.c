// The kernels for x86-64-v3: vectors of 8 floats, fused multiply-add, 16 registers.
#include "levels.h"

#if defined(__x86_64__)
#define LEVEL(name) name##_avx2
#define LANES 8
#define TILE_ROWS 6

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "bodies/bodies.h"
#pragma clang attribute pop
#endif
