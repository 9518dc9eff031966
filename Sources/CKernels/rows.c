#include "kernel.h"

KERNEL void ck_gather_rows(
    const float *x, const int32_t *index, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *from = x + index[r] * width;
    float *restrict to = out + r * width;
    for (long i = 0; i < width; i++) to[i] = from[i];
  }
}

KERNEL void ck_scatter_add_rows(
    const float *x, const int32_t *index, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *from = x + r * width;
    float *restrict to = out + index[r] * width;
    for (long i = 0; i < width; i++) to[i] += from[i];
  }
}

KERNEL void ck_sum_rows(
    const float *x, const int32_t *index, float *out, long rows, long fan, long width) {
  for (long r = 0; r < rows; r++) {
    float *restrict to = out + r * width;
    for (long j = 0; j < fan; j++) {
      const float *from = x + index[r * fan + j] * width;
      for (long i = 0; i < width; i++) to[i] += from[i];
    }
  }
}
