void LEVEL(gather_rows)(
    const float *x, const int32_t *index, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *from = x + index[r] * width;
    float *restrict to = out + r * width;
    for (long i = 0; i < width; i++) to[i] = from[i];
  }
}

void LEVEL(scatter_add_rows)(
    const float *x, const int32_t *index, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    const float *from = x + r * width;
    float *restrict to = out + index[r] * width;
    for (long i = 0; i < width; i++) to[i] += from[i];
  }
}

void LEVEL(scale_rows)(float *x, const float *scales, long rows, long width) {
  for (long r = 0; r < rows; r++) {
    float *row = x + r * width;
    float scale = scales[r];
    SHORT_ROWS
    for (long i = 0; i < width; i++) row[i] *= scale;
  }
}
