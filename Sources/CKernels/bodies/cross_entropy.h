double LEVEL(cross_entropy)(
    float *logits, const int32_t *targets, float *scales, long rows, long vocab, long stride,
    float d_scale) {
  double total = 0;
  for (long r = 0; r < rows; r++) {
    float *row = logits + r * stride;
    float top = largest(row, vocab);
    float wanted = row[targets[r]];
    float sum = exponentials(row, row, vocab, 1, top);
    total += (double)(logf(sum) + top - wanted);
    scales[r] = d_scale / sum;
    row[targets[r]] -= sum;
  }
  return total;
}

double LEVEL(cross_entropy_loss)(
    const float *logits, const int32_t *targets, long rows, long vocab, long stride) {
  double total = 0;
  for (long r = 0; r < rows; r++) {
    const float *row = logits + r * stride;
    float top = largest(row, vocab);
    float sum = 0;
    {
      SUM_IN_LANES
      for (long i = 0; i < vocab; i++) sum += exponential(row[i] - top);
    }
    total += (double)(logf(sum) + top - row[targets[r]]);
  }
  return total;
}
