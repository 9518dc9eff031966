// The kernels by their public names: each goes to the level in use.
#include "levels.h"

#define BASELINE(name) .name = name##_baseline,
static const struct kernels baseline = {KERNELS(BASELINE)};
#if defined(__x86_64__)
#define AVX2(name) .name = name##_avx2,
static const struct kernels avx2 = {KERNELS(AVX2)};
#define AVX512(name) .name = name##_avx512,
static const struct kernels avx512 = {KERNELS(AVX512)};
#endif

// The kernels of a level, or NULL where the processor lacks its instructions.
static const struct kernels *kernels_of(enum ck_level level) {
#if defined(__x86_64__)
  if (level == ck_level_avx512) return __builtin_cpu_supports("x86-64-v4") ? &avx512 : NULL;
  if (level == ck_level_avx2) return __builtin_cpu_supports("x86-64-v3") ? &avx2 : NULL;
#endif
  return level == ck_level_baseline ? &baseline : NULL;
}

static enum ck_level best_level(void) {
  for (enum ck_level level = ck_level_avx512; level > ck_level_baseline; level--)
    if (kernels_of(level)) return level;
  return ck_level_baseline;
}

// Of the thread, so that tests of different levels may run side by side.
static _Thread_local const struct kernels *in_use;
static _Thread_local enum ck_level level_in_use;

int ck_use_level(enum ck_level level) {
  const struct kernels *kernels = kernels_of(level);
  if (!kernels) return 0;
  in_use = kernels;
  level_in_use = level;
  return 1;
}

static const struct kernels *kernels(void) {
  if (!in_use) ck_use_level(best_level());
  return in_use;
}

enum ck_level ck_best_level(void) { return best_level(); }

const char *ck_instruction_set(void) {
  kernels();
  switch (level_in_use) {
    case ck_level_avx512: return "avx512";
    case ck_level_avx2: return "avx2";
    case ck_level_baseline: return "baseline";
  }
  return "";
}

void ck_rms_norm_forward(
    const float *x, const float *gain, float *y, float *rstd, long rows, long width,
    float epsilon) {
  kernels()->rms_norm_forward(x, gain, y, rstd, rows, width, epsilon);
}

void ck_rms_norm_backward(
    const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
    float *dgain, long rows, long width) {
  kernels()->rms_norm_backward(x, gain, rstd, dy, dx, dgain, rows, width);
}

void ck_rope(
    float *x, const float *cosines, const float *sines, long rows, long heads, long head_dim,
    long stride, long seq_len, float direction) {
  kernels()->rope(x, cosines, sines, rows, heads, head_dim, stride, seq_len, direction);
}

long ck_attention_scratch(long seq_len, long head_dim) {
  long width = ck_attention_row(head_dim), stride = ck_attention_row(seq_len);
  return 2 * stride * width + CK_QUERY_BLOCK * (stride + 3 * width);
}

void ck_attention_forward(const struct ck_attention *shape, const float *qkv, float *out) {
  kernels()->attention_forward(shape, qkv, out);
}

void ck_attention_backward(
    const struct ck_attention *shape, const float *qkv, const float *out, const float *dout,
    float *dqkv) {
  kernels()->attention_backward(shape, qkv, out, dout, dqkv);
}

void ck_swiglu_forward(float *gate_up, float *out, long rows, long width) {
  kernels()->swiglu_forward(gate_up, out, rows, width);
}

void ck_swiglu_backward(
    const float *slopes, const float *activated, const float *scale, const float *dout,
    float *dgate_up, float *dscale, float *scaled, long rows, long width) {
  kernels()->swiglu_backward(
      slopes, activated, scale, dout, dgate_up, dscale, scaled, rows, width);
}

double ck_cross_entropy(
    float *logits, const int32_t *targets, float *scales, long rows, long vocab, long stride,
    float d_scale) {
  return kernels()->cross_entropy(logits, targets, scales, rows, vocab, stride, d_scale);
}

double ck_cross_entropy_loss(
    const float *logits, const int32_t *targets, long rows, long vocab, long stride) {
  return kernels()->cross_entropy_loss(logits, targets, rows, vocab, stride);
}

void ck_gather_rows(const float *x, const int32_t *index, float *out, long rows, long width) {
  kernels()->gather_rows(x, index, out, rows, width);
}

void ck_scatter_add_rows(
    const float *x, const int32_t *index, const float *scales, float *out, long rows, long width) {
  kernels()->scatter_add_rows(x, index, scales, out, rows, width);
}

void ck_scale_rows(float *x, const float *scales, long rows, long width) {
  kernels()->scale_rows(x, scales, rows, width);
}

void ck_product(
    const float *a, long a_row, long a_column, const float *b, long b_row, long b_column, float *c,
    long c_row, long rows, long columns, long inner, int accumulate) {
  kernels()->product(
      a, a_row, a_column, b, b_row, b_column, c, c_row, rows, columns, inner, accumulate);
}

void ck_experts_forward(const struct ck_experts *experts, const float *x, float *y) {
  kernels()->experts_forward(experts, x, y);
}

double ck_experts_backward(
    const struct ck_experts *experts, const float *x, const float *dy, float *dx, float *dgate_up,
    float *ddown, float *dweights) {
  return kernels()->experts_backward(experts, x, dy, dx, dgate_up, ddown, dweights);
}

void ck_router_forward(
    int gate, const float *logits, const float *bias, float *scores, float *log_sum_exp,
    int32_t *chosen, float *weights, float *probability_sums, float *scratch, long tokens,
    long experts, long top_k) {
  kernels()->router_forward(
      gate, logits, bias, scores, log_sum_exp, chosen, weights, probability_sums, scratch, tokens,
      experts, top_k);
}

void ck_router_backward(
    int gate, const float *logits, const float *scores, const float *log_sum_exp,
    const int32_t *chosen, const float *weights, const float *dweights, const float *balance,
    float z_scale, float *dlogits, long tokens, long experts, long top_k) {
  kernels()->router_backward(
      gate, logits, scores, log_sum_exp, chosen, weights, dweights, balance, z_scale, dlogits,
      tokens, experts, top_k);
}

void ck_to_bfloat16(const float *x, long stride, uint16_t *out, long rows, long columns) {
  kernels()->to_bfloat16(x, stride, out, rows, columns);
}

void ck_round_to_bfloat16(const float *x, long stride, float *out, long rows, long columns) {
  kernels()->round_to_bfloat16(x, stride, out, rows, columns);
}

void ck_adamw(
    float *parameters, const float *gradients, float *first_moment, float *second_moment,
    long count, struct ck_adamw_step step) {
  kernels()->adamw(parameters, gradients, first_moment, second_moment, count, step);
}

double ck_sum_of_squares(const float *x, long count) {
  return kernels()->sum_of_squares(x, count);
}
