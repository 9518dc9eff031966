// The kernels for x86-64-v4: vectors of 16 floats, fused multiply-add, 32 registers.
#include "levels.h"

#if defined(__x86_64__)
#define LEVEL(name) name##_avx512
#define LANES 16
#define TILE_ROWS 12

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#include "bodies/bodies.h"
#pragma clang attribute pop
#pragma clang attribute pop
#endif
