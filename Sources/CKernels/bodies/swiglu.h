void LEVEL(swiglu_forward)(float *gate_up, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float *gate = gate_up + 2 * r * width, *up = gate + width;
    for (long i = 0; i < width; i += LANES) {
      long count = width - i;
      lanes g = load(gate + i, count), u = load(up + i, count);
      lanes s = sigmoids(g);
      lanes silu = g * s;
      store(out + r * width + i, silu * u, count);
      store(gate + i, u * (s + silu * (1.0f - s)), count);
      store(up + i, silu, count);
    }
  }
}

void LEVEL(swiglu_backward)(
    const float *slopes, const float *activated, const float *scale, const float *dout,
    float *dgate_up, float *dscale, float *scaled, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *gate_slope = slopes + 2 * r * width, *up_slope = gate_slope + width;
    float *dgate = dgate_up + 2 * r * width, *dup = dgate + width;
    const float *d = dout + r * width;
    float factor = scale ? scale[r] : 1.0f;
    for (long i = 0; i < width; i += LANES) {
      long count = width - i;
      lanes dproduct = factor * load(d + i, count);
      store(dgate + i, dproduct * load(gate_slope + i, count), count);
      store(dup + i, dproduct * load(up_slope + i, count), count);
    }
    if (!scale) continue;
    const float *out = activated + r * width;
    for (long i = 0; i < width; i += LANES)
      store(scaled + r * width + i, factor * load(out + i, width - i), width - i);
    dscale[r] = short_dot(d, out, width);
  }
}
