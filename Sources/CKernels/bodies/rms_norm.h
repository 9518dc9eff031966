void LEVEL(rms_norm_forward)(
    const float *x, const float *gain, float *y, float *rstd, long rows, long width,
    float epsilon) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 1.0f / sqrtf(dot(x, x, width) / (float)width + epsilon);
    rstd[r] = s;
    for (long i = 0; i < width; i++) y[i] = x[i] * s * gain[i];
  }
}

void LEVEL(rms_norm_backward)(
    const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
    float *dgain, long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, dy += width, dx += width) {
    float s = rstd[r];
    float along = 0;
    {
      SUM_IN_LANES
      for (long i = 0; i < width; i++) along += dy[i] * gain[i] * x[i];
    }
    float back = along * s * s * s / (float)width;
    for (long i = 0; i < width; i++) {
      dx[i] += s * gain[i] * dy[i] - back * x[i];
      dgain[i] += dy[i] * x[i] * s;
    }
  }
}
