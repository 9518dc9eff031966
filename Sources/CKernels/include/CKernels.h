// Kernels of the trainer. Every array is row-major float32; shapes stand beside the
// names; `d` marks a gradient. "+=" in a comment: the kernel adds to what is there. Results depend
// on the vector width of the processor in their last digits, and are the same bits on equal widths.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

// --- Processor ---------------------------------------------------------------------------------

/// The instruction sets that every kernel is compiled for; each includes the ones before it.
enum ck_level { ck_level_baseline = 0, ck_level_avx2 = 1, ck_level_avx512 = 2 };

/// The highest level that the processor has, which a thread uses at first.
enum ck_level ck_best_level(void);
/// Makes the kernels use `level` from now on in this thread; returns 0, and changes nothing, where
/// the processor lacks it.
__attribute__((swift_attr("@discardableResult"))) int ck_use_level(enum ck_level level);
/// The name of the level in use in this thread: "avx512", "avx2" or "baseline".
const char *ck_instruction_set(void);
/// Makes OpenMP, under oneDNN's products, use `count` threads from now on in this thread; returns
/// the number that it will use, or 0 when no OpenMP runtime is loaded.
__attribute__((swift_attr("@discardableResult"))) int ck_set_threads(int count);

// --- RMSNorm: y = x · rstd · gain, rstd = 1/√(mean x² + ε) -----------------------------------------

/// x, y [rows, width]; gain [width]; rstd [rows].
void ck_rms_norm_forward(
    const float *x, const float *gain, float *y, float *rstd, long rows, long width,
    float epsilon);
/// dx += [rows, width]; dgain += [width].
void ck_rms_norm_backward(
    const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
    float *dgain, long rows, long width);

// --- Rotary position embedding (arXiv 2104.09864), halves rotated together ------------------------

/// x: `rows` rows of `heads` vectors of `head_dim`, `stride` floats apart, rotated in place; row r is
/// position r mod seq_len. cosines, sines [seq_len, head_dim/2]. `direction` is 1, or −1 for the
/// inverse rotation, which is the backward pass.
void ck_rope(
    float *x, const float *cosines, const float *sines, long rows, long heads, long head_dim,
    long stride, long seq_len, float direction);

// --- Causal attention: out = softmax(q·kᵀ/√head_dim + mask)·v ----------------------------------------

enum {
  /// Queries that are computed together.
  CK_QUERY_BLOCK = 32,
};

/// A sequence's length in whole blocks.
static inline long ck_attention_row(long seq_len) {
  return (seq_len + CK_QUERY_BLOCK - 1) / CK_QUERY_BLOCK * CK_QUERY_BLOCK;
}

/// The attention weights of one head of one sequence: block after block, each as wide as its last
/// query sees; of `seq_len` before a block those of the blocks before it.
static inline long ck_attention_weights(long seq_len) {
  return ck_attention_row(seq_len) * (ck_attention_row(seq_len) + CK_QUERY_BLOCK) / 2;
}

/// Sequences one after the other. Query head h reads key and value head h · kv_heads / heads.
struct ck_attention {
  long sequences, seq_len, heads, kv_heads, head_dim;
  /// Numbers from one token's queries, keys and values to the next one's.
  long row;
  /// What the forward pass leaves for the backward pass: e^(score − the row's largest)
  /// [sequences, heads, ck_attention_weights(s)], and one over their sums [sequences, heads, s].
  float *weights, *inverse;
  /// ck_attention_scratch() floats.
  float *scratch;
};

/// The size of the scratch memory.
long ck_attention_scratch(long seq_len, long head_dim);
/// qkv: rows of queries, keys and values, heads side by side; out [tokens, heads · head_dim].
void ck_attention_forward(const struct ck_attention *shape, const float *qkv, float *out);
/// dqkv, set, as qkv.
void ck_attention_backward(
    const struct ck_attention *shape, const float *qkv, const float *out, const float *dout,
    float *dqkv);

// --- SwiGLU: out = silu(gate) · up ---------------------------------------------------------------

/// gate_up [rows, 2·width], gate first; out [rows, width]. gate_up becomes the slopes of `out` in
/// gate and up, which is all that the backward pass needs.
void ck_swiglu_forward(float *gate_up, float *out, long rows, long width);
/// From the slopes, what the forward pass gave (`activated`), and the gradient of scale · out:
/// dgate_up [rows, 2·width], which may be `slopes`; dscale [rows]; scaled = scale · activated [rows, width]. scale [rows],
/// or NULL for 1: then activated, dscale and scaled are not used.
void ck_swiglu_backward(
    const float *slopes, const float *activated, const float *scale, const float *dout,
    float *dgate_up, float *dscale, float *scaled, long rows, long width);

// --- Cross-entropy over the vocabulary, forward and backward at once -----------------------------

/// logits [rows, vocab], `stride` apart. Row r becomes the gradient d_scale · (softmax − one-hot)
/// divided by scales[r]: the products that follow put the factor on rows of d instead of rows of
/// vocab. Returns the sum of the losses, nats.
double ck_cross_entropy(
    float *logits, const int32_t *targets, float *scales, long rows, long vocab, long stride,
    float d_scale);
/// The same sum without the gradient; logits stay as they are.
double ck_cross_entropy_loss(
    const float *logits, const int32_t *targets, long rows, long vocab, long stride);

// --- Rows -----------------------------------------------------------------------------------------

/// out[r] = x[index[r]]; rows of `width`.
void ck_gather_rows(const float *x, const int32_t *index, float *out, long rows, long width);
/// out[index[r]] += scales[r] · x[r], in the order of r; scales may be NULL for 1.
void ck_scatter_add_rows(
    const float *x, const int32_t *index, const float *scales, float *out, long rows, long width);
/// x[r] *= scales[r].
void ck_scale_rows(float *x, const float *scales, long rows, long width);

// --- Products ------------------------------------------------------------------------------------

/// c [rows, columns] = a·b, or += where it accumulates, for small matrices. Element (i, j) of a lies
/// at a[i·a_row + j·a_column], and so for b; one step of b must be 1. Rows of c are c_row apart.
void ck_product(
    const float *a, long a_row, long a_column, const float *b, long b_row, long b_column, float *c,
    long c_row, long rows, long columns, long inner, int accumulate);

// --- bfloat16: the upper half of a float, rounded to nearest, ties to even -------------------------

/// out [rows, columns] from x, whose rows are `stride` apart.
void ck_to_bfloat16(const float *x, long stride, uint16_t *out, long rows, long columns);
/// The same numbers as floats.
void ck_round_to_bfloat16(const float *x, long stride, float *out, long rows, long columns);

// --- Experts: y[token] += weight · swiglu_expert(x[token]) -----------------------------------------

enum {
  /// Rows of one expert that are computed together.
  CK_EXPERT_ROWS = 128,
};

/// A layer's experts and its P token-expert pairs, sorted by expert.
struct ck_experts {
  long count, d, width;
  /// [count, d, 2·width] and [count, width, d].
  const float *gate_up, *down;
  /// The first pair of each expert [count + 1]; the token and the weight of each pair [P].
  const int32_t *starts, *tokens;
  const float *weights;
  /// What the forward pass leaves for the backward pass [P, 2·width], [P, width].
  float *slopes, *activated;
  /// CK_EXPERT_ROWS · (3·d + 4·width).
  float *scratch;
};

/// x, y (+=) [tokens, d].
void ck_experts_forward(const struct ck_experts *experts, const float *x, float *y);
/// x, dy, dx (+=) [tokens, d]; dgate_up, ddown, set, in the shapes of the weights, zero for an expert
/// without tokens; dweights [P]. Returns Σ dgate_up² + Σ ddown².
double ck_experts_backward(
    const struct ck_experts *experts, const float *x, const float *dy, float *dx, float *dgate_up,
    float *ddown, float *dweights);

// --- Router --------------------------------------------------------------------------------------

/// How router logits become weights; the cases of the run spec's gate.
enum ck_gate { ck_gate_softmax_renormalised = 0, ck_gate_softmax = 1, ck_gate_sigmoid = 2 };

/// logits, scores [tokens, experts]; bias, probability_sums (+=) [experts]; scratch
/// [experts + experts/16, rounded up]; log_sum_exp [tokens]; chosen, weights [tokens, top_k], best
/// first. `scores` is the softmax of the logits, or their sigmoid; the top_k largest of score + bias
/// are chosen. `probability_sums` gathers the distribution that the balance loss sees: the scores,
/// divided by their row sum for the sigmoid.
void ck_router_forward(
    int gate, const float *logits, const float *bias, float *scores, float *log_sum_exp,
    int32_t *chosen, float *weights, float *probability_sums, float *scratch, long tokens,
    long experts, long top_k);
/// dweights [tokens, top_k]; balance [experts], the gradient of the balance loss in each token's
/// distribution; z_scale, the factor of log_sum_exp · softmax; dlogits [tokens, experts].
void ck_router_backward(
    int gate, const float *logits, const float *scores, const float *log_sum_exp,
    const int32_t *chosen, const float *weights, const float *dweights, const float *balance,
    float z_scale, float *dlogits, long tokens, long experts, long top_k);

// --- Optimiser ------------------------------------------------------------------------------------

/// The factors of one AdamW step (arXiv 1711.05101), bias corrections worked out.
struct ck_adamw_step {
  float learning_rate, beta1, beta2, epsilon, weight_decay;
  /// Multiplies every gradient: the clip factor.
  float gradient_scale;
  /// 1/(1 − β1^t) and 1/(1 − β2^t).
  float correction1, correction2;
};
/// One step on `count` parameters.
void ck_adamw(
    float *parameters, const float *gradients, float *first_moment, float *second_moment,
    long count, struct ck_adamw_step step);
/// Σ x², blocks in float32, their sum in double.
double ck_sum_of_squares(const float *x, long count);

#endif
