#include "kernel.h"

KERNEL void ck_swiglu_forward(
    const float *gate_up, const float *scale, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width;
    const float *up = gate + width;
    float *restrict o = out + r * width;
    float factor = scale ? scale[r] : 1.0f;
    SHORT_ROWS
    for (long i = 0; i < width; i++) o[i] = factor * gate[i] * sigmoid(gate[i]) * up[i];
  }
}

KERNEL void ck_swiglu_backward(
    const float *gate_up, const float *scale, const float *dout, float *dgate_up, float *dscale,
    long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *gate = gate_up + 2 * r * width;
    const float *up = gate + width;
    const float *d = dout + r * width;
    float *restrict dgate = dgate_up + 2 * r * width;
    float *restrict dup = dgate + width;
    float factor = scale ? scale[r] : 1.0f;
    float unscaled = 0;
    {
      SUM_IN_LANES
      SHORT_ROWS
      for (long i = 0; i < width; i++) {
        float s = sigmoid(gate[i]);
        float silu = gate[i] * s;
        float dproduct = factor * d[i];
        unscaled += d[i] * silu * up[i];
        dup[i] = dproduct * silu;
        dgate[i] = dproduct * up[i] * s * (1.0f + gate[i] * (1.0f - s));
      }
    }
    if (scale) dscale[r] = unscaled;
  }
}
