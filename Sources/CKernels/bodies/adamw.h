void LEVEL(adamw)(
    float *parameters, const float *gradients, float *first_moment, float *second_moment,
    long count, struct ck_adamw_step step) {
  float *restrict p = parameters;
  float *restrict m = first_moment;
  float *restrict v = second_moment;
  float decay = step.learning_rate * step.weight_decay;
  for (long i = 0; i < count; i++) {
    float g = gradients[i] * step.gradient_scale;
    float m1 = step.beta1 * m[i] + (1.0f - step.beta1) * g;
    float v1 = step.beta2 * v[i] + (1.0f - step.beta2) * g * g;
    m[i] = m1;
    v[i] = v1;
    float root = sqrtf(v1 * step.correction2) + step.epsilon;
    p[i] = p[i] - decay * p[i] - step.learning_rate * step.correction1 * m1 / root;
  }
}

double LEVEL(sum_of_squares)(const float *x, long count) {
  double total = 0;
  for (long start = 0; start < count; start += 4096) {
    long rest = count - start < 4096 ? count - start : 4096;
    total += (double)dot(x + start, x + start, rest);
  }
  return total;
}
