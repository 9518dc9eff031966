void LEVEL(gather_rows)(
    const float *x, const int32_t *index, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *from = x + index[r] * width;
    for (long i = 0; i < width; i += LANES)
      store(out + r * width + i, load(from + i, width - i), width - i);
  }
}

void LEVEL(scatter_add_rows)(
    const float *x, const int32_t *index, const float *scales, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float *to = out + index[r] * width;
    float scale = scales ? scales[r] : 1.0f;
    for (long i = 0; i < width; i += LANES) {
      long count = width - i;
      store(to + i, load(to + i, count) + scale * load(x + r * width + i, count), count);
    }
  }
}

void LEVEL(scale_rows)(float *x, const float *scales, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float *row = x + r * width;
    float scale = scales[r];
    for (long i = 0; i < width; i += LANES)
      store(row + i, scale * load(row + i, width - i), width - i);
  }
}
