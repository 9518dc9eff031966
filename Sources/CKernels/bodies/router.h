// The index of the first x that equals `value`; 0 when none does (all are NaN).
INLINE long position(const float *x, long count, float value) {
  for (long i = 0; i < count; i++)
    if (x[i] == value) return i;
  return 0;
}

enum { group_size = 16 };

INLINE long group_width(long index, long count) {
  long rest = count - index * group_size;
  return rest < group_size ? rest : group_size;
}

// Puts the indices of the k largest x into `chosen`, largest first, the lower index first among
// equals. x becomes −∞ where it was chosen. `tops` [count/16, rounded up] holds the largest x of
// each group of 16, so that a choice costs one group and not all of x.
INLINE void choose(float *x, float *tops, int32_t *chosen, long count, long k) {
  long groups = (count + group_size - 1) / group_size;
  for (long i = 0; i < groups; i++) tops[i] = largest(x + i * group_size, group_width(i, count));
  for (long j = 0; j < k; j++) {
    float top = largest(tops, groups);
    long i = position(tops, groups, top);
    float *start = x + i * group_size;
    long width = group_width(i, count);
    long inside = position(start, width, top);
    chosen[j] = (int32_t)(i * group_size + inside);
    start[inside] = -INFINITY;
    tops[i] = largest(start, width);
  }
}

void LEVEL(router_forward)(
    int gate, const float *logits, const float *bias, float *scores, float *log_sum_exp,
    int32_t *chosen, float *weights, float *probability_sums, float *scratch, long tokens,
    long experts, long top_k) {
  for (long t = 0; t < tokens; t++) {
    const float *l = logits + t * experts;
    float *restrict s = scores + t * experts;
    int32_t *c = chosen + t * top_k;
    float *w = weights + t * top_k;

    float top = largest(l, experts);
    float sum = exponentials(l, s, experts, 1, top);
    log_sum_exp[t] = top + logf(sum);
    float total = 1;
    if (gate == ck_gate_sigmoid) {
      SUM_IN_LANES
      total = 0;
      for (long i = 0; i < experts; i++) {
        s[i] = sigmoid(l[i]);
        total += s[i];
      }
    } else {
      float scale = 1.0f / sum;
      for (long i = 0; i < experts; i++) s[i] *= scale;
    }
    float share = 1.0f / total;
    for (long i = 0; i < experts; i++) {
      probability_sums[i] += s[i] * share;
      scratch[i] = s[i] + bias[i];
    }

    choose(scratch, scratch + experts, c, experts, top_k);
    float kept = 0;
    for (long j = 0; j < top_k; j++) {
      w[j] = s[c[j]];
      kept += w[j];
    }
    if (gate != ck_gate_softmax)
      for (long j = 0; j < top_k; j++) w[j] /= kept;
  }
}

// Adds the gradient of the chosen experts' weights, given that of each weight.
INLINE void choose_backward(
    int gate, const float *s, const int32_t *c, const float *w, const float *dw, float *dl,
    long experts, long top_k) {
  float mean = 0;
  for (long j = 0; j < top_k; j++) mean += w[j] * dw[j];
  if (gate == ck_gate_softmax_renormalised) {
    for (long j = 0; j < top_k; j++) dl[c[j]] += w[j] * (dw[j] - mean);
  } else if (gate == ck_gate_softmax) {
    for (long i = 0; i < experts; i++) dl[i] -= s[i] * mean;
    for (long j = 0; j < top_k; j++) dl[c[j]] += w[j] * dw[j];
  } else {
    // w = σ/Σσ and dσ/dl = σ(1 − σ), so the gradient is w (dw − Σ w·dw) (1 − σ).
    for (long j = 0; j < top_k; j++) dl[c[j]] += w[j] * (dw[j] - mean) * (1.0f - s[c[j]]);
  }
}

void LEVEL(router_backward)(
    int gate, const float *logits, const float *scores, const float *log_sum_exp,
    const int32_t *chosen, const float *weights, const float *dweights, const float *balance,
    float z_scale, float *dlogits, long tokens, long experts, long top_k) {
  for (long t = 0; t < tokens; t++) {
    const float *l = logits + t * experts;
    const float *s = scores + t * experts;
    float *restrict dl = dlogits + t * experts;
    float z = z_scale * log_sum_exp[t];
    float mean = dot(s, balance, experts);
    if (gate == ck_gate_sigmoid) {
      float total = 0;
      {
        SUM_IN_LANES
        for (long i = 0; i < experts; i++) total += s[i];
      }
      float share = 1.0f / total;
      mean *= share;
      for (long i = 0; i < experts; i++) {
        dl[i] = z * exponential(l[i] - log_sum_exp[t]);
        dl[i] += (balance[i] - mean) * share * s[i] * (1.0f - s[i]);
      }
    } else {
      for (long i = 0; i < experts; i++) dl[i] = s[i] * (z + balance[i] - mean);
    }
    choose_backward(
        gate, s, chosen + t * top_k, weights + t * top_k, dweights + t * top_k, dl, experts,
        top_k);
  }
}
