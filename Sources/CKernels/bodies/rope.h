void LEVEL(rope)(
    float *x, const float *cosines, const float *sines, long rows, long heads, long head_dim,
    long stride, long seq_len, float direction) {
  long half = head_dim / 2;
  for (long r = 0; r < rows; r++) {
    const float *c = cosines + (r % seq_len) * half;
    const float *s = sines + (r % seq_len) * half;
    for (long h = 0; h < heads; h++) {
      float *restrict a = x + r * stride + h * head_dim;
      float *restrict b = a + half;
      SHORT_ROWS
      for (long i = 0; i < half; i++) {
        float left = a[i], right = b[i], sine = direction * s[i];
        a[i] = left * c[i] - right * sine;
        b[i] = left * sine + right * c[i];
      }
    }
  }
}
