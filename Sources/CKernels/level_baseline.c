// The kernels for any processor.
#include "levels.h"

#define LEVEL(name) name##_baseline
#define LANES 4
#define TILE_ROWS 4

#include "bodies/bodies.h"
