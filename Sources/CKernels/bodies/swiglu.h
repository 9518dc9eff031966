void LEVEL(swiglu_forward)(float *gate_up, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float *restrict gate = gate_up + 2 * r * width;
    float *restrict up = gate + width;
    float *restrict o = out + r * width;
    SHORT_ROWS
    for (long i = 0; i < width; i++) {
      float g = gate[i], u = up[i];
      float s = sigmoid(g);
      float silu = g * s;
      o[i] = silu * u;
      gate[i] = u * (s + silu * (1.0f - s));
      up[i] = silu;
    }
  }
}

void LEVEL(swiglu_backward)(
    const float *slopes, const float *activated, const float *scale, const float *dout,
    float *dgate_up, float *dscale, float *scaled, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *gate_slope = slopes + 2 * r * width;
    const float *up_slope = gate_slope + width;
    const float *d = dout + r * width;
    float *restrict dgate = dgate_up + 2 * r * width;
    float *restrict dup = dgate + width;
    float factor = scale ? scale[r] : 1.0f;
    SHORT_ROWS
    for (long i = 0; i < width; i++) {
      float dproduct = factor * d[i];
      dgate[i] = dproduct * gate_slope[i];
      dup[i] = dproduct * up_slope[i];
    }
    if (!scale) continue;
    const float *out = activated + r * width;
    float *restrict weighted = scaled + r * width;
    float along = 0;
    {
      SUM_IN_LANES
      SHORT_ROWS
      for (long i = 0; i < width; i++) {
        along += d[i] * out[i];
        weighted[i] = factor * out[i];
      }
    }
    dscale[r] = along;
  }
}
