void LEVEL(causal_softmax_forward)(
    float *scores, long rows, long columns, long stride, long first) {
  for (long r = 0; r < rows; r++) {
    float *row = scores + r * stride;
    long seen = first + r + 1;
    float scale = 1.0f / exponentials(row, row, seen, largest(row, seen));
    for (long i = 0; i < seen; i++) row[i] *= scale;
    for (long i = seen; i < columns; i++) row[i] = 0;
  }
}

void LEVEL(causal_softmax_backward)(
    const float *p, float *dp, long rows, long columns, long stride, long d_stride, float scale) {
  for (long r = 0; r < rows; r++, p += stride, dp += d_stride) {
    float mean = dot(p, dp, columns);
    for (long i = 0; i < columns; i++) dp[i] = scale * p[i] * (dp[i] - mean);
  }
}
