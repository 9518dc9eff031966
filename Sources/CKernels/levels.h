// One body of every kernel, compiled once a level; a table a level says where they are.
#ifndef LEVELS_H
#define LEVELS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

#define KERNELS(K)          \
  K(rms_norm_forward)       \
  K(rms_norm_backward)      \
  K(rope)                   \
  K(attention_forward)      \
  K(attention_backward)     \
  K(swiglu_forward)         \
  K(swiglu_backward)        \
  K(cross_entropy)          \
  K(cross_entropy_loss)     \
  K(gather_rows)            \
  K(scatter_add_rows)       \
  K(scale_rows)             \
  K(product)                \
  K(experts_forward)        \
  K(experts_backward)       \
  K(router_forward)         \
  K(router_backward)        \
  K(adamw)                  \
  K(to_bfloat16)            \
  K(round_to_bfloat16)      \
  K(sum_of_squares)

#define DECLARE(name)                         \
  __typeof__(ck_##name) name##_baseline;      \
  __typeof__(ck_##name) name##_avx2;          \
  __typeof__(ck_##name) name##_avx512;
KERNELS(DECLARE)
#undef DECLARE

#define POINTER(name) __typeof__(ck_##name) *name;
struct kernels {
  KERNELS(POINTER)
};
#undef POINTER

#endif
